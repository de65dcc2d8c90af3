//! A third party's writes and local ones in one granule: which of them a flush, or its refusal, may undo.

use super::Judge;
use super::budget::Spent;
use super::excuse::Syncs;
use super::flow::Flow;
use super::ops::{Op, Outcome};
use super::register::{Record, Registers, Standing};
use crate::clock::{Chains, SERVER_HOME, Time};
use crate::{Call, Divergence, FOLIO, Hosts, Loser, Range};

impl Op {
    /// The host, or the server's place after the hosts, that the call was made on.
    fn home(&self) -> usize {
        self.who.host().map_or(SERVER_HOME, |host| host.index())
    }

    /// The cells that it wrote: of a short write through the cache those that it reached.
    fn reached(&self, reach: u32) -> Range {
        let content = self.content(reach);
        match self.outcome {
            Outcome::Short(cells) if !self.call.is_direct() => {
                Range::new(content.start, content.end.min(content.start + cells))
            }
            _ => content,
        }
    }

    /// Whether it is a write that the page cache of its host writes back later.
    fn is_cached_write(&self) -> bool {
        self.who.host().is_some() && !self.call.is_direct()
    }
}

/// Whether two ranges share a cell.
pub(super) fn meet(one: Range, other: Range) -> bool {
    one.start.max(other.start) < one.end.min(other.end)
}

impl<T: Time> Judge<'_, T> {
    /// A write begins: what may it undo on other hosts, and what there may undo it?
    pub(super) fn diverge(&mut self, place: u32, flow: &Flow) -> Result<(), Spent> {
        let op = self.ops[place as usize];
        let content = op.reached(self.known.reach);
        let mut granule = Range::new(0, 0);
        let (mut overwritten, mut beyond) = (false, false);
        let last_overwritten = self.last_overwritten(&op, flow)?;
        for (register, at) in self.records(&op) {
            let cell = self.cell(register);
            if !granule.has(cell) {
                granule = self.granule(cell);
                overwritten = self.may_be_overwritten(&op, flow, granule)?;
                beyond = last_overwritten.is_some_and(|cell| cell >= granule.start);
                let touched = match op.call {
                    Call::Ftruncate(size) => granule.has(size),
                    _ => meet(granule, content),
                };
                if op.is_cached_write() && touched {
                    self.overwrite(&op, flow, granule)?;
                }
                if self.contract.loser != Loser::Nobody {
                    self.lose(place, flow, granule, meet(granule, content))?;
                }
            }
            let sized = register >= self.known.reach as usize;
            if overwritten || sized && beyond {
                self.registers.records[at].standing.loosen();
            }
        }
        Ok(())
    }

    /// The cell that a register is of.
    pub(super) fn cell(&self, register: usize) -> u32 {
        let register = register as u32;
        if register < self.known.reach { register } else { register - self.known.reach + self.known.floor }
    }

    fn granule(&self, cell: u32) -> Range {
        match self.contract.divergence {
            Divergence::Byte => Range::new(cell, cell + 1),
            Divergence::Folio => {
                let start = cell / FOLIO * FOLIO;
                Range::new(start, (start + FOLIO).min(self.known.reach))
            }
            Divergence::File => Range::new(0, self.known.reach),
        }
    }

    /// Whether another host holds a write in the granule that the writer of `op` does not know to have been synced: its
    /// flush may overwrite what `op` writes.
    fn may_be_overwritten(&mut self, op: &Op, flow: &Flow, granule: Range) -> Result<bool, Spent> {
        for cell in granule.cells() {
            if self.may_be_overwritten_at(op, flow, cell)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether hosts are coherent: then no flush undoes what another process wrote; only the third party comes from outside.
    fn is_one_system(&self) -> bool {
        self.contract.hosts == Hosts::Coherent
    }

    /// The last cell for which that holds: a flush there puts all that lies before it inside the file again.
    fn last_overwritten(&mut self, op: &Op, flow: &Flow) -> Result<Option<u32>, Spent> {
        if self.known.floor == self.known.reach || op.sizes(self.known.reach).is_none() {
            return Ok(None);
        }
        for cell in (0..self.known.reach).rev() {
            if self.may_be_overwritten_at(op, flow, cell)? {
                return Ok(Some(cell));
            }
        }
        Ok(None)
    }

    #[inline(always)]
    fn may_be_overwritten_at(&mut self, op: &Op, flow: &Flow, cell: u32) -> Result<bool, Spent> {
        self.budget.spend(1)?;
        let chains = self.registers.chains(cell as usize).but(op.home()).of_hosts();
        if chains.is_empty() || self.is_one_system() && op.who.host().is_some() {
            return Ok(false);
        }
        self.may_be_overwritten_by(chains, op, flow, cell)
    }

    /// Apart, as most cells nobody else has written.
    #[inline(never)]
    fn may_be_overwritten_by(
        &mut self,
        chains: Chains,
        op: &Op,
        flow: &Flow,
        cell: u32,
    ) -> Result<bool, Spent> {
        let granule = self.granule(cell);
        let known = self.known.at(flow.acquires, cell as usize);
        for chain in chains {
            let mut visits = 1;
            let mut writes = self.registers.chain(cell as usize, chain).map(|(_, record)| record);
            let last = writes.find(|record| {
                visits += 1;
                self.dirties(record, granule)
            });
            let last = last.copied();
            self.budget.spend(visits)?;
            let Some(last) = last else { continue };
            let write = self.ops[last.op as usize];
            if !known.knows(chain, last.began) || !self.has_left(&write, granule, op) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the flush of `write`, which `op` knew of, can no longer overwrite `op`: it had been synced here.
    fn has_left(&self, write: &Op, granule: Range, op: &Op) -> bool {
        let content = write.content(self.known.reach);
        let cells = Range::new(content.start.max(granule.start), content.end.min(granule.end));
        self.is_durable_in(write, cells, op.start)
    }

    /// Whether the write leaves its folio dirty, in this granule. Of a truncate only the folio of the new end is.
    fn dirties(&self, record: &Record<T>, granule: Range) -> bool {
        let write = &self.ops[record.op as usize];
        let here = match write.call {
            Call::Ftruncate(size) => granule.has(size),
            _ => true,
        };
        // A store past the end is no part of the file, and dirties the folio all the same.
        let void = matches!(record.standing, Standing::Void { .. });
        !record.echo && !void && write.is_cached_write() && here
    }

    /// What others wrote in the granule and `op`, which dirties it, does not know, its flush may overwrite; and where others
    /// put the end before it, its flush may put it behind.
    fn overwrite(&mut self, op: &Op, flow: &Flow, granule: Range) -> Result<(), Spent> {
        for cell in granule.cells() {
            self.loosen_unknown(op, flow, cell as usize)?;
        }
        for cell in self.known.floor..granule.end {
            if let Some(register) = self.known.inside(cell) {
                self.loosen_unknown(op, flow, register)?;
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn loosen_unknown(&mut self, op: &Op, flow: &Flow, register: usize) -> Result<(), Spent> {
        let mut chains = self.registers.chains(register).but(op.home());
        if self.is_one_system() {
            chains = chains.of_server();
        }
        if chains.is_empty() {
            return Ok(());
        }
        self.loosen_chains(chains, flow, register)
    }

    #[inline(never)]
    fn loosen_chains(&mut self, chains: Chains, flow: &Flow, register: usize) -> Result<(), Spent> {
        let known = self.known.at(flow.acquires, register);
        for chain in chains {
            let loosen = |record: &mut Record<T>| {
                record.standing.loosen();
                true
            };
            let loosened = self.registers.change_unknown(register, chain, &known, loosen);
            self.budget.spend(1 + loosened)?;
        }
        Ok(())
    }

    /// Local writes that may be dropped for a third party's that they, and that third party, did not know of: with what
    /// they did to the size. `lies_here`: the call writes cells of the granule, and not only makes the file reach over it.
    fn lose(&mut self, place: u32, flow: &Flow, granule: Range, lies_here: bool) -> Result<(), Spent> {
        let op = self.ops[place as usize];
        let mut foreign = false;
        for cell in granule.cells() {
            foreign |= self.lose_unknown(&op, flow, cell as usize, lies_here)?;
            if let Some(register) = self.known.inside(cell) {
                self.lose_unknown(&op, flow, register, lies_here)?;
            }
        }
        if foreign && op.who.host().is_some() {
            for (register, at) in self.records(&op) {
                if granule.has(self.cell(register)) {
                    let (dropping, registers) = self.dropping(op.start);
                    dropping.drop(&mut registers.records[at]);
                }
            }
        }
        Ok(())
    }

    /// Drops, if so told, what others wrote to the register and `op` does not know, and tells whether there was any.
    fn lose_unknown(&mut self, op: &Op, flow: &Flow, register: usize, drops: bool) -> Result<bool, Spent> {
        let known = self.known.at(flow.acquires, register);
        let mut foreign = false;
        for chain in self.registers.chains(register).but(op.home()) {
            let (dropping, registers) = self.dropping(op.start);
            let lose = |record: &mut Record<T>| {
                let done = !matches!(record.standing, Standing::Void { .. });
                if done && drops && chain.home() != SERVER_HOME {
                    dropping.drop(record);
                }
                done
            };
            let unknown = registers.change_unknown(register, chain, &known, lose);
            self.budget.spend(1 + unknown)?;
            foreign |= unknown > 0;
        }
        Ok(foreign)
    }

    /// What it takes to drop writes that lose at that time, and the writes.
    fn dropping(&mut self, time: u32) -> (Dropping<'_>, &mut Registers<T>) {
        let (loser, reach) = (self.contract.loser, self.known.reach);
        (Dropping { ops: &self.ops, syncs: &self.syncs, loser, reach, time }, &mut self.registers)
    }
}

/// What it takes to drop writes that lose.
struct Dropping<'j> {
    ops: &'j [Op],
    syncs: &'j Syncs,
    loser: Loser,
    reach: u32,
    /// When they lose.
    time: u32,
}

impl Dropping<'_> {
    /// The write may be dropped; where that must be reported, only until its writer's next sync says that all is well.
    fn drop<T>(&self, record: &mut Record<T>) {
        let write = &self.ops[record.op as usize];
        let after = self.time.max(write.end);
        let until = self.syncs.next(self.ops, write.who, write, write.content(self.reach), after);
        record.standing = match (self.loser, record.standing) {
            (Loser::Reported, Standing::Certain) => Standing::LooseUntil { until },
            (
                Loser::Reported,
                Standing::LooseUntil { until: before } | Standing::Excused { until: before },
            ) => Standing::LooseUntil { until: until.max(before) },
            _ => return record.standing.loosen(),
        };
    }
}
