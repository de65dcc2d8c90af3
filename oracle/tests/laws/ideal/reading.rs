//! Atomicity: whether what a read is served in its cells, taken together, tears a write.

use super::choice::Choice;
use super::machine::Machine;
use super::reach::{Register, contents};
use super::script::{Fate, bit};
use launder_oracle::{Atomic, Call, FOLIO, Hosts};

impl Machine {
    /// Whether `reader`, served `choices`, sees a part of a write and, elsewhere, the lack of it.
    pub fn tears(&self, reader: usize, choices: &[Choice]) -> bool {
        if self.contract.atomic == Atomic::Cell || self.script.ops[reader].call.is_mapped() {
            return false;
        }
        choices.iter().any(|one| {
            one.content.is_some_and(|write| {
                self.is_whole_for(write, reader)
                    && choices.iter().any(|other| self.torn_between(reader, write, one, other))
            })
        })
    }

    /// Whether `write` promises to be seen whole by `reader`.
    pub fn is_whole_for(&self, write: usize, reader: usize) -> bool {
        let (op, by) = (&self.script.ops[write], &self.script.ops[reader]);
        matches!(op.call, Call::Pwrite { .. } | Call::Append { .. })
            && op.fate == Fate::Done
            && (self.contract.hosts == Hosts::Coherent || op.host() == by.host())
    }

    fn torn_between(&self, reader: usize, write: usize, one: &Choice, other: &Choice) -> bool {
        let same_unit = match self.contract.atomic {
            Atomic::Call => true,
            Atomic::Folio => one.cell / FOLIO == other.cell / FOLIO,
            Atomic::Cell => false,
        };
        if one.cell == other.cell || !same_unit || !self.covers(write, other.cell) {
            return false;
        }
        let (content, inside) = (Register::Content(other.cell), Register::Inside(other.cell));
        let replaced = |register, seen: Option<usize>| {
            seen.is_some_and(|seen| self.knew(write, register).met & bit(seen) != 0)
                && self.is_sure(write, register, reader)
        };
        let half = match other.content {
            None => replaced(inside, other.inside),
            seen => replaced(content, seen),
        };
        let crossed = other.content.is_some_and(|rival| {
            rival != write
                && self.is_whole_for(rival, reader)
                && self.overlap(write, rival)
                && self.covers(rival, one.cell)
                && self.is_sure(write, content, reader)
                && self.is_sure(rival, Register::Content(one.cell), reader)
        });
        half && self.overlap(write, reader) || crossed
    }

    fn covers(&self, write: usize, cell: u32) -> bool {
        contents(&self.script.ops[write], self.script.reach).has(cell)
    }

    fn is_sure(&self, write: usize, register: Register, reader: usize) -> bool {
        self.certain(write, register, reader) && !self.excused(write, register, reader)
    }

    /// Whether two calls were under way at the same time.
    fn overlap(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.script.ops[one], &self.script.ops[other]);
        one.over.is_none_or(|over| over > other.begun) && other.over.is_none_or(|over| over > one.begun)
    }
}
