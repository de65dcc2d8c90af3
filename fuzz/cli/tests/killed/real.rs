//! What is left of a hunt over the running kernel, whoever is killed: no process, mount, loop device or file.

use super::{folder, is_gone, launder, wait_for};
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A variable by which a process is known as one of a hunt's: they are nobody's children once it is killed.
const MARK: &str = "LAUNDER_HUNT_OF_A_TEST";

/// More than these are the hunt and some for each of its two jobs: a disk takes four, a mount of FUSE seven.
const FEW: usize = 8;
/// Long enough for a machine that has other things to do.
const SOON: Duration = Duration::from_secs(30);

/// One hunt at a time: another's loop devices would count as left.
static ALONE: Mutex<()> = Mutex::new(());

/// A hunt without end, and what was there before it.
struct Hunt {
    child: Child,
    folder: PathBuf,
    /// The loop devices that were there before.
    devices: BTreeSet<String>,
    subject: &'static str,
}

impl Hunt {
    /// The hunt, when its processes are there; nothing, and a line that says why, where this machine cannot mount.
    fn begin(name: &str, subject: &'static str) -> Option<Hunt> {
        let folder = folder(name);
        let devices = loop_devices();
        let mut command =
            launder(&folder, &["fuzz", subject, "--runs", "1000000000", "--jobs", "2", "--out", "found"]);
        command.env(MARK, &folder).env("TMPDIR", &folder).stdout(Stdio::piped()).stderr(Stdio::null());
        let child = command.spawn().expect("launder runs");
        let mut hunt = Hunt { child, folder, devices, subject };
        let begun = Instant::now();
        loop {
            if hunt.processes().len() > FEW {
                return Some(hunt);
            }
            if let Some(status) = hunt.child.try_wait().expect("it is ours") {
                let mut said = String::new();
                let mut out = hunt.child.stdout.take().expect("its standard output");
                out.read_to_string(&mut said).expect("text");
                assert!(status.success() && said.contains("  skipped: "), "{subject}: {status}, {said}");
                println!("{said}");
                return None;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{} mounts nothing", hunt.subject);
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Those that live, itself among them.
    fn processes(&self) -> BTreeSet<u32> {
        let all = fs::read_dir("/proc").expect("it can be read").flatten();
        let all = all.filter_map(|process| process.file_name().to_str()?.parse().ok());
        let mark = format!("{MARK}={}", self.folder.display());
        let is_ours = |pid: &u32| {
            let of = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            of.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes()) && !is_gone(*pid)
        };
        all.filter(is_ours).collect()
    }

    /// Nobody is left, nor what they had.
    fn assert_gone(&self, what: &str) {
        wait_for(&format!("{}, {what}: {:?} live", self.subject, self.processes()), SOON, || {
            self.processes().is_empty()
        });
        wait_for(&format!("{}, {what}: a loop device is left", self.subject), SOON, || {
            loop_devices().is_subset(&self.devices)
        });
        let here = fs::read_to_string("/proc/self/mountinfo").expect("it can be read");
        assert!(!here.contains(self.folder.to_str().expect("text")), "{}, {what}: {here}", self.subject);
        let left = fs::read_dir(&self.folder).expect("it can be read").flatten().map(|it| it.file_name());
        assert_eq!(left.collect::<Vec<_>>(), ["found"], "{}, {what}", self.subject);
    }

    /// A signal to one of its processes.
    fn kill(signal: &str, pid: u32) -> bool {
        Command::new("kill").args([signal, &pid.to_string()]).status().is_ok_and(|status| status.success())
    }
}

/// The files that loop devices have.
fn loop_devices() -> BTreeSet<String> {
    let devices = fs::read_dir("/sys/block").into_iter().flatten().flatten();
    devices.filter_map(|device| fs::read_to_string(device.path().join("loop/backing_file")).ok()).collect()
}

/// A test that fails leaves nobody either.
impl Drop for Hunt {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const HUNTED: [&str; 2] = ["kernel-fuse-writeback", "kernel-ext4"];

#[test]
fn nothing_is_left_of_a_hunt_over_the_kernel_that_is_killed_or_interrupted() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for subject in HUNTED {
        for (signal, after) in [("-KILL", 0), ("-INT", 150), ("-TERM", 300), ("-KILL", 700)] {
            let Some(mut hunt) = Hunt::begin("killed_over_the_kernel", subject) else { break };
            thread::sleep(Duration::from_millis(after));
            assert!(Hunt::kill(signal, hunt.child.id()), "{subject}: it still runs");
            let what = format!("{signal} after {after} ms");
            wait_for(&format!("{subject}, {what}: it does not end"), SOON, || {
                hunt.child.try_wait().expect("it is ours").is_some()
            });
            hunt.assert_gone(&what);
        }
    }
}

#[test]
fn a_hunt_over_the_kernel_goes_on_when_any_other_of_its_processes_is_killed() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for subject in HUNTED {
        let Some(hunt) = Hunt::begin("outlives_its_processes", subject) else { continue };
        for round in 0..8 {
            let others: Vec<u32> =
                hunt.processes().into_iter().filter(|pid| *pid != hunt.child.id()).collect();
            let killed = others[round * 5 % others.len()];
            let _ = Hunt::kill("-KILL", killed);
            wait_for(&format!("{subject}: nobody stands in for {killed}, {others:?}"), SOON, || {
                let processes = hunt.processes();
                processes.len() > FEW && !processes.contains(&killed)
            });
        }
        assert!(Hunt::kill("-INT", hunt.child.id()), "{subject}: it still runs");
        hunt.assert_gone("an interrupt after eight were killed");
    }
}
