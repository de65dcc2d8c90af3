//! The exhaustive hunt: every sequence of a few calls, in every interleaving of a few interruptions.

use crate::campaign::Hunted;
use crate::detector::Detector;
use crate::hunt::shrunk;
use crate::sequences::{alphabet, sequences};
use crate::{Campaign, Detection, Hunt, Interleavings, Planted, Progress, Symptom, Trial, follow};
use launder_impls::Case;
use launder_oracle::judge;
use std::sync::Mutex;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Instant;

/// How often a task is interrupted, at the most, while it could go on.
pub const INTERRUPTIONS: u32 = 2;

/// What an exhaustive hunt for one subject came to.
#[derive(Debug)]
pub struct Exhausted {
    /// As of any hunt; each interleaving is a run.
    pub hunted: Hunted,
    /// How many sequences were put.
    pub sequences: u64,
    /// How many interleavings were given up as too long.
    pub too_long: u64,
}

/// The sequences of one subject that begin with one ask.
struct Part {
    subject: usize,
    first: usize,
    exhausted: Exhausted,
}

impl Campaign {
    /// Puts every sequence of at most `calls` calls to each subject that is a model.
    pub fn exhaustive(&self, calls: usize, progress: &Progress) -> Vec<Exhausted> {
        let mut all: Vec<Exhausted> = self.subjects.iter().map(|planted| Exhausted::of(*planted)).collect();
        let mut open = Vec::new();
        for (subject, exhausted) in all.iter_mut().enumerate() {
            match self.model(exhausted.hunted.planted) {
                Ok(trial) => open.extend((0..alphabet(&trial).len()).map(|first| (subject, first))),
                Err(why) => exhausted.hunted.skipped = Some(why),
            }
        }
        open.reverse();
        let (open, parts) = (Mutex::new(open), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for _ in 0..self.jobs.max(1) {
                scope.spawn(|| {
                    let next = || open.lock().expect("no thread panics while it takes a part").pop();
                    while let Some((subject, first)) = next().filter(|_| !progress.stopped()) {
                        let part = self.part(subject, first, calls, progress);
                        parts.lock().expect("no thread panics while it adds a part").push(part);
                    }
                });
            }
        });
        let mut parts = parts.into_inner().expect("no thread panics while it adds a part");
        parts.sort_by_key(|part| (part.subject, part.first));
        parts.into_iter().for_each(|part| all[part.subject].add(part.exhausted));
        all
    }

    fn model(&self, planted: Planted) -> Result<Trial, String> {
        match planted.is_model() {
            true => Trial::open(planted, &[], self.contract),
            false => Err("a real subject cannot be stepped".into()),
        }
    }

    fn part(&self, subject: usize, first: usize, calls: usize, progress: &Progress) -> Part {
        let start = Instant::now();
        let mut exhausted = Exhausted::of(self.subjects[subject]);
        let trial = self.model(exhausted.hunted.planted).expect("a model runs everywhere");
        let asks = alphabet(&trial);
        sequences(&asks[first], &asks, calls, &mut |case| {
            let before = exhausted.hunted.hunt.counts.runs;
            exhausted.put(&trial, case);
            progress.runs.fetch_add(exhausted.hunted.hunt.counts.runs - before, Relaxed);
            !progress.stopped()
        });
        progress.tell(&exhausted.hunted.planted, &exhausted.hunted.hunt);
        exhausted.hunted.spent = start.elapsed();
        Part { subject, first, exhausted }
    }
}

/// How many runs it takes an exhaustive hunt, `most` at the most, until one shows what the subject without the bug does not show in
/// it: each interleaving of each sequence of one call, then of two, and so on to `calls`.
///
/// # Panics
/// If the subject is real: only models can have bugs planted.
pub fn detect_exhaustively(planted: Planted, calls: usize, most: u64) -> Detection {
    let detector = Detector::open(planted);
    let asks = alphabet(&detector.broken);
    let (mut runs, mut found) = (0, None);
    for length in 1..=calls {
        for first in &asks {
            let more = sequences(first, &asks, length, &mut |case| {
                if case.asks.len() == length {
                    found = shown(&detector, case, &mut runs, most);
                }
                found.is_none() && runs < most
            });
            if !more {
                return found.map(|symptom| (runs, symptom));
            }
        }
    }
    None
}

/// The first symptom of the bug that an interleaving of the sequence shows, of as many as are left.
fn shown(detector: &Detector, case: &Case, runs: &mut u64, most: u64) -> Option<Symptom> {
    let trial = &detector.broken;
    let mut all = Interleavings::of_few(trial, case, INTERRUPTIONS).bounded(most - *runs);
    while let Some(trace) = all.next() {
        *runs += 1;
        let verdict = judge(&trial.contract, &trace);
        let held = (!Symptom::of(&verdict).is_empty()).then(|| follow(trial, case, all.moves())).flatten();
        if let Some(symptom) = held.and_then(|held| detector.news(&held, &verdict)) {
            return Some(symptom);
        }
    }
    None
}

impl Exhausted {
    fn of(planted: Planted) -> Exhausted {
        Exhausted { hunted: Hunted::of(planted, Hunt::default()), sequences: 0, too_long: 0 }
    }

    /// Puts one sequence in every interleaving.
    fn put(&mut self, trial: &Trial, case: &Case) {
        self.sequences += 1;
        let hunt = &mut self.hunted.hunt;
        let mut all = Interleavings::of_few(trial, case, INTERRUPTIONS);
        while let Some(trace) = all.next() {
            let verdict = judge(&trial.contract, &trace);
            hunt.matrix.count(trial.met());
            hunt.counts.count(Some(&verdict));
            for symptom in Symptom::of(&verdict) {
                if hunt.may_be_news(case, symptom)
                    && let Some(held) = follow(trial, case, all.moves())
                {
                    hunt.keep(shrunk(trial, &held, symptom, hunt.counts.runs, trace.clone()));
                }
            }
        }
        self.too_long += all.too_long;
        if all.skipped.is_some() {
            hunt.counts.count(None);
        }
    }

    /// Adds what came next.
    fn add(&mut self, next: Exhausted) {
        self.hunted.hunt.add_next(next.hunted.hunt);
        self.hunted.spent += next.hunted.spent;
        self.sequences += next.sequences;
        self.too_long += next.too_long;
    }
}
