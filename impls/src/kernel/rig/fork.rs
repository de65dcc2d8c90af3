//! How the processes of a rig are made: by fork(2) alone, for a test binary cannot be told to be something else, and
//! before any of them has a thread.

use super::super::raw;
use rustix::fd::RawFd;
use rustix::io::{Errno, Result};
use rustix::process::{
    DumpableBehavior, Gid, Pid, Signal, Uid, getppid, set_dumpable_behavior, set_parent_process_death_signal,
};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};
use std::panic::AssertUnwindSafe;

/// Forks a process that does `work` and ends. Of our descriptors it keeps these; what `work` owns is the child's alone.
pub fn fork(keep: &[RawFd], work: impl FnOnce()) -> Result<Pid> {
    let keep = keep.to_vec();
    raw::fork(AssertUnwindSafe(move || {
        raw::reset_signals();
        if close_others(keep).is_ok() {
            work();
        }
    }))
}

/// The same, of a process that is killed when the one that forks it dies, and may be another user's.
pub fn fork_bound(keep: &[RawFd], user: Option<u32>, work: impl FnOnce()) -> Result<Pid> {
    let parent = rustix::process::getpid();
    fork(keep, || {
        // Who may not is woken in no certain order: a race between two that one reply wakes is then the scheduler's to decide.
        let _ = raw::run_in_turn();
        // prctl(2), PR_SET_PDEATHSIG: changed credentials clear it, so they come first.
        let bound = user.map_or(Ok(()), become_user);
        let bound = bound.and_then(|()| set_parent_process_death_signal(Some(Signal::KILL)));
        // The parent may have died before that.
        if bound.is_ok() && getppid() == Some(parent) {
            work();
        }
    })
}

fn become_user(user: u32) -> Result<()> {
    let (user, group) = (Uid::from_raw(user), Gid::from_raw(user));
    set_thread_groups(&[])?;
    set_thread_res_gid(group, group, group)?;
    set_thread_res_uid(user, user, user)?;
    // proc(5): its own files in /proc would be root's.
    set_dumpable_behavior(DumpableBehavior::Dumpable)
}

/// Closes all descriptors but these, and those of standard input, output and error.
fn close_others(mut keep: Vec<RawFd>) -> Result<()> {
    keep.sort_unstable();
    let mut next = 3;
    for kept in keep {
        let kept = u32::try_from(kept).map_err(|_| Errno::BADF)?;
        if kept > next {
            raw::close_range(next..=kept - 1)?;
        }
        next = next.max(kept + 1);
    }
    raw::close_range(next..=u32::MAX)
}
