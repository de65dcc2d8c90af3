//! Whoever is killed, and whenever: no process, mount or file is left, and the next case has a new mount.

use super::gone::{assert_gone, kill, lives};
use super::put::{ground, put};
use super::putting::{Putting, put_until_killed};
use launder_impls::kernel::{Fuse, FuseWriteback};
use launder_impls::{Run, Subject};
use rustix::process::Signal;
use std::thread;
use std::time::Duration;

const CASE: &str = "a1 pwrite 0..4\nserver notify a 0..4\na1 fsync";

#[test]
fn nothing_is_left_when_it_is_no_longer_needed() {
    let Some(ground) = ground::<Fuse>() else { return };
    assert!(matches!(put::<Fuse>(&ground, CASE), Run::Trace(_)));
    let processes = ground.processes();
    assert_eq!(processes.len(), 7);
    drop(ground);
    assert_gone(&processes, "at the end");
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
    assert_gone(&others, "after a panic");
    assert!(processes.into_iter().all(lives), "the others are somebody else's");
}

#[test]
fn whichever_process_is_killed_all_others_end_and_the_next_case_has_a_new_mount() {
    let Some(ground) = ground::<FuseWriteback>() else { return };
    for killed in 0..7 {
        let processes = ground.processes();
        kill(processes[killed], Signal::KILL);
        assert_gone(&processes, &format!("process {killed} is killed"));
        // The case that meets it counts for nothing, unless it began after that was seen.
        let _ = put::<FuseWriteback>(&ground, CASE);
        assert!(matches!(put::<FuseWriteback>(&ground, CASE), Run::Trace(_)));
        assert!(ground.processes() != processes);
    }
}

/// Not a test: puts cases with held requests until it is killed.
#[test]
#[ignore = "it never ends"]
fn puts_cases_until_it_is_killed() {
    let Some(ground) = ground::<FuseWriteback>() else { return };
    let case = "a1 mmap\na1 mwrite 0..4\nserver notify a 0..4 ~1+1\na1 mwrite 1..2\na2 fsync";
    put_until_killed(
        || _ = put::<FuseWriteback>(&ground, case),
        || ground.processes(),
        || FuseWriteback::NAME.into(),
    );
}

#[test]
fn nothing_is_left_of_who_puts_cases_and_is_killed_or_interrupted() {
    if ground::<FuseWriteback>().is_none() {
        return;
    }
    for (signal, after) in [(Signal::KILL, 3), (Signal::INT, 7), (Signal::TERM, 13), (Signal::KILL, 23)] {
        let mut putting = Putting::new();
        let (processes, _) = putting.next();
        thread::sleep(Duration::from_millis(after));
        putting.end(signal);
        assert_gone(&processes, &format!("{signal:?} after {after} ms"));
    }
}

#[test]
fn whichever_process_is_killed_while_requests_are_held_all_others_end() {
    if ground::<FuseWriteback>().is_none() {
        return;
    }
    let mut putting = Putting::new();
    let (mut processes, _) = putting.next();
    for round in 0..21 {
        thread::sleep(Duration::from_micros(1_300 * round));
        kill(processes[round as usize % 7], Signal::KILL);
        assert_gone(&processes, &format!("process {} is killed", round % 7));
        (processes, _) = putting.next();
    }
    drop(putting);
    assert_gone(&processes, "who put cases is killed");
}
