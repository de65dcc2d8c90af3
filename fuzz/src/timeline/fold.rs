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

/// The lines of the timeline. Of what settles only rows are told that a violation is about; one alone is told as it is.
pub(super) fn lines(timeline: &Timeline) -> Vec<Line> {
    let mut lines = Vec::new();
    let is_told = |row: &Row| !row.settles || timeline.end != End::Quiet || matters(timeline, row);
    let mut at = 0;
    while let Some(row) = timeline.rows.get(at) {
        if row.settles && (at == 0 || !timeline.rows[at - 1].settles) {
            lines.push(Line::Settles);
        }
        let folded = timeline.rows[at..].iter().take_while(|row| !is_told(row)).count();
        match folded {
            0 | 1 => lines.push(Line::Row(at)),
            many => lines.push(Line::Folded(at, many)),
        }
        at += folded.max(1);
    }
    lines
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
