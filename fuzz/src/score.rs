//! The suite's own power: how many random cases it takes to find each planted bug blind.

use crate::{LANES, Planted, Steered, Symptom, Trial};
use std::sync::Mutex;
use std::thread;

/// How a bug was found from one seed: after so many cases, by this symptom.
pub type Detection = Option<(u64, Symptom)>;

/// How many cases of a seed it takes, `most` at the most, until one shows what the subject without the bug does not show in it.
///
/// # Panics
/// If the subject is real: only models can have bugs planted.
pub fn detect(planted: Planted, seed: u64, most: u64) -> Detection {
    let broken = Trial::open(planted, &[], None).expect("a model runs everywhere");
    let whole = Trial::open(Planted { bug: None, ..planted }, &[], None).expect("a model runs everywhere");
    let mut lanes = Steered::lanes(&broken.random(seed));
    (0..most).find_map(|number| {
        let lane = &mut lanes[(number % LANES) as usize];
        let case = lane.case(number);
        let shown = broken.verdict(&case).map(|verdict| Symptom::of(&verdict)).unwrap_or_default();
        lane.met(broken.met());
        let is_news = |symptom: &Symptom| !whole.verdict(&case).is_some_and(|it| symptom.is_in(&it));
        shown.into_iter().find(is_news).map(|symptom| (number + 1, symptom))
    })
}

/// What it took to find one bug.
#[derive(Clone, Debug)]
pub struct Score {
    /// The subject, with the bug.
    pub planted: Planted,
    /// From each seed.
    pub detections: Vec<Detection>,
}

impl Score {
    /// From how many seeds it was found.
    pub fn found(&self) -> usize {
        self.detections.iter().flatten().count()
    }

    /// Half of the seeds take no more cases than this; none where most do not find it at all.
    pub fn median(&self) -> Option<u64> {
        let mut tries: Vec<u64> =
            self.detections.iter().map(|found| found.map_or(u64::MAX, |(tries, _)| tries)).collect();
        tries.sort_unstable();
        tries.get(tries.len() / 2).copied().filter(|tries| *tries < u64::MAX)
    }
}

/// Hunts each of the bugs from each of the seeds, on `jobs` threads, and says so when one is done.
pub fn score(
    bugs: &[Planted],
    seeds: std::ops::Range<u64>,
    most: u64,
    jobs: usize,
    done: &(dyn Fn() + Sync),
) -> Vec<Score> {
    let hunts: Vec<(usize, u64)> =
        (0..bugs.len()).flat_map(|bug| seeds.clone().map(move |seed| (bug, seed))).collect();
    let (left, found) = (Mutex::new(hunts.into_iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                let next = || left.lock().expect("no thread panics while it takes a hunt").next();
                while let Some((bug, seed)) = next() {
                    let detection = detect(bugs[bug], seed, most);
                    found.lock().expect("no thread panics while it adds one").push((bug, seed, detection));
                    done();
                }
            });
        }
    });
    let mut found = found.into_inner().expect("no thread panics while it adds one");
    found.sort_by_key(|(bug, seed, _)| (*bug, *seed));
    let of = |bug: usize| found.iter().filter(move |hunt| hunt.0 == bug).map(|hunt| hunt.2).collect();
    bugs.iter().enumerate().map(|(bug, planted)| Score { planted: *planted, detections: of(bug) }).collect()
}
