//! How fast cases are put and judged, on one core: criterion's figures, and before them a plain table.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use launder_fuzz::{Outcome, Planted, Random, Symptom, Trial, differ, shrink, tame};
use launder_impls::Case;
use launder_oracle::{Trace, judge};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Asks of a case, and cases that are taken in turn.
const ASKS: usize = 16;
const CASES: u64 = 1_000;
/// How long one figure of the table is measured.
const TIME: Duration = Duration::from_secs(1);

fn trials() -> Vec<Trial> {
    let open = |planted| Trial::open(planted, &[], None).expect("a model runs everywhere");
    Planted::models().into_iter().map(open).collect()
}

fn cases(trial: &Trial) -> Vec<Case> {
    let random = Random::new(1, |call| trial.knows(call));
    (0..CASES).map(|number| random.case_of(number, ASKS)).collect()
}

fn traces(trial: &Trial) -> Vec<Trace> {
    let trace = |case| match trial.of(case) {
        Outcome::Judged(trace, _) => Some(trace),
        Outcome::Skipped(_) => None,
    };
    cases(trial).iter().filter_map(trace).collect()
}

fn events(traces: &[Trace]) -> usize {
    traces.iter().map(|trace| trace.events.len()).sum()
}

/// A case of 64 asks in which the subject breaks a promise, if one turns up.
fn large_finding(trial: &Trial) -> Option<(Case, Symptom)> {
    let random = Random::new(9, |call| trial.knows(call));
    (0..2_000).map(|number| random.case_of(number, 64)).find_map(|case| {
        let symptom = Symptom::of(&trial.verdict(&case)?).first().copied()?;
        Some((case, symptom))
    })
}

fn shrink_it(trial: &Trial, case: &Case, symptom: Symptom) -> Case {
    shrink(case, &mut |case| trial.verdict(case).is_some_and(|verdict| symptom.is_in(&verdict)))
}

/// How often a second `work`, which does `count` things, does one of them.
fn per_second(count: usize, mut work: impl FnMut()) -> f64 {
    work();
    let (start, mut rounds) = (Instant::now(), 0);
    while start.elapsed() < TIME {
        work();
        rounds += 1;
    }
    (rounds * count) as f64 / start.elapsed().as_secs_f64()
}

fn table(_: &mut Criterion) {
    println!(
        "{:16} {:>14} {:>12} {:>16} {:>14}",
        "model", "judged runs/s", "allocs/run", "judge events/s", "shrink 64 asks"
    );
    let mut all = Vec::new();
    for trial in trials() {
        let cases = cases(&trial);
        let put_all = || cases.iter().for_each(|case| _ = black_box(trial.of(case)));
        let runs = per_second(cases.len(), put_all);
        let allocations = allocation_counter::measure(put_all).count_total / CASES;
        let traces = traces(&trial);
        let judged = per_second(events(&traces), || {
            traces.iter().for_each(|trace| _ = black_box(judge(&trial.contract, trace)));
        });
        let shrinking = large_finding(&trial).map_or("-".into(), |(case, symptom)| {
            let each = per_second(1, || _ = black_box(shrink_it(&trial, &case, symptom)));
            format!("{:.1} ms", 1000.0 / each)
        });
        println!(
            "{:16} {runs:>14.0} {allocations:>12} {judged:>16.0} {shrinking:>14}",
            trial.planted.to_string()
        );
        all.push(runs);
    }
    println!("{:16} {:>14.0}", "on average", all.iter().sum::<f64>() / all.len() as f64);
    let trials = trials();
    let random = Random::new(1, |_| true);
    let cases: Vec<Case> = (0..CASES).map(|number| tame(&random.case_of(number, ASKS))).collect();
    let cases_a_second =
        per_second(cases.len(), || cases.iter().for_each(|case| _ = black_box(differ(&trials, case))));
    println!("differential: {cases_a_second:.0} cases/s, each put to {} models\n", trials.len());
}

fn runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("judged runs of 16 asks");
    group.throughput(Throughput::Elements(1));
    for trial in trials() {
        let cases = cases(&trial);
        let mut next = cases.iter().cycle();
        group.bench_function(trial.planted.to_string(), |bench| {
            bench.iter_batched(
                || next.next().expect("endless"),
                |case| trial.of(case),
                BatchSize::SmallInput,
            );
        });
    }
}

fn judging(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("events judged");
    for trial in trials() {
        let traces = traces(&trial);
        group.throughput(Throughput::Elements(events(&traces) as u64));
        group.bench_function(trial.planted.to_string(), |bench| {
            bench.iter(|| traces.iter().for_each(|trace| _ = black_box(judge(&trial.contract, trace))));
        });
    }
}

fn shrinking(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a finding of 64 asks shrunk");
    for trial in trials() {
        let Some((case, symptom)) = large_finding(&trial) else { continue };
        group.bench_function(trial.planted.to_string(), |bench| {
            bench.iter(|| shrink_it(&trial, &case, symptom))
        });
    }
}

criterion_group! {
    name = speed;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(2)).warm_up_time(TIME);
    targets = table, runs, judging, shrinking
}
criterion_main!(speed);
