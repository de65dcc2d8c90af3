//! When a write may turn back: a sync reported an error before the write was durable, or a fault was there that none could report.

use super::Judge;
use super::budget::{Budget, Spent};
use super::ops::{NEVER, Op};
use super::register::Standing;
use crate::clock::Time;
use crate::{Call, Host, Range, Who};

/// The syncs that succeeded.
pub(super) struct Syncs {
    in_order: Vec<u32>,
    /// Some are of a part of the file.
    some_of_a_part: bool,
}

impl Syncs {
    /// When the first sync of `who` that began after `time` and covers these cells of `write` returned.
    #[inline(always)]
    pub fn next(&self, ops: &[Op], who: Who, write: &Op, cells: Range, time: u32) -> u32 {
        let later = self.in_order.partition_point(|sync| ops[*sync as usize].start < time);
        let mut syncs = self.in_order[later..].iter().map(|sync| &ops[*sync as usize]);
        syncs.find(|sync| sync.who == who && sync.covers(write, cells)).map_or(NEVER, |sync| sync.end)
    }

    /// Whether one on its host that began after the write had returned, and returned by that time, covers these cells of it.
    fn have_covered(
        &self,
        ops: &[Op],
        write: &Op,
        cells: Range,
        time: u32,
        budget: &mut Budget,
    ) -> Result<bool, Spent> {
        let begun = |time| self.in_order.partition_point(|sync| ops[*sync as usize].start < time);
        let syncs = &self.in_order[begun(write.end)..begun(time).max(begun(write.end))];
        let covers =
            |sync: &Op| sync.end < time && sync.who.host() == write.who.host() && sync.covers(write, cells);
        let first = syncs.iter().position(|sync| covers(&ops[*sync as usize]));
        budget.spend(first.unwrap_or(syncs.len()))?;
        Ok(first.is_some())
    }
}

/// Sets, for each write that may turn back, until when it may, and returns the syncs that succeeded.
///
/// "A write that is not durable when a sync call on its host reports an error may turn back once, at any time: kernels
/// write back, fail and drop pages of their own accord. The excuse ends when its own writer's next sync succeeds though
/// that writer was told nothing." vfs.rst, "Handling errors during writeback", asks no more of a file system than that each
/// descriptor that was open is told once.
pub(super) fn excuse(
    ops: &mut [Op],
    of_event: &[u32],
    reach: u32,
    budget: &mut Budget,
) -> Result<Syncs, Spent> {
    let mut syncs = Syncs { in_order: Vec::new(), some_of_a_part: false };
    let mut errors = false;
    for (place, op) in (0..).zip(ops.iter()) {
        errors |= op.call.is_sync() && op.error().is_some()
            || Host::ALL.into_iter().any(|host| is_write_fault(op, host));
        if op.makes_durable() {
            syncs.in_order.push(place);
            syncs.some_of_a_part |= matches!(op.call, Call::Msync(..));
        }
    }
    // Syncs of one process do not overlap: in order of start is in order of return.
    if errors {
        for host in Host::ALL {
            excuse_on(host, ops, of_event, reach, budget)?;
        }
    }
    Ok(syncs)
}

impl<T: Time> Judge<'_, T> {
    /// A fault is there: of those that it may lose before a sync could tell of it, it may from now on.
    pub(super) fn excuse_from(&mut self, fault: &Op) -> Result<(), Spent> {
        if !self.registers.excuses || !Host::ALL.into_iter().any(|host| is_write_fault(fault, host)) {
            return Ok(());
        }
        self.budget.spend(self.registers.records.len())?;
        for at in 0..self.registers.records.len() {
            let write = self.ops[self.registers.records[at].op as usize];
            if write.excused_from != fault.start {
                continue;
            }
            let excused = self.excuse_of(&write, self.told_by(at, &write))?;
            if excused > 0 {
                self.registers.records[at].standing.excuse(excused);
            }
        }
        Ok(())
    }

    /// Until when these cells of the write may turn back; 0: they may not, or an msync had made them durable before the error was
    /// reported.
    #[inline(always)]
    pub(super) fn excuse_of(&mut self, write: &Op, cells: Range) -> Result<u32, Spent> {
        if write.excused == 0 || !self.syncs.some_of_a_part {
            return Ok(write.excused);
        }
        let durable = self.syncs.have_covered(&self.ops, write, cells, write.excused_at, &mut self.budget)?;
        Ok(if durable { 0 } else { write.excused })
    }
}

impl Standing {
    fn excuse(&mut self, until: u32) {
        match self {
            Standing::Certain => *self = Standing::Excused { until },
            Standing::LooseUntil { until: before } => *before = until.max(*before),
            _ => {}
        }
    }
}

/// A write that is not durable yet.
struct Fresh {
    op: u32,
    told: bool,
}

fn excuse_on(
    host: Host,
    ops: &mut [Op],
    of_event: &[u32],
    reach: u32,
    budget: &mut Budget,
) -> Result<(), Spent> {
    let mut fresh: Vec<Fresh> = Vec::new();
    let mut fault = None;
    for (time, &place) in (1..).zip(of_event) {
        let Some(op) = ops.get(place as usize).copied() else { continue };
        if is_write_fault(&op, host) {
            fault.get_or_insert(op.start);
        }
        if op.call == Call::Crash(host) && time == op.end {
            leave_untold(ops, &mut fresh, fault, time);
        }
        if op.who.host() != Some(host) {
            continue;
        }
        if time == op.start {
            if op.writes_data() || op.zeroes() || op.sizes(reach).is_some() {
                fresh.push(Fresh { op: place, told: false });
            }
        } else if op.call == Call::Open && op.is_whole() {
            // errseq_sample(): a descriptor that is opened after an error was reported is not told of it.
            budget.spend(fresh.len())?;
            for write in &mut fresh {
                let own = &ops[write.op as usize];
                write.told |= own.who == op.who && own.excused > 0;
            }
        } else if op.call.is_sync() && op.error().is_some() {
            budget.spend(fresh.len())?;
            for write in &mut fresh {
                let own = &mut ops[write.op as usize];
                write.told |= own.who == op.who;
                own.excused_at = if own.excused == 0 { time } else { own.excused_at };
                own.excused = NEVER;
            }
        } else if op.makes_durable() {
            budget.spend(fresh.len())?;
            fresh.retain(|write| keeps(ops, write, &op, reach));
        }
    }
    leave_untold(ops, &mut fresh, fault, NEVER);
    Ok(())
}

/// Whether it makes requests to write fail that this host sends. One that was refused does nothing.
fn is_write_fault(op: &Op, host: Host) -> bool {
    let reaches = match op.call {
        Call::FailWrite(_, 1..) | Call::ShortWrite(1..) | Call::Drop(1..) => true,
        Call::Deny(who) => who.host() == Some(host),
        _ => false,
    };
    reaches && op.may_have_happened()
}

/// The writers crash, or ask no more, before a sync could tell them of what has failed, if there was a fault: what is not durable may
/// turn back, once that is there.
fn leave_untold(ops: &mut [Op], fresh: &mut Vec<Fresh>, fault: Option<u32>, time: u32) {
    let Some(fault) = fault else { return };
    for write in fresh.drain(..) {
        let op = &mut ops[write.op as usize];
        if op.excused == 0 {
            (op.excused, op.excused_from, op.excused_at) = (NEVER, fault, time);
        }
    }
}

/// Whether a write is still not durable after `sync` has succeeded; ends its excuse where the sync does that.
fn keeps(ops: &mut [Op], fresh: &Fresh, sync: &Op, reach: u32) -> bool {
    let write = &mut ops[fresh.op as usize];
    if write.end > sync.start || !sync.covers(write, write.content(reach)) {
        return true;
    }
    if write.excused == 0 {
        return false;
    }
    if !fresh.told && write.who == sync.who {
        write.excused = sync.end;
        return false;
    }
    !fresh.told
}
