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
            panic!(
                "the judge forbids under {contract} what a run says:\n{trace}\n{:#?}",
                judge(contract, trace)
            )
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
#[ignore]
fn survey() {
    use crate::ideal::shrink::shrink;
    use std::collections::BTreeMap;
    let seed = std::env::var("SEED").map_or(1, |s| s.parse().unwrap());
    let runs: u32 = std::env::var("RUNS").map_or(5000, |s| s.parse().unwrap());
    let mut random = seeded(seed);
    let mut classes: BTreeMap<String, (u32, String)> = BTreeMap::new();
    let kind = |contract: &Contract, trace: &Trace| {
        let verdict = judge(contract, trace);
        if verdict == Verdict::Unknown {
            return Some("unknown".to_string());
        }
        let allowed = !matches!(verdict, Verdict::Forbidden(_));
        let (found, ambiguous) = search(contract, trace);
        match (found, allowed) {
            (Found::Run, false)
                if verdict.violations()[0].kind != launder_oracle::Kind::Torn
                    && verdict.violations()[0].kind != launder_oracle::Kind::WrongSize =>
            {
                Some(format!("judge too strong: {}", verdict.violations()[0].kind))
            }
            (Found::Nothing, true)
                if !ambiguous
                    && !trace.to_string().contains("copy")
                    && !trace.to_string().contains("append") =>
            {
                Some("judge too weak".to_string())
            }
            _ => None,
        }
    };
    for _ in 0..runs {
        let (teller, contract) = (some_contract(&mut random), some_contract(&mut random));
        let contract = if random.random_ratio(2, 3) { teller } else { contract };
        let Some(mut trace) = ideal_trace(&mut random, &teller, 9) else { continue };
        if random.random() {
            trace = falsify(&mut random, &trace).unwrap_or(trace);
        }
        if let Some(class) = kind(&contract, &trace) {
            let shows = |c: &Contract, t: &Trace| kind(c, t).as_ref() == Some(&class);
            let (contract, trace) = shrink(contract, trace, &shows);
            let mut words: Vec<String> = trace
                .events
                .iter()
                .filter_map(|e| match &e.what {
                    launder_oracle::What::Call(w, c) => {
                        Some(format!("{} {}", if w.host().is_some() { "p" } else { w.name() }, c.word()))
                    }
                    _ => None,
                })
                .collect();
            words.sort();
            let key = format!("{class} | {}", words.join(", "));
            let e = classes.entry(key).or_insert_with(|| {
                (
                    0,
                    format!(
                        "{contract}\n{trace}{:?}",
                        judge(&contract, &trace).violations().first().map(|v| v.to_string())
                    ),
                )
            });
            e.0 += 1;
        }
    }
    let mut all: Vec<_> = classes.into_iter().collect();
    all.sort_by_key(|(_, (n, _))| std::cmp::Reverse(*n));
    for (key, (n, text)) in all {
        println!("#### {n} {key}\n{text}\n");
    }
}
