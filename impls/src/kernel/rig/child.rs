//! The processes that a supervisor has made, and how they end.

use super::fork::{fork, fork_bound};
use super::line::wait;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, WaitStatus, pidfd_open, pidfd_send_signal, waitpid,
};
use std::time::{Duration, Instant};

/// A process, and a descriptor that says when it is dead.
pub struct Child(Pid, OwnedFd);

impl Child {
    /// A process that ends with the supervisor, and may be another user's: [`fork_bound`].
    pub fn bound(keep: &[RawFd], user: Option<u32>, work: impl FnOnce()) -> Result<Child, String> {
        Child::of(fork_bound(keep, user, work))
    }

    /// One that outlives it.
    pub fn outliving(keep: &[RawFd], work: impl FnOnce()) -> Result<Child, String> {
        Child::of(fork(keep, work))
    }

    fn of(child: rustix::io::Result<Pid>) -> Result<Child, String> {
        let child = child.map_err(|errno| format!("fork: {errno}"))?;
        let watched =
            pidfd_open(child, PidfdFlags::empty()).map_err(|errno| format!("pidfd_open: {errno}"))?;
        Ok(Child(child, watched))
    }

    /// Its number.
    pub fn number(&self) -> i32 {
        self.0.as_raw_pid()
    }

    /// How it has ended, if it has, which is told once.
    pub fn ended(&self) -> Option<WaitStatus> {
        waitpid(Some(self.0), WaitOptions::NOHANG).ok().flatten().map(|(_, status)| status)
    }

    /// Whether it has been killed and one of its threads cannot die: pidfd_open(2) tells of a process with all its threads,
    /// and one that notifies waits in the kernel for what the others would have answered.
    pub fn is_half_dead(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.number())).unwrap_or_default();
        stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'))
    }
}

impl AsFd for Child {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.1.as_fd()
    }
}

/// Kills these, and waits so long for them. Whether they have gone.
pub fn end_all(children: &[Child], most: Duration) -> bool {
    for child in children {
        // An error is that it has ended.
        let _ = pidfd_send_signal(child, Signal::KILL);
    }
    let start = Instant::now();
    let mut all = true;
    for child in children {
        all &= wait(&[child], most.saturating_sub(start.elapsed())) == Ok(true);
        let _ = child.ended();
    }
    all
}
