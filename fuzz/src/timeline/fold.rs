//! Which rows are told, and how many others of the settling are told as one.

use super::{Row, Said, Timeline};
use launder_oracle::End;

/// A line of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A row, by its place.
    Row(usize),
    /// From here on the run settles.
    Settles,
    /// So many rows in which nothing is to be seen, from this one on.
    Folded(usize, usize),
}

/// Rows of the longest timeline that is told whole.
const LONG: usize = 300;
/// Rows that are told before and after one that matters, where not all are told.
const AROUND: usize = 2;

/// The lines of the timeline. Of what settles, and of a long timeline, only rows are told that a violation is about; one alone is
/// told as it is.
pub(super) fn lines(timeline: &Timeline) -> Vec<Line> {
    let rows = &timeline.rows;
    let told = told(timeline);
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(row) = rows.get(at) {
        if row.settles && (at == 0 || !rows[at - 1].settles) {
            lines.push(Line::Settles);
        }
        let folded = (at..rows.len()).take_while(|it| !told[*it] && rows[*it].settles == row.settles).count();
        match folded {
            0 | 1 => lines.push(Line::Row(at)),
            many => lines.push(Line::Folded(at, many)),
        }
        at += folded.max(1);
    }
    lines
}

/// Whether each row is told.
fn told(timeline: &Timeline) -> Vec<bool> {
    let rows = &timeline.rows;
    if timeline.end != End::Quiet {
        return vec![true; rows.len()];
    }
    let matter: Vec<bool> = rows.iter().map(|row| matters(timeline, row)).collect();
    let is_long = rows.len() > LONG;
    let near = |at: usize| matter[at.saturating_sub(AROUND)..rows.len().min(at + AROUND + 1)].contains(&true);
    let is_told = |at: usize| match rows[at].settles {
        true => matter[at],
        false => !is_long || near(at),
    };
    (0..rows.len()).map(is_told).collect()
}

/// What is said of so many rows in which nothing is to be seen.
pub(super) fn folded(first: &Row, many: usize) -> String {
    let of = if first.settles { " of settling" } else { "" };
    format!("… {many} rows{of}")
}

/// Whether a row has to do with a violation: it is marked, answers a marked call, or changes before the accused line the value of
/// the cell that it shows.
fn matters(timeline: &Timeline, row: &Row) -> bool {
    let answers = match row.said {
        Said::Reply { call, .. } => timeline.row(call).is_some_and(|call| !call.marks.is_empty()),
        _ => false,
    };
    let value = |content: Option<launder_impls::Content>| content.map(|content| content.value);
    let changes = row.changes.iter().any(|change| {
        let about = timeline
            .violations
            .iter()
            .any(|violation| violation.cell == Some(change.cell) && row.line <= violation.at);
        about && value(change.before) != value(change.after)
    });
    !row.marks.is_empty() || answers || changes
}
