//! What happens to writes that cross: a flush overwrites a third party's, a local one is dropped for it, a direct one races.

use super::excuse::{flushed, next_own_sync};
use super::machine::{Doubt, Machine};
use super::reach::{Register, contents, reached};
use super::script::{Op, bit, members};
use launder_oracle::{Call, Direct, Divergence, FOLIO, Hosts, Loser, Maps};

impl Machine {
    /// The write `op` begins; it may endanger those that began before, and they it.
    pub fn meet_others(&mut self, op: usize) {
        for earlier in 1..self.script.ops.len() {
            let other = &self.script.ops[earlier];
            if earlier == op || other.begun >= self.now || !other.writes() {
                continue;
            }
            let under_way = other.over.is_none_or(|over| over > self.now);
            if other.host() != self.script.ops[op].host() {
                self.overwrite(op, earlier);
                self.overwrite(earlier, op);
                self.drop_loser(op, earlier);
                self.drop_loser(earlier, op);
            }
            if under_way {
                self.race(op, earlier);
            }
        }
    }

    /// The flush of `local` may overwrite what `third` wrote in its granules, and put all before them inside the file again.
    fn overwrite(&mut self, local: usize, third: usize) {
        let flush = &self.script.ops[local];
        // Where hosts are coherent no flush undoes what another process wrote.
        let one_system = self.contract.hosts == Hosts::Coherent && self.script.ops[third].host().is_some();
        if flush.host().is_none() || flush.call.is_direct() || one_system {
            return;
        }
        let dirty: Vec<u32> = match flush.call {
            Call::Ftruncate(size) => vec![size],
            _ => reached(flush, self.script.reach).cells().collect(),
        };
        for register in self.registers() {
            if self.begun(register) & bit(third) == 0 {
                continue;
            }
            let granule = self.granule(register.cell());
            let concerns = |near: &&u32| match register {
                Register::Content(_) => self.granule(**near) == granule,
                Register::Inside(_) => self.granule(**near) >= granule,
            };
            let seen = self.knew(local, register).met & bit(third) != 0;
            let stays = |near: &u32| !self.flushed_before(local, third, *near);
            if !seen && dirty.iter().filter(concerns).any(stays) {
                let index = self.index(register);
                self.adrift[index] |= bit(third);
            }
        }
    }

    /// Whether, as `third` knew when it began, `local` had been synced at the cell, or what its writer wrote there later.
    fn flushed_before(&self, local: usize, third: usize, cell: u32) -> bool {
        let (flush, register) = (&self.script.ops[local], Register::Content(cell));
        let later = members(self.begun(register)).filter(|op| *op > local);
        let mut later = later.filter(|op| {
            let op = &self.script.ops[*op];
            let same_way =
                op.call.is_mapped() == flush.call.is_mapped() || self.contract.maps == Maps::Unified;
            op.who == flush.who && !op.call.is_direct() && same_way
        });
        self.is_clean(local, third, cell) || later.any(|op| self.is_clean(op, third, cell))
    }

    fn is_clean(&self, local: usize, third: usize, cell: u32) -> bool {
        let (flush, began) = (&self.script.ops[local], self.script.ops[third].begun);
        let near = reached(flush, self.script.reach).cells();
        let near: Vec<u32> = near.filter(|near| self.granule(*near) == self.granule(cell)).collect();
        let synced = flushed(&self.script, flush, &near).is_some_and(|since| since < began);
        synced && self.knew(third, Register::Content(cell)).met & bit(local) != 0
    }

    /// Whether `who` had met `other`, when it began, at all that `other` wrote in the granule of `cell`.
    fn met_in_granule(&self, who: usize, other: usize, cell: u32) -> bool {
        let written = reached(&self.script.ops[other], self.script.named().min(self.script.reach));
        let mut shared = written.cells().filter(|near| self.granule(*near) == self.granule(cell));
        shared.all(|near| self.knew(who, Register::Content(near)).met & bit(other) != 0)
    }

    fn granule(&self, cell: u32) -> u32 {
        match self.contract.divergence {
            Divergence::Byte => cell,
            Divergence::Folio => cell / FOLIO,
            Divergence::File => 0,
        }
    }

    /// Whether the write `op` has a cell in the granule of `cell`.
    fn lies_in(&self, op: usize, cell: u32) -> bool {
        let mut written = reached(&self.script.ops[op], self.script.reach).cells();
        written.any(|near| self.granule(near) == self.granule(cell))
    }

    /// `local` may be dropped for `third`, if neither knew of the other.
    fn drop_loser(&mut self, local: usize, third: usize) {
        let loser = &self.script.ops[local];
        if self.contract.loser == Loser::Nobody || loser.host().is_none() {
            return;
        }
        let until = match self.contract.loser {
            Loser::Reported => next_own_sync(&self.script, loser, self.now).unwrap_or(usize::MAX),
            _ => usize::MAX,
        };
        for register in self.registers() {
            let writes = self.begun(register) & bit(local) != 0;
            if !writes || !self.lies_in(third, register.cell()) {
                continue;
            }
            let known = self.knew(third, register).met & bit(local) != 0;
            if !known && !self.met_before(local, third, register.cell()) {
                self.doubts.push(Doubt { op: local, register, until });
            }
        }
    }

    fn met_before(&self, local: usize, third: usize, cell: u32) -> bool {
        self.script.ops[third].begun < self.script.ops[local].begun && self.met_in_granule(local, third, cell)
    }

    /// A direct and a cached write under way at once settle nothing in the folios that they share.
    fn race(&mut self, one: usize, other: usize) {
        let (a, b) = (&self.script.ops[one], &self.script.ops[other]);
        let crossed = a.call.is_direct() != b.call.is_direct();
        if self.contract.direct == Direct::Coherent || !crossed || !stores(a) || !stores(b) {
            return;
        }
        let reach = self.script.reach;
        for (op, against) in [(one, other), (other, one)] {
            let near = contents(&self.script.ops[against], reach);
            for cell in contents(&self.script.ops[op], reach).cells() {
                if near.cells().any(|near| near / FOLIO == cell / FOLIO) {
                    let index = self.index(Register::Content(cell));
                    self.adrift[index] |= bit(op);
                }
            }
        }
    }
}

/// Whether a process stores data by it.
fn stores(op: &Op) -> bool {
    op.host().is_some()
        && matches!(op.call, Call::Pwrite { .. } | Call::Append { .. } | Call::Mwrite(_) | Call::Copy { .. })
}
