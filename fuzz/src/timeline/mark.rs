//! What rows mean to the violations.

use super::Row;
use launder_oracle::Violation;

/// What a row means to a violation: the chain of happens-before goes from [`Mark::Superseding`] through [`Mark::Through`] to
/// [`Mark::Shows`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// The line that shows what is forbidden.
    Accused,
    /// The call that should have been seen or kept: the write that was lost, or the truncate, punch or zeroing.
    Superseding,
    /// The write that was seen or kept instead.
    Seen,
    /// A call through which the superseding one was known.
    Through,
    /// The call whose reply shows it.
    Shows,
}

/// Marks the rows that violations name.
pub(super) fn mark(rows: &mut [Row], violations: &[Violation]) {
    for violation in violations {
        let lines = &violation.lines;
        let single = [
            (Some(violation.at), Mark::Accused),
            (lines.superseding, Mark::Superseding),
            (lines.seen, Mark::Seen),
            (lines.shows, Mark::Shows),
        ];
        let through = lines.through.iter().map(|line| (Some(*line), Mark::Through));
        for (line, mark) in single.into_iter().chain(through) {
            let row = line.and_then(|line| rows.iter_mut().find(|row| row.line == line));
            if let Some(row) = row.filter(|row| !row.marks.contains(&mark)) {
                row.marks.push(mark);
                row.marks.sort_unstable();
            }
        }
    }
}
