//! Whoever is killed, and whenever: no process, mount or file is left, and the next case has a new mount.

use super::put::{ground, put};
use launder_impls::Run;
use launder_impls::kernel::{Fuse, FuseWriteback};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const CASE: &str = "a1 pwrite 0..4\nserver notify a 0..4\na1 fsync";

fn kill(process: i32, signal: Signal) {
    kill_process(Pid::from_raw(process).unwrap(), signal).unwrap();
}

/// Whether all of these processes end soon. A process that is dead and not waited for is nobody's any more.
fn end(processes: &[i32]) -> bool {
    let lives = |process: &i32| {
        let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let dead = state.rsplit(") ").next().is_none_or(|rest| rest.starts_with('Z'));
        test_kill_process(Pid::from_raw(*process).unwrap()).is_ok() && !dead
    };
    let start = Instant::now();
    while processes.iter().any(lives) {
        if start.elapsed() > Duration::from_secs(10) {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

fn no_mount_is_left() -> bool {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    let names = std::fs::read_dir(std::env::temp_dir()).unwrap().flatten().map(|entry| entry.path());
    !mounts.contains(" launder ")
        && !names.into_iter().any(|path| path == Path::new("/tmp/a") || path == Path::new("/tmp/b"))
}

#[test]
fn nothing_is_left_when_it_is_no_longer_needed() {
    let Some(ground) = ground::<Fuse>() else { return };
    assert!(matches!(put::<Fuse>(&ground, CASE), Run::Trace(_)));
    let processes = ground.processes();
    assert_eq!(processes.len(), 7);
    drop(ground);
    assert!(end(&processes) && no_mount_is_left());
}

#[test]
fn nothing_is_left_after_a_panic() {
    let Some(ground) = ground::<Fuse>() else { return };
    let processes = ground.processes();
    let panicked = thread::spawn(|| {
        let ground = super::put::ground::<Fuse>().unwrap();
        let processes = ground.processes();
        std::panic::panic_any(processes);
    });
    let others = panicked.join().unwrap_err().downcast::<Vec<i32>>().unwrap();
    assert!(end(&others) && !end_now(&processes) && no_mount_is_left());
}

fn end_now(processes: &[i32]) -> bool {
    processes.iter().all(|process| test_kill_process(Pid::from_raw(*process).unwrap()).is_err())
}

#[test]
fn whichever_process_is_killed_all_others_end_and_the_next_case_has_a_new_mount() {
    let Some(ground) = ground::<FuseWriteback>() else { return };
    for killed in 0..7 {
        let processes = ground.processes();
        kill(processes[killed], Signal::KILL);
        assert!(end(&processes), "process {killed} of {processes:?} is killed");
        // The case that meets it counts for nothing, unless it began after that was seen.
        let _ = put::<FuseWriteback>(&ground, CASE);
        assert!(matches!(put::<FuseWriteback>(&ground, CASE), Run::Trace(_)));
        assert!(ground.processes() != processes && no_mount_is_left());
    }
}

/// Not a test: puts cases with held requests until it is killed.
#[test]
#[ignore = "it never ends"]
fn puts_cases_until_it_is_killed() {
    let Some(ground) = ground::<FuseWriteback>() else { return };
    let mut before = Vec::new();
    loop {
        let _ = put::<FuseWriteback>(
            &ground,
            "a1 mmap\na1 mwrite 0..4\nserver notify a 0..4 ~1+1\na1 mwrite 1..2\na2 fsync",
        );
        let processes = ground.processes();
        if processes != before && !processes.is_empty() {
            println!("processes {processes:?}");
            before = processes;
        }
    }
}

/// It, in a process of its own.
struct Putting {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Putting {
    fn new() -> Putting {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "--nocapture", "teardown::puts_cases_until_it_is_killed"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Putting { child, out }
    }

    /// The processes that it has next.
    fn next(&mut self) -> Vec<i32> {
        let mut lines = self.out.by_ref().lines().map_while(Result::ok);
        let line = lines.find_map(|line| Some(line.split_once("processes [")?.1.to_owned())).unwrap();
        line.trim_end_matches(']').split(", ").map(|number| number.parse().unwrap()).collect()
    }

    fn end(&mut self, signal: Signal) {
        kill(self.child.id() as i32, signal);
        self.child.wait().unwrap();
    }
}

impl Drop for Putting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn nothing_is_left_of_who_puts_cases_and_is_killed_or_interrupted() {
    if ground::<FuseWriteback>().is_none() {
        return;
    }
    for (signal, after) in [(Signal::KILL, 3), (Signal::INT, 7), (Signal::TERM, 13), (Signal::KILL, 23)] {
        let mut putting = Putting::new();
        let processes = putting.next();
        thread::sleep(Duration::from_millis(after));
        putting.end(signal);
        assert!(end(&processes) && no_mount_is_left(), "{signal:?} after {after} ms");
    }
}

#[test]
fn whichever_process_is_killed_while_requests_are_held_all_others_end() {
    if ground::<FuseWriteback>().is_none() {
        return;
    }
    let mut putting = Putting::new();
    let mut processes = putting.next();
    for round in 0..21 {
        thread::sleep(Duration::from_micros(1_300 * round));
        kill(processes[round as usize % 7], Signal::KILL);
        assert!(end(&processes), "process {} of {processes:?} is killed", round % 7);
        processes = putting.next();
    }
    putting.end(Signal::KILL);
    assert!(end(&processes) && no_mount_is_left());
}
