//! A target outlives nobody who started it: it ends when its standard input does.

use rustix::process::{Signal, getpid, kill_process};
use std::io::Read;
use std::sync::mpsc::channel;
use std::thread;

/// Has this process end when its standard input does, if that is asked for.
///
/// A pipe ends however its writer ends, on every Unix; PR_SET_PDEATHSIG is Linux's alone, and comes too late where the parent has
/// ended before it is set.
pub fn hold() {
    if std::env::var_os(super::LEASH).is_none() {
        return;
    }
    let (reads, has_begun) = channel();
    thread::spawn(move || {
        let mut stdin = std::io::stdin().lock();
        let _ = reads.send(());
        while stdin.read(&mut [0; 64]).is_ok_and(|bytes| bytes > 0) {}
        // To exit, or to abort, would have libFuzzer take the case that is run for one that crashes.
        let _ = kill_process(getpid(), Signal::KILL);
    });
    // libFuzzer takes what the thread does for what the case does that is run meanwhile. It is always the first, on a busy machine, too:
    // the same seed finds the same.
    let _ = has_begun.recv();
}
