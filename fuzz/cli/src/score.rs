//! `launder score`: how many cases it takes to find each planted bug blind.

use crate::answer::{Status, print, print_json, say};
use crate::args::{self, By};
use indicatif::ProgressBar;
use launder_fuzz::{Driver, Planted, Progress, Score, Symptom};
use launder_fuzz::{detect, detect_driven, detect_exhaustively, score};
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::thread;
use std::time::Duration;

/// Calls of the longest sequence of an exhaustive hunt.
const CALLS: usize = 3;

/// The table, or the JSON.
#[derive(Serialize, Deserialize)]
pub struct Scores {
    pub by: By,
    pub seeds: u64,
    pub runs: u64,
    pub bugs: Vec<Bug>,
}

#[derive(Serialize, Deserialize)]
pub struct Bug {
    pub bug: String,
    pub source: String,
    pub symptoms: Vec<String>,
    /// Cases from each seed; null where it was not found. Hunts that failed are not among them.
    pub tries: Vec<Option<u64>>,
    pub median: Option<u64>,
    /// The time that a hunt took, found or not.
    pub seconds: Option<f64>,
    /// What went wrong with hunts, from which seed.
    pub failed: Vec<String>,
}

impl By {
    /// What a number of cases is a number of.
    pub fn cases(self) -> &'static str {
        match self {
            By::Random => "random cases",
            By::LibFuzzer => "executions of libFuzzer",
            By::Exhaustive => "interleavings of short sequences",
        }
    }
}

pub fn run(job: &args::Score) -> Result<Status, String> {
    let named = args::or_default(&job.subjects, &[]);
    let bugs: Vec<Planted> = named.into_iter().flat_map(broken).collect();
    let jobs = job.jobs.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    let driver = match job.by {
        By::Random | By::Exhaustive => None,
        By::LibFuzzer => {
            let building = ProgressBar::new_spinner().with_message("libFuzzer's target is built");
            building.enable_steady_tick(Duration::from_millis(100));
            let built = Driver::build(&Progress::default());
            building.finish_and_clear();
            Some(built.map_err(|why| format!("libFuzzer's target cannot be built: {why}"))?)
        }
    };
    let seeds = if job.by == By::Exhaustive { 1 } else { job.seeds };
    let bar = ProgressBar::new(bugs.len() as u64 * seeds);
    let scores = score(&bugs, 1..seeds + 1, jobs, &|planted, seed| {
        let detection = match &driver {
            None if job.by == By::Exhaustive => Ok(detect_exhaustively(planted, CALLS, job.runs)),
            None => Ok(detect(planted, seed, job.runs)),
            Some(driver) => detect_driven(driver, planted, seed, job.runs),
        };
        bar.inc(1);
        detection
    });
    bar.finish_and_clear();
    let failed = scores.iter().flat_map(|score| &score.failed).inspect(|why| say(why)).count();
    let bugs = scores.iter().map(bug).collect();
    let scores = Scores { by: job.by, seeds, runs: job.runs, bugs };
    if job.json {
        print_json(&scores)?
    } else {
        print(&table(&scores))?
    }
    Ok(if failed == 0 { Status::Kept } else { Status::Bad })
}

/// The subject with its bug, or with each of its bugs.
fn broken(planted: Planted) -> Vec<Planted> {
    if planted.bug.is_some() { vec![planted] } else { planted.bugs().collect() }
}

fn bug(score: &Score) -> Bug {
    let card = score.planted.card;
    let bug = card.bugs.iter().find(|bug| Some(bug.name) == score.planted.bug);
    let mut symptoms: Vec<Symptom> = score.detections.iter().flatten().map(|found| found.1).collect();
    symptoms.sort();
    symptoms.dedup();
    Bug {
        bug: score.planted.to_string(),
        source: bug.map_or("", |bug| bug.source).into(),
        symptoms: symptoms.into_iter().map(|symptom| symptom.name().to_string()).collect(),
        tries: score.detections.iter().map(|found| found.map(|(tries, _)| tries)).collect(),
        median: score.median(),
        seconds: score.median_time().map(|time| time.as_secs_f64()),
        failed: score.failed.clone(),
    }
}

fn table(scores: &Scores) -> String {
    let wide = scores.bugs.iter().map(|bug| bug.bug.len()).max().unwrap_or(0).max(3);
    let mut text = format!("{:wide$}  {:>5}  {:>8}  {:>7}  shown by\n", "bug", "found", "median", "seconds");
    for bug in &scores.bugs {
        let (found, hunts) = (bug.tries.iter().flatten().count(), bug.tries.len());
        let median = bug.median.map_or("-".into(), |tries| tries.to_string());
        let (seconds, symptoms) = (bug.seconds.unwrap_or(0.0), bug.symptoms.join(", "));
        let _ = writeln!(
            text,
            "{:wide$}  {found:>2}/{hunts:<2}  {median:>8}  {seconds:>7.2}  {symptoms}",
            bug.bug
        );
    }
    let (seeds, enough) = (scores.seeds, (4 * scores.seeds).div_ceil(5));
    let often = |bug: &&Bug| bug.tries.iter().flatten().count() as u64 >= enough;
    let found = scores.bugs.iter().filter(often).count();
    let often = match seeds {
        _ if scores.by == By::Exhaustive => String::new(),
        1 => " from the one seed".into(),
        5 => " from four seeds of five".into(),
        _ if enough == seeds => format!(" from all {seeds} seeds"),
        _ => format!(" from {enough} seeds of {seeds}"),
    };
    let (all, runs, cases) = (scores.bugs.len(), scores.runs, scores.by.cases());
    let _ = writeln!(
        text,
        "{found} of {all} {} found within {runs} {cases}{often}",
        if all == 1 { "bug is" } else { "bugs are" }
    );
    text
}
