//! The real subject: what it says of the kernel that runs this, in memory and on a disk.
#![cfg(all(target_os = "linux", feature = "kernel"))]

use launder_impls::kernel::{Path, Place};
use launder_impls::sim::Holds;
use launder_impls::{Case, Ground, Run, Sim, Subject, run};
use launder_oracle::{Verdict, What, judge};
use std::path::PathBuf;

#[path = "path/folios.rs"]
mod folios;
#[path = "path/killed.rs"]
mod killed;
#[path = "path/sizes.rs"]
mod sizes;

/// statfs(2), `f_type`.
const TMPFS: i64 = 0x0102_1994;
const EXT4: i64 = 0xEF53;

/// A directory of a file system of this type, if this machine lets us write to one.
fn directory(f_type: i64) -> Option<PathBuf> {
    let named = ["XDG_RUNTIME_DIR", "HOME"].into_iter().filter_map(std::env::var_os).map(PathBuf::from);
    let usual = [PathBuf::from("/dev/shm"), std::env::temp_dir(), env!("CARGO_TARGET_TMPDIR").into()];
    let is_it = |path: &PathBuf| rustix::fs::statfs(path).is_ok_and(|fs| fs.f_type == f_type);
    let found = usual
        .into_iter()
        .chain(named)
        .find(|path| is_it(path) && Place::prepare(std::slice::from_ref(path)).is_ok());
    if found.is_none() {
        println!("skipped: no directory of file system type {f_type:#x}");
    }
    found
}

fn tmpfs() -> Option<Place> {
    directory(TMPFS).map(|path| Place::prepare(&[path]).unwrap())
}

fn ext4() -> Option<Place> {
    directory(EXT4).map(|path| Place::prepare(&[path]).unwrap())
}

/// The cases of what it is known for there.
fn known_at(place: &Place) -> Vec<&'static str> {
    let known = Path::KNOWN.iter().copied().flatten();
    known.filter(|known| Path::may_break(place, known)).map(|known| known.case).collect()
}

#[test]
fn a_file_system_is_known_for_its_own_weaknesses_and_not_for_those_of_others() {
    let (tmpfs, ext4) = (tmpfs(), ext4());
    if let Some(known) = tmpfs.as_ref().map(known_at) {
        assert!(known.contains(&"stored-past-the-end-on-tmpfs.case"), "{known:?}");
        assert!(!known.contains(&"stored-past-the-end-and-a-direct-write.case"), "{known:?}");
    }
    if let Some(known) = ext4.as_ref().map(known_at) {
        assert_eq!(known, ["stored-past-the-end-and-a-direct-write.case"]);
    }
}

fn everywhere() -> impl Iterator<Item = Place> {
    tmpfs().into_iter().chain(ext4())
}

fn put(place: &Place, case: &str) -> Run {
    let sim = Sim::new();
    sim.record_steps(true);
    run::<Path>(&sim, place, &Case::parse(case).unwrap(), &mut Holds)
}

/// Puts a case whose lines say `ask => reply` or `ask => reply . step`, and compares.
fn says(place: &Place, script: &str) {
    let lines: Vec<_> = script.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let asks: Vec<_> = lines.iter().map(|line| line.split(" => ").next().unwrap()).collect();
    let Run::Trace(trace) = put(place, &asks.join("\n")) else { panic!("{script} is not put") };
    let mut heard: Vec<String> =
        lines.iter().filter(|line| !line.contains(" => ")).map(|line| format!("{line}\n")).collect();
    let (mut under_way, mut step) = ([None; 5], None);
    for event in &trace.events {
        match &event.what {
            What::Call(who, call) => under_way[who.index()] = Some(*call),
            What::Step(text) => step = Some(text),
            What::Reply(who, reply) => {
                let call = under_way[who.index()].unwrap();
                let step = step.take().map_or(String::new(), |step| format!(" . {step}"));
                heard.push(format!("{who} {call} => {reply}{step}\n"));
            }
        }
    }
    let asked: String = heard.into_iter().take(lines.len()).collect();
    let wanted: String = lines.iter().map(|line| format!("{line}\n")).collect();
    assert_eq!(wanted, asked);
}

#[test]
fn a_file_begins_as_hole_and_in_no_cache() {
    for place in everywhere() {
        says(
            &place,
            "nature writeback a 0..16 => ok . a: pages of 0..16: 0 cached, 0 dirty, 0 under writeback
             a1 pread 14..18 => got 0 0 - -",
        );
        says(&place, "file 2\na1 pread 0..4 => got 0 0 - -");
        says(&place, "file 0\na1 append 1 => at 0\na1 pread 0..2 => got 1 -");
    }
}

#[test]
fn every_way_to_the_file_sees_what_every_other_wrote() {
    for place in everywhere() {
        says(
            &place,
            "a1 pwrite 0..6 => ok
             a2 mmap => ok
             a2 mread 0..7 => got 1 1 1 1 1 1 0
             a2 mwrite 5..7 => ok
             a1 pread 4..8 => got 1 2 2 0
             a1 pread direct 4..8 => got 1 2 2 0
             a1 pwrite direct 4..6 => ok
             a2 mread 4..8 => got 3 3 2 0
             server pread 3..8 => got 1 3 3 2 0",
        );
    }
}

#[test]
fn calls_at_odd_bytes_leave_their_neighbours_alone() {
    for place in everywhere() {
        says(
            &place,
            "a1 pwrite 0..12 => ok
             a1 mmap => ok
             a1 pwrite 1..2 => ok
             a1 mwrite 2..7 => ok
             a2 punch 9..10 => ok
             a1 pread 0..12 => got 1 2 3 3 3 3 3 1 1 0 1 1
             server pread 0..12 => got 1 2 3 3 3 3 3 1 1 0 1 1",
        );
    }
}

#[test]
fn a_mapped_access_past_the_last_folio_answers_sigbus_and_nobody_dies() {
    for place in everywhere() {
        says(
            &place,
            "file 5
             a1 mmap => ok
             a1 mread 4..8 => got 0 0 0 0
             a1 mread 7..9 => SIGBUS
             a1 mwrite 8..9 => SIGBUS
             a1 mwrite 4..9 => SIGBUS
             a1 pread 4..6 => got 2 -
             a2 ftruncate 9 => ok
             a1 mread 8..9 => got 0",
        );
    }
}

#[test]
fn the_rules_of_descriptors_and_mappings_hold() {
    for place in everywhere() {
        says(
            &place,
            "a1 open => EBADF
             a1 munmap => EINVAL
             a1 mread 0..1 => EINVAL
             a1 msync 0..1 => EINVAL
             a1 madvise dontneed 0..1 => EINVAL
             a1 mmap 4..8 => ok
             a1 mmap => EINVAL
             a1 mread 3..5 => EINVAL
             a1 mwrite 7..9 => EINVAL
             a1 close => ok
             a1 close => EBADF
             a1 pread 0..1 => EBADF
             a1 append 1 => EBADF
             a1 fsync => EBADF
             a1 lock => EBADF
             a1 mwrite 4..8 => ok
             a1 mread 4..5 => got 3
             a1 munmap => ok
             a1 mmap => EBADF
             a1 open => ok
             a1 pread 3..5 => got 0 3",
        );
    }
}

#[test]
fn a_private_mapping_keeps_its_stores_from_the_file() {
    for place in everywhere() {
        says(
            &place,
            "a1 pwrite 0..8 => ok
             a1 mmap private => ok
             a1 mwrite 1..2 => ok
             a1 mread 0..3 => got 1 2 1
             a2 pread 0..3 => got 1 1 1
             a1 madvise dontneed 0..4 => ok . a: pages of 0..4: 1 cached, 1 dirty, 0 under writeback
             a1 mread 0..3 => got 1 1 1"
                .replace("1 dirty", if place.drops_cache() { "1 dirty" } else { "0 dirty" })
                .as_str(),
        );
    }
}

#[test]
fn an_append_says_where_it_landed() {
    for place in everywhere() {
        says(
            &place,
            "file 3
             a1 append 2 => at 3
             a2 append 1 => at 5
             a1 append 0 => at 6
             a1 ftruncate 2 => ok
             a2 append 3 => at 2
             a1 pread 0..7 => got 0 0 4 4 4 - -",
        );
        says(&place, "file 3\na1 append direct 5 => at 3\na1 pread 2..9 => got 0 1 1 1 1 1 -");
    }
}

#[test]
fn a_copy_carries_the_values_of_its_source() {
    for place in everywhere() {
        says(
            &place,
            "file 8
             a1 pwrite 1..4 => ok
             a1 copy 0..4 9 => ok
             a1 pread 8..14 => got 0 0 1 1 1 -
             a1 copy 0..4 2 => EINVAL
             a1 copy 12..16 0 => wrote 1
             a1 copy 13..16 0 => wrote 0
             a1 pread 0..4 => got 1 1 1 1",
        );
        says(&place, "a1 pwrite 1..4 => ok\na1 copy 0..4 8 => ok\nserver pread 8..12 => got 0 1 1 1");
    }
}

#[test]
fn a_lock_is_waited_for() {
    for place in everywhere() {
        says(
            &place,
            "a1 lock => ok
             a1 lock => ok
             a1 unlock => ok
             a1 unlock => ok
             a2 lock => ok
             a2 close => ok
             a1 lock => ok",
        );
        let Run::Trace(trace) = put(&place, "a1 lock\na2 lock\na1 pwrite 0..1\na1 close") else { panic!() };
        let text = trace.to_string();
        let (closes, gets_it) = (text.find("a1 > close"), text.find("a2 < ok"));
        assert!(closes.is_some() && closes < gets_it, "{text}");
    }
}

/// What was stored past the end of the file through a mapping, and how the file then grew over it.
const GROWN_OVER: [(&str, bool, bool); 6] = [
    ("ftruncate 8", true, false),
    ("fallocate 7..8", true, false),
    ("copy 0..1 7", true, false),
    ("pwrite 8..9", true, false),
    ("append 1", false, false),
    ("pwrite direct 8..12", true, true),
];

#[test]
fn the_known_leaks_are_there_and_no_others() {
    for (grow, on_tmpfs, on_ext4) in GROWN_OVER {
        let places = [(tmpfs(), on_tmpfs), (ext4(), on_ext4)];
        for (place, leaks) in places.into_iter().filter_map(|(place, leaks)| Some((place?, leaks))) {
            let run = put(&place, &format!("file 5\na1 mmap\na1 mwrite 6..7\na1 {grow}\na1 pread 6..7"));
            let Run::Trace(trace) = run else { panic!("{grow}: {run:?}") };
            let judged = judge(&Path::CONTRACT, &trace);
            // A kernel that zeroes what the file grows over is welcome.
            let found = judged != Verdict::Allowed;
            println!(
                "{grow}: {}",
                if found { "what was stored past the end is in the file" } else { "zeroes" }
            );
            assert!(!found || leaks, "{grow}: {trace}{judged:?}");
        }
    }
}

#[test]
fn two_directories_are_two_hosts() {
    let Some(path) = directory(EXT4).or_else(|| directory(TMPFS)) else { return };
    let place = Place::prepare(&[path.clone(), path.clone()]).unwrap();
    says(
        &place,
        "a1 pwrite 0..4 => ok
         b1 pread 0..4 => got 1 1 1 1
         b1 append 1 => at 16
         b1 close => ok
         b1 open => ok
         a1 pread 15..17 => got 0 2",
    );
    let elsewhere = Place::prepare(&[path.clone(), "/proc".into()]).err();
    assert!(elsewhere.is_some_and(|why| why.starts_with("/proc is not ")));
    let inside = path.join(format!("launder-test-inside-{}", std::process::id()));
    std::fs::create_dir(&inside).unwrap();
    let apart = Place::prepare(&[path.clone(), inside.clone()]).err();
    std::fs::remove_dir(&inside).unwrap();
    assert!(apart.is_some_and(|why| why.contains("is not seen here")));
    assert!(Place::prepare(&[path.clone(), path.clone(), path]).is_err());
}

#[test]
fn what_cannot_be_put_is_skipped_with_a_reason() {
    for place in everywhere() {
        for case in [
            "b1 fsync",
            "nature reclaim b 0..4",
            "server notify a 0..4",
            "nature crash a",
            "server pwrite 0..1",
        ] {
            assert!(matches!(put(&place, case), Run::Skipped(why) if !why.is_empty()), "{case}");
        }
    }
    assert!(
        Place::prepare(&["/no/such/directory".into()])
            .is_err_and(|why| why.starts_with("/no/such/directory: "))
    );
}
