//! `launder vm`: what it refuses, and, where there is QEMU and a kernel in the cache, a guest that is booted, asked and gone.

#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const TOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn vm(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_launder"));
    command.arg("vm").args(args).current_dir(TOP).stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    vm(args).output().expect("it runs")
}

#[test]
fn a_call_that_means_nothing_is_refused_in_one_line_before_anything_is_booted() {
    let case = "fuzz/cases/close-to-open.case";
    let calls: [(&[&str], &str); 7] = [
        (&[], "name a .case file"),
        (&["--kernel", "six", case], "6.1 or 6.12.100"),
        (&["--kernel", "6.1.0-56-amd64", case], "6.1 or 6.12.100"),
        (&["--fs", "ntfs", case], "no such file system"),
        (&["--contract", "nonsense", case], "nonsense"),
        (&["fuzz", "--seconds", "0"], "0"),
        (&["fuzz", "--seconds", "5", "--runs", "5"], "cannot be used with"),
    ];
    for (args, said) in calls {
        let output = run(args);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {text}");
        assert!(
            text.contains(said) && text.lines().count() == 1 && output.stdout.is_empty(),
            "{args:?}: {text}"
        );
    }
}

#[test]
fn a_case_that_cannot_be_read_is_said_and_nobody_is_booted_for_it() {
    let output = run(&["README.md", "fuzz/cases/no-such.case", "--json"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text.matches(r#""verdict":"error""#).count(), 2, "{text}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_kernel_that_no_package_has_is_skipped_with_the_reason() {
    let output = run(&["--kernel", "2.6", "--fs", "ext4", "fuzz/cases/close-to-open.case", "--json"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains(r#""verdict":"skipped""#), "{text}");
    let reasons = ["no package has a kernel 2.6", "apt-get install"];
    assert!(reasons.iter().any(|reason| text.contains(reason)), "{text}");
}

/// The beginning of the version of a kernel that is in the cache, where there is QEMU; nothing is fetched by a test.
fn kernel() -> Option<&'static str> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)?.join("launder/kernels");
    let names: Vec<_> = std::fs::read_dir(cache).ok()?.flatten().map(|entry| entry.file_name()).collect();
    let has = |version: &str| {
        let begins = format!("linux-image-{version}.");
        names.iter().any(|name| name.to_str().is_some_and(|name| name.starts_with(&begins)))
    };
    let qemu =
        ["/usr/bin", "/usr/local/bin"].iter().any(|it| Path::new(it).join("qemu-system-x86_64").exists());
    ["6.1", "6.12"].into_iter().find(|version| qemu && has(version))
}

/// Folders of guests that this process has booted.
fn folders(of: u32) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(std::env::temp_dir()).expect("there is one").flatten();
    let begins = format!("launder-vm-{of}-");
    let ours =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&begins));
    entries.map(|entry| entry.path()).filter(ours).collect()
}

fn wait_until(what: &str, most: u64, so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_secs(most), "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_guest_answers_as_its_kernel_does_and_nothing_is_left_of_it_whoever_is_killed() {
    let Some(kernel) = kernel() else {
        eprintln!(
            "skipped: there is no qemu-system-x86_64, or no kernel in the cache: launder vm fetches one"
        );
        return;
    };
    let cases = [
        "fuzz/cases/third-party-in-a-dirty-folio.case",
        "fuzz/cases/stored-past-the-end-and-a-direct-write.case",
    ];
    let mut command = vm(&["--kernel", kernel, "--fs", "ext4,fuse-plain", cases[0], cases[1], "--json"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let process = child.id();
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout);
    let said = format!("{text}{}", String::from_utf8_lossy(&output.stderr));
    let verdict =
        |subject: &str, verdict: &str| format!(r#""subject":"vm-{kernel}-{subject}","verdict":"{verdict}""#);
    assert!(text.contains(&verdict("fuse-plain", "allowed")), "{said}");
    // What ext4 does not zero was so before 6.18, too.
    assert!(text.contains(&verdict("ext4", "forbidden")) && text.contains(r#""kind":"leaked""#), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
    wait_until("its folder is left", 5, || folders(process).is_empty());

    let mut child = vm(&["--kernel", kernel, "--fs", "ext4", cases[1]])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let process = child.id();
    wait_until("no guest is booted", 300, || {
        // A file that the shell makes when it starts QEMU.
        folders(process).iter().any(|folder| folder.join("emulator").exists()) || child_has_ended(process)
    });
    assert!(!child_has_ended(process), "it is too fast to be killed");
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    wait_until("QEMU outlives who booted it", 5, || folders(process).is_empty());
}

fn child_has_ended(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    status.rsplit(") ").next().is_none_or(|rest| rest.starts_with('Z'))
}
