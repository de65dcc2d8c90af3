//! A run depends on nothing but its case.

use launder_fuzz::{Hunt, Outcome, Planted, Random, Trial};
use launder_impls::Case;

#[test]
fn a_case_is_answered_alike_every_time() {
    for planted in Planted::models() {
        let one = Trial::open(planted, &[], None).expect("a model runs everywhere");
        let other = Trial::open(planted, &[], None).expect("a model runs everywhere");
        let random = Random::new(3, |call| one.knows(call));
        for number in 0..2_000 {
            let case = random.case(number);
            let again = Case::parse(&case.to_string()).expect("what is written can be read");
            assert_eq!(one.of(&case), other.of(&again), "{planted}:\n{case}");
            // The one has other runs behind it than the other.
            let _ = one.of(&random.case(number + 7));
        }
    }
}

#[test]
fn steps_in_a_trace_change_no_verdict() {
    for planted in Planted::models() {
        let quiet = Trial::open(planted, &[], None).expect("a model runs everywhere");
        let telling = Trial::open(planted, &[], None).expect("a model runs everywhere");
        telling.record_steps(true);
        let random = Random::new(4, |call| quiet.knows(call));
        for number in 0..500 {
            let case = random.case(number);
            let name = |trial: &Trial| match trial.of(&case) {
                Outcome::Judged(_, verdict) => verdict.name(),
                Outcome::Skipped(_) => "skipped",
            };
            assert_eq!(name(&quiet), name(&telling), "{planted}:\n{case}");
        }
    }
}

#[test]
fn hunts_in_lanes_add_up() {
    let planted = Planted::models()[0];
    let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
    let random = Random::new(3, |call| trial.knows(call));
    let (mut one, mut other) = (Hunt::default(), Hunt::default());
    for number in 0..1_000 {
        let lane = if number % 2 == 0 { &mut one } else { &mut other };
        lane.put(&trial, &random.case(number), number + 1);
    }
    one.add(other);
    let counts = one.counts;
    let sum = counts.allowed + counts.forbidden + counts.unanswered + counts.unknown + counts.skipped;
    assert_eq!((counts.runs, sum), (1_000, 1_000));
    assert!(one.findings().is_sorted_by(|a, b| a.signature < b.signature), "each once");
}
