//! Under libFuzzer: a case that is put to the running kernel, and judged, or compared with what models say.

use super::{SUBJECTS, complain};
use crate::{Outcome, Planted, Trial, Twins, compare, compare_held, decode};
use launder_impls::{Case, cards};

thread_local! {
    static PAIRS: Vec<Pair> = pairs();
    static KERNELS: Vec<Trial> = kernels();
}

/// A model that is asked as its twin is, the model asked as it is itself, and the twin.
struct Pair {
    asked: Trial,
    model: Trial,
    twin: Trial,
}

/// Puts the case that these bytes are to each model that has a twin in FUSE, and to that: with its holds, and without.
///
/// # Panics
/// If the two answer differently, and go on to.
pub fn twins(bytes: &[u8]) {
    let case = decode(bytes);
    PAIRS.with(|pairs| pairs.iter().for_each(|pair| pair.put(&case)));
}

/// Puts the case that these bytes are to the subjects that are the running kernel's FUSE, or to those of them that are named, and
/// judges what they say.
///
/// # Panics
/// If one breaks a promise that it is not known to break.
pub fn kernel(bytes: &[u8]) {
    let case = decode(bytes);
    KERNELS.with(|kernels| {
        for trial in kernels {
            if let Outcome::Judged(trace, verdict) = trial.of(&case) {
                complain(trial, &case, &trace, &verdict);
            }
        }
    });
}

impl Pair {
    fn of(planted: Planted) -> Option<Result<Pair, String>> {
        let asked = Trial::as_twin(planted)?;
        let twin = planted.card.twin?.parse().ok()?;
        Some(
            Trial::open(twin, &[], None)
                .and_then(|twin| Ok(Pair { asked, model: Trial::open(planted, &[], None)?, twin })),
        )
    }

    fn put(&self, case: &Case) {
        let free = case.without_holds();
        let swaps = free.asks.iter().any(|ask| ask.call.word() == "swap");
        let said = [compare_held(&self.asked, &self.twin, case)];
        // Which of several requests comes first only a model that is asked by requests knows.
        let said = said.into_iter().chain((!swaps).then(|| compare(&self.model, &self.twin, &free)));
        for twins in said {
            if let Twins::Apart(difference) = twins {
                panic!("{difference:?}\n{case}");
            }
        }
    }
}

fn pairs() -> Vec<Pair> {
    ready("twins", Planted::models().into_iter().filter_map(Pair::of))
}

fn kernels() -> Vec<Trial> {
    let names = std::env::var(SUBJECTS).unwrap_or_default();
    let named = |name: &str| names.is_empty() || names.split(',').any(|it| it == name);
    let cards = cards().filter(|card| card.name.starts_with("kernel-fuse") && named(card.name));
    let open = |card: &'static launder_impls::Card| {
        card.name
            .parse()
            .map_err(|why| format!("{}: {why}", card.name))
            .and_then(|planted| Trial::open(planted, &[], None))
    };
    ready("kernel", cards.map(open))
}

/// What this machine can run; if it lacks something, one line says what.
fn ready<T>(target: &str, all: impl Iterator<Item = Result<T, String>>) -> Vec<T> {
    let mut ready = Vec::new();
    let mut lacks = None;
    for one in all {
        match one {
            Ok(one) => ready.push(one),
            Err(why) => lacks = Some(why),
        }
    }
    let nothing = || "no such subject is built in".to_string();
    if let Some(why) = lacks.or_else(|| ready.is_empty().then(nothing)) {
        eprintln!("{target}: {} are put to; skipped: {why}", ready.len());
    }
    ready
}

#[cfg(all(test, target_os = "linux", feature = "kernel"))]
mod tests {
    use super::*;
    use crate::{Random, encode};

    #[test]
    fn random_cases_pass_both_targets() {
        let random = Random::new(21, |_| true);
        for number in 0..60 {
            let bytes = encode(&random.case(number)).expect("what is dealt fits the format");
            twins(&bytes);
            kernel(&bytes);
        }
    }
}
