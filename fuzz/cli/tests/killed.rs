//! What is left of a hunt that is killed at any moment: whole findings, which the next hunt knows, and nobody who runs on.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
#[path = "killed/real.rs"]
mod real;

/// A subject with a bug that is found soon.
const BROKEN: &str = "launder-folio+no_launder";

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}

fn launder(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_launder"));
    command.current_dir(folder).args(args).stdin(Stdio::null());
    command
}

/// Hunts without end, and is killed once a finding is told; what was told.
fn told_and_killed(folder: &Path) -> String {
    let mut command = launder(folder, &["fuzz", BROKEN, "--runs", "1000000000", "--jobs", "2"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("launder runs");
    let lines = BufReader::new(child.stderr.take().expect("its standard error")).lines();
    let mut told = lines.map(|line| line.expect("text")).filter(|line| line.starts_with("NEW "));
    let told = told.next().expect("a planted bug is found");
    // SIGKILL.
    child.kill().expect("it still runs");
    child.wait().expect("it ends");
    told
}

#[test]
fn what_was_told_is_kept_whole_and_the_next_hunt_knows_it() {
    let folder = folder("killed");
    let told = told_and_killed(&folder);
    let (_, file) = told.rsplit_once("  ").expect("the line ends with a file");
    for kept in fs::read_dir(folder.join("findings")).expect("the folder can be read") {
        let path = kept.expect("the folder can be read").path();
        if path.extension().is_some_and(|end| end == "case") {
            let text = fs::read_to_string(&path).expect("the file can be read");
            assert!(text.contains("# Signature: ") && !text.contains("\n\n"), "{}: {text}", path.display());
        }
    }
    let run = launder(&folder, &["run", file, "--subject", BROKEN]).output().expect("launder runs");
    assert_eq!(run.status.code(), Some(1), "it shows what it was kept for");

    let again = launder(&folder, &["fuzz", BROKEN, "--runs", "20000"]).output().expect("launder runs");
    assert_eq!(again.status.code(), Some(1), "it is still found");
    let (out, err) = (String::from_utf8_lossy(&again.stdout), String::from_utf8_lossy(&again.stderr));
    let signature = told.strip_prefix("NEW ").and_then(|told| told.rsplit_once("  ")).expect("a line").0;
    assert!(out.contains(&format!("AGAIN {signature}")), "{out}");
    assert!(
        !out.contains(&format!("NEW {signature}")) && !err.contains(&told),
        "it is not told as new: {err}"
    );
}

#[test]
fn what_a_killed_hunt_was_saving_is_removed_by_the_next_and_what_a_user_keeps_is_not() {
    let folder = folder("half_saved");
    let findings = folder.join("findings");
    fs::create_dir(&findings).expect("the folder can be made");
    // Above the largest number that Linux gives a process: its maker is dead.
    let half = findings.join("nfs--stuck--open.case.4194305.tmp");
    let living = findings.join(format!("nfs--stuck--open.case.{}.tmp", std::process::id()));
    let own = findings.join("my.case.tmp");
    for file in [&half, &living, &own] {
        fs::write(file, "a1 op").expect("the file can be written");
    }
    let hunt = launder(&folder, &["fuzz", BROKEN, "--runs", "10"]).output().expect("launder runs");
    assert!(hunt.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&hunt.stderr));
    assert!(!half.exists(), "it is nobody's");
    assert!(living.exists() && own.exists(), "these are somebody's");
}

/// Processes that are children of this one, and run a fuzz target.
fn targets_of(child: &Child) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{}/task", child.id())).into_iter().flatten().flatten();
    let of = |task: fs::DirEntry| fs::read_to_string(task.path().join("children")).unwrap_or_default();
    let children: String = tasks.map(of).collect();
    let is_target = |pid: &u32| {
        fs::read_link(format!("/proc/{pid}/exe"))
            .is_ok_and(|exe| exe.file_name().is_some_and(|name| name == "models"))
    };
    children.split_whitespace().filter_map(|pid| pid.parse().ok()).filter(is_target).collect()
}

fn wait_for(what: &str, patience: Duration, mut there: impl FnMut() -> bool) {
    let start = Instant::now();
    while !there() {
        assert!(start.elapsed() < patience, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Whether the process is gone, or only waits to be buried.
fn is_gone(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z'))
}

fn interrupt(child: &Child) {
    let kill = Command::new("kill").args(["-INT", "--", &format!("-{}", child.id())]).status();
    assert!(kill.is_ok_and(|status| status.success()), "it still runs");
}

#[test]
fn where_no_terminal_is_a_line_comes_every_few_seconds_and_an_interrupt_ends_with_the_table_so_far() {
    let folder = folder("interrupted");
    let mut command = launder(&folder, &["fuzz", BROKEN, "write-through", "--runs", "1000000000"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().expect("launder runs");
    let lines = BufReader::new(child.stderr.take().expect("its standard error")).lines();
    let is_progress = |line: &String| {
        let words = [" s  random cases: ", " cases, ", " a second, ", " findings, ", " s left"];
        words.iter().all(|word| line.contains(word)) && !line.contains(['\r', '\x1b'])
    };
    let told = lines.map(|line| line.expect("text")).filter(is_progress).take(2).count();
    assert_eq!(told, 2, "it goes on, and says how far it is");
    interrupt(&child);
    let ended = child.wait_with_output().expect("it ends");
    let out = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(1), "something was found that is not known: {out}");
    let row = |subject: &str| out.lines().any(|line| line.split(' ').next() == Some(subject));
    assert!(row(BROKEN) && row("write-through") && out.contains("\nNEW launder-folio+no_launder: "), "{out}");
}

#[test]
#[ignore = "builds the target of libFuzzer, which takes minutes, and reads /proc: .ci/run runs it"]
fn an_interrupt_ends_libfuzzer_too_and_is_no_failure_of_the_target() {
    let folder = folder("interrupted_target");
    let mut command = launder(&folder, &["fuzz", "write-through", "--seconds", "40", "--jobs", "1"]);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).spawn().expect("launder runs");
    let mut targets = Vec::new();
    wait_for("a target runs", Duration::from_secs(1_200), || {
        targets = targets_of(&child);
        !targets.is_empty()
    });
    interrupt(&child);
    wait_for("it ends", Duration::from_secs(20), || child.try_wait().expect("it is ours").is_some());
    let ended = child.wait_with_output().expect("it ends");
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert_eq!(ended.status.code(), Some(0), "nothing was found that is not known: {err}");
    assert!(out.starts_with("subject ") && !err.contains("failed"), "{out}{err}");
    assert!(targets.iter().all(|pid| is_gone(*pid)), "no target is left");
}

#[test]
#[ignore = "builds the target of libFuzzer, which takes minutes, and reads /proc: .ci/run runs it"]
fn no_target_outlives_a_hunt_or_a_score_that_is_killed() {
    let folder = folder("outlived");
    for args in [
        &["fuzz", "launder-folio", "--seconds", "40", "--jobs", "1"][..],
        // A bug that no case shows at once.
        &["score", "nfs", "--by", "libfuzzer", "--seeds", "1000", "--jobs", "1"],
    ] {
        let mut command = launder(&folder, args);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("launder runs");
        let mut targets = Vec::new();
        wait_for("a target runs", Duration::from_secs(1_200), || {
            targets = targets_of(&child);
            !targets.is_empty()
        });
        child.kill().expect("it still runs");
        child.wait().expect("it ends");
        wait_for("the target ends", Duration::from_secs(10), || targets.iter().all(|pid| is_gone(*pid)));
    }
    let again = launder(&folder, &["score", BROKEN, "--by", "libfuzzer", "--seeds", "1"]).output();
    let again = again.expect("launder runs");
    assert_eq!(again.status.code(), Some(0), "{}", String::from_utf8_lossy(&again.stderr));
    let left = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../libfuzzer/score");
    let names = |folder: &Path| -> Vec<_> {
        fs::read_dir(folder)
            .expect("it can be read")
            .map(|it| it.expect("it can be read").file_name())
            .collect()
    };
    assert_eq!(names(&left), ["sweeping"], "what the killed one has left is gone");
}
