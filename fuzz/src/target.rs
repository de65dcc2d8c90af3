//! What a fuzz target does with bytes: a case, put to models; and the one place where a verdict becomes a panic.

use crate::hunt::shrunk;
use crate::mutate::mutate;
use crate::save::write_whole;
use crate::{
    Counts, Matrix, Outcome, Planted, RECORD, Random, Signature, Symptom, Trial, decode, differ, encode, tame,
};
use launder_impls::Case;
use launder_oracle::{Trace, Unanswered, Verdict};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, Instant};

mod blind;
mod judging;
#[cfg(fuzzing)]
mod leash;
mod real;
mod replay;

pub use blind::{Blind, read_found};
pub use judging::{judges, judging};
pub use real::{kernel, twins};
pub use replay::replay;

/// Names the subjects, with commas between; every model where it is not set.
pub const SUBJECTS: &str = "LAUNDER_SUBJECTS";
/// What they are held to, if not to their own contracts.
pub const CONTRACT: &str = "LAUNDER_CONTRACT";
/// Names a folder: findings are written there, and counted in `stats`, and the target goes on.
pub const FINDINGS: &str = "LAUNDER_FINDINGS";

/// Names a file: the one subject's planted bug is hunted until a case shows it, which is written there.
pub const FOUND: &str = "LAUNDER_FOUND";

/// Where it is set, the target ends when its standard input does, as it does when who started it is killed.
pub const LEASH: &str = "LAUNDER_LEASH";

/// Findings of one symptom that are written down: they are shrunk later, and by far the most are one and the same.
const WRITTEN: usize = 200;
/// How often the counts are written down.
const OFTEN: Duration = Duration::from_millis(400);

thread_local! {
    static TARGET: RefCell<Target> = RefCell::new(Target::from_environment());
}

/// Puts the case that these bytes are to the subjects. Says whether it is worth building on: a run without end is not, it
/// takes as long as a hundred others and has coverage of which much looks new.
///
/// # Panics
/// If a subject breaks a promise that it is not known to break, and no folder was named to note that in.
pub fn models(bytes: &[u8]) -> bool {
    TARGET.with_borrow_mut(|target| target.put(&decode(bytes)))
}

/// Puts the case that these bytes are to all models.
///
/// # Panics
/// If two of them differ though their contracts leave only one answer.
pub fn differential(bytes: &[u8]) {
    TARGET.with_borrow(|target| {
        let case = tame(&decode(bytes));
        if let Some(difference) = differ(&target.trials, &case) {
            panic!("{difference:?}\n{case}");
        }
    });
}

/// Changes the case that the first `size` bytes are, and writes over them; says how many they are now, `most` at the most.
///
/// # Panics
/// If `bytes` are fewer than `most`.
pub fn change(bytes: &mut [u8], size: usize, most: usize, seed: u32) -> usize {
    let case = decode(&bytes[..size]);
    let asks = most.saturating_sub(1) / RECORD;
    let changed = TARGET.with_borrow(|target| mutate(case, &target.random, seed, asks));
    let changed = encode(&changed).expect("what is decoded, and what is dealt, fits the format");
    bytes[..changed.len()].copy_from_slice(&changed);
    changed.len()
}

struct Target {
    trials: Vec<Trial>,
    /// What libFuzzer's cases get their asks from: words that the subject knows.
    random: Random,
    notes: Option<Notes>,
    blind: Option<Blind>,
}

impl Target {
    fn from_environment() -> Target {
        #[cfg(fuzzing)]
        leash::hold();
        let names = std::env::var(SUBJECTS).unwrap_or_default();
        let contract = std::env::var(CONTRACT).ok().map(|text| text.parse().expect("a contract"));
        let named = names.split(',').filter(|name| !name.is_empty());
        let mut subjects: Vec<Planted> = named.map(|name| name.parse().expect("a subject's name")).collect();
        if subjects.is_empty() {
            subjects = Planted::models();
        }
        let open = |planted| Trial::open(planted, &[], contract).expect("a model runs everywhere");
        let notes = std::env::var_os(FINDINGS).map(|folder| Notes::new(folder.into()));
        let random = match subjects.as_slice() {
            [planted] => open(*planted).random(0),
            _ => Random::new(0, |_| true),
        };
        let blind = std::env::var_os(FOUND).map(|file| Blind::new(subjects[0], file.into()));
        Target { trials: subjects.into_iter().map(open).collect(), random, notes, blind }
    }

    fn put(&mut self, case: &Case) -> bool {
        if let Some(blind) = &mut self.blind {
            return blind.put(case);
        }
        let mut ends = true;
        for trial in &self.trials {
            let run = match trial.of(case) {
                Outcome::Judged(trace, verdict) => Some((trace, verdict)),
                Outcome::Skipped(_) => None,
            };
            let verdict = run.as_ref().map(|(_, verdict)| verdict);
            ends &= verdict != Some(&Verdict::Unanswered(Unanswered::Endless));
            match &mut self.notes {
                Some(notes) => {
                    notes.matrix.count(trial.met());
                    notes.note(&trial.planted, case, verdict);
                }
                None => {
                    run.iter().for_each(|(trace, verdict)| complain(trial, case, trace, verdict));
                }
            }
        }
        ends
    }
}

/// Panics if something is wrong that the subject is not known for.
///
/// What the words of the case do not tell to be known may be once it is shrunk, to the words that matter.
fn complain(trial: &Trial, case: &Case, trace: &Trace, verdict: &Verdict) {
    let known = trial.known();
    for symptom in Symptom::of(verdict) {
        if Signature::of(symptom, case).known(known.clone()).is_some() {
            continue;
        }
        let finding = shrunk(trial, case, symptom, 0, trace.clone());
        if finding.known.is_none() {
            let (planted, why) = (trial.planted, finding.why(&trial.planted));
            panic!("{planted}: {}\n{why}\n{}", finding.signature, finding.case);
        }
    }
}

/// Findings and counts, written to a folder.
struct Notes {
    folder: PathBuf,
    counts: Counts,
    matrix: Matrix,
    /// Of each subject, with its bug.
    noted: HashMap<(&'static str, Option<&'static str>), Noted>,
    counted: Instant,
}

/// What was found of one subject: how often which words showed a symptom, and how many cases of one are written down.
#[derive(Default)]
struct Noted {
    seen: HashMap<Signature, u64>,
    written: HashMap<Symptom, usize>,
}

impl Notes {
    fn new(folder: PathBuf) -> Notes {
        fs::create_dir_all(&folder).expect("the folder can be made");
        let (counts, matrix, noted) = Default::default();
        Notes { folder, counts, matrix, noted, counted: Instant::now() }
    }

    fn note(&mut self, planted: &Planted, case: &Case, verdict: Option<&Verdict>) {
        self.counts.count(verdict);
        for symptom in verdict.map(Symptom::of).unwrap_or_default() {
            let noted = self.noted.entry((planted.card.name, planted.bug)).or_default();
            if noted.is_news(Signature::of(symptom, case)) {
                // `-fork` has several processes write to one folder.
                let name = format!("{planted}--{}--{:012}.case", process::id(), self.counts.runs);
                write_whole(&self.folder.join(name), &case.to_string())
                    .expect("the folder can be written to");
            }
        }
        if self.counts.runs.is_multiple_of(1024) && self.counted.elapsed() > OFTEN {
            self.counted = Instant::now();
            write_counts(&self.folder, &self.counts, &self.matrix);
        }
    }
}

impl Noted {
    /// As a hunt does: of the cases with the words of an earlier one only the first, second, fourth, eighth … is news.
    fn is_news(&mut self, rough: Signature) -> bool {
        let written = self.written.entry(rough.symptom).or_default();
        if *written >= WRITTEN {
            return false;
        }
        let covering = self.seen.iter_mut().find(|(seen, _)| seen.covers(&rough));
        let news = match covering {
            Some((_, times)) => {
                *times += 1;
                times.is_power_of_two()
            }
            None => {
                self.seen.insert(rough, 1);
                true
            }
        };
        *written += usize::from(news);
        news
    }
}

/// The file of counts in a folder of findings: a line of verdicts, and one of what was met.
const COUNTS: &str = "stats";

fn write_counts(folder: &Path, counts: &Counts, matrix: &Matrix) {
    let Counts { runs, allowed, forbidden, unanswered, unknown, skipped } = counts;
    let text = format!("{runs} {allowed} {forbidden} {unanswered} {unknown} {skipped}\n{}\n", matrix.line());
    write_whole(&folder.join(COUNTS), &text).expect("the folder can be written to");
}

/// The counts that a target wrote last.
pub(crate) fn read_counts(folder: &Path) -> Option<Counts> {
    let text = fs::read_to_string(folder.join(COUNTS)).ok()?;
    let line = text.lines().next()?;
    let numbers: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [runs, allowed, forbidden, unanswered, unknown, skipped] = numbers.try_into().ok()?;
    Some(Counts { runs, allowed, forbidden, unanswered, unknown, skipped })
}

/// What the runs met that a target had made when it wrote last.
pub(crate) fn read_matrix(folder: &Path) -> Option<Matrix> {
    Matrix::of_line(fs::read_to_string(folder.join(COUNTS)).ok()?.lines().nth(1)?)
}
