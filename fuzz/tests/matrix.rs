//! What the random cases meet, of the states of folios and of the events that happen to them, does not become less.
//!
//! `LAUNDER_FLOOR=write cargo test -p launder-fuzz --test matrix` raises the floor to what is met now.

use launder_fuzz::{Matrix, Planted, Trial};
use launder_impls::sim::Holds;
use launder_impls::{Case, Event, Met, State};
use std::collections::HashMap;
use std::path::PathBuf;
use std::{env, fs};

const SEED: u64 = 1;
const CASES: u64 = 10_000;
/// What so many cases meet is on the floor: what fewer do, chance may take away with any new word.
const OFTEN: u64 = 4;

fn trial(name: &str) -> Trial {
    Trial::open(name.parse().expect("a subject's name"), &[], None).expect("a model runs everywhere")
}

fn met(subject: &str, case: &str) -> Met {
    let trial = trial(subject);
    trial.of(&Case::parse(case).expect("a case"));
    trial.met()
}

/// What each model's random cases meet.
fn matrices() -> Vec<(Planted, Matrix)> {
    let matrix = |planted: Planted| {
        let (trial, mut matrix) = (trial(planted.card.name), Matrix::default());
        let random = trial.random(SEED);
        for number in 0..CASES {
            trial.run_by(&random.case(number), &mut Holds);
            matrix.count(trial.met());
        }
        (planted, matrix)
    };
    Planted::models().into_iter().map(matrix).collect()
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/matrix.floor")
}

/// Under each subject's name the pairs that are *not* on its floor.
fn read_floor(text: &str) -> HashMap<&str, Met> {
    let mut floor = HashMap::new();
    let mut subject = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix(' ') {
            None => subject = line.split(':').next().unwrap_or(line),
            Some(pairs) => {
                let above = floor.entry(subject).or_insert(Met::default());
                *above = *above | pairs.parse().expect("pairs");
            }
        }
    }
    floor
}

fn floor_text(floors: &[(Planted, Met)]) -> String {
    let mut text = format!(
        "# What is not met by {OFTEN} of {CASES} random cases of seed {SEED} at the least, be it that it cannot happen or that it is rare.\n"
    );
    for (planted, above) in floors {
        let possible = planted.card.possible();
        text += &format!("{planted}: {}/{}\n", possible.without(*above).count(), possible.count());
        for event in Event::ALL {
            let pairs = *above & Met::all(|of| of == event);
            text += &if pairs == Met::default() { String::new() } else { format!("    {pairs}\n") };
        }
    }
    text
}

#[test]
fn random_cases_meet_no_less_than_they_did() {
    let text = fs::read_to_string(path()).unwrap_or_default();
    let old = read_floor(&text);
    let (mut floors, mut lost) = (Vec::new(), Vec::new());
    for (planted, matrix) in matrices() {
        let possible = planted.card.possible();
        let floor = old.get(planted.card.name).map_or(Met::default(), |above| possible.without(*above));
        let missed = floor.without(matrix.met(1));
        if missed != Met::default() {
            lost.push(format!("{planted}: {missed}"));
        }
        floors.push((planted, possible.without(matrix.met(OFTEN) | floor.without(missed))));
    }
    if env::var("LAUNDER_FLOOR").is_ok_and(|what| what == "write") {
        fs::write(path(), floor_text(&floors)).expect("the floor can be written");
        return;
    }
    assert!(lost.is_empty(), "no longer met in {CASES} random cases:\n{}", lost.join("\n"));
    let unknown = floors.iter().find(|(planted, _)| !old.contains_key(planted.card.name));
    assert!(unknown.is_none(), "{} has no floor yet: write it", unknown.expect("some").0);
}

#[test]
fn a_dirty_folio_meets_a_notification_and_its_invalidation() {
    let met = met("launder-folio", "a1 pwrite 0..1\nserver notify a 0..4\n");
    let states =
        |event| State::ALL.into_iter().filter(move |state| met.has(*state, event)).collect::<Vec<_>>();
    assert_eq!(states(Event::Notify), [State::Dirty]);
    assert_eq!(states(Event::Invalidate), [State::Dirty]);
    assert_eq!(states(Event::WritebackOk), [State::Writeback]);
    assert_eq!(states(Event::Crash), []);
}

#[test]
fn a_folio_that_is_mapped_and_dirty_is_both() {
    let met = met("launder-folio", "a1 mmap\na1 mwrite 0..1\nserver pwrite 1..2\nnature crash a\n");
    for event in [Event::ThirdPartyWrite, Event::Crash] {
        assert!(met.has(State::Dirty, event) && met.has(State::Stored, event), "{met}");
        assert!(!met.has(State::ReadOnly, event) && !met.has(State::Clean, event), "{met}");
    }
    assert!(met.has(State::Absent, Event::ThirdPartyWrite), "host b caches nothing: {met}");
}

#[test]
fn a_folio_that_is_being_read_is_absent_and_busy() {
    let met = met("launder-folio", "a1 pread 0..1 ~1+1\nserver notify a 0..4\n");
    assert!(met.has(State::Absent, Event::Notify) && met.has(State::Busy, Event::Notify), "{met}");
}

#[test]
fn a_truncate_meets_the_file_as_it_was() {
    let shorter = met("launder-folio", "a1 pwrite 0..16\na1 ftruncate 4\n");
    assert!(shorter.has(State::Dirty, Event::Truncate) && !shorter.has(State::PastEnd, Event::Truncate));
    let again = met("launder-folio", "a1 ftruncate 6\na1 pread 0..8\na1 ftruncate 2\n");
    assert!(again.has(State::PastEnd, Event::Truncate), "{again}");
}

#[test]
fn a_write_that_fails_leaves_a_folio_partly_uptodate() {
    let case = "a1 pread 0..4\nnature fail write EIO 1\na1 pwrite 0..1\nserver notify a 0..4\n";
    assert!(met("write-through", case).has(State::Partly, Event::Notify));
}

#[test]
fn a_failed_release_is_met_where_it_fails() {
    let met = met("launder-folio", "a1 pread 0..1\nnature fail release 1\nserver notify a 0..4\n");
    assert!(
        met.has(State::Clean, Event::ReleaseFailed) && !met.has(State::Dirty, Event::ReleaseFailed),
        "{met}"
    );
}

#[test]
fn what_a_case_meets_is_told_to_the_last_pair() {
    for (subject, case, pairs) in [
        (
            "fuse-writeback-temp",
            "a1 pwrite 16..17\nnature short write 1\na1 pwrite direct 8..10\na1 punch 8..9\n",
            "absent × invalidate, partly uptodate × punch, absent × direct write, under writeback × writeback ok, \
             past the end × writeback ok",
        ),
        (
            "direct-io",
            "a1 mmap\na1 mwrite 0..1\nnature fail release 1\na1 pwrite direct 3..5\n",
            "clean × invalidate, mapped read-only × invalidate, absent × direct write, dirty × direct write, \
             mapped and dirty × direct write, under writeback × writeback ok, mapped read-only × writeback ok, \
             clean × release failed",
        ),
        (
            "direct-io",
            "a1 pwrite 0..1\na1 mmap\na1 mread 0..1\na1 punch 0..1\n",
            "dirty × punch, mapped read-only × punch, under writeback × writeback ok",
        ),
        (
            "direct-io-2.6.9",
            "a1 pwrite 0..1\na1 mmap\na1 mread 0..1\na1 ftruncate 0\n",
            "absent × truncate, dirty × truncate, mapped and dirty × truncate",
        ),
        (
            "direct-io-2.6.9",
            "nature fail write ENOSPC 1\na1 pwrite 0..1\na1 pwrite direct 0..1\n",
            "absent × invalidate, absent × direct write",
        ),
        (
            "write-through",
            "a1 mmap\na1 mwrite 0..1\nnature fail write EIO 1\n",
            "under writeback × writeback failed",
        ),
        (
            "afs",
            "a1 pwrite 0..1 ~1+1\nserver pwrite 0..1\na1 ftruncate 4\n",
            "clean × invalidate, absent × third-party write, pinned or busy × third-party write, absent × truncate, \
             under writeback × writeback ok",
        ),
        (
            "afs",
            "a1 pwrite 0..1\na1 ftruncate 0\n",
            "clean × invalidate, past the end × invalidate, absent × truncate, clean × truncate, \
             under writeback × writeback ok",
        ),
        (
            "afs",
            "a1 mmap\nb1 ftruncate 0\na1 mwrite 0..1\n",
            "clean × invalidate, pinned or busy × invalidate, past the end × invalidate, absent × truncate, \
             clean × truncate, pinned or busy × truncate",
        ),
    ] {
        assert_eq!(met(subject, case), pairs.parse().expect("pairs"), "{subject}:\n{case}");
    }
}

#[test]
fn what_was_met_is_that_of_the_last_run_alone() {
    let trial = trial("launder-folio");
    trial.of(&Case::parse("a1 pwrite 0..1\nserver notify a 0..4\n").expect("a case"));
    trial.of(&Case::parse("a1 pwrite 0..1\n").expect("a case"));
    assert_eq!(trial.met() & Met::all(|event| event == Event::Notify), Met::default());
}

#[test]
fn events_that_cannot_happen_are_in_no_matrix() {
    let possible = |name: &str| name.parse::<Planted>().expect("a subject's name").card.possible();
    assert!(!possible("nfs").has(State::Clean, Event::Notify));
    assert!(!possible("direct-io").has(State::Clean, Event::ThirdPartyWrite));
    assert!(possible("direct-io").has(State::Clean, Event::Punch));
    assert_eq!(possible("path"), Met::default());
    let told = met("nfs", "a1 pread 0..1\nserver notify a 0..4\n");
    assert!(!told.has(State::Clean, Event::Notify), "it has no ear for that");
}

#[test]
fn pairs_are_written_as_they_are_read() {
    let all = Met::all(|_| true);
    assert_eq!(all.count() as usize, State::ALL.len() * Event::ALL.len());
    assert_eq!(all.to_string().parse(), Ok(all));
    let some: Met = "dirty × crash, under writeback × third-party write".parse().expect("pairs");
    assert_eq!(
        some.pairs().collect::<Vec<_>>(),
        [(State::Writeback, Event::ThirdPartyWrite), (State::Dirty, Event::Crash),]
    );
    assert!("dirty × crashes".parse::<Met>().is_err());
}
