//! What rows mean to the violations.

use super::{Row, Said, Timeline};
use launder_oracle::{Kind, Value, Violation};

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
    /// With this row a write that is lost was gone from every cache and the server.
    Gone,
}

impl Timeline {
    /// Marks the rows that violations name.
    pub(super) fn mark(&mut self) {
        for violation in self.violations.clone() {
            for (line, mark) in self.marks_of(&violation) {
                put(&mut self.rows, line, mark);
            }
        }
    }

    fn marks_of(&self, violation: &Violation) -> Vec<(u32, Mark)> {
        let lines = &violation.lines;
        let single = [
            (Some(violation.at), Mark::Accused),
            (lines.superseding, Mark::Superseding),
            (lines.seen, Mark::Seen),
            (lines.shows, Mark::Shows),
            (self.gone_with(violation), Mark::Gone),
        ];
        let single = single.into_iter().filter_map(|(line, mark)| Some((line?, mark)));
        single.chain(lines.through.iter().map(|line| (*line, Mark::Through))).collect()
    }

    /// The line with which a write that is lost was gone, if that is known.
    fn gone_with(&self, violation: &Violation) -> Option<u32> {
        let lost = matches!(violation.kind, Kind::LostWrite | Kind::SilentError);
        let line = violation.lines.superseding.filter(|_| lost)?;
        match self.row(line)?.said {
            Said::Call { write, .. } => self.gone(violation.cell?, Value::of(write?)),
            _ => None,
        }
    }
}

fn put(rows: &mut [Row], line: u32, mark: Mark) {
    let row = rows.iter_mut().find(|row| row.line == line);
    if let Some(row) = row.filter(|row| !row.marks.contains(&mark)) {
        row.marks.push(mark);
        row.marks.sort_unstable();
    }
}
