//! A mount whose server is broken on purpose, `two_mounts --broken`: each of its bugs is found soon, and none where there is none.
#![cfg(target_os = "linux")]

mod mounted;

use mounted::{AT, LAUNDER, between, folder, said};
use std::path::Path;

/// Random cases of seed 1 within which each is found.
const RUNS: &str = "400";

/// Those that one host sees, and with what a finding of each begins, or what is in it.
const ON_ONE_HOST: [(&str, &str, &str); 9] = [
    ("truncate-keeps", "resurrected", "ftruncate"),
    ("gap-keeps", "resurrected", "ftruncate, pwrite"),
    ("border-lost", "lost-write", "pwrite"),
    ("punch-short", "leaked", "punch"),
    ("size-stays", "lost-write", "pwrite"),
    ("write-lost", "lost-write", "pwrite"),
    ("sync-loses", "stale-read", "fsync, pread, pwrite"),
    ("direct-beside-cache", "stale-read", "pread, pwrite direct"),
    ("handle-buffers", "stale-read", "pread, pwrite"),
];
/// Those that only two hosts see.
const ON_TWO: [&str; 2] = ["open-keeps", "size-of-before"];

/// What is new in a hunt on a server with this bug, or none, a line each; nothing where it cannot be mounted.
fn news(folder: &Path, bug: Option<&str>, contract: &str, at: &[&str]) -> Option<Vec<String>> {
    let hunt =
        [LAUNDER, "fuzz", "path", "--runs", RUNS, "--seed", "1", "--jobs", "1", "--contract", contract];
    let out = ["--out", bug.unwrap_or("unbroken")];
    let output = between(folder, &broken(bug), &[&hunt[..], &out, at].concat())?;
    let text = said(&output);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{bug:?}: {text}");
    Some(text.lines().filter_map(|line| line.strip_prefix("NEW path: ")).map(String::from).collect())
}

fn broken(bug: Option<&str>) -> Vec<&str> {
    bug.map_or(vec![], |bug| vec!["--broken", bug])
}

#[test]
fn each_bug_that_one_host_sees_is_found_and_a_server_without_is_not_accused() {
    let folder = folder("broken-one");
    let Some(unbroken) = news(&folder, None, "linux", &AT[..2]) else { return };
    assert_eq!(unbroken, Vec::<String>::new());
    for (bug, kind, words) in ON_ONE_HOST {
        let found = news(&folder, Some(bug), "linux", &AT[..2]).expect("it could be mounted before");
        let shows = |line: &String| line.starts_with(&format!("{kind}: ")) && line.contains(words);
        assert!(found.iter().any(shows), "{bug}: {found:?}");
    }
}

#[test]
fn a_size_of_before_is_found_by_two_hosts() {
    let folder = folder("broken-size");
    // What FUSE does itself: the direct append goes where its kernel believes the end to be.
    let is_of_the_bug = |line: &String| line.starts_with("wrong-size: ") && !line.contains("append direct");
    let Some(unbroken) = news(&folder, None, "nfs", &AT) else { return };
    assert!(!unbroken.iter().any(is_of_the_bug), "{unbroken:?}");
    let found = news(&folder, Some("size-of-before"), "nfs", &AT).expect("it could be mounted before");
    assert!(found.iter().any(is_of_the_bug), "{found:?}");
    let alone = news(&folder, Some("size-of-before"), "linux", &AT[..2]).expect("it could be mounted before");
    assert_eq!(alone, Vec::<String>::new(), "one host does not see it");
}

#[test]
fn an_open_that_leaves_what_is_cached_is_found_by_close_to_open() {
    let folder = folder("broken-open");
    let case = concat!(env!("CARGO_MANIFEST_DIR"), "/../cases/close-to-open.case");
    let run = [LAUNDER, "run", case, "--subject", "path", "--contract", "nfs"];
    for (bug, status) in [(None, 0), (Some("open-keeps"), 1)] {
        let Some(output) = between(&folder, &broken(bug), &[&run[..], &AT].concat()) else { return };
        let text = said(&output);
        assert_eq!(output.status.code(), Some(status), "{bug:?}: {text}");
        assert_eq!(text.contains("stale-read (line "), bug.is_some(), "{bug:?}: {text}");
    }
}

#[test]
fn a_bug_that_there_is_not_is_named_with_those_that_there_are_and_each_of_them_is_in_a_test() {
    let folder = folder("broken-word");
    let Some(output) = between(&folder, &["--broken", "nothing"], &["true"]) else { return };
    let text = said(&output);
    assert!(output.status.code() == Some(2) && text.lines().count() == 1, "{text}");
    let (named, all) = text.trim_end().split_once(": there are ").expect("it says which there are");
    assert_eq!(named, "two_mounts: no bug nothing");
    let tested = ON_ONE_HOST.iter().map(|(bug, ..)| *bug).chain(ON_TWO);
    assert_eq!(all.split(", ").collect::<Vec<_>>(), tested.collect::<Vec<_>>());
}
