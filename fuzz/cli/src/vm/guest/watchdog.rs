//! Has the kernel say who is blocked where, on the console, when an answer is long in coming.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

/// How long an answer may take: less than whoever asked waits, so that the console is read when it has been written.
const LONG: Duration = Duration::from_secs(25);

/// A thread that looks whether an answer is long in coming.
pub struct Watchdog {
    booted: Instant,
    /// When the answer was begun, in milliseconds; 0 while there is none to give.
    begun: Arc<AtomicU64>,
}

impl Watchdog {
    /// Begins to look.
    pub fn start() -> Watchdog {
        let (booted, begun) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let watched = Arc::clone(&begun);
        thread::spawn(move || {
            loop {
                thread::sleep(Duration::from_secs(1));
                let begun = watched.load(Relaxed);
                let now = booted.elapsed().as_millis() as u64;
                if begun != 0 && now.saturating_sub(begun) > LONG.as_millis() as u64 {
                    tell();
                    watched.store(0, Relaxed);
                }
            }
        });
        Watchdog { booted, begun }
    }

    /// An answer is begun.
    pub fn begins(&self) {
        self.begun.store(self.booted.elapsed().as_millis() as u64 + 1, Relaxed);
    }

    /// It has been found.
    pub fn ends(&self) {
        self.begun.store(0, Relaxed);
    }
}

/// Documentation/admin-guide/sysrq.rst: `w` "Dumps tasks that are in uninterruptable (blocked) state". Others may wait for one
/// another: of each process what it is in.
fn tell() {
    // `quiet` would keep all but the headings from the console.
    let _ = fs::write("/proc/sys/kernel/printk", "8");
    let _ = fs::write("/proc/sysrq-trigger", "w");
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let read = |file: &str| fs::read_to_string(entry.path().join(file)).unwrap_or_default();
        // Threads of the kernel have no command line.
        let is_process = entry.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok());
        if is_process && !read("cmdline").is_empty() {
            let (status, stack) = (read("status"), read("stack"));
            let state = status.lines().find(|line| line.starts_with("State:")).unwrap_or_default();
            let frames: Vec<_> = stack.lines().filter_map(|line| line.split(' ').nth(1)).collect();
            eprintln!("process {}: {state}: {}", entry.file_name().display(), frames.join(" < "));
        }
    }
}
