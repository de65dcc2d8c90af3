//! How fast cases are put and judged, on one core: criterion's figures, and before them a plain table.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use launder_fuzz::{Outcome, Planted, Random, Symptom, Trial, differ, shrink, tame};
use launder_impls::Case;
use launder_impls::sim::Holds;
use launder_oracle::{Trace, judge};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Asks of a case, and cases that are taken in turn.
const ASKS: usize = 16;
const CASES: u64 = 1_000;
/// How long one figure of the table is measured.
const TIME: Duration = Duration::from_secs(1);

/// The models, or those that the command line names a part of, as criterion's own figures.
fn trials() -> Vec<Trial> {
    let part = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let models = Planted::models().into_iter().filter(|planted| planted.to_string().contains(&part));
    models.map(|planted| Trial::open(planted, &[], None).expect("a model runs everywhere")).collect()
}

fn cases(trial: &Trial) -> Vec<Case> {
    let random = trial.random(1);
    (0..CASES).map(|number| random.case_of(number, ASKS)).collect()
}

fn traces(trial: &Trial) -> Vec<Trace> {
    let trace = |case| match trial.of(case) {
        Outcome::Judged(trace, _) => trace,
        Outcome::Skipped(why) => panic!("a skipped case is no run: {why}"),
    };
    cases(trial).iter().map(trace).collect()
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

/// What one model does in a second, and what its runs cost.
struct Row {
    model: String,
    runs: f64,
    /// Microseconds of a run, without judging.
    run: f64,
    allocations: u64,
    events: f64,
    shrinking: Option<f64>,
}

impl Row {
    fn of(trial: &Trial) -> Row {
        let cases = cases(trial);
        let put_all = || cases.iter().for_each(|case| _ = black_box(trial.of(case)));
        let run_all = || cases.iter().for_each(|case| _ = black_box(trial.run_by(case, &mut Holds)));
        let traces = traces(trial);
        let judge_all = || traces.iter().for_each(|trace| _ = black_box(judge(&trial.contract, trace)));
        let shrinking = large_finding(trial).map(|(case, symptom)| {
            1000.0 / per_second(1, || _ = black_box(shrink_it(trial, &case, symptom)))
        });
        Row {
            model: trial.planted.to_string(),
            runs: per_second(cases.len(), put_all),
            run: 1e6 / per_second(cases.len(), run_all),
            allocations: allocation_counter::measure(put_all).count_total / CASES,
            events: per_second(events(&traces), judge_all),
            shrinking,
        }
    }

    fn print(&self) {
        let Row { model, runs, run, allocations, events, shrinking } = self;
        let judging = 1e6 / runs - run;
        let shrinking = shrinking.map_or("-".into(), |time| format!("{time:.1} ms"));
        println!(
            "{model:30} {runs:>13.0} {run:>6.1} + {judging:>4.1} us {allocations:>11} {events:>15.0} {shrinking:>15}"
        );
    }
}

fn table(_: &mut Criterion) {
    println!(
        "{:30} {:>13} {:>16} {:>11} {:>15} {:>15}",
        "model", "judged runs/s", "run + judging", "allocs/run", "judge events/s", "shrink 64 asks"
    );
    let trials = trials();
    let rows = trials.iter().map(|trial| {
        let row = Row::of(trial);
        row.print();
        row.runs
    });
    let all: Vec<f64> = rows.collect();
    println!("{:30} {:>13.0}", "on average", all.iter().sum::<f64>() / all.len().max(1) as f64);
    let random = Random::new(1, |_| true);
    let cases: Vec<Case> = (0..CASES).map(|number| tame(&random.case_of(number, ASKS))).collect();
    let put_all = || cases.iter().for_each(|case| _ = black_box(differ(&trials, case)));
    println!(
        "differential: {:.0} cases/s, each put to {} models\n",
        per_second(cases.len(), put_all),
        trials.len()
    );
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
    config = Criterion::default().sample_size(10).measurement_time(TIME).warm_up_time(TIME / 4);
    targets = table, runs, judging, shrinking
}
criterion_main!(speed);
