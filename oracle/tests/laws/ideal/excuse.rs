//! Durability, the excuse that a reported error gives to what was not durable, and which errors have a fault to blame.

use super::reach::{covers, named};
use super::script::{Fate, Op, Script};
use launder_oracle::{Call, Errno, Host, Hosts, Loser, Msync};

/// Whether `op` is a sync that, done, makes `write` durable.
fn makes_durable(op: &Op, write: &Op) -> bool {
    op.fate == Fate::Done
        && write.over.is_some_and(|over| over < op.begun)
        && match op.call {
            Call::Fsync | Call::Fdatasync => true,
            Call::Msync(Msync::Sync | Msync::Invalidate, range) => !op.private && covers(range, write),
            _ => false,
        }
}

/// When `write` was durable: when the first sync of its host that began after it had returned.
pub fn durable(script: &Script, write: &Op) -> Option<usize> {
    let host = write.host()?;
    let syncs = script.ops.iter().filter(|op| op.host() == Some(host) && makes_durable(op, write));
    syncs.filter_map(|op| op.over).min()
}

/// When a sync of its host had first flushed these cells of `write`, begun after it had returned.
pub fn flushed(script: &Script, write: &Op, cells: &[u32]) -> Option<usize> {
    let host = write.host()?;
    let syncs = script.ops.iter().filter(|op| op.host() == Some(host) && op.fate == Fate::Done);
    let after = syncs.filter(|op| write.over.is_some_and(|over| over < op.begun));
    let flushes = after.filter(|op| match op.call {
        Call::Fsync | Call::Fdatasync => true,
        Call::Msync(Msync::Sync | Msync::Invalidate, range) => {
            !op.private
                && matches!(
                    write.call,
                    Call::Pwrite { .. } | Call::Append { .. } | Call::Mwrite(_) | Call::Copy { .. }
                )
                && cells.iter().all(|cell| range.has(*cell))
        }
        _ => false,
    });
    flushes.filter_map(|op| op.over).min()
}

/// When the next sync by the writer of `write` itself, begun after `after`, returned, all being well.
pub fn next_own_sync(script: &Script, write: &Op, after: usize) -> Option<usize> {
    let own = script.ops.iter().filter(|op| op.who == write.who && op.begun > after);
    own.filter(|op| makes_durable(op, write)).filter_map(|op| op.over).min()
}

/// From when to when reads may have a write turned back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excuse {
    /// Reads that return after this.
    pub from: usize,
    /// Reads that begin before this.
    pub until: usize,
    /// The cells that had been flushed when the error was reported, or when nobody could be told any more.
    pub spared: Vec<u32>,
}

/// Since when a fault may have lost it before its writer could be told, and when its host crashed, if that is why it could not;
/// otherwise nobody asked any more.
fn untold(script: &Script, write: &Op) -> Option<(usize, Option<usize>)> {
    let host = write.host()?;
    let fault = script.ops.iter().filter(|op| is_write_fault(op, host)).map(|op| op.begun).min()?;
    let durable = durable(script, write);
    let crashes = script.ops.iter().filter(|op| op.call == Call::Crash(host) && op.fate == Fate::Done);
    let crash = crashes
        .filter_map(|op| op.over)
        .filter(|over| write.begun < *over && fault < *over && durable.is_none_or(|durable| durable > *over))
        .min();
    (durable.is_none() || crash.is_some()).then_some((fault, crash))
}

/// Whether `op` makes requests to write fail that this host sends.
fn is_write_fault(op: &Op, host: Host) -> bool {
    let reaches = match op.call {
        Call::FailWrite(_, 1..) | Call::ShortWrite(1..) | Call::Drop(1..) => true,
        Call::Deny(who) => who.host() == Some(host),
        _ => false,
    };
    reaches && !matches!(op.fate, Fate::Fails(_))
}

/// When reads may have `write` turned back; nothing if they never may.
pub fn excuse(script: &Script, write: &Op) -> Option<Excuse> {
    let host = write.host()?;
    let durable = durable(script, write).unwrap_or(usize::MAX);
    let told: Vec<&Op> = script
        .ops
        .iter()
        .filter(|op| op.host() == Some(host) && op.call.is_sync())
        .filter(|op| matches!(op.fate, Fate::Fails(errno) if !op.refused && !means_again(errno)))
        .filter(|op| op.over > Some(write.begun))
        .collect();
    let first = told.iter().filter_map(|op| op.over).min().unwrap_or(usize::MAX);
    if let Some((fault, crash)) = untold(script, write) {
        let in_time = durable.min(crash.unwrap_or(usize::MAX));
        let reported = first < in_time;
        let from = if reported { 0 } else { fault };
        let at = if reported { first } else { crash.unwrap_or(usize::MAX) };
        return Some(Excuse { from, until: usize::MAX, spared: flushed_by(script, write, at) });
    }
    if first >= durable {
        return None;
    }
    let always = Excuse { from: 0, until: usize::MAX, spared: flushed_by(script, write, first) };
    let Some(own) = next_own_sync(script, write, write.begun) else { return Some(always) };
    let knew = told.iter().any(|op| op.who == write.who && op.over < Some(own))
        || opened_late(script, write, own, &told);
    Some(if knew { always } else { Excuse { until: own, ..always } })
}

/// The cells of `write` that had been flushed by then.
fn flushed_by(script: &Script, write: &Op, time: usize) -> Vec<u32> {
    let by_then = |cell: &u32| flushed(script, write, &[*cell]).is_some_and(|flushed| flushed < time);
    data(write).filter(by_then).collect()
}

/// The cells to which `write` writes bytes of its own, or copies.
fn data(write: &Op) -> std::ops::Range<u32> {
    match write.call {
        Call::Pwrite { .. } | Call::Append { .. } | Call::Mwrite(_) | Call::Copy { .. } => {
            named(write).cells()
        }
        _ => 0..0,
    }
}

/// Whether the error asks for another try, and tells of no fault.
fn means_again(errno: Errno) -> bool {
    matches!(errno, Errno::EAGAIN | Errno::EINTR | Errno::EDEADLK)
}

/// Whether the writer opened the file after an error had been reported, and before its sync: nobody tells it of that one.
fn opened_late(script: &Script, write: &Op, own: usize, told: &[&Op]) -> bool {
    let opens =
        script.ops.iter().filter(|op| op.who == write.who && op.call == Call::Open && op.fate == Fate::Done);
    let mut opens = opens.filter(|op| op.over < Some(own));
    opens.any(|open| told.iter().any(|error| error.over < open.over))
}

/// Whether something was injected before `now` for which `blames` holds.
pub fn injected(script: &Script, now: usize, blames: impl Fn(&Call) -> bool) -> bool {
    script.ops.iter().any(|op| op.begun < now && blames(&op.call) && !matches!(op.fate, Fate::Fails(_)))
}

/// Whether `call` injects a fault.
pub fn is_fault(call: &Call) -> bool {
    matches!(
        call,
        Call::FailWrite(_, 1..)
            | Call::FailRead(_, 1..)
            | Call::Drop(1..)
            | Call::Deny(_)
            | Call::ShortWrite(1..)
            | Call::Crash(_)
            | Call::FailRelease(1..)
    )
}

/// Whether `call` may lead to `errno`.
fn leads_to(call: &Call, errno: Errno) -> bool {
    use Errno::*;
    match call {
        Call::FailWrite(given, 1..) | Call::FailRead(given, 1..) => errno == *given,
        Call::Drop(1..) | Call::ShortWrite(1..) | Call::Crash(_) => errno == EIO,
        Call::FailRelease(1..) => matches!(errno, EIO | EBUSY),
        Call::Deny(_) => {
            matches!(errno, EACCES | EPERM | ENOKEY | EKEYREJECTED | EKEYREVOKED | EKEYEXPIRED)
        }
        _ => false,
    }
}

/// Whether `op` may answer `errno` at `now`.
pub fn may_fail(script: &Script, loser: Loser, op: &Op, errno: Errno, now: usize) -> bool {
    errno.is_refusal()
        || injected(script, now, |call| leads_to(call, errno))
        || loser != Loser::Nobody && op.call.is_sync() && foreigner_wrote(script, op, now)
}

fn foreigner_wrote(script: &Script, op: &Op, now: usize) -> bool {
    let stores = |other: &Op| other.writes() && !matches!(other.call, Call::Fallocate(_));
    script.ops.iter().any(|other| other.begun < now && stores(other) && other.host() != op.host())
}

/// Whether the appends `one` and `other`, both done and where they landed, cannot both have, and neither may have turned back.
pub fn appends_collide(script: &Script, hosts: Hosts, one: &Op, other: &Op) -> bool {
    let (Call::Append { cells: a, .. }, Call::Append { cells: b, .. }) = (one.call, other.call) else {
        return false;
    };
    let (Some(at), Some(other_at)) = (one.at, other.at) else { return false };
    let (Some(over), Some(other_over)) = (one.over, other.over) else { return false };
    let done = one.fate == Fate::Done && other.fate == Fate::Done;
    let together = one.begun < other_over && other.begun < over;
    let (from, to) = (one.begun.min(other.begun), over.max(other_over));
    let cut_short = script.ops.iter().any(|op| {
        matches!(op.call, Call::Ftruncate(_))
            && op.writes()
            && op.begun < to
            && op.over.is_none_or(|over| over > from)
    });
    let stay = excuse(script, one).is_none() && excuse(script, other).is_none();
    (hosts == Hosts::Coherent || one.host() == other.host())
        && done
        && stay
        && together
        && !cut_short
        && at < other_at + b
        && other_at < at + a
}
