//! What other kernels make of the cases of `fuzz/cases/kernels`: a snapshot for each kernel that is in the cache, where there is QEMU.
//! Nothing is fetched.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const CASES: &str = "fuzz/cases/kernels";
const ASKED: &str = "ext4,nfs,9p,fuse-plain,fuse-writeback";

#[test]
fn a_guest_of_6_1_answers_as_its_snapshot_says() {
    answers("6.1");
}

#[test]
fn a_guest_of_6_12_answers_as_its_snapshot_says() {
    answers("6.12");
}

fn answers(version: &str) {
    if let Err(why) = is_here(version) {
        eprintln!("skipped: {why}");
        return;
    }
    let (release, rows) = ask(version);
    let text = format!("# {release}\n{rows}");
    let file = Path::new(TOP).join(CASES).join(format!("vm-{version}.snap"));
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(&file, &text).expect("it can be written");
    }
    let snapshot = fs::read_to_string(&file).unwrap_or_default();
    let of = snapshot.lines().next().unwrap_or_default().trim_start_matches("# ");
    if of != release {
        eprintln!("skipped: the snapshot is of {of}, and {release} is in the cache (INSTA_UPDATE=always)");
        return;
    }
    let differing: Vec<_> = text.lines().filter(|line| !snapshot.lines().any(|it| it == *line)).collect();
    assert_eq!(text, snapshot, "not in {}: {differing:#?}", file.display());
}

/// Whether there is QEMU, and such a kernel in the cache.
fn is_here(version: &str) -> Result<(), String> {
    let qemu = ["/usr/bin", "/usr/local/bin"].map(|it| Path::new(it).join("qemu-system-x86_64"));
    if !qemu.iter().any(|it| it.exists()) {
        return Err("there is no qemu-system-x86_64".into());
    }
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home).unwrap_or_default();
    let entries = fs::read_dir(cache.join("launder/kernels")).into_iter().flatten().flatten();
    let begins = format!("linux-image-{version}.");
    let has = entries.map(|entry| entry.file_name()).any(|it| it.to_string_lossy().starts_with(&begins));
    if has { Ok(()) } else { Err(format!("no kernel {version} is in the cache: launder vm fetches one")) }
}

/// The kernel's version in full, and a line for each case and subject: what came of it.
fn ask(version: &str) -> (String, String) {
    let mut cases: Vec<_> =
        fs::read_dir(Path::new(TOP).join(CASES)).expect("it is there").flatten().collect();
    cases.sort_by_key(|entry| entry.file_name());
    let names = cases.iter().filter_map(|entry| entry.file_name().into_string().ok());
    let names = names.filter(|name| name.ends_with(".case")).map(|name| format!("{CASES}/{name}"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_launder"));
    command.args(["vm", "--json", "--kernel", version, "--fs", ASKED]).args(names).current_dir(TOP);
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let release = said.lines().find_map(|line| line.strip_prefix("vm: ")?.split_once(" under "));
    let (release, _) = release.unwrap_or_else(|| panic!("no guest was booted: {said}"));
    let runs: serde_json::Value = serde_json::from_slice(&output.stdout).expect("an object");
    (release.to_string(), runs["runs"].as_array().expect("a list").iter().map(row).collect())
}

fn row(run: &serde_json::Value) -> String {
    let word = |name: &str| run[name].as_str().unwrap_or_default();
    let mut kinds: Vec<_> =
        run["violations"].as_array().into_iter().flatten().filter_map(|it| it["kind"].as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let case = Path::new(word("case")).file_stem().unwrap_or_default().to_string_lossy();
    let verdict = format!("{} {}", word("verdict"), kinds.join(", "));
    format!("{case}: {}: {}\n", word("subject"), verdict.trim_end())
}
