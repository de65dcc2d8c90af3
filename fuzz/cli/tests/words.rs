//! Words: what `launder explain` answers, and what is answered to a word that is wrong: where it stands, and which was meant.

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}

fn launder(folder: &PathBuf, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_launder")).current_dir(folder).args(args).output().expect("launder runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn a_word_that_is_wrong_is_answered_with_its_place_and_the_one_that_was_meant() {
    let folder = folder("meant");
    let files = [
        ("call.case", "a1 pwrit 0..1\n"),
        ("late.case", "# why\na1 pwrite 0..1\na1 fsnyc\n"),
        ("who.case", "a1 close\nservr pread 0..4\n"),
        ("other.case", "a1 notify a 0..4\n"),
        ("nature.case", "nature writebak a 0..4\n"),
        ("errno.case", "nature fail write EOI 1\n"),
        ("call.trace", "a1 > fsyn\na1 < ok\nend quiet\n"),
        ("errno.trace", "a1 > fsync\na1 < ENOSPACE\nend quiet\n"),
        ("fine.case", "a1 fsync\n"),
        ("op.fsxops", "write 0x0 0x1000 0x0\nwriet 0x0 0x1000 0x1000\n"),
    ];
    files.iter().for_each(|(name, text)| fs::write(folder.join(name), text).expect("it can be written"));
    for (args, place, meant) in [
        (&["run", "call.case"][..], "call.case: line 1: `pwrit`", "did you mean `pwrite`?"),
        (&["run", "late.case"], "late.case: line 3: `fsnyc`", "did you mean `fsync`?"),
        (&["run", "who.case"], "who.case: line 2: `servr`", "did you mean `server`?"),
        (&["run", "other.case"], "other.case: line 1: `notify`", "but server does"),
        (&["run", "nature.case"], "nature.case: line 1: `writebak`", "did you mean `writeback`?"),
        (&["run", "errno.case"], "errno.case: line 1: `EOI`", "did you mean `EIO`?"),
        (&["judge", "call.trace"], "call.trace: line 1: `fsyn`", "did you mean `fsync`?"),
        (&["run", "op.fsxops"], "op.fsxops: line 2: `wriet`", "did you mean `write`?"),
        (&["run", "."], ".: is a directory", "name the files in it"),
        (&["run", "fine.case", "--subject", "lauder-folio"], "--subject", "did you mean `launder-folio`?"),
        (&["fuzz", "nfs+no_eof_zeroes"], "no subject `nfs+no_eof_zeroes`", "did you mean `nfs+no_eof_zero`?"),
        (&["run", "fine.case", "--contract", "linus"], "`linus`", "did you mean `linux`?"),
        (&["run", "fine.case", "--contract", "opne=fresh"], "`opne`", "did you mean `open`?"),
        (&["run", "fine.case", "--contract", "nfs,maps=unifeid"], "`unifeid`", "did you mean `unified`?"),
        (&["explain", "lost-wrtie"], "`lost-wrtie`", "did you mean `lost-write`?"),
        (&["exlpore", "fine.case"], "'exlpore'", "'explore'"),
        (&["run", "fine.case", "--subjct", "nfs"], "'--subjct'", "'--subject'"),
        (&["score", "--by", "libfuzer"], "'libfuzer'", "'libfuzzer'"),
        (&["rnu", "fine.case"], "'rnu'", "did you mean `run`?"),
        (&["frobnicate"], "'frobnicate'", "`launder --help` names all commands"),
        (&["run", "fine.case", "--export", "d"], "'d'", "there are c xfs_io"),
        (&["fuzz", "nfs", "--runs", "0"], "'--runs <N>'", "0 is not in 1.."),
        (&["score", "nfs", "--runs", "0"], "'--runs <N>'", "0 is not in 1.."),
        (&["explore", "fine.case", "--bound", "0"], "'--bound <N>'", "0 is not in 1.."),
    ] {
        let said = launder(&folder, args);
        let line = text(&said.stderr);
        assert_eq!((said.status.code(), line.lines().count()), (Some(2), 1), "{args:?}: {line}");
        assert!(line.contains(place) && line.contains(meant), "{args:?}: {line}");
        assert!(said.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn explain_ends_with_a_command_that_can_be_run_from_where_one_is() {
    let folder = folder("explain");
    for word in ["lost-write", "H4", "flush-and-wait", "launder-folio+no_launder", "open=fresh", "nfs"] {
        let said = launder(&folder, &["explain", word]);
        assert_eq!(said.status.code(), Some(0), "{word}");
        let out = text(&said.stdout);
        let command = out.lines().rfind(|line| line.trim().starts_with("launder run ")).expect("a command");
        let args: Vec<&str> = command.split_whitespace().skip(1).collect();
        let run = launder(&folder, &args);
        assert_eq!(run.status.code(), Some(1), "{command}: {}", text(&run.stderr));
    }
}

#[test]
fn explain_names_every_word_and_says_all_in_json() {
    let folder = folder("explain-all");
    let index = text(&launder(&folder, &["explain"]).stdout);
    let json = launder(&folder, &["explain", "--json"]).stdout;
    let all: Value = serde_json::from_slice(&json).expect("JSON");
    let all = all["explained"].as_array().expect("a list");
    assert!(all.len() > 150);
    for it in all {
        let word = it["word"].as_str().expect("a word");
        assert!(index.split_whitespace().any(|named| named == word), "{word}");
        assert!(it["says"].as_str().is_some_and(|says| !says.is_empty()), "{word}");
    }
    let both = launder(&folder, &["explain", "no-such-word-at-all", "torn", "--json"]);
    assert_eq!((both.status.code(), text(&both.stderr).lines().count()), (Some(2), 1));
    let known: Value = serde_json::from_slice(&both.stdout).expect("JSON");
    assert_eq!(known["explained"][0]["word"], "torn");
}

#[test]
fn completions_and_pages_know_every_command() {
    let folder = folder("pages");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = launder(&folder, &["completions", shell]);
        let out = text(&said.stdout);
        assert!(said.status.success() && out.contains("explore") && out.contains("explain"), "{shell}");
    }
    let page = text(&launder(&folder, &["man"]).stdout);
    assert!(page.contains(".TH launder 1") && page.contains("launder\\-explore(1)"), "{page}");
    assert!(launder(&folder, &["man", "pages"]).status.success());
    for page in ["launder.1", "launder-run.1", "launder-explain.1", "launder-completions.1"] {
        let text = fs::read_to_string(folder.join("pages").join(page)).expect("it is written");
        assert!(text.contains(".SH SYNOPSIS"), "{page}");
    }
    let examples = fs::read_to_string(folder.join("pages/launder-run.1")).expect("it is written");
    assert!(examples.contains("Examples:"), "{examples}");
}
