//! Whether anything is left of processes and of what they stood on.

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Kills a process.
pub fn kill(process: i32, signal: Signal) {
    kill_process(Pid::from_raw(process).unwrap(), signal).unwrap();
}

/// Whether it comes true soon.
pub fn soon(is: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while !is() {
        if start.elapsed() > Duration::from_secs(15) {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

/// Whether a process lives. One that is dead and not waited for is nobody's any more.
pub fn lives(process: i32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let dead = state.rsplit(") ").next().is_none_or(|rest| rest.starts_with('Z'));
    test_kill_process(Pid::from_raw(process).unwrap()).is_ok() && !dead
}

/// All of these processes end soon, and no mount is seen from here, nor a directory for one.
pub fn assert_gone(processes: &[i32], what: &str) {
    assert!(soon(|| !processes.iter().any(|process| lives(*process))), "{what}: of {processes:?} some live");
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains(" launder ") && !mounts.contains("/tmp/files"), "{what}: {mounts}");
    for directory in ["/tmp/a", "/tmp/b", "/tmp/served", "/tmp/files"] {
        assert!(!Path::new(directory).exists(), "{what}: {directory} is there");
    }
}
