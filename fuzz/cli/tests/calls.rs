//! Calls that are bad, and what is answered in the words in which it was asked.

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A folder with a case, a trace in which a close is not seen by an open, and three directories.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("calls-{name}"));
    let _ = fs::remove_dir_all(&folder);
    ["a", "b", "c"].iter().for_each(|it| fs::create_dir_all(folder.join(it)).expect("it can be made"));
    for (name, text) in [
        ("fine.case", "a1 pwrite 0..4\na2 pread 0..4\n"),
        ("stale.trace", "a1 > pwrite 0..1\na1 < ok\na2 > pread 0..1\na2 < got 0\nend quiet\n"),
    ] {
        fs::write(folder.join(name), text).expect("it can be written");
    }
    folder
}

/// Its exit status, standard output and standard error.
fn launder(folder: &PathBuf, args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_launder")).current_dir(folder).args(args).output();
    let output = output.expect("launder runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("no signal"), text(output.stdout), text(output.stderr))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
#[cfg(target_os = "linux")]
fn a_directory_that_is_none_or_one_too_many_is_a_bad_call_and_nothing_is_run() {
    // The commands that take directories, each asked of `path`.
    const IN_DIRECTORIES: [&[&str]; 4] = [
        &["fuzz", "path", "--runs", "20"],
        &["run", "fine.case", "--subject", "path"],
        &["run", "fine.case", "--subject", "path", "--export", "c"],
        &["shrink", "fine.case", "--subject", "path"],
    ];
    let folder = folder("at");
    let most = "--at c: `path` works in at most 2 directories";
    for (at, why) in [
        (&["--at", "nowhere"][..], "--at nowhere: No such file"),
        (&["--at", "a", "--at", "fine.case"], "--at fine.case: no directory"),
        (&["--at", "fine.case/a"], "--at fine.case/a: Not a directory"),
        (&["--at", "a", "--at", "b", "--at", "c"], most),
    ] {
        for command in IN_DIRECTORIES {
            let (status, out, err) = launder(&folder, &[command, at].concat());
            assert_eq!((status, out.as_str(), err.lines().count()), (2, "", 1), "{command:?} {at:?}: {err}");
            assert!(err.starts_with(&format!("launder: {why}")), "{command:?} {at:?}: {err}");
        }
        assert!(!folder.join("findings").exists(), "nothing is saved of a hunt that did not begin");
    }
    let (status, ..) = launder(&folder, &["run", "fine.case", "--subject", "nfs", "--at", "nowhere"]);
    assert_eq!(status, 2, "whoever it is put to");
}

#[test]
#[cfg(target_os = "linux")]
fn a_directory_of_which_nobody_makes_use_is_a_bad_call() {
    let folder = folder("of-no-use");
    for (command, who) in [
        (&["fuzz", "nfs", "--runs", "20"][..], "`nfs` works in no directory"),
        (&["run", "fine.case", "--subject", "kernel-fuse"], "`kernel-fuse` works in no directory"),
        (&["run", "fine.case", "--subject", "nfs", "--export", "c"], "`nfs` works in no directory"),
        (&["shrink", "fine.case", "--subject", "nfs", "--json"], "`nfs` works in no directory"),
        (
            &["run", "fine.case", "--subject", "nfs", "--subject", "afs"],
            "none of these subjects works in a directory",
        ),
    ] {
        let (status, out, err) = launder(&folder, &[command, &["--at", "a"]].concat());
        let line = format!("launder: --at a: {who}; `path` does\n");
        assert_eq!((status, out.as_str(), err), (2, "", line), "{command:?}");
    }
    let (status, _, err) = launder(&folder, &["explore", "fine.case", "--at", "a"]);
    assert_eq!(
        (status, err.contains("unexpected argument '--at'")),
        (2, true),
        "only models are explored: {err}"
    );
    for subjects in [&["--subject", "nfs", "--subject", "path"][..], &[]] {
        let (status, out, err) =
            launder(&folder, &[&["run", "fine.case", "--at", "a", "--json"], subjects].concat());
        assert_eq!((status, err.as_str()), (0, ""));
        let runs = json(&out)["runs"].clone();
        let path = runs.as_array().expect("runs").iter().find(|run| run["subject"] == "path");
        assert_eq!(path.expect("it is asked where somebody works in one")["verdict"], "allowed");
    }
}

#[test]
fn a_subject_that_this_machine_cannot_run_where_it_is_told_is_skipped() {
    let folder = folder("skipped");
    let nfs = ["run", "fine.case", "--subject", "kernel-nfs", "--json"];
    for at in [&[][..], &["--at", "a", "--at", "b", "--at", "c"]] {
        let (status, out, _) = launder(&folder, &[&nfs[..], at].concat());
        assert_eq!((status, &json(&out)["runs"][0]["verdict"]), (0, &"skipped".into()), "{out}");
    }
}

#[test]
fn a_call_without_a_command_says_that_one_is_missing_and_where_they_are() {
    let (status, out, err) = launder(&folder("none"), &[]);
    let line = "launder: a command is missing; `launder --help` names them\n";
    assert_eq!((status, out.as_str(), err.as_str()), (2, "", line));
}

#[test]
fn a_contract_is_told_in_the_words_in_which_it_was_given() {
    let folder = folder("contract");
    for given in ["afs", "fuse", "posix", "afs,open=cached", "hosts=cached,open=fresh"] {
        let (_, out, _) = launder(&folder, &["judge", "stale.trace", "--contract", given, "--json"]);
        assert_eq!(json(&out)["runs"][0]["contract"], given);
        let export = ["run", "fine.case", "--subject", "write-through", "--export", "c", "--contract", given];
        let (_, out, _) = launder(&folder, &export);
        assert!(out.contains(&format!("held to `{given}`")), "{given}: {out}");
        let (_, out, err) = launder(&folder, &["fuzz", "write-through", "--runs", "1", "--contract", given]);
        let record = fs::read_to_string(folder.join("findings/campaign.json")).expect("it is kept");
        assert_eq!(json(&record)["contract"], given, "{out}{err}");
    }
    let (_, out, _) = launder(&folder, &["judge", "stale.trace", "--json"]);
    assert_eq!(json(&out)["runs"][0]["contract"], "posix");
}

#[test]
fn shrink_wants_one_subject_and_says_so() {
    let folder = folder("shrink");
    let (_, help, _) = launder(&folder, &["shrink", "--help"]);
    assert!(help.contains("The subject, or `subject+bug`, that it goes wrong with"), "{help}");
    assert!(!help.contains("several times") && !help.contains("Every model"), "{help}");
    for subjects in [&[][..], &["--subject", "nfs", "--subject", "oplock"]] {
        let (status, out, err) = launder(&folder, &[&["shrink", "fine.case"], subjects].concat());
        assert_eq!((status, out.as_str(), err.lines().count()), (2, "", 1), "{err}");
        assert!(err.contains("--subject"), "{err}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_in_json_too() {
    let folder = folder("error");
    for (command, file, of) in [
        (&["run", "nope.case"][..], "nope.case", "case"),
        (&["explore", "nope.case"], "nope.case", "case"),
        (&["shrink", "nope.case", "--subject", "nfs"], "nope.case", "case"),
        (&["judge", "nope.trace"], "nope.trace", "trace"),
    ] {
        let (status, out, err) = launder(&folder, &[command, &["--json"]].concat());
        let run = json(&out)["runs"][0].clone();
        assert_eq!((status, err.as_str()), (2, ""), "{command:?}");
        assert_eq!((&run["verdict"], &run[of]), (&"error".into(), &file.into()), "{command:?}");
        assert!(run["why"].as_str().is_some_and(|why| why.contains("No such file")), "{out}");
        assert_eq!(run["violations"], Value::Array(vec![]));
    }
}

#[test]
fn score_ends_with_a_sentence_of_the_seeds_that_were_tried() {
    let folder = folder("score");
    for (seeds, end) in [
        ("1", "from the one seed"),
        ("2", "from all 2 seeds"),
        ("5", "from four seeds of five"),
        ("6", "from 5 seeds of 6"),
    ] {
        let args = ["score", "write-through+no_eof_zero", "--runs", "1", "--seeds", seeds];
        let (status, out, err) = launder(&folder, &args);
        assert_eq!(status, 0, "{err}");
        let last = out.lines().last().expect("a sentence");
        assert_eq!(last, format!("0 of 1 bug is found within 1 random cases {end}"));
    }
}

#[test]
#[cfg(unix)]
fn the_trace_that_the_readme_writes_opens_what_was_closed_and_is_judged_as_it_says() {
    let folder = folder("readme");
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = fs::read_to_string(readme).expect("it can be read");
    let (_, rest) = readme.split_once("\nprintf '%s\\n' ").expect("it writes a trace");
    let (words, rest) = rest.split_once(" > mine.trace").expect("it keeps it");
    let (block, _) = rest.split_once("\n```").expect("it ends");
    let lines: Vec<&str> = words.split('\'').skip(1).step_by(2).collect();
    fs::write(folder.join("mine.trace"), lines.join("\n")).expect("it can be written");
    let at = |line: &str| lines.iter().position(|it| *it == line).expect("it is said");
    assert!(at("b1 > close") < at("b1 > open"), "a process begins with the file open: {lines:?}");
    let judged = block.lines().filter_map(|line| line.strip_prefix("launder judge ")?.split_once(" # "));
    let mut statuses = Vec::new();
    for (args, says) in judged {
        let args: Vec<&str> = args.split_whitespace().collect();
        let (status, out, err) = launder(&folder, &[&["judge"], &args[..]].concat());
        assert!(says.starts_with(&format!("{status}: ")), "{args:?}: {out}{err}");
        statuses.push(status);
    }
    assert_eq!(statuses, [1, 0]);
}

#[test]
fn a_case_with_an_ask_wider_than_any_line_is_put_all_the_same() {
    let folder = folder("wide");
    fs::write(folder.join("wide.case"), format!("a1 pread 0..1{}\n", " ~1+1".repeat(17_000)))
        .expect("it can");
    let (status, out, err) = launder(&folder, &["run", "wide.case", "--subject", "write-through"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.contains("\nverdict "), "{}", &out[out.len().saturating_sub(200)..]);
}

#[test]
fn a_byte_order_mark_is_passed_over_and_what_a_terminal_would_obey_is_shown() {
    let folder = folder("hidden");
    let case = "\u{feff}# A \u{1b}[31mred\u{7} comment.\na1 pread 0..1\n";
    fs::write(folder.join("marked.case"), case).expect("it can be written");
    let (status, out, err) = launder(&folder, &["run", "marked.case", "--subject", "nfs"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.contains("# A ?[31mred? comment.") && !out.contains('\u{7}'), "{out}");
    fs::write(folder.join("nul.case"), "a1 fsync\0\n").expect("it can be written");
    let (status, _, err) = launder(&folder, &["run", "nul.case"]);
    assert_eq!(status, 2);
    assert!(err.contains("`fsync?`"), "{err}");
}
