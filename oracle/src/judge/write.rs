//! Writes: what a call may have left in each register, and when others know of it.

use super::Judge;
use super::budget::Spent;
use super::flow::Flow;
use super::ops::{Op, Outcome};
use super::register::{Registers, Standing};
use crate::clock::{Chain, Channel, Clock, Time};
use crate::{Call, FOLIO, Range, Value};

/// The value, in the registers that say whether a cell is inside the file, of a cell that is.
pub(super) const INSIDE: Value = Value::ZERO;
/// Of a cell that is past the end.
pub(super) const OUTSIDE: Value = Value::END;

impl<T: Time> Judge<'_, T> {
    /// The call begins: from now on what it writes may be read.
    pub(super) fn begin_write(&mut self, place: u32, flow: &Flow) -> Result<(), Spent> {
        let op = self.ops[place as usize];
        let chain = Chain::of(op.who, flow.channel);
        let first = self.registers.records.len() as u32;
        let content = op.content(self.known.reach);
        self.budget.spend(content.len() as usize)?;
        for cell in self.known.judged(content).cells() {
            let known = self.known_to(&op, flow, cell as usize);
            let mut record = Registers::record(op.start, chain, place, op.value(), known);
            let excused = self.excuse_of(&op, Range::new(cell, cell + 1))?;
            record.standing = standing(&op, cell - content.start, excused);
            if matches!(op.call, Call::Mwrite(_)) && self.may_be_outside(place, cell)? {
                record.standing = Standing::Loose;
            }
            self.registers.push(cell as usize, record)?;
        }
        self.begin_sizes(place, flow, chain)?;
        self.ops[place as usize].records = (first, self.registers.records.len() as u32 - first);
        Ok(())
    }

    /// What the call knows of the register: what it acquires and, past the cache, its caller's own earlier attempts, which
    /// told nobody of themselves if they failed.
    fn known_to(&self, op: &Op, flow: &Flow, register: usize) -> Clock<T> {
        let mut known = self.known.at(flow.acquires, register);
        if flow.channel == Channel::Server && op.who.host().is_some() {
            let chain = Chain::of(op.who, flow.channel);
            let mut own = self.registers.chain(register, chain);
            if let Some((_, last)) = own.find(|(_, record)| !record.echo) {
                known.learn(chain, last.began);
            }
        }
        known
    }

    fn begin_sizes(&mut self, place: u32, flow: &Flow, chain: Chain) -> Result<(), Spent> {
        let op = self.ops[place as usize];
        let growing = self.growing(place);
        for (cell, value) in self.sizes(&op) {
            self.budget.spend(1)?;
            let Some(register) = self.known.inside(cell) else { continue };
            let mut known = self.known_to(&op, flow, register);
            for (record, _) in growing.iter().flatten().filter(|(_, last)| cell < *last) {
                known.forget(record.chain, record.began);
            }
            let mut record = Registers::record(op.start, chain, place, value, known);
            // A write of a cell puts all before it inside.
            let nth = cell.saturating_sub(op.content(self.known.reach).start);
            record.standing = standing(&op, nth, op.excused);
            self.registers.push(register, record)?;
        }
        Ok(())
    }

    /// The cells that a call puts inside the file or past its end.
    fn sizes(&self, op: &Op) -> impl Iterator<Item = (u32, Value)> + use<T> {
        let (reach, floor) = (self.known.reach, self.known.floor);
        let (inside, outside) = op.sizes(reach).unwrap_or((0, reach));
        let inner = (floor..inside.max(floor)).map(|cell| (cell, INSIDE));
        inner.chain((outside.max(floor)..reach).map(|cell| (cell, OUTSIDE)))
    }

    /// The registers of a call's records, in their order.
    fn written(&self, op: &Op) -> impl Iterator<Item = usize> + use<T> {
        let (reach, floor) = (self.known.reach, self.known.floor);
        let content = self.known.judged(op.content(reach)).cells().map(|cell| cell as usize);
        content.chain(self.sizes(op).map(move |(cell, _)| (reach + cell - floor) as usize))
    }

    /// The records of a call, and the register of each.
    pub(super) fn records(&self, op: &Op) -> impl Iterator<Item = (usize, usize)> + use<T> {
        let first = op.records.0 as usize;
        self.written(op).zip(first..first + op.records.1 as usize)
    }

    /// The call has returned, or failed: whoever acquires from it knows that it came before.
    pub(super) fn end_write(&mut self, place: u32, flow: &Flow) -> Result<(), Spent> {
        let op = self.ops[place as usize];
        self.budget.spend(op.records.1 as usize)?;
        for (register, at) in self.records(&op) {
            let record = self.registers.records[at];
            if let Standing::Void { .. } = record.standing {
                continue;
            }
            // A failure tells nobody of what the call knew, and only those who know its chain that it came before.
            let (mut clock, places) = match failed(&op, self.cell(register)) {
                true => (Clock::default(), flow.releases.of_chain(op.who, flow.channel)),
                false => (record.replaced, flow.releases),
            };
            clock.learn(record.chain, record.began);
            self.known.tell(places, register, &clock);
        }
        Ok(())
    }

    /// A store through a mapping has returned: where the cell was past the end all the while, it is no part of the file.
    /// POSIX, mmap(): "The system shall always zero-fill any partial page at the end of an object. Further, the system shall
    /// never write out any modified portions of the last page of an object which are beyond its end."
    pub(super) fn end_store(&mut self, place: u32) -> Result<(), Spent> {
        let op = self.ops[place as usize];
        let content = op.content(self.known.reach);
        if op.is_whole() && !op.private {
            self.check_mapped_size(place, content)?;
        }
        for (cell, at) in self.known.judged(content).cells().zip(op.records.0 as usize..) {
            if op.private || !self.may_be_outside(place, cell)? {
                continue;
            }
            let inside = self.may_be_inside(place, cell)?;
            self.registers.records[at].standing = if inside { Standing::Loose } else { Standing::Stray };
        }
        Ok(())
    }

    /// "Where a direct and a cached write overlap in time and share a folio, neither is certain in that folio."
    pub(super) fn mix(&mut self, place: u32) -> Result<(), Spent> {
        let op = self.ops[place as usize];
        for other in self.under_way.into_iter().flatten() {
            let other = self.ops[other as usize];
            let mixed = op.call.is_direct() != other.call.is_direct();
            let local = op.who.host().is_some() && other.who.host().is_some();
            if mixed && local && op.writes_data() && other.writes_data() && !op.private && !other.private {
                self.loosen_shared_folios(&op, &other)?;
                self.loosen_shared_folios(&other, &op)?;
            }
        }
        Ok(())
    }

    fn loosen_shared_folios(&mut self, op: &Op, other: &Op) -> Result<(), Spent> {
        let (content, theirs) = (op.content(self.known.reach), other.content(self.known.reach));
        if theirs.is_empty() {
            return Ok(());
        }
        let folios = theirs.start / FOLIO..=(theirs.end - 1) / FOLIO;
        self.budget.spend(content.len() as usize)?;
        for (cell, at) in self.known.judged(content).cells().zip(op.records.0 as usize..) {
            if folios.contains(&(cell / FOLIO)) {
                self.registers.records[at].standing.loosen();
            }
        }
        Ok(())
    }
}

impl Standing {
    /// It may be there or not, from now on.
    pub fn loosen(&mut self) {
        if !matches!(self, Standing::Void { .. } | Standing::Stray) {
            *self = Standing::Loose;
        }
    }
}

/// Whether it failed at the cell: as a whole, or because a short direct write did not get there.
fn failed(op: &Op, cell: u32) -> bool {
    match op.outcome {
        Outcome::Failed(_) | Outcome::Refused => true,
        Outcome::Short(0) => op.call.is_direct(),
        Outcome::Short(cells) => op.call.is_direct() && cell >= op.content(0).start + cells,
        Outcome::Whole => false,
    }
}

/// What is certain of the `nth` cell of a write that may turn back until then, if it may at all.
fn standing(op: &Op, nth: u32, excused: u32) -> Standing {
    match op.outcome {
        Outcome::Failed(_) => Standing::Doubtful { since: op.end },
        Outcome::Short(cells) if nth >= cells && op.call.is_direct() => Standing::Doubtful { since: op.end },
        Outcome::Short(cells) if nth >= cells => Standing::Void { until: op.end },
        _ if excused > 0 && op.excused_from <= op.start => Standing::Excused { until: excused },
        _ => Standing::Certain,
    }
}

/// A crash of the host takes effect on what was not durable.
impl Standing {
    pub fn crash(&mut self, time: u32) {
        match self {
            Standing::Void { .. } | Standing::Stray | Standing::Loose => {}
            // Who was dropped, and had not been told, may also have been lost: nothing settles that.
            Standing::LooseUntil { until } if *until > time => *self = Standing::Loose,
            _ => *self = Standing::Doubtful { since: time },
        }
    }
}
