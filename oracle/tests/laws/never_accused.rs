//! The ideal cache of a contract is never accused of breaking it.

use crate::ideal::generate::ideal_trace;
use crate::ideal::search::{Found, search};
use crate::ideal::shrink::shrink;
use crate::judge;
use launder_oracle::{
    Atomic, Contract, Direct, Divergence, Hosts, Loser, Maps, Notify, Open, Trace, Verdict,
};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A random point on every axis.
pub fn any_contract(random: &mut impl Rng) -> Contract {
    fn any<T: Copy>(random: &mut impl Rng, points: &[T]) -> T {
        points[random.random_range(0..points.len())]
    }
    Contract {
        hosts: any(random, Hosts::ALL),
        open: any(random, Open::ALL),
        notify: any(random, Notify::ALL),
        maps: any(random, Maps::ALL),
        direct: any(random, Direct::ALL),
        divergence: any(random, Divergence::ALL),
        loser: any(random, Loser::ALL),
        atomic: any(random, Atomic::ALL),
    }
}

/// A generator of this seed.
pub fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn is_accused(contract: &Contract, trace: &Trace) -> bool {
    !matches!(judge(contract, trace), Verdict::Allowed | Verdict::Unanswered(_))
}

/// How many of `runs` random traces came about; panics at the first that is accused.
fn accuses_none(seed: u64, runs: usize, mut contract: impl FnMut(&mut ChaCha8Rng) -> Contract) -> usize {
    let mut random = seeded(seed);
    let mut judged = 0;
    for run in 0..runs {
        let contract = contract(&mut random);
        let Some(trace) = ideal_trace(&mut random, &contract, 24) else { continue };
        if is_accused(&contract, &trace) {
            let still = |contract: &Contract, trace: &Trace| {
                is_accused(contract, trace) && search(contract, trace).0 == Found::Run
            };
            let (contract, trace) = shrink(contract, trace, &still);
            panic!("run {run}, shrunk, under {contract}:\n{trace}\n{:#?}", judge(&contract, &trace));
        }
        judged += 1;
    }
    judged
}

#[test]
fn the_ideal_cache_of_a_named_contract_is_never_accused() {
    for (name, contract) in Contract::NAMED {
        let judged = accuses_none(1, 20_000, |_| contract);
        assert!(judged > 19_000, "{name}: only {judged} runs came about");
    }
}

#[test]
fn the_ideal_cache_of_the_strongest_contract_is_never_accused() {
    assert!(accuses_none(2, 20_000, |_| Contract::STRONGEST) > 19_000);
}

#[test]
fn the_ideal_cache_of_any_contract_is_never_accused() {
    assert!(accuses_none(3, 100_000, any_contract) > 95_000);
}
