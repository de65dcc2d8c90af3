//! Two mounts of a file system of our own, `fuzz/examples/two_mounts`, are two hosts of `path`; and nothing is left of them, whoever
//! is killed.
#![cfg(target_os = "linux")]

mod mounted;

use mounted::{AT, LAUNDER, between, folder, said, two_mounts};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

#[test]
fn close_to_open_holds_unless_an_open_leaves_what_is_cached() {
    let folder = folder("close_to_open");
    let case = concat!(env!("CARGO_MANIFEST_DIR"), "/../cases/close-to-open.case");
    let run = |caching: &[&str], contract: &str| {
        let run = [LAUNDER, "run", case, "--subject", "path", "--contract", contract];
        let output = between(&folder, caching, &[&run[..], &AT].concat())?;
        Some((output.status.code(), said(&output)))
    };
    let Some((kept, text)) = run(&[], "nfs") else { return };
    assert_eq!(kept, Some(0), "{text}");
    for (caching, contract) in [(&[][..], "posix"), (&["--lifetime", "60", "--keep-cache"], "nfs")] {
        let (broken, text) = run(caching, contract).expect("it could be mounted before");
        assert!(broken == Some(1) && text.contains("stale-read (line "), "{caching:?} {contract}: {text}");
    }
}

/// A direct write that appends goes where the kernel believes the end to be, which asks nobody.
#[test]
fn a_hunt_finds_that_a_direct_append_lands_where_the_file_ended_before() {
    let folder = folder("hunt");
    let hunt = [LAUNDER, "fuzz", "path", "--runs", "300", "--seed", "1", "--jobs", "1", "--contract", "nfs"];
    let Some(output) = between(&folder, &[], &[&hunt[..], &AT].concat()) else { return };
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("NEW path: wrong-size: append direct, pwrite direct"), "{text}");
    assert!(text.contains("    what it said: launder judge findings/path--wrong-size--append-direct-pwrite-direct.trace --contract nfs\n"));
    let row = text.lines().find(|line| line.starts_with("path ")).expect("a row of the table");
    assert!(row.contains(" 300 ") && row.split_whitespace().nth(6) == Some("0"), "no case is skipped: {row}");
    let launder = |args: &[&str]| Command::new(LAUNDER).args(args).current_dir(&folder).output();
    let trace = "findings/path--wrong-size--append-direct-pwrite-direct.trace";
    let judged = launder(&["judge", trace, "--contract", "nfs"]).expect("it runs");
    assert_eq!(judged.status.code(), Some(1), "{}", said(&judged));
    let report = launder(&["report"]).expect("it runs");
    assert_eq!(report.status.code(), Some(0), "{}", said(&report));
    let page = fs::read_to_string(folder.join("report.html")).expect("the page is written");
    let findings = page.matches("<details class=\"finding\"").count();
    assert!(findings > 0 && page.matches("<svg width").count() == findings, "each has its timeline");
}

#[test]
fn it_ends_as_the_command_does_and_nothing_is_mounted_outside() {
    let folder = folder("ends");
    let sh = |script: &str| between(&folder, &[], &["sh", "-c", script]);
    let both = "echo one > a/file && mkdir b/more && cat b/file && ls a && rmdir a/more && rm b/file && ls a";
    let Some(output) = sh(both) else { return };
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), "one\nfile\nmore\n"));
    for (script, status) in [("exit 7", 7), ("kill -9 $$", 137), ("no-such-command", 127)] {
        let output = sh(script).expect("it could be mounted before");
        assert_eq!(output.status.code(), Some(status), "{}", said(&output));
    }
    let output = between(&folder, &[], &["no-such-command"]).expect("it could be mounted before");
    assert!(output.status.code() == Some(2) && said(&output).contains("no-such-command: "));
    assert!(
        fs::read_dir(folder.join("a")).expect("it is there").next().is_none(),
        "what was written is gone"
    );
    assert_eq!(processes(&folder, ""), Vec::<String>::new());
}

/// The processes whose command lines name the folder, and have this word in the first two places.
fn processes(folder: &Path, word: &str) -> Vec<String> {
    let numbers = fs::read_dir("/proc")
        .expect("proc(5)")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let names = |number: &String| {
        let line = fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.contains(&*folder.to_string_lossy())
            && line.split('\0').take(2).any(|it| word.is_empty() || it == word)
    };
    numbers.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit())).filter(names).collect()
}

/// Who began it is unshare(1) by then.
#[test]
fn nothing_is_left_whoever_is_killed() {
    for victim in ["unshare", "--inside", "--serve", "sh"] {
        let folder = folder(victim);
        let Some(mut mounts) = two_mounts() else { return };
        let [a, b] = ["a", "b"].map(|root| folder.join(root));
        // Its calls fail when nobody serves any more.
        let script = "echo begun; while echo more > $0/file; do sleep 0.05; done; sleep 0.2";
        mounts.args([&a, &b]).args(["sh", "-c", script]).arg(&a);
        let mut child = mounts.stdout(Stdio::piped()).spawn().expect("timeout(1) is there");
        let mut line = String::new();
        let out = child.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("it can be read");
        if line != "begun\n" {
            child.wait().expect("it ends");
            return println!("skipped: no FUSE in namespaces here");
        }
        let killed = processes(&folder, victim);
        assert!(!killed.is_empty(), "{victim} is there");
        let kill = Command::new("kill").arg("-9").args(&killed).status().expect("kill(1) is there");
        assert!(kill.success(), "{victim}");
        let start = Instant::now();
        while !processes(&folder, "").is_empty() && start.elapsed() < Duration::from_secs(20) {
            sleep(Duration::from_millis(20));
        }
        assert_eq!(processes(&folder, ""), Vec::<String>::new(), "{victim} was killed, and these are left");
        child.wait().expect("it ends");
        let mounts = fs::read_to_string("/proc/self/mountinfo").expect("proc(5)");
        assert!(!mounts.contains(&*folder.to_string_lossy()), "{victim}");
    }
}
