//! Hunts for several subjects at once, by random cases: each subject in several lanes, which threads take turns at.

use crate::mutate::changed;
use crate::random::MOST_ASKS;
use crate::{Hunt, LANES, Planted, Progress, Random, Steered, Trial};
use launder_impls::Case;
use launder_oracle::Contract;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

/// What is hunted, and how.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// The subjects.
    pub subjects: Vec<Planted>,
    /// The directories for real ones.
    pub at: Vec<PathBuf>,
    /// What they are held to, if not to their own contracts.
    pub contract: Option<Contract>,
    /// The cases that others are made of by a few changes, instead of being dealt anew, if there are any.
    pub kept: Vec<Case>,
    /// Where random numbers begin.
    pub seed: u64,
    /// Threads.
    pub jobs: usize,
}

/// How long a campaign goes on.
#[derive(Clone, Copy, Debug)]
pub enum Budget<'b> {
    /// So many runs of each subject: what is found depends on the seed alone.
    Runs(u64),
    /// So long, all subjects together.
    Time(Duration),
    /// So long, and then as long as something else takes, to which one of the threads is left till then, if there are two.
    Until(Duration, &'b AtomicBool),
}

/// What a campaign found out about one subject.
#[derive(Debug)]
pub struct Hunted {
    /// The subject.
    pub planted: Planted,
    /// What was found out.
    pub hunt: Hunt,
    /// Time spent, of all threads together.
    pub spent: Duration,
    /// Why this machine cannot run it.
    pub skipped: Option<String>,
}

impl Hunted {
    pub(crate) fn of(planted: Planted, hunt: Hunt) -> Hunted {
        Hunted { planted, hunt, spent: Duration::ZERO, skipped: None }
    }
}

/// Runs between two looks at the clock.
const BREATH: u64 = 64;
/// How long a lane runs before another has its turn.
const TURN: Duration = Duration::from_millis(100);

/// The cases of one subject whose numbers are `first`, `first + LANES`, …
struct Lane {
    subject: usize,
    next: u64,
    /// Nothing before its first turn.
    cases: Option<Steered>,
    hunted: Hunted,
    done: bool,
}

impl Campaign {
    /// Hunts by random cases, or by kept ones that are changed at random.
    pub fn random(&self, budget: Budget<'_>, progress: &Progress) -> Vec<Hunted> {
        let fresh = |planted: &Planted| Hunted::of(*planted, Hunt::default());
        let mut hunted: Vec<_> = self.subjects.iter().map(fresh).collect();
        self.go_on(&mut hunted, budget, progress);
        hunted
    }

    /// Hunts so for what each of these, which are the subjects in their order, has not found yet, and adds it.
    pub fn go_on(&self, hunted: &mut [Hunted], budget: Budget<'_>, progress: &Progress) {
        let lanes = Mutex::new(lanes(hunted));
        let start = Instant::now();
        let over = || match budget {
            Budget::Time(time) => progress.stopped() || start.elapsed() >= time,
            Budget::Until(time, done) => progress.stopped() || start.elapsed() >= time && done.load(Relaxed),
            Budget::Runs(_) => progress.stopped(),
        };
        let waits = |job| match budget {
            Budget::Until(_, done) => job > 0 && job + 1 == self.jobs && !done.load(Relaxed),
            _ => false,
        };
        thread::scope(|scope| {
            for job in 0..self.jobs.max(1) {
                let (lanes, over, waits) = (&lanes, &over, &waits);
                scope.spawn(move || {
                    while waits(job) && !over() {
                        thread::sleep(TURN);
                    }
                    let mut trials = HashMap::new();
                    while let Some(mut lane) = (!over()).then(|| take_turn(lanes)).flatten() {
                        self.run_lane(&mut lane, &mut trials, budget, progress, over);
                        lanes.lock().expect("no thread panics while it holds the lanes").push(lane);
                    }
                });
            }
        });
        gather(lanes.into_inner().expect("no thread panics while it holds the lanes"), hunted);
    }

    fn run_lane(
        &self,
        lane: &mut Lane,
        trials: &mut HashMap<usize, Result<(Trial, Random), String>>,
        budget: Budget<'_>,
        progress: &Progress,
        over: &dyn Fn() -> bool,
    ) {
        let start = Instant::now();
        let hunted = &mut lane.hunted;
        let (trial, random) = match trials.entry(lane.subject).or_insert_with(|| self.ready(hunted.planted)) {
            Ok(ready) => ready,
            Err(why) => {
                hunted.skipped = Some(why.clone());
                lane.done = true;
                return;
            }
        };
        let cases = lane.cases.get_or_insert_with(|| Steered::new(random.clone()));
        while !lane.done && start.elapsed() < TURN && !over() {
            let before = hunted.hunt.counts.runs;
            for _ in 0..BREATH {
                lane.done = matches!(budget, Budget::Runs(runs) if lane.next >= runs);
                if lane.done {
                    break;
                }
                let case = match self.kept.as_slice() {
                    [] => cases.case(lane.next),
                    kept => changed(kept, random, lane.next, MOST_ASKS),
                };
                let told = TellIfPanicking { planted: &hunted.planted, case: &case, progress };
                cases.met(hunted.hunt.put(trial, &case, lane.next + 1));
                drop(told);
                lane.next += LANES;
            }
            progress.runs.fetch_add(hunted.hunt.counts.runs - before, Relaxed);
        }
        progress.tell(&hunted.planted, &hunted.hunt);
        hunted.spent += start.elapsed();
    }

    /// The subject, ready on this thread, and its random cases.
    pub(crate) fn ready(&self, planted: Planted) -> Result<(Trial, Random), String> {
        let trial = Trial::open(planted, &self.at, self.contract)?;
        let random = trial.random(self.seed);
        Ok((trial, random))
    }
}

/// The lanes of these subjects: those of one keep their findings together.
fn lanes(hunted: &[Hunted]) -> Vec<Lane> {
    let lane = |subject: usize, next| {
        let Hunted { planted, hunt, .. } = &hunted[subject];
        Lane { subject, next, cases: None, hunted: Hunted::of(*planted, hunt.beside()), done: false }
    };
    (0..hunted.len()).flat_map(|subject| (0..LANES).map(move |next| lane(subject, next))).collect()
}

/// Adds what the lanes found out.
fn gather(mut lanes: Vec<Lane>, hunted: &mut [Hunted]) {
    lanes.sort_unstable_by_key(|lane| (lane.subject, lane.next % LANES));
    for Lane { subject, hunted: Hunted { hunt, spent, skipped, .. }, .. } in lanes {
        let hunted = &mut hunted[subject];
        hunted.hunt.add(hunt);
        hunted.spent += spent;
        hunted.skipped = hunted.skipped.take().or(skipped);
    }
}

/// Names the case, if it makes us panic, which is our mistake and no finding.
struct TellIfPanicking<'c> {
    planted: &'c Planted,
    case: &'c Case,
    progress: &'c Progress,
}

impl Drop for TellIfPanicking<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.progress.stop.store(true, Relaxed);
            eprintln!("{} panicked, asked or shrinking this:\n{}", self.planted, self.case);
        }
    }
}

/// The lane that has had the least time, if one is left.
fn take_turn(lanes: &Mutex<Vec<Lane>>) -> Option<Lane> {
    let mut lanes = lanes.lock().expect("no thread panics while it holds the lanes");
    let waiting = lanes.iter().enumerate().filter(|(_, lane)| !lane.done);
    let (at, _) = waiting.min_by_key(|(_, lane)| (lane.hunted.spent, lane.subject))?;
    Some(lanes.swap_remove(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::sync::Arc;

    #[test]
    fn the_second_thread_hunts_once_the_other_work_is_done() {
        let hunting = Arc::new(Mutex::new(HashSet::new()));
        let threads = Arc::clone(&hunting);
        let tell = move |_: &Planted, _: &_| {
            threads.lock().expect("no thread panics while it names itself").insert(thread::current().id());
        };
        let count = || hunting.lock().expect("no thread panics while it names itself").len();
        let (progress, done, most) =
            (Progress::telling(tell), AtomicBool::new(false), Duration::from_secs(60));
        let campaign = Campaign {
            subjects: Planted::models(),
            at: Vec::new(),
            contract: None,
            kept: Vec::new(),
            seed: 1,
            jobs: 2,
        };
        let start = Instant::now();
        let wait = |till: &dyn Fn() -> bool| {
            while !till() && start.elapsed() < most {
                thread::sleep(TURN);
            }
        };
        let (before, after) = thread::scope(|scope| {
            scope.spawn(|| campaign.random(Budget::Until(most, &done), &progress));
            wait(&|| progress.findings() > 20);
            let before = count();
            done.store(true, Relaxed);
            wait(&|| count() > 1);
            progress.stop.store(true, Relaxed);
            (before, count())
        });
        assert_eq!((before, after), (1, 2));
    }
}
