//! The README's tables are what this test makes, and its timeline: the subjects, and the arguments of the five mailing-list threads as results.
//!
//! `LAUNDER_README=write cargo test -p launder-fuzz --test readme` writes them anew.

#[path = "readme/arguments.rs"]
mod arguments;

use arguments::{ARGUMENTS, Argument, Shows};
use launder_fuzz::{Look, Outcome, Planted, Symptom, Timeline, Trial, kept};
use launder_impls::{Ask, Case};
use launder_oracle::{Call, Event, Trace, What};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn table() -> String {
    let mut table = String::from("| who | says | case | what comes of it |\n|---|---|---|---|\n");
    for Argument { who, says, case: file, shows, subjects } in ARGUMENTS {
        let text =
            fs::read_to_string(top().join(format!("fuzz/cases/{file}.case"))).expect("the case can be read");
        let case = Case::parse(&text).expect("a case");
        let results: Vec<String> = subjects.iter().map(|name| result(name, &case, shows)).collect();
        let _ = writeln!(
            table,
            "| {who} | {says} | [{}](fuzz/cases/{file}.snap) | {} |",
            file.replace('-', " "),
            results.join("<br>")
        );
    }
    table
}

/// The verdict, what is to be shown, and what the file holds in the end.
fn result(name: &str, case: &Case, shows: &Shows) -> String {
    let planted: Planted = name.parse().expect("a subject");
    let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
    trial.record_steps(true);
    let Outcome::Judged(trace, verdict) = trial.of(case) else { panic!("{name} skips the case") };
    let symptoms: Vec<&str> = Symptom::of(&verdict).into_iter().map(Symptom::name).collect();
    let verdict =
        if symptoms.is_empty() { verdict.name().into() } else { format!("**{}**", symptoms.join(", ")) };
    format!("`{name}`: {verdict}{}, keeps `{}`", shown(case, &trace, shows), kept(&trace))
}

fn shown(case: &Case, trace: &Trace, shows: &Shows) -> String {
    match shows {
        Shows::Kept => String::new(),
        Shows::Replies(asks) => asks.iter().map(|ask| answered(case, trace, *ask)).collect(),
        Shows::Steps(text) => {
            let says = |what: &What| matches!(what, What::Step(step) if step.contains(text));
            let count = trace.events.iter().filter(|event| says(&event.what)).count();
            format!(", {count} × \"{text}\"")
        }
    }
}

/// What the ask of this number is answered. Asks begin in their order.
fn answered(case: &Case, trace: &Trace, ask: usize) -> String {
    let Ask { who, call, .. } = &case.asks[ask - 1];
    let begins = |(_, event): &(usize, &Event)| matches!(event.what, What::Call(..));
    let begun = trace.events.iter().enumerate().filter(begins).nth(ask - 1).expect("every ask begins").0;
    let reply = trace.events[begun..].iter().find_map(|event| match &event.what {
        What::Reply(caller, reply) if caller == who => Some(reply),
        _ => None,
    });
    let reply = reply.map_or("nothing".into(), |reply| reply.to_string());
    format!(
        ", `{call}` {}`{reply}`",
        if matches!(call, Call::Pread { .. } | Call::Mread(_)) { "" } else { "= " }
    )
}

/// Every model: where it comes from, what it promises, how many of its broken promises are known, and how many bugs can be
/// planted.
fn subjects() -> String {
    let mut table = String::from("| subject | from | promises | known | bugs |\n|---|---|---|---|---|\n");
    for Planted { card, .. } in Planted::models() {
        let from = card.source.replace('|', "\\|");
        let (known, bugs) = (card.known().count(), card.bugs.len());
        let _ = writeln!(table, "| `{}` | {from} | `{}` | {known} | {bugs} |", card.name, card.promises());
    }
    table
}

/// Holds a table of the README against what it is to be, or writes it.
fn keep(name: &str, is: &str) {
    let readme = top().join("README.md");
    let text = fs::read_to_string(&readme).expect("the README can be read");
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = text.split_once(&start).expect("the table has its place");
    let (was, after) = rest.split_once(&end).expect("the table has an end");
    if std::env::var("LAUNDER_README").as_deref() == Ok("write") {
        fs::write(&readme, format!("{before}{start}{is}{end}{after}")).expect("the README can be written");
    } else {
        assert_eq!(was, is, "the README's table of {name} is another");
    }
}

/// A timeline, as `launder run` shows it.
fn timeline() -> String {
    let text = fs::read_to_string(top().join("fuzz/cases/discarded-though-nobody-else-wrote.case"));
    let case = Case::parse(&text.expect("the case can be read")).expect("a case");
    let planted = "netfs-invalidate-inode-discard".parse().expect("a subject");
    let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
    trial.record_steps(true);
    let Outcome::Judged(trace, verdict) = trial.of(&case) else { panic!("the case is skipped") };
    let timeline = Timeline::of(&trace, &verdict, case.asks.len(), &trial.watched());
    format!("```\n{}```\n", timeline.show(Look::PLAIN))
}

#[test]
fn the_readme_shows_a_timeline_what_the_mails_argue_and_every_subject() {
    keep("timeline", &timeline());
    keep("arguments", &table());
    keep("subjects", &subjects());
}
