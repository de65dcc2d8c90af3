//! What the command line answers: exit statuses, JSON, and one line where something is wrong.

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A folder of its own for one test, empty at first.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the folder can be made");
        Folder(folder)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), text).expect("the file can be written");
    }

    fn launder(&self, args: &[&str]) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_launder")).current_dir(&self.0).args(args).output();
        Said::of(output.expect("launder runs"))
    }
}

struct Said {
    status: i32,
    out: String,
    err: String,
}

impl Said {
    fn of(output: Output) -> Said {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Said {
            status: output.status.code().expect("no signal"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// Refused: exit status 2 and one line.
    fn refused(&self) -> &str {
        assert_eq!((self.status, self.err.lines().count()), (2, 1), "{}", self.err);
        assert!(self.out.is_empty());
        self.err.trim_end()
    }
}

const FINE: &str = "# A reader sees a write.\na1 pwrite 0..4\na2 pread 0..4\n";
const STALE: &str = "a1 > pwrite 0..1\na1 < ok\na2 > pread 0..1\na2 < got 0\nend quiet\n";

#[test]
fn list_names_every_subject_and_contract() {
    let folder = Folder::new("list");
    let said = folder.launder(&["list"]);
    assert_eq!(said.status, 0);
    assert!(said.out.contains("write-through") && said.out.contains("posix"));
    let json = folder.launder(&["list", "--json"]).json();
    let subjects = json["subjects"].as_array().expect("a list");
    assert!(subjects.iter().any(|subject| subject["subject"] == "write-through" && subject["model"] == true));
    assert!(subjects.iter().all(|subject| subject["bugs"].is_array() && subject["known"].is_array()));
}

#[test]
fn run_shows_a_table_and_says_so_in_json() {
    let folder = Folder::new("run");
    folder.write("fine.case", FINE);
    let said = folder.launder(&["run", "fine.case"]);
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("a2 pread 0..4") && said.out.contains("verdict"));
    let json = folder.launder(&["run", "fine.case", "--subject", "write-through", "--json"]).json();
    let run = &json["runs"][0];
    assert_eq!((&run["case"], &run["subject"]), (&"fine.case".into(), &"write-through".into()));
    assert_eq!((&run["verdict"], &run["violations"]), (&"allowed".into(), &Value::Array(vec![])));
}

#[test]
fn what_a_fuzzer_stopped_at_is_a_case_by_its_name() {
    let folder = Folder::new("bytes");
    // The encoding's numbers are frozen: a hole of 16 cells, and `a1 pwrite 4..8`.
    let bytes = [0, 4, 0, 4, 4, 0, 0, 0, 0];
    for name in ["crash-da39a3ee", "id:000003,src:000001,op:havoc"] {
        folder.write(name, bytes);
        let said = folder.launder(&["run", name, "--subject", "write-through"]);
        assert_eq!(said.status, 0, "{}", said.err);
        assert!(said.out.contains("a1 pwrite 4..8"), "{}", said.out);
    }
    let hunt = folder.launder(&["fuzz", "write-through", "--from", ".", "--runs", "2", "--json"]).json();
    assert_eq!(hunt["subjects"][0]["allowed"], 2);
    folder.write("other", bytes);
    assert!(folder.launder(&["run", "other"]).refused().contains("other: line 1"));
}

#[test]
fn judge_tells_what_is_forbidden_where_and_why() {
    let folder = Folder::new("judge");
    folder.write("stale.trace", STALE);
    folder.write("fine.trace", STALE.replace("got 0", "got 1"));
    folder.write("stuck.trace", "a1 > lock\nend stuck\n");
    assert_eq!(folder.launder(&["judge", "fine.trace"]).status, 0);
    let said = folder.launder(&["judge", "fine.trace", "stale.trace", "--json"]);
    assert_eq!(said.status, 1);
    let stale = &said.json()["runs"][1];
    assert_eq!((&stale["trace"], &stale["contract"]), (&"stale.trace".into(), &"posix".into()));
    assert_eq!(stale["verdict"], "forbidden");
    let violation = &stale["violations"][0];
    assert_eq!(
        (&violation["kind"], &violation["cell"], &violation["at"]),
        (&"stale-read".into(), &0.into(), &4.into())
    );
    assert!(violation["why"].as_str().is_some_and(|why| why.contains("a1")));
    let stuck = folder.launder(&["judge", "stuck.trace", "--json"]);
    assert_eq!((stuck.status, &stuck.json()["runs"][0]["verdict"]), (1, &"unanswered".into()));
    let weaker = folder.launder(&["judge", "stale.trace", "--contract", "nonsense"]);
    assert!(weaker.refused().contains("nonsense"));
}

#[test]
fn judging_that_stopped_at_the_most_violations_says_so() {
    let folder = Folder::new("full");
    folder.write("few.trace", STALE);
    let reads = "a1 > pread 0..1\na1 < got 0\n".repeat(150);
    folder.write("many.trace", format!("a1 > pwrite 0..1\na1 < ok\n{reads}end quiet\n"));
    let said = folder.launder(&["judge", "few.trace", "many.trace", "--json"]).json();
    let [few, many] = [0, 1].map(|at| &said["runs"][at]);
    assert_eq!((few.get("more"), &many["more"]), (None, &true.into()));
    assert_eq!(many["violations"].as_array().map(Vec::len), Some(100));
    let said = folder.launder(&["judge", "few.trace", "many.trace"]).out;
    assert!(said.contains("few.trace: forbidden\n"), "{said}");
    assert!(said.contains("many.trace: forbidden (judging stopped at violation 100)\n"), "{said}");
}

#[test]
fn a_trace_that_breaks_a_promise_is_shown_as_a_timeline_in_colour_where_that_is_wanted() {
    let folder = Folder::new("look");
    folder.write("stale.trace", STALE);
    let judge = |variables: &[(&str, &str)]| {
        let mut launder = Command::new(env!("CARGO_BIN_EXE_launder"));
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            launder.env_remove(variable);
        }
        launder.current_dir(&folder.0).args(["judge", "stale.trace"]).envs(variables.iter().copied());
        Said::of(launder.output().expect("launder runs")).out
    };
    let plain = judge(&[]);
    assert!(plain.contains("pwrite 0..1 → 1") && !plain.contains('\x1b'), "{plain}");
    assert!(judge(&[("CLICOLOR_FORCE", "1")]).contains("→ \x1b[31m1\x1b[0m"));
    assert_eq!(judge(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), plain);
}

#[test]
fn a_bad_file_among_several_is_told_and_the_others_are_done() {
    let folder = Folder::new("bad");
    folder.write("stale.trace", STALE);
    folder.write("bad.trace", "a1 > pwrite 0..1\na1 < got 7\nend quiet\n");
    let said = folder.launder(&["judge", "bad.trace", "stale.trace", "--json"]);
    assert_eq!(said.status, 2, "2 before 1");
    let runs = said.json()["runs"].clone();
    assert_eq!((&runs[0]["verdict"], &runs[1]["verdict"]), (&"error".into(), &"forbidden".into()));
    let why = runs[0]["why"].as_str().expect("a reason");
    assert!(why.contains("bad.trace") && why.contains("line 2") && why.contains("got"), "{why}");
    assert_eq!(runs[0]["violations"], Value::Array(vec![]));
    let said = folder.launder(&["judge", "bad.trace", "stale.trace"]);
    assert_eq!((said.status, said.err.lines().count()), (2, 1));
    assert!(said.out.contains("stale.trace: forbidden"));
}

#[test]
fn hostile_files_are_refused_in_one_line() {
    let folder = Folder::new("hostile");
    folder.write("binary.case", [b'#', b'\n', 0xff, 0xfe]);
    folder.write("word.case", "a1 pwrite 0..1\na1 frobnicate\n");
    folder.write("far.case", "a1 pwrite 0..4097\n");
    folder.write("number.case", "a1 ftruncate 99999999999999999999\n");
    folder.write("huge.case", vec![b'#'; (16 << 20) + 1]);
    folder.write("control.case", "a1 \u{1b}[2Jx\n");
    fs::create_dir(folder.0.join("folder.case")).expect("the folder can be made");
    for (file, word) in [
        ("binary.case", "line 2"),
        ("word.case", "frobnicate"),
        ("far.case", "4097"),
        ("number.case", "99999999999999999999"),
        ("huge.case", "16777216"),
        ("control.case", "line 1"),
        ("folder.case", "directory"),
        ("missing.case", "No such file"),
    ] {
        for job in
            [vec!["run", file], vec!["explore", file], vec!["shrink", file, "--subject", "write-through"]]
        {
            let said = folder.launder(&job);
            let line = said.refused();
            assert!(line.contains(file) && line.contains(word), "{line}");
        }
    }
}

#[test]
fn a_bad_call_is_refused_in_one_line() {
    let folder = Folder::new("call");
    folder.write("fine.case", FINE);
    assert!(
        folder
            .launder(&["run", "fine.case", "--subject", "write-thru"])
            .refused()
            .contains("`write-through`")
    );
    assert!(
        folder
            .launder(&["run", "fine.case", "--subject", "write-through+bug"])
            .refused()
            .contains("no subject")
    );
    assert!(folder.launder(&["run"]).refused().contains("CASE"));
    assert!(folder.launder(&["frobnicate"]).refused().contains("frobnicate"));
    assert!(folder.launder(&["fuzz", "--seconds", "1", "--runs", "1"]).refused().contains("--runs"));
    assert!(folder.launder(&["fuzz", "nobody"]).refused().contains("nobody"));
    assert!(folder.launder(&["shrink", "fine.case"]).refused().contains("--subject"));
    assert!(folder.launder(&["score", "--by", "luck"]).refused().contains("luck"));
    assert_eq!(folder.launder(&["--help"]).status, 0);
}

#[test]
fn help_is_wrapped() {
    let help = Folder::new("help").launder(&["fuzz", "--help"]).out;
    let wide: Vec<_> = help.lines().filter(|line| line.chars().count() > 100).collect();
    assert!(help.contains("Options:") && wide.is_empty(), "{wide:#?}");
}

#[test]
fn fuzz_says_the_same_for_the_same_seed() {
    let folder = Folder::new("fuzz");
    let hunt = |jobs, out| {
        let said = folder
            .launder(&["fuzz", "--runs", "3000", "--seed", "5", "--jobs", jobs, "--out", out, "--json"]);
        let mut json = said.json();
        let subjects = json["subjects"].as_array_mut().expect("a list");
        assert!(subjects.iter().all(|subject| subject["runs"] == 3000));
        let mut news = false;
        for subject in subjects.iter_mut() {
            assert!(subject["seconds"].take().is_number());
            for finding in subject["findings"].as_array_mut().expect("a list") {
                let file = finding["case"].take();
                let text =
                    fs::read_to_string(folder.0.join(file.as_str().expect("a path"))).expect("it is kept");
                assert!(text.starts_with("# "), "{text}");
                assert!(finding["signature"].is_string() && finding["runs"].is_number());
                news |= finding["known"] == false;
            }
        }
        assert_eq!(said.status, i32::from(news), "what is known is no failure");
        json
    };
    assert_eq!(hunt("1", "one"), hunt("3", "three"));
}

#[test]
fn fuzz_begins_with_the_cases_that_were_kept_and_goes_on_by_changing_them() {
    const RACE: &str =
        "a1 mmap\na1 mwrite 0..1\nserver notify a 0..4 ~2+1~6+1\na1 mwrite 1..2\na2 pwrite 2..3\n";
    let folder = Folder::new("from");
    fs::create_dir_all(folder.0.join("kept")).expect("the folder can be made");
    folder.write("kept/race.case", RACE);
    folder.write("kept/notes", "no case");
    let hunt = |from: &str, runs: &str, jobs: &str, out: &str| {
        let args = ["--from", from, "--runs", runs, "--seed", "7", "--jobs", jobs, "--out", out, "--json"];
        let mut json = folder.launder(&[&["fuzz", "flush-and-wait"][..], &args].concat()).json();
        let subject = json["subjects"][0].take();
        let findings = subject["findings"].as_array().expect("a list").clone();
        findings.iter().map(|finding| finding["signature"].to_string()).collect::<Vec<_>>()
    };
    let first = hunt("kept/race.case", "1", "1", "first");
    assert_eq!((first.len(), hunt("kept", "1", "1", "folder")), (1, first));
    let more = hunt("kept", "3000", "1", "one");
    assert!(more.len() > 1, "a changed race shows more than the race: {more:?}");
    assert_eq!(hunt("kept", "3000", "3", "three"), more);
    fs::create_dir_all(folder.0.join("none")).expect("the folder can be made");
    let refused = |from| folder.launder(&["fuzz", "--runs", "1", "--from", from]).refused().to_string();
    assert!(refused("none").contains("no .case"));
    assert!(refused("nowhere.case").contains("nowhere.case"));
    assert!(refused("kept/notes").contains("line 1"));
}

#[test]
fn fuzz_says_how_much_it_has_gone_through_when_that_is_all() {
    let folder = Folder::new("exhaustive");
    let said = folder.launder(&["fuzz", "launder-folio", "--exhaustive", "2"]);
    assert_eq!(said.status, 0, "{}", said.out);
    let line = said.err.lines().find(|line| line.starts_with("launder-folio: all")).expect("a line");
    assert!(
        line.contains("sequences of at most 2 calls") && line.contains("at most 2 interruptions"),
        "{line}"
    );
    let both = folder.launder(&["fuzz", "--exhaustive", "2", "--runs", "1"]);
    assert!(both.refused().contains("--exhaustive"));
    assert!(folder.launder(&["fuzz", "--exhaustive", "0"]).refused().contains("--exhaustive"));
}

#[test]
fn fuzz_shows_which_states_met_which_events() {
    let folder = Folder::new("met");
    let hunt = |more: &[&str]| folder.launder(&[&["fuzz", "--runs", "200"], more].concat());
    let one = hunt(&["launder-folio"]).out;
    let row = |name: &str| one.lines().find(|line| line.starts_with(name)).expect("a row").to_string();
    assert_eq!(
        row("redirtied").split_whitespace().collect::<Vec<_>>(),
        [&["redirtied"], &["."; 11][..]].concat()
    );
    assert!(row("clean").split_whitespace().nth(1).expect("runs").parse::<u32>().expect("a number") > 10);
    assert!(hunt(&["launder-folio", "nfs"]).out.contains("In how many of the subjects"));
    let json = hunt(&["launder-folio", "nfs", "--json"]).json();
    for (subject, of) in [(&json["subjects"][0], 110), (&json["subjects"][1], 100)] {
        let matrix = &subject["matrix"];
        let missing = matrix["missing"].as_array().expect("a list");
        assert_eq!(matrix["of"], of, "nfs is not notified");
        assert_eq!(matrix["met"].as_u64().expect("a number") + missing.len() as u64, of);
        assert!(missing.contains(&"redirtied × crash".into()));
    }
    let real = hunt(&["path", "--at", "."]).out;
    assert!(real.contains("path is real: what its cache holds is not seen"), "{real}");
    assert!(hunt(&["path", "--at", ".", "--json"]).json()["subjects"][0]["matrix"].is_null());
}

#[test]
fn what_a_hunt_finds_can_be_run_and_shrunk() {
    let folder = Folder::new("finds");
    let list = folder.launder(&["list", "--json"]).json();
    let subjects = list["subjects"].as_array().expect("a list");
    let broken = |subject: &Value| {
        Some(format!("{}+{}", subject["subject"].as_str()?, subject["bugs"][0]["bug"].as_str()?))
    };
    let broken =
        subjects.iter().filter(|subject| subject["model"] == true).find_map(broken).expect("a planted bug");
    let hunt = folder.launder(&["fuzz", &broken, "--runs", "20000", "--json"]).json();
    let finding = hunt["subjects"][0]["findings"][0].clone();
    let file = finding["case"].as_str().expect("a planted bug is found");
    let run = folder.launder(&["run", file, "--subject", &broken]);
    assert_eq!(run.status, 1, "{}", run.out);
    assert!(run.out.contains("-- settles --"), "a timeline: {}", run.out);
    let small = folder.launder(&["shrink", file, "--subject", &broken, "--json"]);
    assert_eq!((small.status, &small.json()["runs"][0]["signature"]), (1, &finding["signature"]));
    let text = folder.launder(&["shrink", file, "--subject", &broken]).out;
    assert_eq!(text, fs::read_to_string(folder.0.join(file)).expect("it is kept"), "it was shrunk before");
}

#[test]
fn score_says_how_many_cases_it_took_from_each_seed() {
    let folder = Folder::new("score");
    let score = |more: &[&str]| {
        let said = folder.launder(&[&["score", "write-through+no_eof_zero", "--seeds", "3"], more].concat());
        assert_eq!(said.status, 0, "{}", said.err);
        said
    };
    let json = score(&["--json"]).json();
    assert_eq!(json["by"], "random");
    let bug = &json["bugs"][0];
    let tries: Vec<u64> =
        bug["tries"].as_array().expect("a list").iter().map(|tries| tries.as_u64().expect("found")).collect();
    assert!(tries.len() == 3 && bug["failed"].as_array().is_some_and(Vec::is_empty));
    assert!(tries.contains(&bug["median"].as_u64().expect("a number")));
    let out = score(&["--by", "random", "--runs", "1"]).out;
    assert!(out.contains(" 0/3 ") && out.contains("within 1 random cases"), "{out}");
}

#[test]
fn score_by_libfuzzer_says_in_one_line_why_it_cannot_be() {
    let folder = Folder::new("no-compiler");
    let mut command = Command::new(env!("CARGO_BIN_EXE_launder"));
    command.args(["score", "write-through", "--by", "libfuzzer"]).current_dir(&folder.0);
    let output = command.env("PATH", &folder.0).env_remove("CXX").output();
    assert!(Said::of(output.expect("launder runs")).refused().contains("C++ compiler"));
}

#[test]
fn explore_counts_interleavings_and_says_when_it_stops() {
    let folder = Folder::new("explore");
    folder.write("fine.case", FINE);
    let explored = |more: &[&str]| {
        let words = [&["explore", "fine.case", "--subject", "write-through", "--json"], more].concat();
        let said = folder.launder(&words);
        let run = said.json()["runs"][0].clone();
        assert_eq!((said.status, &run["verdict"], &run["more"]), (0, &"allowed".into(), &false.into()));
        run["interleavings"].as_u64().expect("how many")
    };
    let (apart, all) = (explored(&[]), explored(&["--all"]));
    assert!(apart > 1 && all > 3 * apart, "{apart} of {all}");
    let words = ["explore", "fine.case", "--subject", "write-through", "--all", "--bound", "3"];
    let said = folder.launder(&words);
    assert!(said.out.contains("3 interleavings, and there are more"), "{}", said.out);
}

#[test]
fn a_reader_may_stop_reading() {
    let folder = Folder::new("pipe");
    folder.write("fine.case", FINE);
    let files = vec!["fine.case"; 2_000];
    let mut child = Command::new(env!("CARGO_BIN_EXE_launder"))
        .current_dir(&folder.0)
        .arg("run")
        .args(files)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("launder runs");
    drop(child.stdout.take());
    let said = child.wait_with_output().expect("launder ends");
    assert_eq!(String::from_utf8_lossy(&said.stderr), "");
    assert_eq!(said.status.code(), Some(0));
}
