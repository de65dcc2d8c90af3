//! Whoever is killed, and whenever: no process, mount, loop device or file is left, and the next case has a new disk.

use super::put::{ground, put};
use launder_impls::kernel::{Blocks, Btrfs, Ext4, FileSystem, KernelBlock, Xfs};
use launder_impls::{Run, Subject};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const CASE: &str =
    "a1 pwrite 0..4\na1 mmap\na1 mwrite 4..8\nnature fail write EIO 1\na2 fsync\na1 pwrite 8..9";

fn kill(process: i32, signal: Signal) {
    kill_process(Pid::from_raw(process).unwrap(), signal).unwrap();
}

/// Whether it comes true soon.
fn soon(is: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while !is() {
        if start.elapsed() > Duration::from_secs(15) {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

/// A process that is dead and not waited for is nobody's any more.
fn lives(process: i32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let dead = state.rsplit(") ").next().is_none_or(|rest| rest.starts_with('Z'));
    test_kill_process(Pid::from_raw(process).unwrap()).is_ok() && !dead
}

/// Whether a loop device has a file of this name.
fn has_loop_device(name: &str) -> bool {
    let devices = std::fs::read_dir("/sys/block").unwrap().flatten();
    let files =
        devices.filter_map(|device| std::fs::read_to_string(device.path().join("loop/backing_file")).ok());
    files.into_iter().any(|file| file.contains(name))
}

/// Nothing is left of a disk of this name and its processes.
fn assert_gone(processes: &[i32], name: &str, what: &str) {
    assert!(soon(|| !processes.iter().any(|process| lives(*process))), "{what}: of {processes:?} some live");
    assert!(soon(|| !has_loop_device(name)), "{what}: the loop device is not free");
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains(" launder ") && !mounts.contains("/tmp/files"), "{what}: {mounts}");
    assert!(!std::path::Path::new("/tmp/served").exists() && !std::path::Path::new("/tmp/files").exists());
}

fn begun<F: FileSystem>() -> Option<Blocks<F>> {
    let ground = ground::<KernelBlock<F>>()?;
    assert!(matches!(put::<KernelBlock<F>>(&ground, CASE), Run::Trace(_)));
    assert!(has_loop_device(&ground.name()) && ground.processes().len() == 4);
    Some(ground)
}

fn leaves_nothing<F: FileSystem>() {
    let Some(ground) = begun::<F>() else { return };
    let (processes, name) = (ground.processes(), ground.name());
    drop(ground);
    assert_gone(&processes, &name, "at the end");
}

macro_rules! of {
    ($subject:ty, $what:ident) => {{
        fn on<S: Subject<Ground = Blocks<F>>, F: FileSystem>(_: std::marker::PhantomData<S>) {
            $what::<F>();
        }
        on(std::marker::PhantomData::<$subject>);
    }};
}

#[test]
fn nothing_is_left_of_any_file_system_when_it_is_no_longer_needed() {
    of!(Ext4, leaves_nothing);
    of!(Xfs, leaves_nothing);
    of!(Btrfs, leaves_nothing);
}

#[test]
fn nothing_is_left_after_a_panic() {
    let panicked = thread::spawn(|| {
        let ground = ground::<Ext4>()?;
        let whose = (ground.processes(), ground.name());
        std::panic::panic_any(whose);
        #[allow(unreachable_code)]
        Some(())
    });
    let Err(panicked) = panicked.join() else { return };
    let (processes, name) = *panicked.downcast::<(Vec<i32>, String)>().unwrap();
    assert_gone(&processes, &name, "after a panic");
}

fn survives_kills<F: FileSystem>() {
    let Some(ground) = begun::<F>() else { return };
    for killed in 0..4 {
        let (processes, name) = (ground.processes(), ground.name());
        kill(processes[killed], Signal::KILL);
        assert_gone(&processes, &name, &format!("process {killed} is killed"));
        // The case that meets it counts for nothing.
        let _ = put::<KernelBlock<F>>(&ground, CASE);
        assert!(matches!(put::<KernelBlock<F>>(&ground, CASE), Run::Trace(_)));
        assert!(ground.processes() != processes);
    }
}

#[test]
fn whichever_process_is_killed_all_of_ext4_goes_and_the_next_case_has_a_new_disk() {
    of!(Ext4, survives_kills);
}

#[test]
fn whichever_process_is_killed_all_of_btrfs_goes_and_the_next_case_has_a_new_disk() {
    of!(Btrfs, survives_kills);
}

/// Not a test: puts cases until it is killed.
#[test]
#[ignore = "it never ends"]
fn puts_cases_until_it_is_killed() {
    let Some(ground) = ground::<Xfs>() else { return };
    let mut before = Vec::new();
    loop {
        let _ = put::<Xfs>(&ground, CASE);
        let processes = ground.processes();
        if processes != before && !processes.is_empty() {
            println!("processes {} {processes:?}", ground.name());
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

    /// The processes that it has next, and their disk.
    fn next(&mut self) -> (Vec<i32>, String) {
        let mut lines = self.out.by_ref().lines().map_while(Result::ok);
        let line = lines.find_map(|line| Some(line.split_once("processes ")?.1.to_owned())).unwrap();
        let (name, processes) = line.trim_end_matches(']').split_once(" [").unwrap();
        (processes.split(", ").map(|number| number.parse().unwrap()).collect(), name.into())
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
    if ground::<Xfs>().is_none() {
        return;
    }
    for (signal, after) in [(Signal::KILL, 3), (Signal::INT, 7), (Signal::TERM, 13), (Signal::KILL, 29)] {
        let mut putting = Putting::new();
        let (processes, name) = putting.next();
        thread::sleep(Duration::from_millis(after));
        kill(putting.child.id() as i32, signal);
        putting.child.wait().unwrap();
        assert_gone(&processes, &name, &format!("{signal:?} after {after} ms"));
    }
}

#[test]
fn whichever_process_is_killed_while_cases_are_put_all_others_end() {
    if ground::<Xfs>().is_none() {
        return;
    }
    let mut putting = Putting::new();
    let (mut processes, mut name) = putting.next();
    for round in 0..8 {
        thread::sleep(Duration::from_micros(1_300 * round));
        kill(processes[round as usize % 4], Signal::KILL);
        assert_gone(&processes, &name, &format!("process {} is killed", round % 4));
        (processes, name) = putting.next();
    }
    drop(putting);
    assert_gone(&processes, &name, "who put cases is killed");
}
