//! Where a contract leaves only one answer, all models give it.

use launder_fuzz::{Difference, Planted, Random, Trial, differ, tame};

/// Random cases that are put to all models.
const CASES: u64 = 3_000;

fn trials(planted: impl IntoIterator<Item = Planted>) -> Vec<Trial> {
    planted.into_iter().map(|it| Trial::open(it, &[], None).expect("a model runs everywhere")).collect()
}

fn first_difference(trials: &[Trial]) -> Option<Difference> {
    let random = Random::new(5, |_| true);
    (0..CASES).find_map(|number| differ(trials, &tame(&random.case(number))))
}

#[test]
fn all_models_give_the_one_answer_that_their_contracts_leave() {
    let trials = trials(Planted::models());
    let random = Random::new(5, |_| true);
    for number in 0..CASES {
        let case = tame(&random.case(number));
        if let Some(difference) = differ(&trials, &case) {
            panic!("{difference:?} in\n{case}");
        }
    }
}

#[test]
fn a_model_that_loses_a_write_on_its_own_host_differs_from_the_others() {
    let whole: Planted = "write-through".parse().expect("a subject");
    let broken: Planted = "launder-folio+no_launder".parse().expect("a subject");
    assert!(first_difference(&trials([whole, broken])).is_some());
}
