//! Writes that move the end of the file part by part: of what they put inside, a part that comes later puts it there again.

use super::machine::Machine;
use super::reach::{Register, reached, writes};
use super::script::{Ops, bit};
use launder_oracle::{Atomic, Call, FOLIO};
use std::rc::Rc;

impl Machine {
    /// What `op` writes does not replace what is still to come of others, even if it has met what had come before.
    pub fn overlook_what_grows(&mut self, op: usize) {
        for cell in 0..self.script.reach {
            let register = Register::Inside(cell);
            let growing = self.growing(op, cell);
            if growing != 0 && writes(&self.script.ops[op], register, self.script.reach) {
                let index = self.index(register);
                Rc::make_mut(&mut self.views[op])[index].met &= !growing;
            }
        }
    }

    /// The writes under way of which a part that may still come puts `cell` inside, for `op`.
    fn growing(&self, op: usize, cell: u32) -> Ops {
        let grows =
            |write: &usize| *write != op && self.is_under_way(*write) && self.comes_again(*write, op, cell);
        (1..self.script.ops.len()).filter(grows).fold(0, |set, write| set | bit(write))
    }

    fn is_under_way(&self, write: usize) -> bool {
        let write = &self.script.ops[write];
        write.begun < self.now && write.over.is_none_or(|over| over > self.now)
    }

    /// Whether more than one part of `write`, as `op` may meet them, puts `cell` inside.
    fn comes_again(&self, write: usize, op: usize, cell: u32) -> bool {
        let (call, cells) = (&self.script.ops[write], reached(&self.script.ops[write], self.script.reach));
        let moves = matches!(call.call, Call::Pwrite { .. } | Call::Append { .. } | Call::Copy { .. });
        if !call.writes() || !moves || cells.is_empty() {
            return false;
        }
        let last = cells.end - 1;
        let last = match self.contract.atomic {
            Atomic::Call if self.is_whole_for(write, op) => cells.start,
            Atomic::Folio if self.is_whole_for(write, op) => cells.start.max(last / FOLIO * FOLIO),
            _ => last,
        };
        cells.start < last && cell < last
    }
}
