//! libFuzzer on one planted bug, blind and from a seed: how many executions it takes.

use crate::detector::Detector;
use crate::driver::write_seeds;
use crate::scratch::Scratch;
use crate::target::{self, read_found};
use crate::{Detection, Driver, Planted};
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

/// How long a target may take; far longer than any that does not hang.
const PATIENCE: Duration = Duration::from_secs(900);

/// How many executions of a seed it takes libFuzzer, `most` at the most, the random cases that it starts from among them,
/// until one shows what the model without the bug does not show in it.
///
/// # Errors
/// What went wrong with the target.
///
/// # Panics
/// If the subject is real: only models can have bugs planted.
pub fn detect_driven(driver: &Driver, planted: Planted, seed: u64, most: u64) -> Result<Detection, String> {
    let error = |error: io::Error| format!("the fuzz target could not run: {error}");
    let scratch = Scratch::new(&driver.folder.with_file_name("score")).map_err(error)?;
    match detect_in(&scratch.path, driver, planted, seed, most) {
        Ok(detection) => scratch.remove().map_err(error).map(|()| detection),
        Err(why) => Err(format!("{why}; what is left of it is in {}", scratch.leave().display())),
    }
}

fn detect_in(
    folder: &Path,
    driver: &Driver,
    planted: Planted,
    seed: u64,
    most: u64,
) -> Result<Detection, String> {
    let detector = Detector::open(planted);
    match start(driver, &detector, folder, seed, most).and_then(|mut child| wait(&mut child)) {
        Ok(Ended::Well) => {}
        Ok(Ended::Badly) => return Err("the fuzz target failed".into()),
        Ok(Ended::Killed) => {
            return Err(format!("the fuzz target was killed after {} s", PATIENCE.as_secs()));
        }
        Err(error) => return Err(format!("the fuzz target could not run: {error}")),
    }
    let found = read_found(&folder.join("found")).filter(|(tries, _)| *tries <= most);
    let Some((tries, case)) = found else { return Ok(None) };
    match detector.shown(&case) {
        Some(symptom) => Ok(Some((tries, symptom))),
        None => Err("what the fuzz target found shows nothing here".into()),
    }
}

/// Writes the random cases to start from, and starts the target. Its corpus stays in memory, and it gets
/// its seeds by a list, so that it does the same each time.
fn start(driver: &Driver, detector: &Detector, folder: &Path, seed: u64, most: u64) -> io::Result<Child> {
    let seeds = write_seeds(&detector.broken.random(seed), &[], folder)?;
    let list: Vec<String> = seeds.iter().map(|seed| seed.display().to_string()).collect();
    let (listed, found) = (folder.join("list"), folder.join("found"));
    fs::write(&listed, list.join(","))?;
    driver
        .command(folder, &detector.broken.planted.to_string(), seed)
        .arg(format!("-runs={most}"))
        .arg(format!("-seed_inputs=@{}", listed.display()))
        .arg(format!("-stop_file={}", found.display()))
        .env(target::FOUND, found)
        .stderr(File::create(folder.join("log"))?)
        .spawn()
}

enum Ended {
    Well,
    Badly,
    Killed,
}

fn wait(child: &mut Child) -> io::Result<Ended> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(if status.success() { Ended::Well } else { Ended::Badly });
        }
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(Ended::Killed);
        }
        thread::sleep(Duration::from_millis(10));
    }
}
