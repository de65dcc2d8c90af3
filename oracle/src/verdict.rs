//! The verdict on a trace, with a witness for everything that is held against it.

use std::fmt;

/// Enums whose variants are words of text and JSON. Each is explained in one place, its documentation, which `says` gives.
macro_rules! words {
    ($($(#[$attr:meta])* $enum:ident { $($(#[doc = $says:literal])* $name:literal $variant:ident $(($of:ty))?,)* })*) => {
        $(
            $(#[$attr])*
            pub enum $enum { $($(#[doc = $says])* $variant $(($of))?),* }

            impl $enum {
                /// Each name in text and JSON, and what it means.
                pub const WORDS: &'static [(&'static str, &'static str)] = &[$(($name, concat!($($says),*).trim_ascii_start())),*];

                /// Its name in text and JSON.
                pub fn name(&self) -> &'static str {
                    match self { $($enum::$variant { .. } => $name),* }
                }

                /// What it means, and by what rule: what is documented here.
                pub fn says(&self) -> &'static str {
                    match self { $($enum::$variant { .. } => concat!($($says),*).trim_ascii_start()),* }
                }
            }
        )*
    };
}

words! {
    /// What the oracle says of a trace.
    #[derive(Clone, Debug, PartialEq, Eq)]
    Verdict {
        /// The contract allows everything that was said.
        "allowed" Allowed,
        /// The contract forbids something that was said.
        "forbidden" Forbidden(Vec<Violation>),
        /// Nothing that was said is forbidden, but not every call was answered.
        "unanswered" Unanswered(Unanswered),
        /// The judge ran out of budget, which it has for some seconds of a hostile trace. It is counted, and should never be.
        "unknown" Unknown,
    }

    /// Why calls were not answered.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    Unanswered {
        /// They wait for each other. The trace names who waits for which lock, held by whom.
        "stuck" Stuck,
        /// They go on for ever.
        "endless" Endless,
    }

    /// The kinds of broken promises.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    Kind {
        /// A read saw what a write that it knows of had replaced. POSIX, write(): "Any successful read() from each byte
        /// position in the file that was modified by that write shall return the data specified by the write() for that
        /// position until such byte positions are again modified."
        "stale-read" StaleRead,
        /// The server was left with what a write that it had been told of had replaced. fsync(2): "all changed information
        /// can be retrieved even if the system crashes".
        "lost-write" LostWrite,
        /// A value that a truncate, a punch or a zeroing had removed came back. ftruncate(2): "the extended part reads as null
        /// bytes".
        "resurrected" Resurrected,
        /// A read saw one part of a write and, of another part, what the write had replaced. In which granule that must not
        /// be the axis `atomic` of a contract says.
        "torn" Torn,
        /// Bytes that nobody wrote, that are from the future, or that lie past the end. POSIX, mmap(): "The system shall
        /// always zero-fill any partial page at the end of an object. Further, the system shall never write out any modified
        /// portions of the last page of an object which are beyond its end."
        "leaked" Leaked,
        /// A write was lost after a fault, and its writer, who had the file open, was told nothing.
        /// Documentation/filesystems/vfs.rst: "The error should be reported to all of the file descriptors that were open at
        /// the time".
        "silent-error" SilentError,
        /// An error for which there was no fault: nothing that was injected or denied before its return has that errno. A call
        /// that was turned down (ENOSYS, EOPNOTSUPP, EINVAL, EBADF, EAGAIN, EINTR, EDEADLK) needs none.
        "spurious-error" SpuriousError,
        /// A size that the file did not have, or an append that landed elsewhere than at the end. POSIX, write(), of O_APPEND:
        /// "the file offset shall be set to the end of the file prior to each write".
        "wrong-size" WrongSize,
    }
}

/// A broken promise, and who can see it.
///
/// ```
/// use launder_oracle::{Contract, Trace, judge};
///
/// let trace = Trace::parse("a1 > pwrite 2..4\na1 < ok\na2 > pread 0..4\na2 < got 0 0 1 0\nend quiet\n")?;
/// let verdict = judge(&Contract::POSIX, &trace);
/// let violation = &verdict.violations()[0];
/// assert_eq!((violation.kind.name(), violation.cell, violation.write), ("stale-read", Some(3), Some(1)));
/// assert_eq!(violation.at, 4, "the line of a2's reply");
/// # Ok::<(), launder_oracle::TextError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which promise.
    pub kind: Kind,
    /// The cell that shows it, if one does.
    pub cell: Option<u32>,
    /// The write that it is about: the one that was lost or should have been seen, or the one that was seen.
    pub write: Option<u32>,
    /// The line of the trace that shows it, from 1.
    pub at: u32,
    /// A witness that a person can follow.
    pub why: String,
    /// The calls that the witness names.
    pub lines: Lines,
}

/// The calls that a witness names, each by the line of the trace, from 1, at which it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The one whose reply shows it.
    pub shows: Option<u32>,
    /// What should have been seen or kept: the write that was lost, or the truncate, punch or zeroing.
    pub superseding: Option<u32>,
    /// The write that was seen or kept instead, if it is not the zeroes that the file began with.
    pub seen: Option<u32>,
    /// Those through which the first was known, in order: the chain of happens-before from the one to the other.
    pub through: Vec<u32>,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 8] = [
        Kind::StaleRead,
        Kind::LostWrite,
        Kind::Resurrected,
        Kind::Torn,
        Kind::Leaked,
        Kind::SilentError,
        Kind::SpuriousError,
        Kind::WrongSize,
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Verdict {
    /// What is held against the trace.
    pub fn violations(&self) -> &[Violation] {
        match self {
            Verdict::Forbidden(violations) => violations,
            _ => &[],
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {}): {}", self.kind, self.at, self.why)
    }
}
