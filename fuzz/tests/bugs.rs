//! Every bug that is planted in a model is found by random cases.

use launder_fuzz::{Outcome, Planted, Trial, detect};
use launder_impls::Case;

/// Random cases that a hunt takes at the most.
const TRIES: u64 = 200_000;
/// Where their numbers begin: `launder score` tells from how many seeds each bug is found.
const SEED: u64 = 12;

#[test]
fn every_planted_bug_is_found() {
    let mut missed = Vec::new();
    for planted in Planted::models().into_iter().flat_map(Planted::bugs) {
        match detect(planted, SEED, TRIES) {
            Some((tries, symptom)) => println!("{planted}: {symptom} after {tries} cases"),
            None => missed.push(planted.to_string()),
        }
    }
    assert!(missed.is_empty(), "not found in {TRIES} cases: {missed:?}");
}

#[test]
fn a_write_that_a_bug_sends_beyond_all_that_a_case_reaches_is_carried_out() {
    let planted: Planted = "afs+launder_start".parse().expect("a planted bug");
    let case = "a1 pwrite 16..17\na1 mmap\na1 mwrite 16..17\nserver ftruncate 0\na1 pread 0..1\nserver pwrite 0..1\na1 append 1\n";
    let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
    assert!(matches!(trial.of(&Case::parse(case).expect("a case")), Outcome::Judged(..)));
}
