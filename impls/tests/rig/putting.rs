//! Who puts cases in a process of its own, until it is killed.

use super::gone::kill;
use rustix::process::Signal;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

/// The process.
pub struct Putting {
    child: Child,
    out: BufReader<ChildStdout>,
}

/// Puts a case again and again, and prints a name and the processes that it is put to whenever they are others.
pub fn put_until_killed(put: impl Fn(), processes: impl Fn() -> Vec<i32>, name: impl Fn() -> String) {
    let mut before = Vec::new();
    loop {
        put();
        let processes = processes();
        if processes != before && !processes.is_empty() {
            println!("processes {} {processes:?}", name());
            before = processes;
        }
    }
}

impl Putting {
    /// Begins to, by a test that is none.
    pub fn new() -> Putting {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "--nocapture", "teardown::puts_cases_until_it_is_killed"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Putting { child, out }
    }

    /// Ends it with a signal: with SIGKILL, where it was started to ignore that one, as who is started in the background is.
    pub fn end(&mut self, signal: Signal) {
        let ignored = is_ignored(signal);
        if ignored {
            println!("skipped: {signal:?} is ignored here");
        }
        kill(self.child.id() as i32, if ignored { Signal::KILL } else { signal });
        self.child.wait().unwrap();
    }

    /// The processes that it puts cases to next, and their name.
    pub fn next(&mut self) -> (Vec<i32>, String) {
        let mut lines = self.out.by_ref().lines().map_while(Result::ok);
        let line = lines.find_map(|line| Some(line.split_once("processes ")?.1.to_owned())).unwrap();
        let (name, processes) = line.trim_end_matches(']').split_once(" [").unwrap();
        (processes.split(", ").map(|number| number.parse().unwrap()).collect(), name.into())
    }
}

/// Whether this process, and so who it starts, ignores a signal.
fn is_ignored(signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    u64::from_str_radix(ignored.trim(), 16).unwrap() >> (signal.as_raw() - 1) & 1 == 1
}

impl Drop for Putting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
