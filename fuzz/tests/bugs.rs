//! Every bug that is planted in a model is found by random cases.

use launder_fuzz::{Planted, Random, Symptom, Trial};

/// Random cases that are tried for each bug.
const TRIES: u64 = 300_000;
const SEED: u64 = 12;

#[test]
fn every_planted_bug_is_found() {
    let mut missed = Vec::new();
    for planted in Planted::models().into_iter().flat_map(Planted::bugs) {
        match tries(planted) {
            Some((tries, symptom)) => println!("{planted}: {symptom} after {tries} cases"),
            None => missed.push(planted.to_string()),
        }
    }
    assert!(missed.is_empty(), "not found in {TRIES} cases: {missed:?}");
}

/// How many cases it takes until one shows what the subject without the bug does not show in it.
fn tries(planted: Planted) -> Option<(u64, Symptom)> {
    let broken = Trial::open(planted, &[], None).expect("a model runs everywhere");
    let whole = Trial::open(Planted { bug: None, ..planted }, &[], None).expect("a model runs everywhere");
    let random = Random::new(SEED, |call| broken.knows(call));
    (0..TRIES).find_map(|number| {
        let case = random.case(number);
        let shown = broken.verdict(&case).map(|verdict| Symptom::of(&verdict)).unwrap_or_default();
        let news = shown
            .into_iter()
            .find(|symptom| !whole.verdict(&case).is_some_and(|verdict| symptom.is_in(&verdict)));
        news.map(|symptom| (number + 1, symptom))
    })
}
