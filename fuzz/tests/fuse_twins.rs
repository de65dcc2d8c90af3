//! Models of FUSE answer as the running kernel's client does: random cases, faults and all, put to both, call by call.
#![cfg(all(target_os = "linux", feature = "kernel"))]

#[path = "twins/differed.rs"]
mod differed;
#[path = "twins/held.rs"]
mod held;

use launder_fuzz::{Difference, Planted, Random, Trial, Twins, compare, shrink};
use launder_impls::Case;
use launder_oracle::Call;
use std::collections::BTreeMap;

/// Random cases that are put to each model and its twin, if `LAUNDER_TWIN_CASES` does not say how many; `LAUNDER_TWIN_SEED` says
/// which.
const CASES: u64 = 600;

/// The model of this name and its twin; nothing, and a line that says why, where this machine cannot run that.
fn pair(model: &str) -> Option<(Trial, Trial)> {
    let model: Planted = model.parse().expect("a model");
    let twin: Planted = model.card.twin.expect("it has a twin").parse().ok()?;
    match Trial::open(twin, &[], None) {
        Ok(twin) => Some((Trial::open(model, &[], None).expect("a model runs everywhere"), twin)),
        Err(why) => {
            println!("skipped: {why}");
            None
        }
    }
}

/// What the environment says, or this.
fn told(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// What differs, and the smallest case that shows it, once for all that answer the same call with the same kinds of replies.
fn differences(model: &Trial, twin: &Trial) -> BTreeMap<String, (u64, Case)> {
    let (cases, seed) = (told("LAUNDER_TWIN_CASES", CASES), told("LAUNDER_TWIN_SEED", 11));
    // Which of several requests comes first hangs on when they are sent, and by steps no model knows of all of them: such cases are
    // put with those that have holds.
    let knows = |call: &Call| model.knows(call) && twin.knows(call) && !matches!(call, Call::Swap(_));
    let random = Random::new(seed, knows);
    let mut found = BTreeMap::new();
    for number in 0..cases {
        let case = random.case(number).without_holds();
        let Some(difference) = differs(model, twin, &case) else { continue };
        let kind = kind(&difference);
        let shows = &mut |case: &Case| differs(model, twin, case).is_some_and(|it| self::kind(&it) == kind);
        let case = shrink(&case, shows);
        let words: Vec<&str> = case.asks.iter().map(|ask| ask.call.word()).collect();
        let (times, _) = found.entry(format!("{kind}: {}", words.join(", "))).or_insert((0, case));
        *times += 1;
    }
    found
}

fn differs(model: &Trial, twin: &Trial, case: &Case) -> Option<Difference> {
    match compare(model, twin, &case.without_holds()) {
        Twins::Apart(difference) => Some(difference),
        Twins::Alike | Twins::Aside(_) => None,
    }
}

fn kind(difference: &Difference) -> String {
    let word = |reply: &launder_oracle::Reply| reply.to_string().split(' ').next().map(str::to_owned);
    let [ours, theirs] = difference.replies.each_ref().map(word);
    format!("{} {} {}", difference.call.word(), ours.unwrap_or_default(), theirs.unwrap_or_default())
}

fn answers_alike(model: &str) {
    let Some((model, twin)) = pair(model) else { return };
    let differences = differences(&model, &twin);
    let news: Vec<String> =
        differences.iter().map(|(what, (times, case))| format!("{times} × {what}\n{case}")).collect();
    assert!(news.is_empty(), "{} and {} differ:\n{}", model.planted, twin.planted, news.join("\n"));
}

#[test]
fn fuse_write_through_answers_as_the_kernel_does() {
    answers_alike("fuse-write-through");
}

#[test]
fn fuse_writeback_answers_as_the_kernel_does() {
    answers_alike("fuse-writeback");
}

#[test]
fn fuse_notify_answers_as_the_kernel_does() {
    answers_alike("fuse-notify");
}

#[test]
fn fuse_notify_write_through_answers_as_the_kernel_does() {
    answers_alike("fuse-notify-write-through");
}

/// Not a test: tells all that differs, for who mends a model.
#[test]
#[ignore = "it tells"]
fn tells_what_differs() {
    for model in ["fuse-write-through", "fuse-writeback", "fuse-notify", "fuse-notify-write-through"] {
        let Some((model, twin)) = pair(model) else { return };
        for (what, (times, case)) in differences(&model, &twin) {
            println!("{times} × {what}\n{case}{:?}\n", differs(&model, &twin, &case));
        }
    }
}

/// A pair that is none differs, so that the comparison can fail.
#[test]
fn a_model_that_is_not_the_twin_differs() {
    let Some((_, twin)) = pair("fuse-writeback") else { return };
    let other: Planted = "fuse-write-through".parse().expect("a model");
    let other = Trial::open(other, &[], None).expect("a model runs everywhere");
    assert!(!differences(&other, &twin).is_empty());
}
