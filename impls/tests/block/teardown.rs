//! Whoever is killed, and whenever: no process, mount, loop device or file is left, and the next case has a new disk.

use super::gone::{assert_gone, kill, soon};
use super::put::{ground, put};
use super::putting::{Putting, put_until_killed};
use launder_impls::kernel::{Blocks, Btrfs, Ext4, FileSystem, KernelBlock, Xfs};
use launder_impls::{Run, Subject};
use rustix::process::Signal;
use std::thread;
use std::time::Duration;

const CASE: &str =
    "a1 pwrite 0..4\na1 mmap\na1 mwrite 4..8\nnature fail write EIO 1\na2 fsync\na1 pwrite 8..9";

/// Whether a loop device has a file of this name.
fn has_loop_device(name: &str) -> bool {
    let devices = std::fs::read_dir("/sys/block").unwrap().flatten();
    let files =
        devices.filter_map(|device| std::fs::read_to_string(device.path().join("loop/backing_file")).ok());
    files.into_iter().any(|file| file.contains(name))
}

/// Nothing is left of a disk of this name and its processes.
fn assert_disk_gone(processes: &[i32], name: &str, what: &str) {
    assert_gone(processes, what);
    assert!(soon(|| !has_loop_device(name)), "{what}: the loop device is not free");
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
    assert_disk_gone(&processes, &name, "at the end");
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
    assert_disk_gone(&processes, &name, "after a panic");
}

fn survives_kills<F: FileSystem>() {
    let Some(ground) = begun::<F>() else { return };
    for killed in 0..4 {
        let (processes, name) = (ground.processes(), ground.name());
        kill(processes[killed], Signal::KILL);
        assert_disk_gone(&processes, &name, &format!("process {killed} is killed"));
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
    put_until_killed(|| _ = put::<Xfs>(&ground, CASE), || ground.processes(), || ground.name());
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
        putting.end(signal);
        assert_disk_gone(&processes, &name, &format!("{signal:?} after {after} ms"));
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
        assert_disk_gone(&processes, &name, &format!("process {} is killed", round % 4));
        (processes, name) = putting.next();
    }
    drop(putting);
    assert_disk_gone(&processes, &name, "who put cases is killed");
}
