//! The size of the file: where appends land, and which cells may be past the end.

use super::Judge;
use super::budget::Spent;
use super::flow::{Scope, scope};
use super::ops::{NEVER, Op};
use super::register::{Named, Reader, Record, Seen};
use super::write::{INSIDE, OUTSIDE};
use crate::clock::{Clock, Time};
use crate::{Atomic, Call, FOLIO, Hosts, Kind, Lines, Range, Value, Violation, Who};

/// The appends and the truncates that a call may overlap in time.
#[derive(Default)]
pub(super) struct Recent {
    appends: Vec<Op>,
    truncates: Vec<Op>,
    last_truncate_end: u32,
}

impl Recent {
    /// A call begins; `oldest` of those under way began at that time. What ended before that no later call overlaps.
    pub fn begin(&mut self, op: &Op, oldest: u32) {
        let recent = match op.call {
            Call::Append { .. } if op.is_whole() => &mut self.appends,
            Call::Ftruncate(_) if op.zeroes() => {
                self.last_truncate_end = self.last_truncate_end.max(op.end);
                &mut self.truncates
            }
            _ => return,
        };
        recent.retain(|other| other.end >= oldest);
        recent.push(*op);
    }

    /// Whether some truncate that cuts the cell off was under way when the call was.
    fn is_being_cut(&self, op: &Op, cell: u32) -> bool {
        let cuts =
            |other: &Op| matches!(other.call, Call::Ftruncate(size) if size <= cell) && other.end > op.start;
        self.truncates.iter().any(cuts)
    }
}

/// The folios that a range touches; an empty one touches none.
fn folios(range: Range) -> std::ops::Range<u32> {
    let start = range.start / FOLIO;
    start..if range.is_empty() { start } else { range.end.div_ceil(FOLIO) }
}

impl<T: Time> Judge<'_, T> {
    /// What the call, when it began, knew of whether `cell` is inside.
    fn acquired_inside(&self, place: u32, cell: u32) -> Clock<T> {
        let op = &self.ops[place as usize];
        let Scope::Cells(range) = scope(&op.call) else {
            return Clock::default();
        };
        let [content, inside] = self.known.registers(op, Scope::Cells(range));
        let Some(register) = self.known.inside(cell) else { return Clock::default() };
        let nth = register.checked_sub(inside.start);
        nth.map_or(Clock::default(), |nth| self.known.acquired(op, content.len() + nth, register))
    }

    /// The writes that are under way beside the call at `place`, and may put inside the file again what it puts past the end,
    /// even where somebody has seen their doing before: all cells before the number, which their last part begins with. Each
    /// part of a write that is not atomic moves the end by itself. POSIX, write(): "After a write() to a regular file has
    /// successfully returned [...] any successful read() from each byte position in the file that was modified by that write
    /// shall return the data specified": of what lies between its first byte and its last it says nothing before that.
    pub(super) fn growing(&self, place: u32) -> [Option<(Record<T>, u32)>; Who::ALL.len()] {
        let op = &self.ops[place as usize];
        self.under_way.map(|other| {
            let write = self.ops.get(other.filter(|other| *other != place)? as usize)?;
            let moves = matches!(write.call, Call::Pwrite { .. } | Call::Append { .. } | Call::Copy { .. });
            let (end, _) = write.sizes(self.known.reach).filter(|_| moves)?;
            let start = write.content(self.known.reach).start;
            let last = match self.contract.atomic {
                Atomic::Call if self.is_atomic(op, write) => start,
                Atomic::Folio if self.is_atomic(op, write) => {
                    start.max(end.saturating_sub(1) / FOLIO * FOLIO)
                }
                _ => end.saturating_sub(1),
            };
            (start < last && write.records.1 > 0)
                .then(|| (self.registers.records[write.records.0 as usize], last))
        })
    }

    pub(super) fn named_size(
        &mut self,
        known: &Clock<T>,
        reader: Reader,
        cell: u32,
        value: Value,
    ) -> Result<Named<T>, Spent> {
        self.named_size_for(None, known, reader, cell, value)
    }

    /// The same, for an append, if one is given, which neither its own doing explains, nor, of what is inside, an append beside
    /// it that landed further on: what lies before an append was inside already.
    fn named_size_for(
        &mut self,
        append: Option<u32>,
        known: &Clock<T>,
        reader: Reader,
        cell: u32,
        value: Value,
    ) -> Result<Named<T>, Spent> {
        let always = (cell < self.known.cells) == (value == INSIDE);
        let Some(register) = self.known.inside(cell) else {
            let (learned, seen) = (Clock::default(), Seen::First);
            return Ok(if value == INSIDE { Named::Something { learned, seen } } else { Named::Nothing });
        };
        let (ops, budget) = (&self.ops, &mut self.budget);
        let dead = self.registers.dead(register, known, reader, budget)?;
        let found_there = |by: u32| {
            let by = ops.get(by as usize).filter(|by| value == INSIDE && by.end > reader.began);
            by.and_then(|by| by.landed).is_some_and(|at| at > cell)
        };
        self.registers.name(register, &dead, reader.began, always, budget, |record, _| {
            let explains = append.is_none_or(|append| record.op != append && !found_there(record.op));
            Ok(record.value == value && explains)
        })
    }

    fn may_be(&mut self, place: u32, cell: u32, value: Value) -> Result<bool, Spent> {
        let known = self.acquired_inside(place, cell);
        let reader = Reader::of(&self.ops[place as usize]);
        Ok(!matches!(self.named_size(&known, reader, cell, value)?, Named::Nothing))
    }

    pub(super) fn may_be_inside(&mut self, place: u32, cell: u32) -> Result<bool, Spent> {
        self.may_be(place, cell, INSIDE)
    }

    pub(super) fn may_be_outside(&mut self, place: u32, cell: u32) -> Result<bool, Spent> {
        self.may_be(place, cell, OUTSIDE)
    }

    /// Whether some folio of a mapped range may be wholly past the end. POSIX, mmap(): "References within the address range
    /// starting at pa and continuing for len bytes to whole pages following the end of an object shall result in delivery of
    /// a SIGBUS signal."
    pub(super) fn may_be_past_the_end(&mut self, place: u32, range: Range) -> Result<bool, Spent> {
        for folio in folios(range) {
            if self.may_be_outside(place, folio * FOLIO)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a mapping may show the cell as one of the file's. A truncate moves the end first and takes what it cuts off
    /// out of the mappings afterwards. POSIX, mmap(): "If the size of the mapped file changes after the call to mmap() as a
    /// result of some other operation on the mapped file, the effect of references to portions of the mapped region that
    /// correspond to added or removed portions of the file is unspecified."
    pub(super) fn may_be_mapped(&mut self, place: u32, cell: u32) -> Result<bool, Spent> {
        Ok(self.may_be_inside(place, cell)? || self.recent.is_being_cut(&self.ops[place as usize], cell))
    }

    /// A mapped access was answered: no folio of it may certainly be past the end.
    pub(super) fn check_mapped_size(&mut self, place: u32, range: Range) -> Result<(), Spent> {
        for folio in folios(range) {
            let cell = folio * FOLIO;
            if !self.may_be_mapped(place, cell)? {
                let why = format!("folio {folio} lies wholly past the end, and was accessed without SIGBUS");
                self.accuse_size(place, cell, why);
                break;
            }
        }
        Ok(())
    }

    /// An append landed: at an end that the file had, and not where another landed meanwhile. POSIX, write(): with O_APPEND
    /// "the file offset shall be set to the end of the file prior to each write and no intervening file modification
    /// operation shall occur between changing the file offset and the write operation".
    pub(super) fn check_append(&mut self, place: u32) -> Result<(), Spent> {
        let op = self.ops[place as usize];
        // Nobody can tell where an append of nothing landed.
        let (Some(at), Call::Append { cells: cells @ 1.., .. }) = (op.landed, op.call) else { return Ok(()) };
        for (cell, value) in [(at.checked_sub(1), INSIDE), (Some(at), OUTSIDE)] {
            let Some(cell) = cell.filter(|cell| *cell < self.known.reach) else { continue };
            let known = match self.known.inside(cell) {
                Some(register) => self.replaced(&op, register, self.known.at(op.acquires, register)),
                None => Clock::default(),
            };
            if let Named::Nothing = self.named_size_for(Some(place), &known, Reader::of(&op), cell, value)? {
                let what = if value == INSIDE { "past" } else { "before" };
                self.accuse_size(
                    place,
                    cell,
                    format!("the append landed at {at}, {what} the end of the file"),
                );
            }
        }
        self.check_overlap(place, at, cells);
        Ok(())
    }

    /// What the call knew of a register when it began: if it wrote it, its record says; otherwise what is known by now.
    fn replaced(&self, op: &Op, register: usize, now: Clock<T>) -> Clock<T> {
        let own = self.records(op).find(|(written, _)| *written == register);
        own.map_or(now, |(_, at)| self.registers.records[at].replaced)
    }

    /// Of two that were under way together, one comes after the other's end, unless one of them may have turned back.
    fn check_overlap(&mut self, place: u32, at: u32, cells: u32) {
        let op = self.ops[place as usize];
        let together = |other: &&Op| {
            let same_cache = other.who.host() == op.who.host() || self.contract.hosts == Hosts::Coherent;
            let overlap = other.content(0).cells().any(|cell| at <= cell && cell < at + cells);
            let ended = other.end != NEVER && other.end < op.end;
            let untruncated = self.recent.last_truncate_end < other.start.min(op.start);
            let stay = op.excused == 0 && other.excused == 0;
            let together = other.start != op.start && ended && other.end > op.start;
            same_cache && stay && together && overlap && untruncated
        };
        let Some(other) = self.recent.appends.iter().find(together).copied() else { return };
        let where_ = other.landed.unwrap_or(at);
        let why = format!(
            "the append landed at {at} and {}'s, at the same time, at {where_} (line {}): they overlap",
            other.who,
            self.line(other.end)
        );
        self.accuse_size(place, at.max(where_), why);
    }

    pub(super) fn accuse_size(&mut self, place: u32, cell: u32, why: String) {
        let op = self.ops[place as usize];
        let at = self.line(op.end);
        let write = (op.number > 0).then_some(op.number);
        let lines = Lines { shows: Some(self.line(op.start)), ..Lines::default() };
        self.accuse(Violation { kind: Kind::WrongSize, cell: Some(cell), write, at, why, lines });
    }
}
