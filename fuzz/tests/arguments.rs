//! The arguments of the five mailing-list threads, as results: the README's table of them is what this test prints.
//!
//! `LAUNDER_README=write cargo test -p launder-fuzz --test arguments` writes it anew.

use launder_fuzz::{Outcome, Planted, Symptom, Trial, kept};
use launder_impls::Case;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// What somebody argued, the case that puts it to the test, and the subjects that it is about.
struct Argument {
    who: &'static str,
    says: &'static str,
    case: &'static str,
    subjects: &'static [&'static str],
}

const ARGUMENTS: &[Argument] = &[
    Argument {
        who: "Miklos Szeredi",
        says: "without launder there is a window in which data will be lost",
        case: "store-slips-into-the-window",
        subjects: &["launder-folio", "flush-and-wait"],
    },
    Argument {
        who: "Miklos Szeredi",
        says: "writes to different folios need not be lost",
        case: "writes-to-different-folios",
        subjects: &["launder-folio", "flush-and-wait"],
    },
];

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn table() -> String {
    let mut table = String::from("| who | says | case | what comes of it |\n|---|---|---|---|\n");
    for Argument { who, says, case: file, subjects } in ARGUMENTS {
        let text =
            fs::read_to_string(top().join(format!("fuzz/cases/{file}.case"))).expect("the case can be read");
        let case = Case::parse(&text).expect("a case");
        let results: Vec<String> = subjects.iter().map(|name| result(name, &case)).collect();
        let _ = writeln!(
            table,
            "| {who} | {says} | [{}](fuzz/cases/{file}.snap) | {} |",
            file.replace('-', " "),
            results.join("<br>")
        );
    }
    table
}

/// What the file holds in the end, and the verdict.
fn result(name: &str, case: &Case) -> String {
    let planted: Planted = name.parse().expect("a subject");
    let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
    let Outcome::Judged(trace, verdict) = trial.of(case) else { panic!("{name} skips the case") };
    let symptoms: Vec<&str> = Symptom::of(&verdict).into_iter().map(Symptom::name).collect();
    let verdict =
        if symptoms.is_empty() { verdict.name().into() } else { format!("**{}**", symptoms.join(", ")) };
    format!("`{name}`: {verdict}, keeps `{}`", kept(&trace))
}

#[test]
fn the_mails_arguments_come_out_as_the_readme_says() {
    let readme = top().join("README.md");
    let text = fs::read_to_string(&readme).expect("the README can be read");
    let (before, rest) = text.split_once("<!-- arguments -->\n").expect("the table has its place");
    let (was, after) = rest.split_once("<!-- end of arguments -->").expect("the table has an end");
    let is = table();
    if std::env::var("LAUNDER_README").as_deref() == Ok("write") {
        let whole = format!("{before}<!-- arguments -->\n{is}<!-- end of arguments -->{after}");
        fs::write(&readme, whole).expect("the README can be written");
    } else {
        assert_eq!(was, is, "the README's table is another");
    }
}
