//! On small traces the judge agrees with a search for any run of the ideal cache that says the same.

use crate::ideal::falsify::falsify;
use crate::ideal::generate::ideal_trace;
use crate::ideal::search::{Found, search};
use crate::ideal::shrink::shrink;
use crate::judge;
use crate::never_accused::{any_contract, seeded};
use launder_oracle::{Contract, Trace, Verdict};
use rand::{Rng, RngExt};

/// What the judge and the search say of one trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Both {
    Allow,
    Forbid,
    /// The judge allows what no run says, where what was read can be explained in several ways.
    JudgeIsWeaker,
    /// The same, without that excuse.
    JudgeIsTooWeak,
    /// The judge forbids what a run says, or says nothing.
    JudgeIsTooStrong,
    SearchGaveUp,
}

fn both(contract: &Contract, trace: &Trace) -> Both {
    let verdict = judge(contract, trace);
    let allowed = !matches!(verdict, Verdict::Forbidden(_));
    match search(contract, trace) {
        _ if verdict == Verdict::Unknown => Both::JudgeIsTooStrong,
        (Found::GaveUp, _) => Both::SearchGaveUp,
        (Found::Run, _) if allowed => Both::Allow,
        (Found::Run, _) => Both::JudgeIsTooStrong,
        (Found::Nothing, true) if allowed => Both::JudgeIsWeaker,
        (Found::Nothing, false) if allowed => Both::JudgeIsTooWeak,
        (Found::Nothing, _) => Both::Forbid,
    }
}

/// How often the two said what.
#[derive(Debug, Default)]
struct Tally {
    both_allow: u32,
    both_forbid: u32,
    judge_is_weaker: u32,
    gave_up: u32,
}

impl Tally {
    /// Counts one trace; panics, with a small one, where the two must agree and do not.
    fn count(&mut self, contract: &Contract, trace: &Trace) {
        match both(contract, trace) {
            Both::Allow => self.both_allow += 1,
            Both::Forbid => self.both_forbid += 1,
            Both::JudgeIsWeaker => self.judge_is_weaker += 1,
            Both::SearchGaveUp => self.gave_up += 1,
            differ => {
                let still = |contract: &Contract, trace: &Trace| both(contract, trace) == differ;
                let (contract, trace) = shrink(*contract, trace.clone(), &still);
                panic!("{differ:?} under {contract}:\n{trace}\n{:#?}", judge(&contract, &trace));
            }
        }
    }
}

/// A named contract half of the time, any other half of the time.
fn some_contract(random: &mut impl Rng) -> Contract {
    match random.random_range(0..2 * Contract::NAMED.len()) {
        named if named < Contract::NAMED.len() => Contract::NAMED[named].1,
        _ => any_contract(random),
    }
}

#[test]
fn the_search_finds_a_run_for_every_ideal_trace() {
    let mut random = seeded(4);
    let mut gave_up = 0;
    for _ in 0..10_000 {
        let contract = some_contract(&mut random);
        let Some(trace) = ideal_trace(&mut random, &contract, 10) else { continue };
        match search(&contract, &trace).0 {
            Found::Run => {}
            Found::GaveUp => gave_up += 1,
            Found::Nothing => panic!("the search finds no run under {contract} for\n{trace}"),
        }
    }
    assert!(gave_up < 300, "gave up {gave_up} times of 10000");
}

#[test]
fn the_judge_agrees_with_the_search_on_true_and_falsified_traces() {
    let mut random = seeded(5);
    let mut tally = Tally::default();
    for _ in 0..40_000 {
        let contract = some_contract(&mut random);
        let Some(trace) = ideal_trace(&mut random, &contract, 8) else { continue };
        tally.count(&contract, &trace);
        if let Some(falsified) = falsify(&mut random, &trace) {
            tally.count(&contract, &falsified);
        }
    }
    println!("{tally:?}");
    assert!(tally.judge_is_weaker * 100 < tally.both_forbid, "{tally:?}");
}

#[test]
fn the_judge_agrees_with_the_search_on_traces_of_another_contract() {
    let mut random = seeded(6);
    let mut tally = Tally::default();
    for _ in 0..40_000 {
        let (teller, contract) = (some_contract(&mut random), some_contract(&mut random));
        let Some(trace) = ideal_trace(&mut random, &teller, 8) else { continue };
        tally.count(&contract, &trace);
    }
    println!("{tally:?}");
    assert!(tally.judge_is_weaker * 50 < tally.both_forbid, "{tally:?}");
}
