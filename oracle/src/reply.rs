//! What is said in answer to a call.

use crate::Errno;
use std::fmt;

/// What a read found in one cell.
///
/// ```
/// use launder_oracle::Value;
///
/// let read = [Value::of(3), Value::ZERO, Value::END, Value::FOREIGN];
/// assert_eq!(read.map(|value| value.to_string()), ["3", "0", "-", "?"]);
/// assert_eq!(read.map(Value::number), [Some(3), None, None, None]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value(u32);

impl Value {
    /// A hole, or zeroes.
    pub const ZERO: Value = Value(0);
    /// Past the end of the file: `-`.
    pub const END: Value = Value(u32::MAX);
    /// Bytes that no write made: `?`.
    pub const FOREIGN: Value = Value(u32::MAX - 1);

    /// What write number `number`, from 1, stores in each cell.
    pub fn of(number: u32) -> Value {
        Value(number)
    }

    /// The number of the write that stored this, if a write did.
    pub fn number(self) -> Option<u32> {
        (self != Value::ZERO && self < Value::FOREIGN).then_some(self.0)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Value::END => f.write_str("-"),
            Value::FOREIGN => f.write_str("?"),
            Value(number) => write!(f, "{number}"),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The answer to a call.
///
/// ```
/// use launder_oracle::{Errno, Reply, Value};
///
/// assert_eq!(Reply::Got(vec![Value::of(1), Value::ZERO]).to_string(), "got 1 0");
/// assert_eq!(Reply::Err(Errno::EIO).to_string(), "EIO");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// Done, whole.
    Ok,
    /// A read: a value a cell.
    Got(Vec<Value>),
    /// A short write: so many cells, from the start of its range.
    Wrote(u32),
    /// An append: the cell at which it landed.
    At(u32),
    /// It failed.
    Err(Errno),
    /// A mapped access to a folio that is wholly past the end of the file, or that could not be read.
    Sigbus,
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reply::Ok => f.write_str("ok"),
            Reply::Got(values) => {
                f.write_str("got")?;
                values.iter().try_for_each(|value| write!(f, " {value}"))
            }
            Reply::Wrote(cells) => write!(f, "wrote {cells}"),
            Reply::At(cell) => write!(f, "at {cell}"),
            Reply::Err(errno) => write!(f, "{errno}"),
            Reply::Sigbus => f.write_str("SIGBUS"),
        }
    }
}
