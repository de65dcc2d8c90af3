//! On small traces the judge agrees with a search for any run of the ideal cache that says the same.

use crate::ideal::falsify::falsify;
use crate::ideal::generate::ideal_trace;
use crate::ideal::search::{Found, search};
use crate::never_accused::{any_contract, seeded};
use launder_oracle::{Contract, Trace, Verdict, judge};
use rand::{Rng, RngExt};

/// How often the two said what.
#[derive(Debug, Default)]
struct Tally {
    both_allow: u32,
    both_forbid: u32,
    judge_is_weaker: u32,
    gave_up: u32,
}

/// A named contract half of the time, any other half of the time.
fn some_contract(random: &mut impl Rng) -> Contract {
    match random.random_range(0..2 * Contract::NAMED.len()) {
        named if named < Contract::NAMED.len() => Contract::NAMED[named].1,
        _ => any_contract(random),
    }
}

/// Compares the two; panics where the judge is stronger, or weaker without the excuse of an ambiguous reading.
fn compare(contract: &Contract, trace: &Trace, tally: &mut Tally) {
    let (found, ambiguous) = search(contract, trace);
    let allowed = !matches!(judge(contract, trace), Verdict::Forbidden(_) | Verdict::Unknown);
    match (found, allowed) {
        (Found::GaveUp, _) => tally.gave_up += 1,
        (Found::Run, true) => tally.both_allow += 1,
        (Found::Nothing, false) => tally.both_forbid += 1,
        (Found::Nothing, true) if ambiguous => tally.judge_is_weaker += 1,
        (Found::Nothing, true) => panic!("the judge allows under {contract} what no run says:\n{trace}"),
        (Found::Run, false) => {
            panic!("the judge forbids under {contract} what a run says:\n{trace}\n{:#?}", judge(contract, trace))
        }
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
    for _ in 0..20_000 {
        let contract = some_contract(&mut random);
        let Some(trace) = ideal_trace(&mut random, &contract, 8) else { continue };
        compare(&contract, &trace, &mut tally);
        if let Some(falsified) = falsify(&mut random, &trace) {
            compare(&contract, &falsified, &mut tally);
        }
    }
    println!("{tally:?}");
    assert!(tally.judge_is_weaker * 50 < tally.both_forbid, "{tally:?}");
}

#[test]
fn the_judge_agrees_with_the_search_on_traces_of_another_contract() {
    let mut random = seeded(6);
    let mut tally = Tally::default();
    for _ in 0..20_000 {
        let (teller, contract) = (some_contract(&mut random), some_contract(&mut random));
        let Some(trace) = ideal_trace(&mut random, &teller, 8) else { continue };
        compare(&contract, &trace, &mut tally);
    }
    println!("{tally:?}");
    assert!(tally.judge_is_weaker * 50 < tally.both_forbid, "{tally:?}");
}
#[test]
fn show() {
    let mut random = seeded(std::env::var("SEED").map_or(1, |s| s.parse().unwrap()));
    let mut none = 0;
    for i in 0..2000 {
        let contract = some_contract(&mut random);
        let Some(trace) = ideal_trace(&mut random, &contract, 24) else { none += 1; continue };
        if i < 6 { println!("== {contract}\n{trace}"); }
    }
    println!("none {none}");
}
