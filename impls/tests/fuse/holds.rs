//! Holds delay replies of the server, and reach the races inside the kernel.

use super::put::{ground, says, trace};
use launder_impls::kernel::{Fuse, FuseSet, FuseWriteback, Mounted};
use launder_impls::sim::Holds;
use launder_impls::{Case, Run, Sim, run};
use launder_oracle::End;
use std::time::{Duration, Instant};

#[test]
fn a_store_comes_while_the_write_of_a_launder_is_in_flight() {
    let Some(ground) = ground::<FuseWriteback>() else { return };
    says::<FuseWriteback>(
        &ground,
        "a1 mmap
         a1 < ok
         a1 mwrite 0..4
         . READ 0..4 for a
         a1 < ok
         server notify a 0..4 ~1+1
         . WRITE 0..4 for a
         a1 mwrite 1..2
         server < ok
         . READ 0..4 for a
         a1 < ok
         server pread 0..2
         server < got 1 1
         a1 mread 0..2
         a1 < got 1 2
         a1 fsync
         . WRITE 0..4 for a",
    );
}

/// Whether the processes of the mount run in the order of their waking: not everybody may ask for that.
fn woken_in_turn<S: FuseSet>(ground: &Mounted<S>) -> bool {
    // The supervisor and its second come first, and then those that are woken. proc(5), stat: field 41 is the policy, and 1
    // is SCHED_FIFO; the second field ends with the last parenthesis.
    let policy = |process: i32| {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        stat.rsplit(") ").next()?.split(' ').nth(41 - 3).map(str::to_owned)
    };
    let in_turn = ground.processes()[2..].iter().all(|process| policy(*process).as_deref() == Some("1"));
    if !in_turn {
        println!("skipped: we may not say in which order two processes run that one reply wakes");
    }
    in_turn
}

#[test]
fn a_notification_comes_while_a_read_is_outstanding() {
    let Some(ground) = ground::<Fuse>() else { return };
    if !woken_in_turn(&ground) {
        return;
    }
    says::<Fuse>(
        &ground,
        "a1 pread 0..4 ~1+2
         . READ 0..4 for a
         server pwrite 0..1
         server < ok
         server notify a 0..4
         a1 < got 0 0 0 0
         server < ok
         a1 pread 0..4
         . READ 0..4 for a
         a1 < got 1 0 0 0",
    );
}

#[test]
fn a_real_deadlock_in_the_kernel_is_stuck_and_the_next_case_has_a_new_mount() {
    let Some(ground) = ground::<FuseWriteback>() else { return };
    let sim = Sim::new();
    sim.record_steps(true);
    sim.plant(Some("notify_in_the_serving_thread"));
    let start = Instant::now();
    for holds in ["", " ~1+1", " ~2+1"] {
        let case = format!("a1 pwrite 0..1\nserver notify a 0..1{holds}\na2 pread 8..9");
        let Run::Trace(trace) = run::<FuseWriteback>(&sim, &ground, &Case::parse(&case).unwrap(), &mut Holds)
        else {
            panic!("it is put");
        };
        assert_eq!(trace.end, End::Stuck, "{trace}");
        let processes = ground.processes();
        assert!(processes.is_empty(), "what hangs is taken down");
    }
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    sim.plant(None);
    let case = Case::parse("a1 pwrite 0..1\nserver notify a 0..1").unwrap();
    let Run::Trace(trace) = run::<FuseWriteback>(&sim, &ground, &case, &mut Holds) else {
        panic!("it is put")
    };
    assert_eq!(trace.end, End::Quiet, "{trace}");
}

/// A store while the WRITE of a launder is in flight, a notification while a READ is, a read of what is being written back,
/// a second writer, and a reply that others overtake.
const RACES: [&str; 4] = [
    "a1 mmap\na1 mwrite 0..4\nserver notify a 0..4 ~1+1\na1 mwrite 1..2\na2 pread 0..4",
    "a1 pread 0..8 ~1+2\nserver pwrite 0..1\nserver notify a 0..4\na2 pwrite 4..6",
    "a1 pwrite 0..6\na1 fsync ~1+2\na2 pwrite 1..2\nb1 pread 0..4",
    "a1 pwrite 0..4\nnature swap 1\nnature writeback a 0..4\na2 pwrite 0..1 ~1+1\na1 fsync",
];

#[test]
fn a_race_that_is_held_is_the_same_every_time() {
    let Some(ground) = ground::<FuseWriteback>() else { return };
    if !woken_in_turn(&ground) {
        return;
    }
    for race in RACES {
        let first = trace::<FuseWriteback>(&ground, race).to_string();
        for time in 0..40 {
            assert_eq!(first, trace::<FuseWriteback>(&ground, race).to_string(), "the {time}th time");
        }
    }
}
