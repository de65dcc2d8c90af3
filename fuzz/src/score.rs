//! The suite's own power: how many cases it takes to find each planted bug blind.

use crate::detector::Detector;
use crate::{LANES, Planted, Steered, Symptom};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// How a bug was found from one seed: after so many cases, by this symptom.
pub type Detection = Option<(u64, Symptom)>;

/// How many cases of a seed it takes, `most` at the most, until one shows what the subject without the bug does not show in it.
///
/// # Panics
/// If the subject is real: only models can have bugs planted.
///
/// ```
/// use launder_fuzz::detect;
///
/// let (cases, symptom) = detect("afs+validate_lock".parse()?, 1, 1_000).expect("it is found");
/// println!("{symptom} after {cases} cases");
/// # Ok::<(), launder_fuzz::NoSubject>(())
/// ```
pub fn detect(planted: Planted, seed: u64, most: u64) -> Detection {
    let detector = Detector::open(planted);
    let mut lanes = Steered::lanes(&detector.broken.random(seed));
    (0..most).find_map(|number| {
        let lane = &mut lanes[(number % LANES) as usize];
        let shown = detector.shown(&lane.case(number));
        lane.met(detector.broken.met());
        Some((number + 1, shown?))
    })
}

/// What it took to find one bug.
#[derive(Clone, Debug)]
pub struct Score {
    /// The subject, with the bug.
    pub planted: Planted,
    /// From each seed whose hunt came to its end.
    pub detections: Vec<Detection>,
    /// How long each of those hunts took.
    pub spent: Vec<Duration>,
    /// What went wrong with the others: from these seeds it is not known whether it is found.
    pub failed: Vec<String>,
}

impl Score {
    fn new(planted: Planted) -> Score {
        Score { planted, detections: Vec::new(), spent: Vec::new(), failed: Vec::new() }
    }

    fn add(&mut self, seed: u64, detection: Result<Detection, String>, spent: Duration) {
        match detection {
            Ok(detection) => {
                self.detections.push(detection);
                self.spent.push(spent);
            }
            Err(why) => self.failed.push(format!("{} from seed {seed}: {why}", self.planted)),
        }
    }

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

    /// Half of the hunts take no longer; of a busy machine.
    pub fn median_time(&self) -> Option<Duration> {
        let mut spent = self.spent.clone();
        spent.sort_unstable();
        spent.get(spent.len() / 2).copied()
    }
}

/// Hunts each of the bugs from each of the seeds, on `jobs` threads; a hunt that fails says why.
pub fn score(
    bugs: &[Planted],
    seeds: std::ops::Range<u64>,
    jobs: usize,
    hunt: &(dyn Fn(Planted, u64) -> Result<Detection, String> + Sync),
) -> Vec<Score> {
    let hunts: Vec<(usize, u64)> =
        (0..bugs.len()).flat_map(|bug| seeds.clone().map(move |seed| (bug, seed))).collect();
    let (left, found) = (Mutex::new(hunts.into_iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                let next = || left.lock().expect("no thread panics while it takes a hunt").next();
                while let Some((bug, seed)) = next() {
                    let start = Instant::now();
                    let detection = hunt(bugs[bug], seed);
                    let all = (bug, seed, detection, start.elapsed());
                    found.lock().expect("no thread panics while it adds one").push(all);
                }
            });
        }
    });
    let mut found = found.into_inner().expect("no thread panics while it adds one");
    found.sort_by_key(|(bug, seed, ..)| (*bug, *seed));
    let mut scores: Vec<Score> = bugs.iter().map(|planted| Score::new(*planted)).collect();
    for (bug, seed, detection, spent) in found {
        scores[bug].add(seed, detection, spent);
    }
    scores
}
