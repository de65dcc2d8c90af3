//! The fuzz target that hunts a planted bug blind, without libFuzzer.

use launder_fuzz::target::{Blind, change, read_found};
use launder_fuzz::{Planted, Random, Trial, decode, detect, encode};
use std::fs;
use std::path::PathBuf;

/// Bytes of a case, at the most.
const MOST: usize = 129;

/// The name of a file that is not there.
fn file(name: &str) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&file);
    file
}

fn planted(name: &str) -> Planted {
    name.parse().expect("a subject's name")
}

#[test]
fn a_bug_is_found_after_as_many_cases_as_a_hunt_by_random_cases_says() {
    let bug = planted("write-through+no_eof_zero");
    let random = Trial::open(bug, &[], None).expect("a model runs everywhere").random(3);
    let (tries, symptom) = detect(bug, 3, 4_000).expect("it is found before cases are steered");
    let found = file("found");
    let mut blind = Blind::new(bug, found.clone());
    for number in 0..tries + 10 {
        assert_eq!(read_found(&found).is_some(), number >= tries, "after {number}");
        blind.put(&random.case(number));
    }
    let (noted, case) = read_found(&found).expect("it was written");
    assert_eq!((noted, &case), (tries, &random.case(tries - 1)));
    let verdict = Trial::open(bug, &[], None).expect("a model runs everywhere").verdict(&case);
    assert!(symptom.is_in(&verdict.expect("a verdict")));
}

#[test]
fn a_subject_without_a_bug_is_never_told_from_itself() {
    let whole = planted("afs-nuke");
    let found = file("nothing");
    let mut blind = Blind::new(whole, found.clone());
    let random = Random::new(1, |_| true);
    (0..3_000).for_each(|number| _ = blind.put(&random.case(number)));
    assert_eq!(read_found(&found), None);
}

#[test]
fn a_case_without_end_is_not_worth_building_on() {
    let endless = planted("afs-2.6.22");
    let trial = Trial::open(endless, &[], None).expect("a model runs everywhere");
    let mut blind = Blind::new(endless, file("endless"));
    let random = trial.random(1);
    let mut without_end = 0;
    for case in (0..2_000).map(|number| random.case(number)) {
        let ends =
            !trial.verdict(&case).is_some_and(|verdict| launder_fuzz::Symptom::Endless.is_in(&verdict));
        assert_eq!(blind.put(&case), ends, "{case}");
        without_end += u32::from(!ends);
    }
    println!("{without_end} cases without end");
}

#[test]
fn what_is_changed_is_a_case_that_fits_and_the_same_for_the_same_seed() {
    let mut bytes = encode(&Random::new(1, |_| true).case_of(1, 16)).expect("a random case fits the format");
    for seed in 0..20_000 {
        let [changed, again] = [0, 0].map(|_| {
            let mut out = bytes.clone();
            out.resize(MOST, 0);
            let size = change(&mut out, bytes.len(), MOST, seed);
            out.truncate(size);
            out
        });
        assert_eq!(changed, again);
        assert_eq!(encode(&decode(&changed)).as_ref(), Some(&changed));
        bytes = changed;
    }
}
