//! When a write may turn back: a sync reported an error before the write was durable.

use super::budget::{Budget, Spent};
use super::ops::{NEVER, Op};
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
        errors |= op.call.is_sync() && op.error().is_some() || is_write_fault(&op.call);
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
    let mut fault = false;
    for (time, &place) in (1..).zip(of_event) {
        let Some(op) = ops.get(place as usize).copied() else { continue };
        fault |= is_write_fault(&op.call);
        if op.call == Call::Crash(host) && time == op.end && fault {
            leave_untold(ops, &mut fresh);
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
                write.told |= ops[write.op as usize].who == op.who;
                ops[write.op as usize].excused = NEVER;
            }
        } else if op.makes_durable() {
            budget.spend(fresh.len())?;
            fresh.retain(|write| keeps(ops, write, &op, reach));
        }
    }
    if fault {
        leave_untold(ops, &mut fresh);
    }
    Ok(())
}

/// Whether it makes requests to write fail.
fn is_write_fault(call: &Call) -> bool {
    matches!(call, Call::FailWrite(_, 1..) | Call::ShortWrite(1..) | Call::Drop(1..) | Call::Deny(_))
}

/// The writers crash, or ask no more, before a sync could tell them of what has failed: what is not durable may turn back.
fn leave_untold(ops: &mut [Op], fresh: &mut Vec<Fresh>) {
    for write in fresh.drain(..) {
        let op = &mut ops[write.op as usize];
        if op.excused == 0 {
            op.excused = NEVER;
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
