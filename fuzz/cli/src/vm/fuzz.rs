//! `launder vm … fuzz`: random cases put to the subjects of guests, one after the other.

use super::args::{Vm, VmFuzz};
use super::batch::subjects;
use super::remote::AHEAD;
use crate::answer::{Status, say};
use crate::fuzz::keep::Keep;
use crate::fuzz::told::Told;
use crate::fuzz::watch::{Ends, watched};
use crate::held::Held;
use crate::record::Record;
use launder_fuzz::{Hunt, Hunted, Planted, Progress, Trial};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

pub fn fuzz(job: &Vm, how: &VmFuzz) -> Result<Status, String> {
    let keep = Arc::new(Keep::new(&how.out));
    let contract = job.contract.as_ref();
    let (began, mut record) =
        (Instant::now(), Record::begin(how.seed, contract.map(Held::to_string), Told::nothing(&keep)));
    record.save(&how.out)?;
    let keeper = Arc::clone(&keep);
    let progress = Arc::new(Progress::telling(move |planted, finding| keeper.keep(planted, finding)));
    let stop = Arc::clone(&progress);
    // The hunt ends with the case under way, and tells what it has found by then.
    ctrlc::set_handler(move || stop.stop.store(true, Relaxed)).map_err(|error| error.to_string())?;
    let hunted = watched(&progress, &keep, |stage| hunt(job, how, &progress, stage));
    let told = Told::of(&hunted, &keep)?;
    record.end(began, told);
    record.save(&how.out)?;
    told.print(job.json, contract)?;
    Ok(told.status())
}

/// How long findings may be shrunk beyond the time of a hunt.
const SHRINKING: Duration = Duration::from_secs(20);

/// Hunts in every subject of every kernel in turn.
fn hunt(job: &Vm, how: &VmFuzz, progress: &Progress, stage: &dyn Fn(&str, Ends)) -> Vec<Hunted> {
    let mut hunted = Vec::new();
    for version in &job.kernel {
        let subjects = subjects(version, &job.file_systems(), Held::axes(&job.contract));
        if let Some(machine) = &subjects.machine {
            machine.be_careful();
        }
        for (planted, trial) in &subjects.all {
            if progress.stopped() {
                return hunted;
            }
            let before = progress.runs.load(Relaxed);
            let ends = how
                .runs
                .map_or(Ends::After(Duration::from_secs(how.seconds)), |runs| Ends::Runs(before + runs));
            stage(&planted.to_string(), ends);
            if let Some(machine) = &subjects.machine {
                let most = Duration::from_secs(how.seconds) + SHRINKING;
                machine.ask_until(how.runs.is_none().then(|| Instant::now() + most));
            }
            hunted.push(match trial {
                Ok(trial) => hunt_in(*planted, trial, how, progress),
                Err(why) => Hunted {
                    planted: *planted,
                    hunt: Hunt::default(),
                    spent: Duration::ZERO,
                    skipped: Some(why.clone()),
                },
            });
            // Beside the cases of the hunt, those that shrinking put.
            if let Some(speed) = subjects.machine.as_ref().and_then(|machine| machine.speed()) {
                say(&format_args!("vm: {planted}: {speed}"));
            }
        }
    }
    hunted
}

/// Hunts in one subject, and foretells what will be put to it.
fn hunt_in(planted: Planted, trial: &Trial, how: &VmFuzz, progress: &Progress) -> Hunted {
    let (begun, random) = (Instant::now(), trial.random(how.seed));
    let mut hunt = Hunt::default();
    let over = |number: u64| match how.runs {
        Some(runs) => number >= runs,
        None => begun.elapsed() >= Duration::from_secs(how.seconds),
    };
    for number in (0..).take_while(|number| !over(*number)) {
        if progress.stopped() {
            break;
        }
        let next = number + 1..how.runs.unwrap_or(u64::MAX).min(number + 1 + AHEAD as u64);
        trial.expect(&next.map(|number| random.case(number)).collect::<Vec<_>>());
        hunt.put(trial, &random.case(number), number + 1);
        progress.runs.fetch_add(1, Relaxed);
        progress.tell(&planted, &hunt);
    }
    Hunted { planted, hunt, spent: begun.elapsed(), skipped: None }
}
