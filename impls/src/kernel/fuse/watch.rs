//! Whether everybody is blocked, by what the kernel says of each thread, and not by how much time has passed.
//!
//! Two looks in a row that say the same of all, each thread asleep and not once run in between, are proof that none ran
//! at all: whoever is woken runs, or is seen to be ready to.

use std::fs;

/// A thread of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    process: i32,
    thread: i32,
}

/// What is seen of a thread: its state, and how often it has been switched away from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    sleeps: bool,
    switches: [u64; 2],
}

impl Thread {
    /// The only thread of a process.
    pub fn only(process: i32) -> Thread {
        Thread { process, thread: process }
    }

    /// All threads of a process.
    pub fn all(process: i32) -> Vec<Thread> {
        let names = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
        let threads = names.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        threads.map(|thread| Thread { process, thread }).collect()
    }

    /// Its file in /proc.
    fn file(&self, name: &str) -> String {
        format!("/proc/{}/task/{}/{name}", self.process, self.thread)
    }

    fn look(&self) -> Option<Seen> {
        let text = fs::read_to_string(self.file("status")).ok()?;
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let state = field("State:")?;
        // proc(5): sleeping, and sleeping in an uninterruptible wait.
        let sleeps = state.starts_with('S') || state.starts_with('D');
        let count = |name| field(name)?.parse().ok();
        Some(Seen {
            sleeps,
            switches: [count("voluntary_ctxt_switches:")?, count("nonvoluntary_ctxt_switches:")?],
        })
    }

    /// Its name.
    pub fn name(&self) -> String {
        fs::read_to_string(self.file("comm")).unwrap_or_default().trim().into()
    }

    /// Where in the kernel it is: its stack, if we may see that, or what it waits in.
    pub fn stack(&self) -> String {
        let stack = fs::read_to_string(self.file("stack")).unwrap_or_default();
        let frames = stack.lines().filter_map(|line| line.split(' ').nth(1)?.split('+').next());
        let frames: Vec<&str> = frames.collect();
        match frames.as_slice() {
            [] => fs::read_to_string(self.file("wchan")).unwrap_or_default(),
            frames => frames.join(" < "),
        }
    }
}

/// Whether all of these sleep, and have not run between two looks.
pub fn all_sleep<'t>(threads: impl Iterator<Item = &'t Thread> + Clone) -> bool {
    let look = || threads.clone().map(Thread::look).collect::<Vec<_>>();
    let first = look();
    let sleep = first.iter().all(|seen| seen.is_some_and(|seen| seen.sleeps));
    sleep && look() == first
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_thread_that_waits_sleeps_and_one_that_runs_does_not() {
        let (send, receive) = channel::<()>();
        let waiting = std::thread::spawn(move || receive.recv());
        let own = Thread::only(std::process::id() as i32);
        let others = || {
            Thread::all(own.process).into_iter().filter(|thread| thread.look().is_some_and(|it| it.sleeps))
        };
        while others().count() == 0 {
            std::thread::yield_now();
        }
        let us = Thread { process: own.process, thread: rustix::thread::gettid().as_raw_pid() };
        assert!(!all_sleep([us].iter()));
        drop(send);
        assert!(waiting.join().unwrap().is_err());
    }
}
