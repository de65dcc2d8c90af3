//! Cases with reply holds, put to a model of FUSE that is asked as the kernel is, and to the kernel.

use super::{kind, pair, told};
use launder_fuzz::{Difference, Outcome, Planted, Random, Trial, Twins, compare_held, shrink};
use launder_impls::Case;
use launder_oracle::{Trace, What};
use std::collections::BTreeMap;

/// The model of this name, asked by requests, and its twin; nothing where this machine cannot run that, or where the twin's
/// processes do not run in the order of their waking.
pub(super) fn held_pair(model: &str) -> Option<(Trial, Trial)> {
    let (model, twin) = pair(model)?;
    // capabilities(7): 23 is CAP_SYS_NICE, without which nobody may be of SCHED_FIFO.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
    if u64::from_str_radix(effective.trim(), 16).unwrap_or(0) >> 23 & 1 == 0 {
        println!("skipped: we may not say in which order two processes run that one reply wakes");
        return None;
    }
    Some((Trial::as_twin(model.planted).expect("it has such a twin"), twin))
}

/// A random case whose holds hang on one of the first requests: few calls cause more.
fn held(random: &Random, number: u64) -> Case {
    let mut case = random.case(number);
    case.asks.iter_mut().flat_map(|ask| &mut ask.holds).for_each(|hold| hold.step %= 4);
    case
}

fn differs(model: &Trial, twin: &Trial, case: &Case) -> Option<Difference> {
    match compare_held(model, twin, case) {
        Twins::Apart(difference) => Some(difference),
        Twins::Alike | Twins::Aside(_) => None,
    }
}

/// What differs, with the smallest case of its kind; and how many cases say nothing, by their reasons.
fn differences(model: &Trial, twin: &Trial) -> (BTreeMap<String, (u64, Case)>, BTreeMap<String, u64>) {
    let random = Random::new(told("LAUNDER_TWIN_SEED", 11), |call| model.knows(call) && twin.knows(call));
    let (mut found, mut aside) = (BTreeMap::new(), BTreeMap::new());
    for number in 0..told("LAUNDER_TWIN_CASES", super::CASES) {
        let case = held(&random, number);
        let difference = match compare_held(model, twin, &case) {
            Twins::Alike => continue,
            Twins::Aside(why) => {
                *aside.entry(why).or_default() += 1;
                continue;
            }
            Twins::Apart(difference) => difference,
        };
        let kind = kind(&difference);
        let (times, _) = found.entry(kind.clone()).or_insert_with(|| {
            let alike = |case: &Case| differs(model, twin, case).is_some_and(|it| self::kind(&it) == kind);
            (0, shrink(&case, &mut |case| alike(case)))
        });
        *times += 1;
    }
    (found, aside)
}

fn answers_alike(name: &str) {
    let Some((model, twin)) = held_pair(name) else { return };
    let (differences, aside) = differences(&model, &twin);
    println!("{name}: cases that say nothing of it: {aside:?}");
    let news: Vec<String> =
        differences.iter().map(|(what, (times, case))| format!("{times} × {what}\n{case}")).collect();
    assert!(news.is_empty(), "{} and {} differ:\n{}", model.planted, twin.planted, news.join("\n"));
    let aside: u64 = aside.values().sum();
    assert!(aside <= told("LAUNDER_TWIN_CASES", super::CASES) / 200 + 1, "{aside} cases say nothing");
}

#[test]
fn fuse_write_through_answers_as_the_kernel_does_when_replies_are_held() {
    answers_alike("fuse-write-through");
}

#[test]
fn fuse_writeback_answers_as_the_kernel_does_when_replies_are_held() {
    answers_alike("fuse-writeback");
}

#[test]
fn fuse_notify_answers_as_the_kernel_does_when_replies_are_held() {
    answers_alike("fuse-notify");
}

#[test]
fn fuse_notify_write_through_answers_as_the_kernel_does_when_replies_are_held() {
    answers_alike("fuse-notify-write-through");
}

/// So that the comparison can fail: of a planted bug held cases tell.
#[test]
fn held_cases_tell_a_model_with_a_bug_from_the_kernel() {
    let Some((_, twin)) = held_pair("fuse-writeback") else { return };
    let planted: Planted = "fuse-writeback+cfr_no_inval".parse().expect("a model with a bug");
    let model = Trial::as_twin(planted).expect("it has such a twin");
    let random = Random::new(11, |call| model.knows(call) && twin.knows(call));
    assert!((0..1_000).any(|number| differs(&model, &twin, &held(&random, number)).is_some()));
}

/// So that it says something: holds let calls meet that would not.
#[test]
fn holds_change_what_is_answered() {
    let Some((model, twin)) = held_pair("fuse-notify") else { return };
    let random = Random::new(11, |call| model.knows(call) && twin.knows(call));
    let answered = |case: &Case| match model.of(case) {
        Outcome::Judged(trace, _) => trace,
        Outcome::Skipped(why) => panic!("{why}"),
    };
    let changed = (0..600).map(|number| held(&random, number));
    let changed = changed.filter(|case| answered(case) != answered(&case.without_holds())).count();
    assert!(changed > 100, "{changed} of 600");
}

/// Each call causes as many requests in the model as in the kernel, so that a hold at the n-th means the same.
#[test]
fn a_call_causes_as_many_requests_as_in_the_kernel() {
    for name in ["fuse-write-through", "fuse-writeback", "fuse-notify", "fuse-notify-write-through"] {
        let Some((model, twin)) = pair(name) else { return };
        let model = Trial::as_twin(model.planted).expect("it has such a twin");
        [&model, &twin].into_iter().for_each(|trial| trial.record_steps(true));
        let random = Random::new(12, |call| model.knows(call) && twin.knows(call));
        for number in 0..300 {
            let case = random.case(number).without_holds();
            let [one, other] = [&model, &twin].map(|trial| match trial.of(&case) {
                Outcome::Judged(trace, _) => trace,
                Outcome::Skipped(why) => panic!("{why}"),
            });
            assert_eq!(requests(&one), requests(&other), "{case}\n{one}\n{other}");
        }
    }
}

/// How many requests each call causes.
fn requests(trace: &Trace) -> Vec<(String, usize)> {
    let mut calls: Vec<(String, usize)> = Vec::new();
    for event in &trace.events {
        match (&event.what, calls.last_mut()) {
            (What::Call(who, call), _) => calls.push((format!("{who} {call}"), 0)),
            // A request that is overtaken is told of twice.
            (What::Step(text), Some((_, count))) if !text.contains("waits for others") => {
                *count += usize::from(text.starts_with("server: "));
            }
            _ => {}
        }
    }
    calls
}
