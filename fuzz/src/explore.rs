//! Every interleaving of a small case, whatever its holds say: depth first, from the start each time, up to a bound.

use crate::search::Search;
use crate::{Symptom, Trial};
use launder_impls::sim::Move;
use launder_impls::{Case, Run};
use launder_oracle::{Trace, Verdict, judge};

/// Interleavings that are tried of a case unless something else is said.
pub const BOUND: u64 = 100_000;

/// The interleavings of a case, one after the other.
pub struct Interleavings<'t> {
    trial: &'t Trial,
    case: Case,
    search: Search,
    done: bool,
    /// Runs that may still be made.
    left: u64,
    /// How many were given up as too long.
    pub too_long: u64,
    /// How many were given up because they would have repeated another, but for the order of moves that commute.
    pub repeats: u64,
    /// Why the subject was not asked at all.
    pub skipped: Option<String>,
}

impl<'t> Interleavings<'t> {
    /// The interleavings of the case, its holds aside.
    pub fn of(trial: &'t Trial, case: &Case) -> Interleavings<'t> {
        Interleavings::search(trial, case, Search::of_all())
    }

    /// Of those that differ by no more than the order of moves that commute, one.
    pub fn apart(trial: &'t Trial, case: &Case) -> Interleavings<'t> {
        Interleavings::search(trial, case, Search::apart())
    }

    /// Those in which a task is interrupted at most so often, while it could go on.
    pub fn of_few(trial: &'t Trial, case: &Case, interruptions: u32) -> Interleavings<'t> {
        Interleavings::search(trial, case, Search::of_few(interruptions))
    }

    fn search(trial: &'t Trial, case: &Case, search: Search) -> Interleavings<'t> {
        let case = case.without_holds();
        let left = u64::MAX;
        Interleavings { trial, case, search, done: false, left, too_long: 0, repeats: 0, skipped: None }
    }

    /// Stops after so many runs.
    pub fn bounded(self, runs: u64) -> Interleavings<'t> {
        Interleavings { left: runs, ..self }
    }

    /// Whether it has stopped before all was done.
    pub fn has_more(&self) -> bool {
        self.left == 0 && !self.done
    }

    /// The moves of the interleaving that was returned last.
    pub fn moves(&self) -> &[Move] {
        self.search.moves()
    }
}

impl Iterator for Interleavings<'_> {
    type Item = Trace;

    fn next(&mut self) -> Option<Trace> {
        while !self.done && self.left > 0 {
            self.left -= 1;
            self.search.restart();
            let run = self.trial.run_by(&self.case, &mut self.search);
            let repeats = self.search.repeats();
            self.done = !self.search.turn();
            match run {
                Run::Trace(trace) => return Some(trace),
                Run::Abandoned if repeats => self.repeats += 1,
                Run::Abandoned => self.too_long += 1,
                Run::Skipped(why) => {
                    self.skipped = Some(why);
                    self.done = true;
                }
            }
        }
        None
    }
}

/// What all interleavings of a case came to.
#[derive(Clone, Debug, Default)]
pub struct Explored {
    /// How many were tried.
    pub interleavings: u64,
    /// Whether there are more, beyond the bound.
    pub more: bool,
    /// How many were given up as too long.
    pub too_long: u64,
    /// How many were given up because they would have repeated one of those, but for the order of moves that commute.
    pub repeats: u64,
    /// How many the judge could not decide.
    pub unknown: u64,
    /// Each symptom with its first interleaving, and how many show it.
    pub shown: Vec<(Symptom, Vec<Move>, u64)>,
    /// Why the subject was not asked at all.
    pub skipped: Option<String>,
}

/// Judges these interleavings, each.
///
/// ```
/// use launder_fuzz::{Interleavings, Trial, explore};
/// use launder_impls::Case;
///
/// let case = Case::parse("a1 pwrite 0..1\nserver notify a 0..4\na1 pwrite 1..2\n")?;
/// let trial = Trial::open("launder-folio".parse()?, &[], None)?;
/// assert!(explore(Interleavings::apart(&trial, &case)).shown.is_empty());
/// // Without the folio lock the second write is lost in some of them.
/// let trial = Trial::open("flush-and-wait".parse()?, &[], None)?;
/// let explored = explore(Interleavings::apart(&trial, &case));
/// assert!(explored.shown.iter().any(|(symptom, ..)| symptom.name() == "lost-write"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn explore(mut all: Interleavings<'_>) -> Explored {
    let mut explored = Explored::default();
    while let Some(trace) = all.next() {
        explored.interleavings += 1;
        let verdict = judge(&all.trial.contract, &trace);
        explored.unknown += u64::from(verdict == Verdict::Unknown);
        for symptom in Symptom::of(&verdict) {
            match explored.shown.iter_mut().find(|(shown, ..)| *shown == symptom) {
                Some((_, _, times)) => *times += 1,
                None => explored.shown.push((symptom, all.moves().to_vec(), 1)),
            }
        }
    }
    explored.more = all.has_more();
    (explored.too_long, explored.repeats) = (all.too_long, all.repeats);
    explored.skipped = all.skipped;
    explored
}
