//! Timelines say what happened: what they show to be held is what was held, and what they say in words is so.

use launder_fuzz::{Lane, Look, Outcome, Planted, Said, Timeline, Trial};
use launder_impls::{Case, Content, Holder, Watched};
use launder_oracle::{Contract, End, Host, Kind, Reply, Trace, Value, Verdict, Violation, What, judge};
use std::fs;
use std::path::Path;

#[path = "timeline/shown.rs"]
mod shown;

/// Every case of `fuzz/cases`.
fn cases() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let paths =
        fs::read_dir(folder).expect("the folder can be read").map(|file| file.expect("a file").path());
    let mut cases: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|it| it == "case"))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("the case can be read");
            (path.display().to_string(), Case::parse(&text).expect("a case"))
        })
        .collect();
    cases.sort_by(|one, other| one.0.cmp(&other.0));
    cases
}

/// Puts every case to every model, and every model with a bug, that can carry it out.
fn each(mut told: impl FnMut(&str, &Case, &Trial, &Trace, &Verdict, &Watched)) {
    let cases = cases();
    let bugs = Planted::models().into_iter().flat_map(Planted::bugs);
    for planted in Planted::models().into_iter().chain(bugs) {
        let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
        trial.record_steps(true);
        for (name, case) in &cases {
            if let Outcome::Judged(trace, verdict) = trial.of(case) {
                let watched = trial.watched();
                told(&format!("{name}: {planted}"), case, &trial, &trace, &verdict, &watched);
            }
        }
    }
}

#[test]
fn who_is_watched_does_nothing_else() {
    each(|name, case, trial, trace, verdict, _| {
        trial.record_steps(false);
        let Outcome::Judged(unwatched, same) = trial.of(case) else { panic!("{name}: not carried out") };
        trial.record_steps(true);
        assert!(said(trace).eq(said(&unwatched)), "{name}\n{trace}\n{unwatched}");
        assert_eq!((trace.end, verdict.name()), (unwatched.end, same.name()), "{name}");
    });
}

fn said(trace: &Trace) -> impl Iterator<Item = &What> {
    trace.events.iter().map(|event| &event.what).filter(|what| !matches!(what, What::Step(_)))
}

#[test]
fn what_the_server_is_shown_to_hold_in_the_end_is_what_it_is_read_to_hold() {
    each(|name, case, _, trace, verdict, watched| {
        let timeline = Timeline::of(trace, verdict, case.asks.len(), watched);
        assert!(timeline.known, "{name}");
        let Some(What::Reply(_, Reply::Got(read))) = trace.events.last().map(|event| &event.what) else {
            return;
        };
        if trace.end == End::Quiet {
            let held = timeline.contents().last().expect("there are rows");
            let shown = |cell| held.at(Holder::Server, cell).map_or(Value::END, |held| held.value);
            let shown: Vec<Value> = (0..read.len() as u32).map(shown).collect();
            assert_eq!(&shown, read, "{name}");
        }
    });
}

/// Timelines of what went wrong, with what was seen to be held.
fn each_broken(mut told: impl FnMut(&str, &Timeline, &Watched)) {
    each(|name, case, _, trace, verdict, watched| {
        let timeline = Timeline::of(trace, verdict, case.asks.len(), watched);
        if !timeline.violations.is_empty() || trace.end != End::Quiet {
            told(name, &timeline, watched);
        }
    });
}

#[test]
fn a_write_is_said_not_to_have_reached_the_server_where_the_server_never_held_it() {
    let mut told = 0;
    each_broken(|name, timeline, watched| {
        for violation in timeline.violations.iter().filter(|it| is_loss(it)) {
            let (Some(cell), Some(number)) = (violation.cell, violation.write) else { continue };
            let is = |content: Option<Content>| content.is_some_and(|it| it.value == Value::of(number));
            let mut changes = watched.changes.iter().filter(|change| change.cell == cell);
            let reached = changes.any(|change| change.holder == Holder::Server && is(change.after));
            let sentence = timeline.sentence(violation);
            let never =
                sentence.contains("never reached the server") || sentence.contains("nor on the server");
            assert_eq!(never, !reached, "{name}: {sentence}");
            told += usize::from(never);
            let dropped = |host| {
                let mut changes = watched.changes.iter().filter(|it| (it.cell, it.holder) == (cell, host));
                changes.any(|change| is(change.before) && change.after.is_none())
            };
            for host in Host::ALL {
                let said = sentence.contains(&format!("dropped from {host}'s cache"));
                assert!(!said || dropped(Holder::Cache(host)), "{name}: {sentence}");
            }
        }
    });
    assert!(told > 50, "only {told} writes never reached the server");
}

fn is_loss(violation: &Violation) -> bool {
    matches!(violation.kind, Kind::LostWrite | Kind::SilentError)
}

#[test]
fn no_error_is_said_to_have_been_reported_where_none_was() {
    let mut told = [0, 0];
    each_broken(|name, timeline, _| {
        for violation in timeline.violations.iter().filter(|it| is_loss(it)) {
            let Some(line) = violation.lines.superseding else { continue };
            let writer = timeline.row(line).expect("it is a line of the trace").lane;
            let Lane::Process(_) = writer else { continue };
            let error = timeline.rows.iter().any(|row| {
                let failed = matches!(row.said, Said::Reply { reply: Reply::Err(_) | Reply::Sigbus, .. });
                row.line > line && row.lane == writer && failed
            });
            let sentence = timeline.sentence(violation);
            let none = sentence.contains("no error was ever reported");
            assert_eq!(none, !error, "{name}: {sentence}");
            told[usize::from(none)] += 1;
        }
    });
    assert!(told.iter().all(|times| *times > 5), "{told:?}");
}

#[test]
fn a_write_is_said_to_be_acknowledged_where_it_was() {
    each_broken(|name, timeline, _| {
        for violation in timeline.violations.iter().filter(|it| is_loss(it)) {
            let Some(line) = violation.lines.superseding else { continue };
            let answered = timeline.rows.iter().any(|row| match &row.said {
                Said::Reply { reply, call } => {
                    *call == line && !matches!(reply, Reply::Err(_) | Reply::Sigbus)
                }
                _ => false,
            });
            let sentence = timeline.sentence(violation);
            assert_eq!(sentence.contains("was acknowledged"), answered, "{name}: {sentence}");
        }
    });
}

#[test]
fn no_line_is_wider_than_there_is_room_and_none_loses_anything_by_colour() {
    each_broken(|name, timeline, _| {
        for width in [60, 80, 120, 200] {
            let plain = timeline.show(Look { width, colour: false });
            for line in plain.lines() {
                assert!(line.chars().count() <= width, "{name}, {width}: {line}");
            }
            assert_eq!(
                without_colour(&timeline.show(Look { width, colour: true })),
                plain,
                "{name}, {width}"
            );
        }
    });
}

/// A trace that somebody else recorded names no cells, and its steps are in words of their own.
const FOREIGN: &str = "\
a1 > pwrite 0..1
a1 < ok
          . something: happens
a1 > fsync
a1 < ok
server > pread 0..2
server < got 0 0
end quiet
";

#[test]
fn of_a_foreign_trace_is_said_what_it_says() {
    let trace = Trace::parse(FOREIGN).expect("a trace");
    let verdict = judge(&Contract::STRONGEST, &trace);
    let timeline = Timeline::of(&trace, &verdict, usize::MAX, &Watched::default());
    let [violation] = timeline.violations.as_slice() else { panic!("{verdict:?}") };
    let sentence = timeline.sentence(violation);
    assert_eq!(sentence, "a1's write 1 was acknowledged, and no error was ever reported to a1.");
    let text = timeline.show(Look::PLAIN);
    assert!(text.contains("    . something: happens\n") && !text.contains("settle"), "{text}");
    let wide = timeline.show(Look { width: 200, colour: false });
    assert!(wide.contains("    . something: happens\n") && !wide.contains("holds"), "{wide}");
}

#[test]
fn of_a_long_trace_only_what_a_violation_is_about_is_told_and_the_rows_beside_it() {
    for (reads, folds) in [(100, 0), (200, 1)] {
        let read = "a2 > pread 4..5\na2 < got 0\n".repeat(reads);
        let said =
            format!("a1 > pwrite 0..1\na1 < ok\n{read}server > pread 0..1\nserver < got 0\nend quiet\n");
        let trace = Trace::parse(&said).expect("a trace");
        let verdict = judge(&Contract::STRONGEST, &trace);
        let timeline = Timeline::of(&trace, &verdict, usize::MAX, &Watched::default());
        for width in [80, 200] {
            let shown = timeline.show(Look { width, colour: false });
            assert_eq!(shown.matches("… 396 rows\n").count(), folds, "{shown}");
            let numbers: Vec<u32> = shown.lines().filter_map(number).collect();
            if folds > 0 {
                assert_eq!(numbers, [1, 2, 3, 4, 401, 402, 403, 404], "{shown}");
            } else {
                assert_eq!(numbers.len(), trace.events.len(), "{shown}");
            }
        }
    }
}

fn without_colour(text: &str) -> String {
    let mut pieces = text.split("\x1b[");
    let first = pieces.next().unwrap_or_default().to_string();
    pieces.fold(first, |text, piece| text + piece.split_once('m').map_or("", |(_, rest)| rest))
}

#[test]
fn every_marked_row_is_told() {
    each_broken(|name, timeline, _| {
        let text = timeline.show(Look::PLAIN);
        let lines: Vec<u32> = text.lines().filter_map(number).collect();
        for row in timeline.rows.iter().filter(|row| !row.marks.is_empty()) {
            assert!(lines.contains(&row.line), "{name}: line {}\n{text}", row.line);
        }
    });
}

/// The number of a row.
fn number(line: &str) -> Option<u32> {
    line.get(..4)?.trim().parse().ok()
}
