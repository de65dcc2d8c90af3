//! What a call touches: the contents that it changes, the cells that it puts inside or outside, the cells that it is about.

use super::script::{Fate, Op, span};
use launder_oracle::{Call, Range};

/// A register of one cell: its content, or whether it lies inside the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Register {
    Content(u32),
    Inside(u32),
}

impl Register {
    /// The cell that it is of.
    pub fn cell(self) -> u32 {
        match self {
            Register::Content(cell) | Register::Inside(cell) => cell,
        }
    }
}

/// The cells whose content `op` writes, as its caller named them; those of a truncate have no end.
pub fn named(op: &Op) -> Range {
    let none = Range::new(0, 0);
    match op.call {
        Call::Pwrite { range, .. } | Call::Mwrite(range) | Call::Punch(range) | Call::Zero(range) => range,
        Call::Append { cells, .. } => op.at.map_or(none, |at| span(at, cells)),
        Call::Ftruncate(size) => Range::new(size, u32::MAX),
        Call::Copy { from, to } => span(to, from.len()),
        _ => none,
    }
}

/// The cells whose content `op` writes, of the first `reach`; an append that landed nowhere writes none.
pub fn contents(op: &Op, reach: u32) -> Range {
    let named = named(op);
    Range::new(named.start.min(reach), named.end.min(reach))
}

/// The same, but for the cells that a short write through a cache did not reach.
pub fn reached(op: &Op, reach: u32) -> Range {
    let cells = contents(op, reach);
    match op.fate {
        Fate::Short(count) if !op.call.is_direct() => {
            Range::new(cells.start, cells.end.min(cells.start + count))
        }
        _ => cells,
    }
}

/// One past the last cell that `op` puts inside the file.
fn grown(op: &Op) -> u32 {
    match op.call {
        Call::Pwrite { range, .. } | Call::Zero(range) | Call::Fallocate(range) if !range.is_empty() => {
            range.end
        }
        Call::Append { cells, .. } if cells > 0 => op.at.map_or(0, |at| at + cells),
        Call::Copy { from, to } if !from.is_empty() => to + from.len(),
        Call::Ftruncate(size) => size,
        _ => 0,
    }
}

/// Whether `op`, which changes the file, is a write of this register.
pub fn writes(op: &Op, register: Register, reach: u32) -> bool {
    op.writes()
        && match register {
            Register::Content(cell) => contents(op, reach).has(cell),
            // The size is set when the cells have been written; only of a direct write may it be known too early.
            Register::Inside(_) if beyond(op, register) && !op.call.is_direct() => false,
            Register::Inside(cell) => matches!(op.call, Call::Ftruncate(_)) || cell < grown(op),
        }
}

/// Whether `op`, which writes this register of `cell`, puts the cell inside.
pub fn puts_inside(op: &Op, cell: u32) -> bool {
    match op.call {
        Call::Ftruncate(size) => cell < size,
        _ => true,
    }
}

/// Whether a short write did not get as far as this register.
pub fn beyond(op: &Op, register: Register) -> bool {
    let Fate::Short(cells) = op.fate else { return false };
    let start = match op.call {
        Call::Pwrite { range, .. } => range.start,
        Call::Append { .. } => op.at.unwrap_or(0),
        Call::Copy { to, .. } => to,
        _ => return false,
    };
    cells == 0 || register.cell() >= start + cells
}

/// Whether `op` acquires and releases for this register.
pub fn touches(op: &Op, register: Register, reach: u32) -> bool {
    let cell = register.cell();
    match op.call {
        Call::Pread { range, .. }
        | Call::Mread(range)
        | Call::Msync(_, range)
        | Call::Notify(_, range)
        | Call::Mmap { range: Some(range), .. } => range.has(cell),
        Call::Copy { from, .. } => {
            from.has(cell) || contents(op, reach).has(cell) || writes(op, register, reach)
        }
        _ if op.writes() => contents(op, reach).has(cell) || writes(op, register, reach),
        _ => true,
    }
}

/// Whether a sync of `range` covers all that `op` wrote.
pub fn covers(range: Range, op: &Op) -> bool {
    let written = match op.call {
        Call::Pwrite { .. } | Call::Append { .. } | Call::Mwrite(_) | Call::Copy { .. } => named(op),
        _ => return false,
    };
    !written.is_empty() && range.start <= written.start && written.end <= range.end
}
