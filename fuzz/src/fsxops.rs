//! fsx operation files (`.fsxops`, as xfstests' fsx writes and replays them) as cases for one process.
//!
//! A line is `[skip] OP OFFSET LENGTH [TO] SIZE [keep_size] [close_open] [*]`; `*` says that this operation went wrong. The file is
//! empty at first.

use launder_impls::{Ask, Case};
use launder_oracle::{Call, MAX_CELLS, Msync, Range, TextError, Who, Words, nearest};

/// One operation, in bytes.
#[derive(Clone, Copy)]
struct Op<'t> {
    line: u32,
    name: &'t str,
    start: u64,
    length: u64,
    /// Where a copy goes.
    to: u64,
    keeps_size: bool,
    reopens: bool,
}

/// Reads an fsx operation file as a case for one process. A cell is as many bytes as divide every offset, or, where that
/// takes too many cells, the least power of two that does not; ranges are widened to whole cells then.
///
/// ```
/// use launder_fuzz::read_fsxops;
///
/// let case = read_fsxops("write 0x0 0x1000 0x0\ntruncate 0x0 0x800 0x1000\n")?;
/// assert_eq!(case.asks[1].to_string(), "a1 ftruncate 1", "a cell is 2,048 bytes here");
/// let error = read_fsxops("wriet 0x0 0x1000 0x0\n").unwrap_err();
/// assert!(error.to_string().ends_with("did you mean `write`?"));
/// # Ok::<(), launder_oracle::TextError>(())
/// ```
///
/// # Errors
/// The first line that is no operation, or one for which there is no word here.
pub fn read_fsxops(text: &str) -> Result<Case, TextError> {
    let mut ops = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        ops.extend(read(line, text)?);
    }
    let unit = unit(&ops);
    let mut case = Scaled { unit, size: 0, asks: Vec::new() };
    for op in &ops {
        case.add(op)?;
    }
    let comments = vec![format!("From an fsx operation file; bytes a cell: {unit}.")];
    Ok(Case { comments, cells: 0, asks: case.asks })
}

fn read(line: u32, text: &str) -> Result<Option<Op<'_>>, TextError> {
    let mut words = Words::of(line, text);
    let Some(name) = words.word() else { return Ok(None) };
    if name.starts_with('#') || name == "skip" {
        return Ok(None);
    }
    let copies = ["copy_range", "clone_range", "dedupe_range", "exchange_range"].contains(&name);
    let [start, length] = [number(&mut words)?, number(&mut words)?];
    let to = if copies { number(&mut words)? } else { 0 };
    // The size that the file had is known from what came before.
    number(&mut words)?;
    let (mut keeps_size, mut reopens) = (false, false);
    while let Some(word) = words.word() {
        match word {
            "keep_size" => keeps_size = true,
            "close_open" => reopens = true,
            "*" => {}
            _ => return Err(words.wrong(word, "no flag of fsx (keep_size, close_open, *)")),
        }
    }
    Ok(Some(Op { line, name, start, length, to, keeps_size, reopens }))
}

fn number(words: &mut Words<'_>) -> Result<u64, TextError> {
    let word = words.need("an offset, a length or a size")?;
    let digits =
        word.strip_prefix("0x").map_or(word.parse().ok(), |digits| u64::from_str_radix(digits, 16).ok());
    digits.filter(|number| *number < 1 << 40).ok_or_else(|| words.wrong(word, "no number below 2^40"))
}

/// What fsx does and is taken here.
const HAVING: [&str; 10] = [
    "read",
    "write",
    "mapread",
    "mapwrite",
    "truncate",
    "fallocate",
    "zero_range",
    "punch_hole",
    "copy_range",
    "fsync",
];

/// What fsx does, or did, and we have no call for: what moves, shares or exchanges blocks, what drops the cache behind it, what is
/// never torn.
const LACKING: [&str; 10] = [
    "collapse_range",
    "insert_range",
    "clone_range",
    "dedupe_range",
    "exchange_range",
    "write_zeroes",
    "read_dontcache",
    "write_dontcache",
    "write_atomic",
    "allocsp",
];

/// Bytes of a cell.
fn unit(ops: &[Op]) -> u64 {
    let borders = ops.iter().flat_map(|op| [op.start, op.start + op.length, op.to, op.to + op.length]);
    let (divisor, most) =
        borders.fold((0, 0), |(divisor, most), border| (gcd(divisor, border), border.max(most)));
    let cells = u64::from(MAX_CELLS);
    if divisor > 0 && most / divisor <= cells {
        return divisor;
    }
    most.div_ceil(cells).max(1).next_power_of_two()
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// A case being written down, in cells.
struct Scaled {
    unit: u64,
    /// The size of the file, in cells.
    size: u32,
    asks: Vec<Ask>,
}

impl Scaled {
    fn add(&mut self, op: &Op) -> Result<(), TextError> {
        let range = Range::new((op.start / self.unit) as u32, self.up(op.start + op.length));
        let refuse = |why: &str| Err(Words::of(op.line, "").wrong(op.name, why));
        match op.name {
            "read" => self.ask(Call::Pread { direct: false, range }),
            "write" => self.grow(Call::Pwrite { direct: false, range }, range.end),
            "mapread" => self.mapped(&[Call::Mread(range)]),
            "mapwrite" => self.mapwrite(range),
            "truncate" => {
                self.size = self.up(op.length);
                self.ask(Call::Ftruncate(self.size));
            }
            "fallocate" | "zero_range" if op.keeps_size && range.end > self.size => {
                return refuse("keep_size beyond the end of the file has no word here");
            }
            "fallocate" => self.grow(Call::Fallocate(range), range.end),
            "zero_range" => self.grow(Call::Zero(range), range.end),
            "punch_hole" => self.ask(Call::Punch(range)),
            "copy_range" => {
                let to = (op.to / self.unit) as u32;
                // Widened at both ends, it could reach past the limit.
                let from = Range::new(range.start, range.end.min(range.start + MAX_CELLS - to));
                self.grow(Call::Copy { from, to }, to + from.len());
            }
            "fsync" => self.ask(Call::Fsync),
            lacking if LACKING.contains(&lacking) => return refuse("no call here does that"),
            other => {
                let near = nearest(other, HAVING.into_iter().chain(LACKING));
                let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                return refuse(&format!("no operation of fsx{near}"));
            }
        }
        if op.reopens {
            self.ask(Call::Close);
            self.ask(Call::Open);
        }
        Ok(())
    }

    fn up(&self, bytes: u64) -> u32 {
        bytes.div_ceil(self.unit) as u32
    }

    fn ask(&mut self, call: Call) {
        self.asks.push(Ask::new(Who::A1, call));
    }

    fn grow(&mut self, call: Call, end: u32) {
        self.size = self.size.max(end);
        self.ask(call);
    }

    /// As fsx does: the file is made long enough first.
    fn mapwrite(&mut self, range: Range) {
        if range.end > self.size {
            self.grow(Call::Ftruncate(range.end), range.end);
        }
        self.mapped(&[Call::Mwrite(range), Call::Msync(Msync::Sync, range)]);
    }

    fn mapped(&mut self, calls: &[Call]) {
        self.ask(Call::Mmap { private: false, range: None });
        calls.iter().for_each(|call| self.ask(*call));
        self.ask(Call::Munmap);
    }
}
