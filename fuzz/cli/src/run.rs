//! `launder run`: cases put to subjects.

use crate::answer::{Status, print, print_json, refuse};
use crate::args::{self, Told};
use crate::at;
use crate::entry::{Entry, Runs};
use crate::export::export;
use crate::held::Held;
use crate::input::read_case;
use crate::look::look;
use launder_fuzz::{Outcome, Planted, Timeline, Trial, alike, table};
use launder_impls::{Case, Watched};
use launder_oracle::Verdict;
use std::path::PathBuf;

pub fn run(job: &args::Run) -> Result<Status, String> {
    if let Some(form) = job.export {
        return export(job, form);
    }
    let mut status = Status::Kept;
    let trials = Trials::open(args::or_default(&job.subjects, &job.how.at), &job.how.at, &job.how.told)?;
    let mut runs = Vec::new();
    for path in &job.cases {
        let shown = path.display().to_string();
        let case = match read_case(path) {
            Ok(case) => case,
            Err(why) => {
                status = Status::Bad;
                if !job.how.told.json {
                    refuse(&why);
                }
                runs.push(Entry { case: Some(shown), ..Entry::default() }.error(why));
                continue;
            }
        };
        let outcomes = trials.put(&case);
        status = status.max(gravest(&outcomes));
        if !job.how.told.json {
            print(&show(&shown, &case, &trials, &outcomes))?;
        }
        runs.extend(outcomes.into_iter().map(|(subject, outcome)| entry(&shown, subject, &outcome)));
    }
    if job.how.told.json {
        print_json(&Runs { runs })?;
    }
    Ok(status)
}

/// The subjects that were named, those that this machine can run being ready.
pub struct Trials(pub Vec<(String, Result<Trial, String>)>);

impl Trials {
    pub fn open(subjects: Vec<Planted>, at: &[PathBuf], told: &Told) -> Result<Trials, String> {
        at::check(at, &subjects)?;
        let open = |planted| {
            let trial = Trial::open(planted, at, Held::axes(&told.contract));
            if let Ok(trial) = &trial {
                trial.record_steps(true);
            }
            (planted.to_string(), trial)
        };
        Ok(Trials(subjects.into_iter().map(open).collect()))
    }

    fn put(&self, case: &Case) -> Vec<(String, Outcome)> {
        let outcome = |trial: &Result<Trial, String>| match trial {
            Ok(trial) => trial.of(case),
            Err(why) => Outcome::Skipped(why.clone()),
        };
        self.0.iter().map(|(name, trial)| (name.clone(), outcome(trial))).collect()
    }
}

/// The status that a verdict means.
pub fn status_of(verdict: &Verdict) -> Status {
    match verdict {
        Verdict::Forbidden(_) | Verdict::Unanswered(_) => Status::Broken,
        Verdict::Allowed | Verdict::Unknown => Status::Kept,
    }
}

pub fn gravest(outcomes: &[(String, Outcome)]) -> Status {
    let status = |(_, outcome): &(String, Outcome)| match outcome {
        Outcome::Judged(_, verdict) => status_of(verdict),
        Outcome::Skipped(_) => Status::Kept,
    };
    outcomes.iter().map(status).max().unwrap_or(Status::Kept)
}

pub fn entry(case: &str, subject: String, outcome: &Outcome) -> Entry {
    let entry = Entry { case: Some(case.into()), subject: Some(subject), ..Entry::default() };
    match outcome {
        Outcome::Judged(_, verdict) => entry.judged(verdict),
        Outcome::Skipped(why) => entry.skipped(why.clone()),
    }
}

/// The table, and the timelines of what went wrong: one for subjects that agree.
fn show(path: &str, case: &Case, trials: &Trials, outcomes: &[(String, Outcome)]) -> String {
    let watched = |column: usize| trials.0[column].1.as_ref().map(Trial::watched).unwrap_or_default();
    shown(path, case, outcomes, watched)
}

/// The same, of subjects of which somebody else knows what they were seen to hold.
pub fn shown(
    path: &str,
    case: &Case,
    outcomes: &[(String, Outcome)],
    watched: impl Fn(usize) -> Watched,
) -> String {
    let mut text = format!("{path}\n");
    for comment in &case.comments {
        text += &format!("# {comment}\n");
    }
    text += "\n";
    text += &table(case, outcomes);
    for column in alike(case, outcomes) {
        let (name, outcome) = &outcomes[column[0]];
        if let Outcome::Judged(trace, verdict) = outcome
            && status_of(verdict) == Status::Broken
        {
            let timeline = Timeline::of(trace, verdict, case.asks.len(), &watched(column[0]));
            text += &format!("\n{name}\n{}", timeline.show(look()));
        }
    }
    text + "\n"
}
