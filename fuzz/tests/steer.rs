//! Steered cases: what a lane met decides which come, nothing else does, and they meet more often what is rare.

use launder_fuzz::{Budget, Campaign, Hunted, LANES, Matrix, Progress, Steered, Trial};
use launder_impls::sim::Holds;
use launder_impls::{Case, Met};

fn trial(name: &str) -> Trial {
    Trial::open(name.parse().expect("a subject's name"), &[], None).expect("a model runs everywhere")
}

fn met(trial: &Trial, case: &Case) -> Met {
    trial.run_by(case, &mut Holds);
    trial.met()
}

/// What so many cases of a seed meet, steered and not.
fn both(trial: &Trial, cases: u64) -> (Matrix, Matrix) {
    let random = trial.random(1);
    let mut lanes = Steered::lanes(&random);
    let (mut steered, mut free) = (Matrix::default(), Matrix::default());
    for number in 0..cases {
        free.count(met(trial, &random.case(number)));
        let lane = &mut lanes[(number % LANES) as usize];
        let met = met(trial, &lane.case(number));
        lane.met(met);
        steered.count(met);
    }
    (steered, free)
}

#[test]
fn steered_cases_meet_what_is_rare_more_often() {
    for name in ["launder-folio", "nfs", "direct-io", "fuse-writeback"] {
        let (steered, free) = both(&trial(name), 20_000);
        let rare = free.met(1).without(free.met(100));
        let times = |of: &Matrix| rare.pairs().map(|(state, event)| of.times(state, event)).sum::<u64>();
        assert!(times(&steered) * 10 > times(&free) * 11, "{name}: {} and {}", times(&steered), times(&free));
        let lost = free.met(10).without(steered.met(1));
        assert_eq!(lost, Met::default(), "{name}: {lost}");
    }
}

#[test]
fn what_a_steered_hunt_finds_does_not_depend_on_threads() {
    let hunt = |jobs| {
        let subjects = ["flush-and-wait", "nfs-2.6.9"].map(|name| name.parse().expect("a name")).into();
        let campaign = Campaign { subjects, at: Vec::new(), contract: None, kept: Vec::new(), seed: 4, jobs };
        let what = |Hunted { hunt, .. }: Hunted| {
            let findings = hunt.findings();
            let findings: Vec<_> = findings.map(|it| (it.signature, it.case.to_string(), it.runs)).collect();
            (hunt.counts, hunt.matrix, findings)
        };
        campaign.random(Budget::Runs(12_000), &Progress::default()).into_iter().map(what).collect::<Vec<_>>()
    };
    assert!(hunt(1) == hunt(3), "one thread and three");
}

#[test]
fn every_other_case_is_steered_once_much_was_met() {
    let trial = trial("launder-folio");
    let random = trial.random(2);
    let mut lane = Steered::new(random.clone());
    let mut steered = Vec::new();
    for number in (0..12_000).step_by(LANES as usize) {
        let case = lane.case(number);
        if case != random.case(number) {
            steered.push(number);
        }
        lane.met(met(&trial, &case));
    }
    assert!((900..1_100).contains(&steered.len()), "{} of the last 2,000", steered.len());
    assert!(steered[0] >= 4_000, "{}", steered[0]);
}

#[test]
fn a_lane_that_meets_nothing_is_not_steered() {
    let random = trial("launder-folio").random(3);
    let mut lane = Steered::new(random.clone());
    for number in (0..10_000).step_by(LANES as usize) {
        assert_eq!(lane.case(number), random.case(number), "as of a real subject");
        lane.met(Met::default());
    }
}
