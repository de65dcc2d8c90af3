//! Every bug that is planted in a model is found by random cases.

use launder_fuzz::{Planted, detect};

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
