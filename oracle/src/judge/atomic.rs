//! Whether a read saw one part of a write, and of another part what the write had replaced.

use super::Judge;
use super::budget::Spent;
use super::ops::Op;
use super::register::{Record, Seen, Standing};
use crate::clock::Time;
use crate::{Atomic, Call, FOLIO, Hosts, Kind, Lines, Range, Violation};

/// What a read showed of one cell.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// The write that it showed, of contents or of sizes.
    pub seen: Seen,
    /// It showed that the cell is past the end.
    pub past_the_end: bool,
}

/// Whether two calls were under way at once: only then need one see all or nothing of the other.
fn overlap(one: &Op, other: &Op) -> bool {
    one.start < other.end && other.start < one.end
}

impl<T: Time> Judge<'_, T> {
    /// Whether the read saw all or nothing of each write that is atomic for it.
    pub(super) fn check_torn(&mut self, place: u32, range: Range, shown: &[Shown]) -> Result<(), Spent> {
        let read = self.ops[place as usize];
        let mut last = None;
        for (cell, found) in range.cells().zip(shown) {
            let (Seen::Write(at), false) = (found.seen, found.past_the_end) else { continue };
            let write = self.registers.records[at as usize].op;
            let repeated = last == Some(write) && self.contract.atomic == Atomic::Call;
            last = Some(write);
            if repeated || !self.is_atomic(&read, &self.ops[write as usize]) {
                continue;
            }
            self.budget.spend(shown.len())?;
            let mut others = range.cells().zip(shown).filter(|(other, _)| self.in_one_unit(cell, *other));
            if let Some((other, found)) =
                others.find(|(other, found)| self.tears(&read, (cell, write), *other, **found))
            {
                self.accuse_torn(place, (cell, write), (other, *found));
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether a read that saw `write` at `cell` may not have seen `found` at `other`.
    fn tears(&self, read: &Op, (cell, write): (u32, u32), other: u32, found: Shown) -> bool {
        let certain = |record: &&Record<T>| record.standing.is_certain(read.start);
        let Some(there) = self.record_of(write, other).filter(certain) else { return false };
        match found.seen {
            Seen::Unclear => false,
            Seen::First if !overlap(read, &self.ops[write as usize]) => false,
            Seen::First if found.past_the_end => self.put_inside(write, other).filter(certain).is_some(),
            Seen::First => true,
            Seen::Write(at) => {
                let past_the_end = found.past_the_end;
                let found = self.registers.records[at as usize];
                if let Standing::Void { .. } = found.standing {
                    return false;
                }
                let at_once = overlap(read, &self.ops[write as usize]);
                if past_the_end {
                    return at_once && self.put_inside_again(write, other, &found).filter(certain).is_some();
                }
                let rival = &self.ops[found.op as usize];
                let replaced = at_once && there.replaced.knows(found.chain, found.began);
                let covers = || self.record_of(found.op, cell).filter(certain).is_some();
                let rivals = overlap(rival, &self.ops[write as usize]) && self.is_atomic(read, rival);
                found.op != write && (replaced || rivals && covers())
            }
        }
    }

    /// What `write` did to the size at a cell.
    fn put_inside(&self, write: u32, cell: u32) -> Option<&Record<T>> {
        let mut records = self.records(&self.ops[write as usize]);
        let sized = records.find(|(register, _)| Some(*register) == self.known.inside(cell));
        sized.map(|(_, at)| &self.registers.records[at])
    }

    /// The same, if it knew of the truncate that a read saw there.
    fn put_inside_again(&self, write: u32, cell: u32, truncate: &Record<T>) -> Option<&Record<T>> {
        self.put_inside(write, cell).filter(|record| record.replaced.knows(truncate.chain, truncate.began))
    }

    /// What `write` did to `cell`.
    #[inline(always)]
    fn record_of(&self, write: u32, cell: u32) -> Option<&Record<T>> {
        let write = &self.ops[write as usize];
        let content = self.known.judged(write.content(self.known.reach));
        let nth = content.has(cell).then(|| write.records.0 + cell - content.start)?;
        self.registers.records.get(nth as usize)
    }

    fn in_one_unit(&self, one: u32, other: u32) -> bool {
        match self.contract.atomic {
            Atomic::Call => true,
            Atomic::Folio => one / FOLIO == other / FOLIO,
            Atomic::Cell => false,
        }
    }

    /// Whether the write is atomic for the other: a pwrite or append that did all it was asked, in the other's cache.
    pub(super) fn is_atomic(&self, read: &Op, write: &Op) -> bool {
        let kind = matches!(write.call, Call::Pwrite { .. } | Call::Append { .. });
        let together = write.who.host() == read.who.host() || self.contract.hosts == Hosts::Coherent;
        kind && write.is_whole() && together
    }

    fn accuse_torn(&mut self, place: u32, (cell, write): (u32, u32), (other, found): (u32, Shown)) {
        let (read, write) = (self.ops[place as usize], self.ops[write as usize]);
        let found = match found.seen {
            Seen::Write(at) => Some(self.ops[self.registers.records[at as usize].op as usize]),
            _ => None,
        };
        let lines = Lines {
            shows: Some(self.line(read.start)),
            superseding: Some(self.line(write.start)),
            seen: found.map(|found| self.line(found.start)),
            through: Vec::new(),
        };
        let found = found.map_or("what was there at first".into(), |found| self.describe(&found));
        let seen = self.describe(&write);
        let why = format!(
            "{}'s `{}` saw {seen} at cell {cell} and, at cell {other}, which that wrote too, {found}",
            read.who, read.call,
        );
        let at = self.line(read.end);
        let (cell, write) = (Some(other), Some(write.number));
        self.accuse(Violation { kind: Kind::Torn, cell, write, at, why, lines });
    }
}
