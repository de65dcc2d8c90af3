//! libFuzzer on each model: seeds the instrumented target, runs it, and takes in what it found.

use crate::campaign::Hunted;
use crate::corpus::seeds;
use crate::instrumented::Driver;
use crate::intake::{Intake, cases};
use crate::target::{self, read_counts};
use crate::{Campaign, Planted, Progress, Random, encode};
use launder_impls::Case;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Mutex;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, Instant};

/// Random cases that libFuzzer starts from.
const SEEDS: u64 = 500;
/// Files of a corpus from which on only those are kept that are needed for its coverage.
const MANY: usize = 3_000;
/// The least time for a subject, and what libFuzzer counts in.
const LEAST: Duration = Duration::from_secs(1);

/// What libFuzzer did with one subject.
#[derive(Clone, Debug)]
pub struct Drive {
    /// The subject.
    pub subject: String,
    /// Executions a second, as libFuzzer counts them.
    pub speed: Option<u64>,
    /// What went wrong with the target itself, if something did.
    pub failed: Option<String>,
}

/// How long libFuzzer runs on the models of a campaign that is to take `time` in all: no model has less than a second.
pub fn driving_time(campaign: &Campaign, time: Duration) -> Duration {
    let rounds = rounds(campaign);
    share(rounds, time) * rounds
}

/// How many models libFuzzer takes one after the other, each job its own.
fn rounds(campaign: &Campaign) -> u32 {
    let models = campaign.subjects.iter().filter(|planted| planted.is_model()).count();
    models.div_ceil(campaign.jobs.max(1)).max(1) as u32
}

fn share(rounds: u32, time: Duration) -> Duration {
    (time / rounds).max(LEAST)
}

/// Runs libFuzzer on each of the hunted subjects that is a model, for [`driving_time`] in all, and adds what it finds.
pub fn drive(
    driver: &Driver,
    campaign: &Campaign,
    hunted: &mut [Hunted],
    time: Duration,
    progress: &Progress,
) -> Vec<Drive> {
    let models: VecDeque<&mut Hunted> =
        hunted.iter_mut().filter(|hunted| hunted.planted.is_model()).collect();
    let share = share(rounds(campaign), time);
    let (models, drives) = (Mutex::new(models), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..campaign.jobs.max(1) {
            scope.spawn(|| {
                let next = || models.lock().expect("no thread panics while it takes a model").pop_front();
                while let Some(hunted) = next() {
                    if progress.stopped() {
                        break;
                    }
                    let drive = drive_one(driver, campaign, hunted, share, progress);
                    drives.lock().expect("no thread panics while it adds a drive").push(drive);
                }
            });
        }
    });
    drives.into_inner().expect("no thread panics while it adds a drive")
}

fn drive_one(
    driver: &Driver,
    campaign: &Campaign,
    hunted: &mut Hunted,
    time: Duration,
    progress: &Progress,
) -> Drive {
    let subject = hunted.planted.to_string();
    let folder = driver.folder.join(&subject);
    let start = Instant::now();
    let ended = lay_out(driver, &folder, campaign, hunted)
        .and_then(|()| start_target(driver, campaign, &folder, &hunted.planted, time))
        .and_then(|mut child| watch(&mut child, &folder, campaign, hunted, time, progress));
    let failed = match ended {
        Ok(true) => None,
        Ok(false) => {
            Some(format!("the fuzz target failed; its output is in {}", folder.join("log").display()))
        }
        Err(error) => Some(format!("the fuzz target could not run: {error}")),
    };
    hunted.spent += start.elapsed();
    progress.tell(&hunted.planted, &hunted.hunt);
    Drive { subject, speed: speed(&folder.join("log")), failed }
}

/// Executions a second, as libFuzzer tells them at the end of its log, which is long: it is not held as a whole.
fn speed(log: &Path) -> Option<u64> {
    let mut lines = BufReader::new(File::open(log).ok()?).lines().map_while(Result::ok);
    lines.find_map(|line| line.strip_prefix("stat::average_exec_per_sec:")?.trim().parse().ok())
}

/// Makes the folders, and writes the cases to start from: random ones, and what was found by who was killed before it was taken in.
fn lay_out(driver: &Driver, folder: &Path, campaign: &Campaign, hunted: &Hunted) -> io::Result<()> {
    let kept = [campaign.kept.clone(), cases(&folder.join("found"))].concat();
    for fresh in ["seeds", "found"] {
        let _ = fs::remove_dir_all(folder.join(fresh));
    }
    for needed in ["seeds", "found"] {
        fs::create_dir_all(folder.join(needed))?;
    }
    let corpus = driver.corpus(&hunted.planted);
    fs::create_dir_all(&corpus)?;
    if fs::read_dir(&corpus)?.count() > MANY {
        thin_out(driver, folder, &corpus, &hunted.planted.to_string())?;
    }
    let (_, random) = campaign.ready(hunted.planted).map_err(io::Error::other)?;
    write_seeds(&random, &kept, &folder.join("seeds"))?;
    Ok(())
}

/// Writes the cases to start from, random ones and those that were kept, and says where.
pub(crate) fn write_seeds(random: &Random, kept: &[Case], folder: &Path) -> io::Result<Vec<PathBuf>> {
    let cases = (0..SEEDS).map(|number| random.case(number)).chain(kept.iter().cloned());
    let encoded = cases.enumerate().filter_map(|(number, case)| Some((number, encode(&case)?)));
    let write = |(number, bytes)| {
        let file = folder.join(format!("{number:03}"));
        fs::write(&file, bytes).map(|()| file)
    };
    encoded.map(write).collect()
}

/// Keeps of a corpus what its coverage needs.
fn thin_out(driver: &Driver, folder: &Path, corpus: &Path, subject: &str) -> io::Result<()> {
    let fresh = folder.join("fresh");
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(&fresh)?;
    if driver.cover(subject, corpus, &fresh, true)? {
        fs::remove_dir_all(corpus)?;
        fs::rename(&fresh, corpus)?;
    }
    Ok(())
}

fn start_target(
    driver: &Driver,
    campaign: &Campaign,
    folder: &Path,
    planted: &Planted,
    time: Duration,
) -> io::Result<Child> {
    let mut command = driver.command(folder, &planted.to_string(), campaign.seed);
    if let Some(contract) = &campaign.contract {
        command.env(target::CONTRACT, contract.to_string());
    }
    command
        .args([driver.corpus(planted), folder.join("seeds"), seeds()])
        .arg(format!("-max_total_time={}", time.as_secs().max(1)))
        .arg("-print_final_stats=1")
        .env(target::FINDINGS, folder.join("found"))
        .stderr(File::create(folder.join("log"))?)
        .spawn()
}

/// Waits for the target, telling of its progress and taking in what it finds; says whether it ended well.
fn watch(
    child: &mut Child,
    folder: &Path,
    campaign: &Campaign,
    hunted: &mut Hunted,
    time: Duration,
    progress: &Progress,
) -> io::Result<bool> {
    let (trial, _) = campaign.ready(hunted.planted).map_err(io::Error::other)?;
    let intake = Intake::new(folder.join("found"), hunted);
    let start = Instant::now();
    let mut told = 0;
    let well = loop {
        let ended = child.try_wait()?;
        let runs = read_counts(&intake.folder).map_or(told, |counts| counts.runs);
        progress.runs.fetch_add(runs.saturating_sub(told), Relaxed);
        told = told.max(runs);
        intake.take(&trial, hunted, progress);
        if let Some(status) = ended {
            break status.success();
        }
        if progress.stopped() || start.elapsed() > time + Duration::from_secs(15) {
            child.kill()?;
            child.wait()?;
            intake.take(&trial, hunted, progress);
            break true;
        }
        thread::sleep(Duration::from_millis(100));
    };
    intake.end(hunted);
    Ok(well)
}
