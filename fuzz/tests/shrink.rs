//! Shrinking keeps what is wrong, ends where nothing more can go, and does not take long.

use launder_fuzz::{Planted, Random, Symptom, Trial, shrink};
use launder_impls::Case;
use launder_oracle::Call;
use std::collections::HashSet;

/// Each model, and each with each of its bugs.
fn subjects() -> Vec<Trial> {
    let all =
        Planted::models().into_iter().flat_map(|planted| std::iter::once(planted).chain(planted.bugs()));
    all.map(|planted| Trial::open(planted, &[], None).expect("a model runs everywhere")).collect()
}

/// Some cases in which the subject breaks a promise.
fn findings(trial: &Trial, asks: usize, most: usize) -> Vec<(Case, Symptom)> {
    let random = Random::new(5, |call| trial.knows(call));
    let cases = (0..2_000).map(|number| random.case_of(number, asks));
    let wrong = cases.filter_map(|case| Some((Symptom::of(&trial.verdict(&case)?).first().copied()?, case)));
    wrong.map(|(symptom, case)| (case, symptom)).take(most).collect()
}

#[test]
fn a_shrunk_case_shows_the_same_and_shrinks_no_further() {
    for trial in subjects() {
        for (case, symptom) in findings(&trial, 20, 3) {
            let mut shows = |case: &Case| trial.verdict(case).is_some_and(|verdict| symptom.is_in(&verdict));
            let small = shrink(&case, &mut shows);
            assert!(shows(&small), "{}: {symptom}\n{case}\nbecame\n{small}", trial.planted);
            assert_eq!(shrink(&small, &mut shows), small, "{}: {symptom}", trial.planted);
            assert!(small.asks.len() <= case.asks.len());
        }
    }
}

#[test]
fn a_case_of_64_asks_shrinks_in_few_runs_none_of_them_twice() {
    for trial in subjects() {
        for (case, symptom) in findings(&trial, 64, 2) {
            let (mut runs, mut put) = (0, HashSet::new());
            let small = shrink(&case, &mut |case| {
                runs += 1;
                assert!(put.insert(case.clone()), "{}: put again:\n{case}", trial.planted);
                trial.verdict(case).is_some_and(|verdict| symptom.is_in(&verdict))
            });
            println!("{}: {symptom}: {runs} runs, {} asks left", trial.planted, small.asks.len());
            assert!(runs <= 5_000);
        }
    }
}

fn shrunk(text: &str, shows: impl Fn(&[Call]) -> bool) -> String {
    let case = Case::parse(text).expect("a case");
    let calls = |case: &Case| case.asks.iter().map(|ask| ask.call).collect::<Vec<_>>();
    shrink(&case, &mut |case| shows(&calls(case))).to_string()
}

#[test]
fn asks_that_must_go_together_go() {
    let even = |calls: &[Call]| calls.len().is_multiple_of(2) && calls.contains(&Call::Fsync);
    assert_eq!(shrunk("a1 fsync\na1 lock\na2 unlock\na1 open\n", even).lines().count(), 2);
}

#[test]
fn a_swap_that_lets_another_ask_go_is_found() {
    // The fsync may go once the two punches stand in the other order.
    let shows = |calls: &[Call]| {
        let at =
            |start| calls.iter().position(|call| matches!(call, Call::Punch(range) if range.start == start));
        match (at(4), at(0)) {
            (Some(four), Some(zero)) => four > zero || calls.contains(&Call::Fsync),
            _ => false,
        }
    };
    assert_eq!(shrunk("a1 punch 4..8\na1 fsync\na1 punch 0..4\n", shows), "a1 punch 0..1\na1 punch 4..5\n");
}

#[test]
fn an_append_becomes_a_write_where_the_file_ends() {
    let writes_at_10 = |call: &Call| matches!(call, Call::Pwrite { range, .. } if range.start == 10);
    let appends = |call: &Call| matches!(call, Call::Append { .. });
    let writes = |calls: &[Call]| calls.iter().any(|call| appends(call) || writes_at_10(call));
    assert_eq!(shrunk("file 10\na1 append 2\n", writes), "a1 pwrite 10..11\n");
    let cuts_and_writes = |calls: &[Call]| calls.first() == Some(&Call::Ftruncate(10)) && writes(calls);
    let cut = "a1 ftruncate 10\na1 append 2\n";
    assert_eq!(shrunk(cut, cuts_and_writes), "a1 ftruncate 10\na1 pwrite 10..11\n");
}

#[test]
fn a_replacement_that_lets_another_ask_go_is_found() {
    // The store does without the mapping, in this world; the plain write does not.
    let shows = |calls: &[Call]| {
        let has = |word: &str| calls.iter().any(|call| call.word() == word);
        has("pwrite") && has("mmap") || has("mwrite") && !has("mmap")
    };
    assert_eq!(shrunk("a1 mmap\na1 pwrite 0..1\n", shows), "a1 mwrite 0..1\n");
}
