//! How the seeds are made: for `models` what libFuzzer chooses of many cases by their coverage, for `judge` of traces by their words.

use super::kept;
use launder_fuzz::{Driver, Outcome, Planted, Progress, Random, Symptom, Trial, encode, target};
use launder_impls::Case;
use launder_oracle::{Contract, Trace, Verdict, What, judge};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Random cases beside the kept ones, of which are chosen.
const RANDOM: u64 = 20_000;
/// The most asks of a case whose trace is a seed of the judge.
const ASKS: usize = 5;

pub fn make(seeds: &Path) {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("seeds");
    let _ = fs::remove_dir_all(&scratch);
    models(&scratch, &fresh(&seeds.join("models")));
    let folder = fresh(&seeds.join("judge"));
    for (number, bytes) in judged().into_iter().enumerate() {
        fs::write(folder.join(format!("{number:03}")), bytes).expect("the seed can be written");
    }
}

/// The folder, empty.
fn fresh(folder: &Path) -> std::path::PathBuf {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).expect("the folder can be made");
    folder.into()
}

fn models(scratch: &Path, folder: &Path) {
    let pool = fresh(&scratch.join("pool"));
    let random = Random::new(0, |_| true);
    let cases = kept().into_iter().map(|(_, case)| case).chain((0..RANDOM).map(|number| random.case(number)));
    for (number, bytes) in cases.filter_map(|case| encode(&case)).enumerate() {
        fs::write(pool.join(format!("{number:05}")), bytes).expect("the case can be written");
    }
    let driver = Driver::build(&Progress::default()).expect("the target can be built");
    let chosen = fresh(&scratch.join("chosen"));
    assert!(driver.cover("", &pool, &chosen, false).expect("the target starts"), "the target fails");
    let read = |path: std::path::PathBuf| fs::read(path).expect("the case can be read");
    // libFuzzer would not build on a run that does not end.
    let ending = super::files(&chosen).into_iter().map(read).filter(|bytes| target::models(bytes));
    for (number, bytes) in ending.enumerate() {
        fs::write(folder.join(format!("{number:03}")), bytes).expect("the seed can be written");
    }
}

/// Of what models say to short kept cases as few traces as have all words, replies and violations of all of them.
fn judged() -> Vec<Vec<u8>> {
    let cases: Vec<Case> =
        kept().into_iter().map(|(_, case)| case).filter(|case| case.asks.len() <= ASKS).collect();
    let mut all = Vec::new();
    for planted in Planted::models() {
        let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
        let said = cases.iter().filter_map(|case| match trial.of(case) {
            Outcome::Judged(trace, _) => Some(trace),
            Outcome::Skipped(_) => None,
        });
        all.extend(said.map(|trace| (features(&trace), target::judging(&trial.contract, &trace))));
    }
    let mut chosen = Vec::new();
    let mut covered = BTreeSet::new();
    while let Some((features, bytes)) = all
        .iter()
        .max_by_key(|(features, bytes)| (features.difference(&covered).count(), usize::MAX - bytes.len()))
        && !features.is_subset(&covered)
    {
        covered.extend(features.iter().cloned());
        chosen.push(bytes.clone());
    }
    chosen
}

/// Whose calls of which words are answered how, and what each named contract forbids of it.
fn features(trace: &Trace) -> BTreeSet<String> {
    let mut features = BTreeSet::from([format!("{:?}", trace.end)]);
    for event in &trace.events {
        match &event.what {
            What::Call(who, call) => features.insert(format!("{who} {}", call.word())),
            What::Reply(_, reply) => {
                features.insert(reply.to_string().split(' ').next().unwrap_or_default().to_string())
            }
            What::Step(_) => continue,
        };
    }
    for (name, contract) in Contract::NAMED {
        let verdict = judge(&contract, trace);
        let unknown = (verdict == Verdict::Unknown).then(|| "unknown".to_string());
        features.extend(
            unknown.into_iter().chain(Symptom::of(&verdict).into_iter().map(|it| format!("{name} {it}"))),
        );
    }
    features
}
