//! A case as a table: rows are asks, columns subjects, the last rows what each kept and the verdict.

use crate::{Outcome, Symptom};
use launder_impls::Case;
use launder_oracle::{Call, End, Reply, Trace, Value, Verdict, What, Who};
use std::fmt::Write;

/// Characters of a line, where possible.
pub(crate) const WIDTH: usize = 100;

/// The table of what the subjects, by their names, made of the case. Subjects that agree in everything share a column.
///
/// ```
/// use launder_fuzz::{Trial, table};
/// use launder_impls::Case;
///
/// let case = Case::parse("a1 pwrite 0..1\na2 pread 0..1\n")?;
/// let trial = Trial::open("nfs".parse()?, &[], None)?;
/// let text = table(&case, &[("nfs".into(), trial.of(&case))]);
/// assert!(text.contains("a2 pread 0..1   got 1\n"), "{text}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn table(case: &Case, outcomes: &[(String, Outcome)]) -> String {
    let columns = columns(case, outcomes);
    let mut skipped = String::new();
    for (name, outcome) in outcomes {
        if let Outcome::Skipped(why) = outcome {
            writeln!(skipped, "{name} skipped: {why}").unwrap_or_default();
        }
    }
    let mut rows: Vec<String> = case.asks.iter().map(ToString::to_string).collect();
    rows.extend(["kept".into(), "verdict".into()]);
    let first = rows.iter().map(|row| width(row)).max().unwrap_or(0);
    let mut text = String::new();
    let mut rest = columns.as_slice();
    while !rest.is_empty() {
        let mut room = WIDTH.saturating_sub(first);
        let fit = rest.iter().take_while(|column| take(&mut room, column.width + 2)).count().max(1);
        block(&mut text, &rows, first, &rest[..fit]);
        rest = &rest[fit..];
    }
    text + &skipped
}

/// The subjects that were judged, by their places, those together that agree in everything.
pub fn alike(case: &Case, outcomes: &[(String, Outcome)]) -> Vec<Vec<usize>> {
    columns(case, outcomes).into_iter().map(|column| column.places).collect()
}

fn columns(case: &Case, outcomes: &[(String, Outcome)]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for (place, (name, outcome)) in outcomes.iter().enumerate() {
        let Outcome::Judged(trace, verdict) = outcome else { continue };
        let cells = cells(case, trace, verdict);
        match columns.iter_mut().find(|column| column.cells == cells) {
            Some(column) => column.add(name, place),
            None => columns.push(Column::new(name, place, cells)),
        }
    }
    columns
}

fn take(room: &mut usize, width: usize) -> bool {
    let fits = *room >= width;
    *room = room.saturating_sub(width);
    fits
}

/// Subjects that said the same.
struct Column {
    names: Vec<String>,
    /// Their places among all.
    places: Vec<usize>,
    cells: Vec<String>,
    /// Characters of the widest of all these.
    width: usize,
}

impl Column {
    fn new(name: &str, place: usize, cells: Vec<String>) -> Column {
        let width = cells.iter().map(|cell| width(cell)).max().unwrap_or(0);
        let mut column = Column { names: Vec::new(), places: Vec::new(), cells, width };
        column.add(name, place);
        column
    }

    fn add(&mut self, name: &str, place: usize) {
        self.names.push(name.into());
        self.places.push(place);
        self.width = self.width.max(width(name));
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn block(text: &mut String, rows: &[String], first: usize, columns: &[Column]) {
    if !text.is_empty() {
        text.push('\n');
    }
    let deep = columns.iter().map(|column| column.names.len()).max().unwrap_or(0);
    for line in 0..deep {
        let names = columns.iter().map(|column| column.names.get(line).map_or("", |name| name));
        row(text, first, "", columns, names);
    }
    let rule = |text: &mut String| {
        let wide = first + columns.iter().map(|column| column.width + 2).sum::<usize>();
        text.extend(std::iter::repeat_n('-', wide));
        text.push('\n');
    };
    rule(text);
    for (at, ask) in rows.iter().enumerate() {
        if at + 2 == rows.len() {
            rule(text);
        }
        row(text, first, ask, columns, columns.iter().map(|column| column.cells[at].as_str()));
    }
}

fn row<'a>(
    text: &mut String,
    first: usize,
    ask: &str,
    columns: &[Column],
    cells: impl Iterator<Item = &'a str>,
) {
    let mut line = String::new();
    let mut add = |text: &str, wide: usize| {
        line.push_str(text);
        // A format's width ends at 65,535, and an ask may have more holds than that.
        line.extend(std::iter::repeat_n(' ', wide.saturating_sub(text.chars().count())));
    };
    add(ask, first);
    for (column, cell) in columns.iter().zip(cells) {
        add("  ", 2);
        add(cell, column.width);
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

fn cells(case: &Case, trace: &Trace, verdict: &Verdict) -> Vec<String> {
    let said = replies(trace);
    let answer = |at: usize| match said.get(at) {
        Some((_, _, Some(reply))) => short(reply),
        Some(_) => "(no reply)".into(),
        None => "(not begun)".into(),
    };
    let mut cells: Vec<String> = (0..case.asks.len()).map(answer).collect();
    cells.push(kept(trace));
    let symptoms: Vec<_> = Symptom::of(verdict).iter().map(|symptom| symptom.name()).collect();
    cells.push(if symptoms.is_empty() { verdict.name().into() } else { symptoms.join(", ") });
    cells
}

/// What the file holds in the end, as the server's last read of it shows.
pub fn kept(trace: &Trace) -> String {
    match (trace.end, replies(trace).last()) {
        (End::Quiet, Some((Who::Server, Call::Pread { .. }, Some(Reply::Got(values))))) => values_of(values),
        _ => "(unknown)".into(),
    }
}

/// Every call of the trace in the order of beginning, and its reply if it got one.
fn replies(trace: &Trace) -> Vec<(Who, Call, Option<&Reply>)> {
    let mut calls: Vec<(Who, Call, Option<&Reply>)> = Vec::new();
    for event in &trace.events {
        match &event.what {
            What::Call(who, call) => calls.push((*who, *call, None)),
            What::Reply(who, reply) => {
                if let Some(call) = calls.iter_mut().rev().find(|(caller, ..)| caller == who) {
                    call.2 = Some(reply);
                }
            }
            What::Step(_) => {}
        }
    }
    calls
}

/// A reply in few characters.
pub fn short(reply: &Reply) -> String {
    match reply {
        Reply::Got(values) => format!("got {}", values_of(values)),
        reply => reply.to_string(),
    }
}

/// Values, with runs of one value written once: `1 0 x15`.
fn values_of(values: &[Value]) -> String {
    let runs = values.chunk_by(|one, other| one == other);
    let words = runs.map(|run| match run.len() {
        1..=3 => vec![run[0].to_string(); run.len()].join(" "),
        times => format!("{} x{times}", run[0]),
    });
    words.collect::<Vec<_>>().join(" ")
}
