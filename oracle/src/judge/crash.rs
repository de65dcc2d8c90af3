//! A crash: what was not durable on the host becomes uncertain for good.

use super::Judge;
use super::budget::Spent;
use super::ops::Op;
use crate::clock::Time;
use crate::{Host, Range, Who};

impl<T: Time> Judge<'_, T> {
    pub(super) fn crash(&mut self, host: Host, time: u32) -> Result<(), Spent> {
        for who in Who::PROCESSES.into_iter().filter(|who| who.host() == Some(host)) {
            if let Some(cut) = self.under_way[who.index()].take() {
                let flow = self.flows[who.index()];
                self.end_write(cut, &flow)?;
            }
        }
        self.budget.spend(self.registers.records.len())?;
        for at in 0..self.registers.records.len() {
            let op = self.ops[self.registers.records[at].op as usize];
            if op.who.host() == Some(host) && !self.is_durable_in(&op, self.told_by(at, &op), time) {
                self.registers.records[at].standing.crash(time);
            }
        }
        Ok(())
    }

    /// The cells of the write that are durable together with what its record, or the echo of one, tells of: of contents one cell,
    /// of the size, which an msync of a part says nothing of, all.
    pub(super) fn told_by(&self, at: usize, write: &Op) -> Range {
        let record = &self.registers.records[at];
        let told = if record.echo { record.of } else { at as u32 };
        let content = write.content(self.known.reach);
        let cells = self.known.judged(content);
        match told.checked_sub(write.records.0).filter(|nth| *nth < cells.len()) {
            Some(nth) => Range::new(cells.start + nth, cells.start + nth + 1),
            None => content,
        }
    }

    /// Whether a sync of these cells of the write had succeeded by then.
    pub(super) fn is_durable_in(&self, write: &Op, cells: Range, time: u32) -> bool {
        let host = write.who.host();
        let mut processes = Who::PROCESSES.into_iter().filter(|who| who.host() == host);
        processes.any(|who| self.syncs.next(&self.ops, who, write, cells, write.end) < time)
    }
}
