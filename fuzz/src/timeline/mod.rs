//! A trace as a timeline: who did what, what the caches and the server then held, and what was held against it.
//!
//! [`Timeline`] is plain data, from which the terminal and the report each draw.

mod cause;
mod cells;
mod fate;
mod fold;
mod lane;
mod margin;
mod mark;
mod narrow;
mod row;
mod sentence;
mod terminal;
mod text;
mod told;
mod wide;

pub use fate::Holding;
pub use lane::Lane;
pub use mark::Mark;
pub use row::{Row, Said};
pub use terminal::Look;

use launder_impls::{Contents, Watched};
use launder_oracle::{End, Trace, Verdict, Violation};

/// What happened in a run, for a reader.
///
/// ```
/// use launder_fuzz::{Look, Timeline};
/// use launder_impls::Watched;
/// use launder_oracle::{Contract, Trace, judge};
///
/// let trace = Trace::parse("a1 > pwrite 0..1\na1 < ok\na2 > pread 0..1\na2 < got 0\nend quiet\n")?;
/// let verdict = judge(&Contract::LINUX, &trace);
/// // Of a trace that somebody recorded it is not known what was held, nor which of its calls only settled.
/// let timeline = Timeline::of(&trace, &verdict, usize::MAX, &Watched::default());
/// let text = timeline.show(Look::PLAIN);
/// assert!(text.contains("pwrite 0..1 → 1") && text.contains("stale-read (line 4)"), "{text}");
/// # Ok::<(), launder_oracle::TextError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// Those who say something in it, or hold something, in the order of columns.
    pub lanes: Vec<Lane>,
    /// What was said, in order; of a trace without end not all.
    pub rows: Vec<Row>,
    /// How it ended.
    pub end: End,
    /// Cells, of hole, of the file that it began with.
    pub cells: u32,
    /// Whether it is known what the caches and the server held; if not, no row has changes.
    pub known: bool,
    /// What is held against it.
    pub violations: Vec<Violation>,
}

/// Steps of a run without end that are told: the rest repeats them.
const ENDLESS: usize = 40;

impl Timeline {
    /// The timeline of a trace, of which the first `asks` calls are the case's and the rest settles, and of what was seen to be held
    /// meanwhile, if anything was.
    pub fn of(trace: &Trace, verdict: &Verdict, asks: usize, watched: &Watched) -> Timeline {
        let mut rows = row::rows(trace, asks, watched);
        rows.truncate(end_of_the_telling(trace, &rows));
        let violations = verdict.violations().to_vec();
        let takes_part = |lane: &Lane| rows.iter().any(|row| row.takes_part(*lane));
        let mut timeline = Timeline {
            lanes: Lane::ALL.into_iter().filter(takes_part).collect(),
            end: trace.end,
            cells: trace.cells,
            known: watched.known,
            violations,
            rows,
        };
        timeline.mark();
        timeline
    }

    /// What is held after each row, which is nothing but the file on the server before the first.
    pub fn contents(&self) -> impl Iterator<Item = Contents> {
        let mut held = Contents::of_hole(self.cells);
        self.rows.iter().map(move |row| {
            row.changes.iter().for_each(|change| held.set(change.holder, change.cell, change.after));
            held.clone()
        })
    }
}

/// How many rows are told: of a run without end, some after the last word of anyone.
fn end_of_the_telling(trace: &Trace, rows: &[Row]) -> usize {
    let said = rows.iter().rposition(|row| !matches!(row.said, Said::Step(_)));
    match trace.end {
        End::Endless => said.map_or(0, |last| last + 1) + ENDLESS,
        End::Quiet | End::Stuck => rows.len(),
    }
}
