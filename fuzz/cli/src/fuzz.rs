//! `launder fuzz`: the main job.

use crate::answer::{Status, say};
use crate::args;
use crate::at;
use crate::held::Held;
use crate::input::{case_files, read_case};
use crate::record::Record;
use keep::Keep;
use launder_fuzz::{
    Budget, Campaign, Drive, Driver, Exhausted, Hunted, INTERRUPTIONS, Progress, counted, drive, driving_time,
};
use launder_impls::Case;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};
use told::Told;
use watch::Ends;

pub mod keep;
mod met;
pub mod told;
pub mod watch;

/// Seconds that a hunt takes, building aside, if nothing is said.
const SECONDS: u64 = 60;
/// Seconds that it takes with building, if nothing is said, however slow that is; libFuzzer has the least of them even so.
const ALL_SECONDS: u64 = 95;
const LEAST_SECONDS: u64 = 8;
/// Seconds after which the build of libFuzzer's target is given up, if nothing is said.
const BUILD_SECONDS: u64 = 85;
/// The share of it for random cases, at the least: they go on while libFuzzer's target is built.
const RANDOM: f64 = 0.35;

pub fn fuzz(job: &args::Fuzz) -> Result<Status, String> {
    let subjects = args::or_default(&job.subjects, &job.how.at);
    at::check(&job.how.at, &subjects)?;
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let campaign = Campaign {
        subjects,
        at: job.how.at.clone(),
        contract: Held::axes(&job.how.told.contract),
        kept: kept(&job.from)?,
        seed: job.seed,
        jobs: job.jobs.map_or(cores, usize::from),
    };
    let keep = Arc::new(Keep::new(&job.out));
    let contract = job.how.told.contract.as_ref();
    let (began, mut record) =
        (Instant::now(), Record::begin(job.seed, contract.map(Held::to_string), Told::nothing(&keep)));
    record.save(&job.out)?;
    let keeper = Arc::clone(&keep);
    let progress = Arc::new(Progress::telling(move |planted, finding| keeper.keep(planted, finding)));
    let stop = Arc::clone(&progress);
    // The hunt ends within a turn, and tells what it has found by then.
    ctrlc::set_handler(move || stop.stop.store(true, Relaxed)).map_err(|error| error.to_string())?;
    let (hunted, failed) = watch::watched(&progress, &keep, |stage| hunt(job, &campaign, &progress, stage));
    let told = Told::of(&hunted, &keep)?;
    record.end(began, told);
    record.save(&job.out)?;
    told.print(job.how.told.json, contract)?;
    Ok(if failed { Status::Bad } else { told.status() })
}

/// The cases of these files, and of the .case and .fsxops files of these folders.
fn kept(from: &[PathBuf]) -> Result<Vec<Case>, String> {
    let mut files = Vec::new();
    for path in from {
        match path.is_dir() {
            true => files.extend(case_files(path)?),
            false => files.push(path.clone()),
        }
    }
    files.iter().map(|file| read_case(file)).collect()
}

/// Random cases, then libFuzzer; whether the fuzz target itself failed.
fn hunt(
    job: &args::Fuzz,
    campaign: &Campaign,
    progress: &Progress,
    stage: &dyn Fn(&str, Ends),
) -> (Vec<Hunted>, bool) {
    if let Some(calls) = job.exhaustive {
        stage("sequences", Ends::Open);
        let all = campaign.exhaustive(calls.into(), progress);
        all.iter().for_each(|exhausted| tell_exhausted(exhausted, calls, progress.stopped()));
        return (all.into_iter().map(|exhausted| exhausted.hunted).collect(), false);
    }
    if let Some(runs) = job.runs {
        stage("random cases", Ends::Runs(runs.saturating_mul(campaign.subjects.len() as u64)));
        return (campaign.random(Budget::Runs(runs), progress), false);
    }
    let start = Instant::now();
    let time = Duration::from_secs(job.seconds.unwrap_or(SECONDS));
    stage("random cases", Ends::After(time));
    let patience = job.seconds.is_none().then(|| Duration::from_secs(BUILD_SECONDS));
    let (mut hunted, driver) = random_while_building(campaign, time, patience, progress);
    let mut failed = false;
    match driver {
        Some(Ok(driver)) if !progress.stopped() => {
            let mut left = time.mul_f64(1.0 - RANDOM);
            if job.seconds.is_none() {
                let rest = Duration::from_secs(ALL_SECONDS).saturating_sub(start.elapsed());
                left = left.min(rest).max(Duration::from_secs(LEAST_SECONDS));
            }
            stage("libFuzzer", Ends::After(driving_time(campaign, left)));
            let drives = drive(&driver, campaign, &mut hunted, left, progress);
            failed = drives.iter().any(|drive| drive.failed.is_some());
            drives.iter().for_each(tell);
        }
        Some(Err(why)) if !progress.stopped() => {
            say(&format_args!("libFuzzer is left out, random cases go on: {why}"));
            let left = time.saturating_sub(start.elapsed());
            stage("random cases", Ends::After(left));
            go_on(campaign, &mut hunted, left, progress);
        }
        _ => {}
    }
    (hunted, failed)
}

/// Random cases, for a share of the time at the least, and the fuzz target if there is a model to run in it.
fn random_while_building(
    campaign: &Campaign,
    time: Duration,
    patience: Option<Duration>,
    progress: &Progress,
) -> (Vec<Hunted>, Option<Result<Driver, String>>) {
    if !campaign.subjects.iter().any(|planted| planted.is_model()) {
        return (campaign.random(Budget::Time(time), progress), None);
    }
    let (start, built, building) = (Instant::now(), AtomicBool::new(false), Progress::default());
    thread::scope(|scope| {
        let driver = scope.spawn(|| {
            let driver = Driver::build(&building);
            built.store(true, Relaxed);
            driver
        });
        scope.spawn(|| {
            let too_long = || patience.is_some_and(|patience| start.elapsed() > patience);
            while !built.load(Relaxed) && !progress.stopped() && !too_long() {
                thread::sleep(Duration::from_millis(100));
            }
            building.stop.store(true, Relaxed);
        });
        let hunted = campaign.random(Budget::Until(time.mul_f64(RANDOM), &built), progress);
        (hunted, driver.join().ok())
    })
}

/// More random cases, of another seed.
fn go_on(campaign: &Campaign, hunted: &mut [Hunted], time: Duration, progress: &Progress) {
    let later = Campaign { seed: campaign.seed.wrapping_add(1), ..campaign.clone() };
    later.go_on(hunted, Budget::Time(time), progress);
}

fn tell_exhausted(Exhausted { hunted, sequences, too_long }: &Exhausted, calls: u8, stopped: bool) {
    if hunted.skipped.is_some() {
        return;
    }
    let runs = hunted.hunt.counts.runs;
    let speed = runs as f64 / hunted.spent.as_secs_f64().max(1e-9);
    let all = if stopped { "stopped after" } else { "all" };
    let too_long = if *too_long > 0 { format!(", {too_long} more were too long") } else { String::new() };
    say(&format_args!(
        "{}: {all} {} of at most {}, in {} with at most {INTERRUPTIONS} \
         interruptions, {speed:.0} a second and core{too_long}",
        hunted.planted,
        counted(*sequences, "sequence"),
        counted(calls.into(), "call"),
        counted(runs, "interleaving")
    ));
}

fn tell(Drive { subject, speed, failed }: &Drive) {
    if let Some(speed) = speed {
        say(&format_args!("libFuzzer: {subject}: {} a second", counted(*speed, "execution")));
    }
    if let Some(why) = failed {
        say(&format_args!("libFuzzer: {subject}: {why}"));
    }
}
