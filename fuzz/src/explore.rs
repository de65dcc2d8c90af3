//! Every interleaving of a small case, whatever its holds say: depth first, from the start each time, up to a bound.

use crate::{Symptom, Trial};
use launder_impls::sim::{Move, Schedule};
use launder_impls::{Case, Run};
use launder_oracle::{Trace, Verdict, judge};

/// Interleavings that are tried of a case unless something else is said.
pub const BOUND: u64 = 100_000;
/// Moves after which an interleaving is given up: it goes round in a circle.
const LONGEST: usize = 2_000;

/// The interleavings of a case, one after the other.
pub struct Interleavings<'t> {
    trial: &'t Trial,
    case: Case,
    search: Search,
    done: bool,
    /// How many were given up as too long.
    pub too_long: u64,
    /// Why the subject was not asked at all.
    pub skipped: Option<String>,
}

impl<'t> Interleavings<'t> {
    /// The interleavings of the case, its holds aside.
    pub fn of(trial: &'t Trial, case: &Case) -> Interleavings<'t> {
        Interleavings::search(trial, case, Search::default())
    }

    /// Those in which a task is interrupted at most so often, while it could go on.
    pub fn of_few(trial: &'t Trial, case: &Case, interruptions: u32) -> Interleavings<'t> {
        Interleavings::search(trial, case, Search { most: interruptions, ..Search::default() })
    }

    fn search(trial: &'t Trial, case: &Case, search: Search) -> Interleavings<'t> {
        let case = case.without_holds();
        Interleavings { trial, case, search, done: false, too_long: 0, skipped: None }
    }

    /// The moves of the interleaving that was returned last.
    pub fn moves(&self) -> &[Move] {
        &self.search.moves
    }
}

impl Iterator for Interleavings<'_> {
    type Item = Trace;

    fn next(&mut self) -> Option<Trace> {
        while !self.done {
            self.search.restart();
            let run = self.trial.run_by(&self.case, &mut self.search);
            self.done = !self.search.turn();
            match run {
                Run::Trace(trace) => return Some(trace),
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

/// The branch of the tree of moves that is being followed.
struct Search {
    /// At each depth the branch taken, and how many there are.
    path: Vec<(usize, usize)>,
    moves: Vec<Move>,
    /// How many asks have begun.
    begun: usize,
    /// How often a task may be interrupted, and has been.
    most: u32,
    interrupted: u32,
}

impl Default for Search {
    fn default() -> Search {
        Search { path: Vec::new(), moves: Vec::new(), begun: 0, most: u32::MAX, interrupted: 0 }
    }
}

impl Search {
    fn restart(&mut self) {
        self.moves.clear();
        (self.begun, self.interrupted) = (0, 0);
    }

    /// Turns to the next branch; there is none when all have been followed.
    fn turn(&mut self) -> bool {
        while let Some((taken, branches)) = self.path.pop() {
            if taken + 1 < branches {
                self.path.push((taken + 1, branches));
                return true;
            }
        }
        false
    }

    /// Which of the moves goes on with the task that moved last, or that has just begun.
    fn going_on(&self, moves: &[Move]) -> Option<usize> {
        let last = *self.moves.last()?;
        moves.iter().position(|it| match (last, *it) {
            (Move::Step { task: last, .. }, Move::Step { task, .. }) => task == last,
            (Move::Begin, Move::Step { ask, .. }) => ask + 1 == self.begun,
            _ => false,
        })
    }
}

impl Schedule for Search {
    fn pick(&mut self, moves: &[Move]) -> Option<usize> {
        let depth = self.moves.len();
        if depth == LONGEST {
            return None;
        }
        let going_on = self.going_on(moves);
        if depth == self.path.len() {
            let bound = going_on.is_some() && self.interrupted == self.most;
            self.path.push((0, if bound { 1 } else { moves.len() }));
        }
        // The branch of who goes on comes first, and the others in their order.
        let branch = self.path[depth].0;
        let taken = match going_on {
            Some(own) if branch == 0 => own,
            Some(own) => branch - usize::from(branch <= own),
            None => branch,
        };
        self.interrupted += u32::from(going_on.is_some_and(|own| own != taken));
        self.begun += usize::from(moves[taken] == Move::Begin);
        self.moves.push(moves[taken]);
        Some(taken)
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
    /// How many the judge could not decide.
    pub unknown: u64,
    /// Each symptom with its first interleaving, and how many show it.
    pub shown: Vec<(Symptom, Vec<Move>, u64)>,
    /// Why the subject was not asked at all.
    pub skipped: Option<String>,
}

/// Tries the interleavings of a case, up to `bound` of them, and judges each.
pub fn explore(trial: &Trial, case: &Case, bound: u64) -> Explored {
    let mut explored = Explored::default();
    let mut all = Interleavings::of(trial, case);
    while let Some(trace) = all.next() {
        if explored.interleavings == bound {
            explored.more = true;
            break;
        }
        explored.interleavings += 1;
        let verdict = judge(&trial.contract, &trace);
        explored.unknown += u64::from(verdict == Verdict::Unknown);
        for symptom in Symptom::of(&verdict) {
            match explored.shown.iter_mut().find(|(shown, ..)| *shown == symptom) {
                Some((_, _, times)) => *times += 1,
                None => explored.shown.push((symptom, all.moves().to_vec(), 1)),
            }
        }
    }
    explored.too_long = all.too_long;
    explored.skipped = all.skipped;
    explored
}
