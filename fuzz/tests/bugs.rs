//! Every bug that is planted in a model is found by random cases.

use launder_fuzz::{Planted, detect};
use std::ops::Range;

/// Random cases that a hunt takes at the most.
const TRIES: u64 = 200_000;
/// A bug that the cases of one seed do not find in so many, those of the next may: `launder score` tells how many seeds find each.
const SEEDS: Range<u64> = 12..15;

#[test]
fn every_planted_bug_is_found() {
    let mut missed = Vec::new();
    for planted in Planted::models().into_iter().flat_map(Planted::bugs) {
        let found = SEEDS.zip(0..).find_map(|(seed, before)| {
            let (tries, symptom) = detect(planted, seed, TRIES)?;
            Some((before * TRIES + tries, symptom))
        });
        match found {
            Some((tries, symptom)) => println!("{planted}: {symptom} after {tries} cases"),
            None => missed.push(planted.to_string()),
        }
    }
    assert!(missed.is_empty(), "not found in {TRIES} cases of each of the seeds {SEEDS:?}: {missed:?}");
}
