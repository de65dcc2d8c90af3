//! When a write may turn back: a sync reported an error before the write was durable, or a fault was there that none could report.

use super::Judge;
use super::budget::{Budget, Spent};
use super::ops::{NEVER, Op};
use super::register::Standing;
use crate::clock::Time;
use crate::{Call, Host, Range, Who};

/// The syncs that succeeded, in order.
pub(super) struct Syncs(Vec<u32>);

impl Syncs {
    /// When the first sync of `who` that began after `time` and covers these cells of `write` returned.
    #[inline(always)]
    pub fn next(&self, ops: &[Op], who: Who, write: &Op, cells: Range, time: u32) -> u32 {
        let later = self.0.partition_point(|sync| ops[*sync as usize].start < time);
        let mut syncs = self.0[later..].iter().map(|sync| &ops[*sync as usize]);
        syncs.find(|sync| sync.who == who && sync.covers(write, cells)).map_or(NEVER, |sync| sync.end)
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
    let mut syncs = Syncs(Vec::new());
    let mut errors = false;
    for (place, op) in (0..).zip(ops.iter()) {
        errors |= op.call.is_sync() && op.error().is_some()
            || Host::ALL.into_iter().any(|host| is_write_fault(op, host));
        if op.makes_durable() {
            syncs.0.push(place);
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
        for record in &mut self.registers.records {
            let write = &self.ops[record.op as usize];
            if write.excused_from == fault.start {
                record.standing.excuse(write.excused);
            }
        }
        Ok(())
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
    /// What an msync each has made durable of it: neither overlapping nor adjacent.
    parts: Vec<Range>,
}

impl Fresh {
    /// Adds what an msync has made durable of these cells; whether that is, together with what others have, all of them.
    fn add(&mut self, synced: Range, cells: Range) -> bool {
        let mut part = Range::new(synced.start.max(cells.start), synced.end.min(cells.end));
        if part.is_empty() {
            return false;
        }
        self.parts.retain(|other| {
            let apart = other.end < part.start || part.end < other.start;
            if !apart {
                part = Range::new(part.start.min(other.start), part.end.max(other.end));
            }
            apart
        });
        self.parts.push(part);
        part == cells
    }
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
            leave_untold(ops, &mut fresh, fault);
        }
        if op.who.host() != Some(host) {
            continue;
        }
        if time == op.start {
            if op.writes_data() || op.zeroes() || op.sizes(reach).is_some() {
                fresh.push(Fresh { op: place, told: false, parts: Vec::new() });
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
                write.told |= ops[write.op as usize].who == op.who;
                ops[write.op as usize].excused = NEVER;
            }
        } else if op.makes_durable() {
            budget.spend(fresh.iter().map(|write| 1 + write.parts.len()).sum())?;
            fresh.retain_mut(|write| keeps(ops, write, &op, reach));
        }
    }
    leave_untold(ops, &mut fresh, fault);
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
fn leave_untold(ops: &mut [Op], fresh: &mut Vec<Fresh>, fault: Option<u32>) {
    let Some(fault) = fault else { return };
    for write in fresh.drain(..) {
        let op = &mut ops[write.op as usize];
        if op.excused == 0 {
            (op.excused, op.excused_from) = (NEVER, fault);
        }
    }
}

/// Whether a write is still not durable after `sync` has succeeded; ends its excuse where the sync does that.
fn keeps(ops: &mut [Op], fresh: &mut Fresh, sync: &Op, reach: u32) -> bool {
    let write = &mut ops[fresh.op as usize];
    if write.end > sync.start {
        return true;
    }
    let content = write.content(reach);
    if !sync.covers(write, content) {
        return match sync.call {
            Call::Msync(_, range) if write.excused == 0 && !write.zeroes() => !fresh.add(range, content),
            _ => true,
        };
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
