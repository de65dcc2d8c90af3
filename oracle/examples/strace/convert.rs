//! A log as a trace: cells are as many bytes as divide every offset and length, and a read names the writes whose bytes it got.

use super::log::{Call, Logged, Refused};
use launder_oracle::{MAX_CELLS, Trace};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

/// The trace of a log, as text; the file is empty when the log begins.
pub fn trace(calls: &[Logged]) -> Result<String, Refused> {
    let unit = unit(calls)?;
    let names = names(calls)?;
    let writes = Writes::of(calls, unit);
    let mut lines = BTreeMap::new();
    for (place, logged) in calls.iter().enumerate() {
        let name = names[&logged.process];
        let range = |offset: u64, bytes: u64| format!("{}..{}", offset / unit, (offset + bytes) / unit);
        let asked = match &logged.call {
            Call::Pread { count, offset, .. } => format!("pread {}", range(*offset, *count)),
            Call::Pwrite { bytes, offset } => format!("pwrite {}", range(*offset, bytes.len() as u64)),
            Call::Fsync => "fsync".into(),
            Call::Fdatasync => "fdatasync".into(),
            Call::Ftruncate(size) => format!("ftruncate {}", size / unit),
        };
        let said = match (&logged.answer, &logged.call) {
            (Err(errno), _) => errno.clone(),
            (Ok(_), Call::Pread { bytes, count, offset }) => {
                let values = (0..count / unit).map(|cell| {
                    let start = (cell * unit) as usize;
                    let cell = offset / unit + cell;
                    bytes
                        .get(start..start + unit as usize)
                        .map_or(Ok("-".into()), |it| writes.value(cell, it))
                });
                let values: Result<Vec<String>, String> = values.collect();
                format!("got {}", values.map_err(|why| (logged.ends, why))?.join(" "))
            }
            (Ok(wrote), Call::Pwrite { bytes, .. }) if *wrote < bytes.len() as u64 => {
                format!("wrote {}", wrote / unit)
            }
            _ => "ok".into(),
        };
        // At one line a call comes before its answer.
        lines.insert((logged.begins, 0, place), format!("{name} > {asked}"));
        lines.insert((logged.ends, 1, place), format!("{name} < {said}"));
    }
    let mut text = format!("# From a log of strace; bytes a cell: {unit}.\nfile 0\n");
    lines.into_values().for_each(|line| writeln!(text, "{line}").unwrap_or_default());
    text += "end quiet\n";
    Trace::parse(&text).map_err(|error| (0, format!("as a trace, {error}")))?;
    Ok(text)
}

/// The bytes of a cell.
fn unit(calls: &[Logged]) -> Result<u64, Refused> {
    let (mut unit, mut most) = (0, 0);
    for Logged { begins, call, answer, .. } in calls {
        let numbers = match call {
            Call::Pread { count, offset, .. } => [*offset, *count, *answer.as_ref().unwrap_or(&0)],
            Call::Pwrite { bytes, offset } => [*offset, bytes.len() as u64, *answer.as_ref().unwrap_or(&0)],
            Call::Ftruncate(size) => [*size, 0, 0],
            Call::Fsync | Call::Fdatasync => [0; 3],
        };
        unit = numbers.into_iter().fold(unit, gcd);
        most = most.max(numbers[0] + numbers[1]);
        if unit > 0 && most / unit > u64::from(MAX_CELLS) {
            return Err((*begins, format!("more than {MAX_CELLS} cells, which are of {unit} bytes here")));
        }
    }
    Ok(unit.max(1))
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The first process is a1, the second a2.
fn names(calls: &[Logged]) -> Result<HashMap<u32, &'static str>, Refused> {
    let mut names = HashMap::new();
    for Logged { begins, process, .. } in calls {
        let next = ["a1", "a2"].get(names.len());
        if !names.contains_key(process) {
            let next = next.ok_or_else(|| {
                (*begins, format!("process {process} is the third; a trace has two on a host"))
            })?;
            names.insert(*process, *next);
        }
    }
    Ok(names)
}

/// Which writes stored which bytes in which cell.
struct Writes<'l>(HashMap<(u64, &'l [u8]), Vec<usize>>);

impl<'l> Writes<'l> {
    fn of(calls: &'l [Logged], unit: u64) -> Writes<'l> {
        let writes = calls.iter().filter_map(|logged| match &logged.call {
            Call::Pwrite { bytes, offset } => Some((bytes, offset)),
            _ => None,
        });
        let mut stored: HashMap<_, Vec<_>> = HashMap::new();
        for (number, (bytes, offset)) in (1..).zip(writes) {
            for (cell, bytes) in (offset / unit..).zip(bytes.chunks(unit as usize)) {
                stored.entry((cell, bytes)).or_default().push(number);
            }
        }
        Writes(stored)
    }

    /// What a read says that got these bytes in this cell. Of two writes of the same bytes nobody can say which it saw.
    fn value(&self, cell: u64, bytes: &[u8]) -> Result<String, String> {
        let blank = bytes.iter().all(|byte| *byte == 0);
        match (self.0.get(&(cell, bytes)).map_or(&[][..], Vec::as_slice), blank) {
            ([], true) => Ok("0".into()),
            ([], false) => Ok("?".into()),
            ([one], false) => Ok(one.to_string()),
            ([one, ..], true) => Err(format!("cell {cell}: write {one} stored zeroes, as a hole has them")),
            ([one, other, ..], _) => {
                Err(format!("cell {cell}: writes {one} and {other} stored the same bytes"))
            }
        }
    }
}
