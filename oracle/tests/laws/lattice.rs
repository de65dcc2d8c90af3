//! Contracts form a lattice, and what a stronger one allows, every weaker one allows.

use crate::ideal::falsify::falsify;
use crate::ideal::generate::ideal_trace;
use crate::ideal::search::{Found, search};
use crate::judge;
use crate::never_accused::{any_contract, seeded};
use launder_oracle::{Contract, Verdict};
use rand::{Rng, RngExt};

/// A contract that is at most as strong as `contract`: each axis is taken from there or, where that is weaker, from elsewhere.
fn weaker(random: &mut impl Rng, contract: &Contract) -> Contract {
    let other = any_contract(random);
    Contract {
        hosts: contract.hosts.max(other.hosts),
        open: contract.open.max(other.open),
        notify: contract.notify.max(other.notify),
        maps: contract.maps.max(other.maps),
        direct: contract.direct.max(other.direct),
        divergence: contract.divergence.max(other.divergence),
        loser: contract.loser.max(other.loser),
        atomic: contract.atomic.max(other.atomic),
    }
}

#[test]
fn what_a_stronger_contract_allows_every_weaker_one_allows() {
    let mut random = seeded(9);
    let mut compared = 0;
    for _ in 0..20_000 {
        let stronger = any_contract(&mut random);
        let weaker = weaker(&mut random, &stronger);
        let Some(mut trace) = ideal_trace(&mut random, &stronger, 16) else { continue };
        if random.random() {
            trace = falsify(&mut random, &trace).unwrap_or(trace);
        }
        if !matches!(judge(&stronger, &trace), Verdict::Forbidden(_)) {
            let verdict = judge(&weaker, &trace);
            let allowed = !matches!(verdict, Verdict::Forbidden(_));
            assert!(allowed, "{stronger} allows and {weaker} forbids\n{trace}\n{verdict:#?}");
            compared += 1;
        }
    }
    assert!(compared > 10_000, "only {compared} traces were allowed");
}

#[test]
fn what_a_stronger_ideal_cache_says_every_weaker_one_can_say() {
    let mut random = seeded(10);
    for _ in 0..5_000 {
        let stronger = any_contract(&mut random);
        let weaker = weaker(&mut random, &stronger);
        let Some(trace) = ideal_trace(&mut random, &stronger, 9) else { continue };
        let found = search(&weaker, &trace).0;
        assert_ne!(found, Found::Nothing, "{stronger} says, {weaker} cannot say\n{trace}");
    }
}

#[test]
fn implies_is_a_partial_order() {
    let mut random = seeded(11);
    let some: Vec<Contract> = (0..60).map(|_| any_contract(&mut random)).collect();
    let named = Contract::NAMED.map(|(_, contract)| contract);
    let all: Vec<Contract> = some.into_iter().chain(named).chain([Contract::STRONGEST]).collect();
    for a in &all {
        assert!(a.implies(a) && Contract::STRONGEST.implies(a));
        for b in &all {
            assert!(a == b || !(a.implies(b) && b.implies(a)), "{a} and {b} imply each other");
            for c in &all {
                assert!(!(a.implies(b) && b.implies(c)) || a.implies(c), "{a}, {b}, {c}");
            }
        }
    }
}

#[test]
fn a_contract_implies_every_one_that_is_weaker_on_some_axes() {
    let mut random = seeded(12);
    for _ in 0..1_000 {
        let contract = any_contract(&mut random);
        let weaker = weaker(&mut random, &contract);
        assert!(contract.implies(&weaker), "{contract} does not imply {weaker}");
    }
}
