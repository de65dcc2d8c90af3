//! `launder fuzz`: the main job.

use crate::answer::{Status, print, print_json, say};
use crate::args;
use launder_fuzz::{Budget, Campaign, Drive, Driver, Finding, Hunted, Progress, drive, save};
use serde::Serialize;
use std::fmt::Write;
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

mod watch;

/// Seconds that a hunt takes, building aside, if nothing is said.
const SECONDS: u64 = 60;
/// Seconds that it takes with building, if nothing is said, however slow that is; libFuzzer has the least of them even so.
const ALL_SECONDS: u64 = 95;
const LEAST_SECONDS: u64 = 8;
/// The share of it for random cases, at the least: they go on while libFuzzer's target is built.
const RANDOM: f64 = 0.35;

#[derive(Serialize)]
struct Subjects {
    subjects: Vec<Subject>,
}

#[derive(Serialize)]
struct Subject {
    subject: String,
    runs: u64,
    seconds: f64,
    allowed: u64,
    forbidden: u64,
    unanswered: u64,
    unknown: u64,
    skipped: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    findings: Vec<Found>,
}

#[derive(Serialize)]
struct Found {
    signature: String,
    known: bool,
    runs: u64,
    case: String,
    /// What is known of it, if something is.
    #[serde(skip)]
    hazard: Option<&'static str>,
}

pub fn fuzz(job: &args::Fuzz) -> Result<Status, String> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let campaign = Campaign {
        subjects: args::or_default(&job.subjects, &job.at),
        at: job.at.clone(),
        contract: job.contract,
        seed: job.seed,
        jobs: job.jobs.map_or(cores, usize::from),
    };
    let progress = Arc::new(Progress::default());
    let stop = Arc::clone(&progress);
    // A second one finds no handler waiting and so does nothing; the hunt ends within a turn anyway.
    ctrlc::set_handler(move || stop.stop.store(true, Relaxed)).map_err(|error| error.to_string())?;
    let (hunted, failed) = watch::watched(&progress, |stage| hunt(job, &campaign, &progress, stage));
    let subjects = hunted.iter().map(|hunted| subject(hunted, &job.out)).collect::<Result<Vec<_>, _>>()?;
    let news = subjects.iter().flat_map(|subject| &subject.findings).any(|found| !found.known);
    if job.json {
        print_json(&Subjects { subjects })?
    } else {
        print(&text(&subjects, &job.out))?
    }
    if failed {
        return Ok(Status::Bad);
    }
    Ok(if news { Status::Broken } else { Status::Kept })
}

/// Random cases, then libFuzzer; whether the fuzz target itself failed.
fn hunt(
    job: &args::Fuzz,
    campaign: &Campaign,
    progress: &Progress,
    stage: &dyn Fn(&str),
) -> (Vec<Hunted>, bool) {
    stage("random cases");
    if let Some(runs) = job.runs {
        return (campaign.random(Budget::Runs(runs), progress), false);
    }
    let time = Duration::from_secs(job.seconds.unwrap_or(SECONDS));
    let models = campaign.subjects.iter().any(|planted| planted.is_model());
    let start = Instant::now();
    let built = AtomicBool::new(false);
    // The target is built meanwhile.
    let (mut hunted, driver) = thread::scope(|scope| {
        if !models {
            return (campaign.random(Budget::Time(time), progress), None);
        }
        let driver = scope.spawn(|| {
            let driver = Driver::build();
            built.store(true, Relaxed);
            driver
        });
        // One core is left to the build.
        let campaign = Campaign { jobs: campaign.jobs.saturating_sub(1).max(1), ..campaign.clone() };
        let hunted = campaign.random(Budget::Until(time.mul_f64(RANDOM), &built), progress);
        (hunted, driver.join().ok())
    });
    let mut failed = false;
    match driver {
        None => {}
        Some(Ok(driver)) if !progress.stopped() => {
            stage("libFuzzer");
            let mut left = time.mul_f64(1.0 - RANDOM);
            if job.seconds.is_none() {
                let rest = Duration::from_secs(ALL_SECONDS).saturating_sub(start.elapsed());
                left = left.min(rest).max(Duration::from_secs(LEAST_SECONDS));
            }
            for Drive { subject, speed, failed: why } in drive(&driver, campaign, &mut hunted, left, progress)
            {
                if let Some(speed) = speed {
                    say(&format_args!("libFuzzer: {subject}: {speed} executions a second"));
                }
                if let Some(why) = why {
                    failed = true;
                    say(&format_args!("libFuzzer: {subject}: {why}"));
                }
            }
        }
        Some(Ok(_)) => {}
        Some(Err(why)) => {
            say(&format_args!("libFuzzer is left out, random cases go on: {why}"));
            let rest = time.saturating_sub(start.elapsed());
            let later = Campaign { seed: campaign.seed.wrapping_add(1), ..campaign.clone() };
            for (hunted, more) in hunted.iter_mut().zip(later.random(Budget::Time(rest), progress)) {
                hunted.hunt.add(more.hunt);
                hunted.spent += more.spent;
            }
        }
    }
    (hunted, failed)
}

fn subject(hunted: &Hunted, out: &Path) -> Result<Subject, String> {
    let Hunted { planted, hunt, spent, skipped } = hunted;
    let found = |finding: &Finding| {
        let path = save(finding, planted, out).map_err(|error| format!("{}: {error}", out.display()))?;
        Ok(Found {
            signature: finding.signature.to_string(),
            known: finding.known.is_some(),
            hazard: finding.known.map(|known| known.hazard),
            runs: finding.runs,
            case: path.display().to_string(),
        })
    };
    let counts = hunt.counts;
    Ok(Subject {
        subject: planted.to_string(),
        runs: counts.runs,
        seconds: (spent.as_secs_f64() * 1000.0).round() / 1000.0,
        allowed: counts.allowed,
        forbidden: counts.forbidden,
        unanswered: counts.unanswered,
        unknown: counts.unknown,
        skipped: counts.skipped,
        why: skipped.clone(),
        findings: hunt.findings.iter().map(found).collect::<Result<_, String>>()?,
    })
}

fn text(subjects: &[Subject], out: &Path) -> String {
    let wide = subjects.iter().map(|subject| subject.subject.len()).max().unwrap_or(0).max(7);
    let mut text = format!(
        "{:wide$} {:>10} {:>10} {:>10} {:>10} {:>8} {:>10}  findings\n",
        "subject", "runs", "allowed", "forbidden", "unanswered", "unknown", "skipped"
    );
    for subject in subjects {
        let Subject {
            subject, runs, allowed, forbidden, unanswered, unknown, skipped, findings, why, ..
        } = subject;
        let known = findings.iter().filter(|found| found.known).count();
        let tally = match (why, findings.len()) {
            (Some(why), _) => format!("skipped: {why}"),
            (None, 0) => "none".into(),
            (None, all) => format!("{all} ({known} known)"),
        };
        let _ = writeln!(
            text,
            "{subject:wide$} {runs:>10} {allowed:>10} {forbidden:>10} {unanswered:>10} {unknown:>8} {skipped:>10}  {tally}"
        );
    }
    for subject in subjects {
        text += &known(subject);
        for Found { signature, runs, case, .. } in subject.findings.iter().filter(|found| !found.known) {
            let _ = writeln!(text, "\nNEW {}: {signature}  (after {runs} runs)\n    {case}", subject.subject);
        }
    }
    let some = subjects.iter().any(|subject| !subject.findings.is_empty());
    if some {
        let _ = writeln!(
            text,
            "\nFindings are in {}; see one with: launder run FILE --subject SUBJECT",
            out.display()
        );
    }
    text
}

/// The known broken promises that a hunt came upon again, each once, with one of its cases.
fn known(subject: &Subject) -> String {
    let mut hazards: Vec<(&str, Vec<&Found>)> = Vec::new();
    for found in &subject.findings {
        let Some(hazard) = found.hazard else { continue };
        match hazards.iter_mut().find(|(known, _)| *known == hazard) {
            Some((_, again)) => again.push(found),
            None => hazards.push((hazard, vec![found])),
        }
    }
    let mut text = String::new();
    for (hazard, found) in hazards {
        let Some(shortest) = found.iter().min_by_key(|found| found.signature.len()) else { continue };
        let (subject, signatures, case) = (&subject.subject, found.len(), &shortest.case);
        let _ = writeln!(text, "\nknown {subject}: {hazard}  ({signatures} signatures)\n    {case}");
    }
    text
}
