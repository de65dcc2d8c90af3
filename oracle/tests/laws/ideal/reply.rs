//! Which replies a call may get, values aside: errors with a cause, sizes that the file had.

use super::excuse::{appends_collide, injected, is_fault, may_fail};
use super::machine::{Machine, folios};
use super::reach::Register;
use super::script::{Fate, members};
use launder_oracle::Call;

impl Machine {
    /// Whether the reply that the script has for `op` is one that it may get now, values aside.
    pub fn may_return(&self, op: usize) -> bool {
        let call = &self.script.ops[op];
        let over = self.now + 1;
        match (call.fate, call.call) {
            (Fate::Fails(errno), _) => may_fail(&self.script, self.contract.loser, call, errno, over),
            (Fate::Sigbus, Call::Mread(range) | Call::Mwrite(range)) => {
                call.private
                    || injected(&self.script, over, is_fault)
                    || folios(range).any(|cell| self.may_be(op, cell).1)
            }
            (_, Call::Mread(range) | Call::Mwrite(range)) => {
                call.private
                    || folios(range).all(|cell| self.may_be(op, cell).0 || self.is_still_mapped(op, cell))
            }
            (Fate::Done, Call::Append { .. }) => self.may_land(op),
            _ => true,
        }
    }

    /// Whether an append may land where it did.
    pub fn may_land(&self, op: usize) -> bool {
        let append = &self.script.ops[op];
        let Some(at) = append.at else { return true };
        let fits = (at == 0 || self.may_end_at(op, at)) && (at >= self.script.reach || self.may_be(op, at).1);
        let others = self.script.ops[1..].iter().filter(|other| other.begun != append.begun);
        let mut others = others.filter(|other| other.begun <= self.now + 1);
        fits && !others.any(|other| appends_collide(&self.script, self.contract.hosts, append, other))
    }

    /// Whether something may have put the cell before `at` inside, for the append `op`, that is no append after it under way beside it.
    fn may_end_at(&self, op: usize, at: u32) -> bool {
        let before = at - 1;
        let makes = |write: usize| {
            let other = &self.script.ops[write];
            let beside = other.over.is_none_or(|over| over > self.script.ops[op].begun);
            self.inside(write, before) && !(beside && other.at.is_some_and(|at| at > before))
        };
        !self.borders(before) || members(self.stock(op, Register::Inside(before))).any(makes)
    }
}
