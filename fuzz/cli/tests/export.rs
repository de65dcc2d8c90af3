//! What `launder run --export` answers: a program on standard output, exit statuses, and one line where something is wrong.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder with a case that every promise survives, one in which a write is lost, and one for two hosts.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("export-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder can be made");
    let lost = "a1 mmap\na1 mwrite 0..1\nserver notify a 0..4 ~2+1~6+1\na1 mwrite 1..2\na2 pwrite 2..3\n";
    for (name, text) in [
        ("fine.case", "# A reader sees a write.\na1 pwrite 0..4\na2 pread 0..4\n"),
        ("lost.case", lost),
        ("hosts.case", "b1 pwrite 0..1\n"),
    ] {
        fs::write(folder.join(name), text).expect("the case can be written");
    }
    folder
}

/// Its exit status, standard output and standard error.
fn launder(folder: &PathBuf, args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_launder")).current_dir(folder).args(args).output();
    let Output { status, stdout, stderr } = output.expect("launder runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code().expect("no signal"), text(stdout), text(stderr))
}

#[test]
fn a_program_and_a_script_are_printed_and_nothing_else() {
    let folder = folder("prints");
    let export =
        |form| launder(&folder, &["run", "fine.case", "--export", form, "--subject", "write-through"]);
    let (status, out, err) = export("c");
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.contains(" * A reader sees a write.\n") && out.contains("held to `fuse`: allowed."), "{out}");
    assert!(
        out.contains("\tstep(\"a2 pread 0..4\", \"got 1 1 1 1\", do_pread(a2, BUFFERED, 0, 4));\n"),
        "{out}"
    );
    let (status, out, err) = export("xfs_io");
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.starts_with("#!/bin/sh\n") && out.contains("\t# a2 pread 0..4: got 1 1 1 1\n"), "{out}");
}

#[test]
fn what_is_left_out_is_one_line_and_the_status_is_that_of_run() {
    let folder = folder("left-out");
    let case = ["run", "lost.case", "--subject", "flush-and-wait"];
    let (status, out, err) = launder(&folder, &[&case[..], &["--export", "c"]].concat());
    assert_eq!(status, launder(&folder, &case).0);
    assert_eq!((status, err.as_str()), (1, "launder: not expressed, and left out: 1 x server notify\n"));
    assert!(
        out.contains("/* not expressed: server notify a 0..4: ok */") && out.contains(" * lost-write: "),
        "{out}"
    );
    let weaker =
        ["--export", "c", "--contract", "hosts=cached,open=cached,notify=ignored,maps=remap,direct=none"];
    let (_, out, _) = launder(&folder, &[&case[..], &weaker[..]].concat());
    assert!(out.contains("`hosts=cached,open=cached,"), "{out}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_kernel_that_runs_this_is_asked_if_nobody_is_named() {
    let folder = folder("path");
    let (status, out, err) = launder(&folder, &["run", "fine.case", "--export", "c", "--at", "."]);
    if err.contains("skipped") {
        println!("skipped: {err}");
        return;
    }
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.contains("Observed of path on Linux "), "{out}");
    let (status, out, err) = launder(&folder, &["run", "hosts.case", "--export", "c", "--at", "."]);
    assert_eq!((status, out.as_str(), err.lines().count()), (0, "", 1));
    assert!(err.starts_with("hosts.case: path skipped: host b needs a second directory"), "{err}");
}

#[test]
fn a_bad_call_is_refused_in_one_line() {
    let folder = folder("bad");
    for (args, word) in [
        (&["fine.case", "lost.case", "--export", "c"][..], "name one CASE"),
        (&["fine.case", "--export", "c", "--subject", "nfs", "--subject", "afs"], "name one --subject"),
        (&["fine.case", "--export", "rust"], "'rust'"),
        (&["fine.case", "--export", "c", "--json"], "--json"),
        (&["missing.case", "--export", "c", "--subject", "nfs"], "missing.case"),
    ] {
        let (status, out, err) = launder(&folder, &[&["run"], args].concat());
        assert_eq!((status, out.as_str(), err.lines().count()), (2, "", 1), "{err}");
        assert!(err.starts_with("launder: ") && err.contains(word), "{err}");
    }
}
