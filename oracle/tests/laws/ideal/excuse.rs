//! Durability, the excuse that a reported error gives to what was not durable, and which errors have a fault to blame.

use super::reach::covers;
use super::script::{Fate, Op, Script};
use launder_oracle::{Call, Errno, Hosts, Loser, Msync};

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

/// Whether a fault lost it, maybe, before its writer could be told: its host crashed, or nobody asked any more.
fn is_untold(script: &Script, write: &Op) -> bool {
    let faults = script.ops.iter().filter(|op| is_write_fault(&op.call)).map(|op| op.begun);
    let Some(fault) = faults.min() else { return false };
    let durable = durable(script, write);
    let crashes =
        script.ops.iter().filter(|op| matches!(op.call, Call::Crash(at) if Some(at) == write.host()));
    let mut crashes = crashes.filter(|op| op.fate == Fate::Done).filter_map(|op| op.over);
    durable.is_none() || crashes.any(|over| write.begun < over && fault < over && durable > Some(over))
}

/// Whether `call` makes requests to write fail.
fn is_write_fault(call: &Call) -> bool {
    matches!(call, Call::FailWrite(_, 1..) | Call::ShortWrite(1..) | Call::Drop(1..) | Call::Deny(_))
}

/// The time from which reads that begin have `write` no longer excused; nothing if it never is.
pub fn excuse(script: &Script, write: &Op) -> Option<usize> {
    if write.host().is_some() && is_untold(script, write) {
        return Some(usize::MAX);
    }
    let host = write.host()?;
    let durable = durable(script, write).unwrap_or(usize::MAX);
    let told: Vec<&Op> = script
        .ops
        .iter()
        .filter(|op| op.host() == Some(host) && op.call.is_sync())
        .filter(|op| matches!(op.fate, Fate::Fails(errno) if !op.refused && !means_again(errno)))
        .filter(|op| op.over > Some(write.begun))
        .collect();
    if !told.iter().any(|op| op.over < Some(durable)) {
        return None;
    }
    let Some(own) = next_own_sync(script, write, write.begun) else { return Some(usize::MAX) };
    let knew = told.iter().any(|op| op.who == write.who && op.over < Some(own))
        || opened_late(script, write, own, &told);
    Some(if knew { usize::MAX } else { own })
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
