//! Whether everybody is blocked, by what the kernel says of each thread, and not by how much time has passed.
//!
//! Two looks in a row that say the same of all, each thread asleep and not once run in between, are proof that none ran
//! at all: whoever is woken runs, or is seen to be ready to.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

/// A thread of a process.
pub struct Thread {
    process: i32,
    thread: i32,
    /// What the kernel says of it, anew each time that it is read.
    status: File,
}

/// What is seen of a thread: its state, and how often it has been switched away from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    sleeps: bool,
    switches: [u64; 2],
}

impl Thread {
    fn of(process: i32, thread: i32) -> Option<Thread> {
        let status = File::open(format!("/proc/{process}/task/{thread}/status")).ok()?;
        Some(Thread { process, thread, status })
    }

    /// The only thread of a process; nothing where there is no such process.
    pub fn only(process: i32) -> Option<Thread> {
        Thread::of(process, process)
    }

    /// All threads of a process.
    pub fn all(process: i32) -> Vec<Thread> {
        let names = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
        let threads = names.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        threads.filter_map(|thread| Thread::of(process, thread)).collect()
    }

    /// Its file in /proc.
    fn file(&self, name: &str) -> String {
        format!("/proc/{}/task/{}/{name}", self.process, self.thread)
    }

    fn look(&self) -> Option<Seen> {
        let mut text = [0; 4096];
        let len = self.status.read_at(&mut text, 0).ok()?;
        let text = std::str::from_utf8(&text[..len]).ok()?;
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
pub fn all_sleep(threads: &[&Thread]) -> bool {
    let mut first = Vec::with_capacity(threads.len());
    for thread in threads {
        match thread.look() {
            Some(seen) if seen.sleeps => first.push(seen),
            _ => return false,
        }
    }
    threads.iter().zip(first).all(|(thread, seen)| thread.look() == Some(seen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_thread_that_waits_sleeps_and_one_that_runs_does_not() {
        let (told, tell) = channel();
        let (send, receive) = channel::<()>();
        let waiting = std::thread::spawn(move || {
            told_who(&told);
            receive.recv()
        });
        let process = std::process::id() as i32;
        let other = Thread::of(process, tell.recv().unwrap()).unwrap();
        while !all_sleep(&[&other]) {
            std::thread::yield_now();
        }
        let us = Thread::of(process, rustix::thread::gettid().as_raw_pid()).unwrap();
        assert!(!all_sleep(&[&us]) && !all_sleep(&[&other, &us]));
        drop(send);
        assert!(waiting.join().unwrap().is_err());
        assert!(!all_sleep(&[&other]), "it has ended");
    }

    fn told_who(told: &std::sync::mpsc::Sender<i32>) {
        told.send(rustix::thread::gettid().as_raw_pid()).unwrap();
    }
}
