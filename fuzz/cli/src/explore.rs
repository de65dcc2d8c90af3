//! `launder explore`: every interleaving of small cases.

use crate::answer::{Status, print, print_json, refuse};
use crate::args;
use crate::entry::{Entry, Runs};
use crate::input::read_case;
use crate::look::look;
use crate::run::{Trials, status_of};
use launder_fuzz::{Explored, Interleavings, Outcome, Timeline, Trial, counted, follow};
use launder_impls::Case;
use std::fmt::Write;
use std::path::Path;

pub fn explore(job: &args::Explore) -> Result<Status, String> {
    let mut status = Status::Kept;
    let trials = Trials::open(args::or_default(&job.subjects, &[]), &[], &job.told)?;
    let mut runs = Vec::new();
    for path in &job.cases {
        let case = match read_case(path) {
            Ok(case) => case,
            Err(why) => {
                status = Status::Bad;
                if !job.told.json {
                    refuse(&why);
                }
                runs.push(Entry { case: Some(path.display().to_string()), ..Entry::default() }.error(why));
                continue;
            }
        };
        for (name, trial) in &trials.0 {
            let (entry, worst, text) = explore_one(path, &case, name, trial, job);
            status = status.max(worst);
            if !job.told.json {
                print(&text)?;
            }
            runs.push(entry);
        }
    }
    if job.told.json {
        print_json(&Runs { runs })?;
    }
    Ok(status)
}

fn explore_one(
    path: &Path,
    case: &Case,
    name: &str,
    trial: &Result<Trial, String>,
    job: &args::Explore,
) -> (Entry, Status, String) {
    let shown = path.display().to_string();
    let entry = Entry { case: Some(shown.clone()), subject: Some(name.into()), ..Entry::default() };
    let skip = |entry: Entry, why: &str| {
        let text = format!("{shown}: {name} skipped: {why}\n");
        (Entry { interleavings: Some(0), ..entry.skipped(why.into()) }, Status::Kept, text)
    };
    let trial = match trial {
        Ok(trial) if !trial.planted.is_model() => return skip(entry, "a real subject cannot be stepped"),
        Ok(trial) => trial,
        Err(why) => return skip(entry, why),
    };
    trial.record_steps(false);
    let interleavings = match job.all {
        true => Interleavings::of(trial, case),
        false => Interleavings::apart(trial, case),
    };
    let explored = launder_fuzz::explore(interleavings.bounded(job.bound));
    trial.record_steps(true);
    if let Some(why) = &explored.skipped {
        return skip(entry, why);
    }
    let mut text = summary(&shown, name, &explored);
    let verdict = if explored.unknown > 0 { "unknown" } else { "allowed" };
    let more = explored.more || explored.too_long > 0;
    let (interleavings, repeats) = (Some(explored.interleavings), Some(explored.repeats));
    let mut entry = Entry { verdict, interleavings, repeats, more: Some(more), ..entry };
    let mut status = Status::Kept;
    // Forbidden goes before unanswered; so do the symptoms in their order.
    if let Some((_, moves, _)) = explored.shown.iter().min_by_key(|(symptom, ..)| *symptom)
        && let Some(held) = follow(trial, case, moves)
        && let Outcome::Judged(trace, verdict) = trial.of(&held)
    {
        let held_text = Case { comments: Vec::new(), ..held.clone() }.to_string();
        let timeline = Timeline::of(&trace, &verdict, held.asks.len(), &trial.watched());
        let _ = write!(text, "\n{held_text}\n{}", timeline.show(look()));
        status = status_of(&verdict);
        entry = Entry { found: Some(held_text), ..entry.judged(&verdict) };
    }
    (entry, status, text)
}

fn summary(path: &str, name: &str, explored: &Explored) -> String {
    let mut text = format!("{path}: {name}: {}", counted(explored.interleavings, "interleaving"));
    if explored.more {
        text += ", and there are more: stopped at the bound";
    }
    if explored.repeats > 0 {
        let _ = write!(
            text,
            ", and {} given up that would have repeated one of them but for the order of moves that commute",
            explored.repeats
        );
    }
    if explored.too_long > 0 {
        let _ =
            write!(text, ", and {} that were given up because they go round in a circle", explored.too_long);
    }
    if explored.unknown > 0 {
        let _ = write!(text, ", {} of them undecided", explored.unknown);
    }
    if explored.shown.is_empty() {
        text += ": none breaks a promise";
    }
    for (symptom, _, times) in &explored.shown {
        let _ = write!(text, "; {times} {symptom}");
    }
    text + "\n"
}
