//! What became of a write at one cell: who held it, and how each came to hold it no longer.

use super::{Row, Timeline};
use launder_impls::{Change, Holder};
use launder_oracle::Value;

/// For some time somebody held a value in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Who.
    pub holder: Holder,
    /// The line with which that began.
    pub from: u32,
    /// What ended it, if anything did.
    pub until: Option<Change>,
}

impl Holding {
    /// Whether it left the cache with nothing in its place.
    pub fn was_dropped(&self) -> bool {
        self.until.is_some_and(|change| change.after.is_none())
    }
}

impl Timeline {
    /// Who held the value in the cell, in the order in which that began.
    pub fn holdings(&self, cell: u32, value: Value) -> Vec<Holding> {
        let mut holdings: Vec<Holding> = Vec::new();
        let is = |content: Option<launder_impls::Content>| content.is_some_and(|held| held.value == value);
        for change in self.rows.iter().flat_map(|row| &row.changes).filter(|change| change.cell == cell) {
            match (is(change.before), is(change.after)) {
                (false, true) => {
                    holdings.push(Holding { holder: change.holder, from: change.line, until: None });
                }
                (true, false) => {
                    let held = holdings.iter_mut().rev().find(|it| it.holder == change.holder);
                    held.into_iter().for_each(|held| held.until = Some(*change));
                }
                _ => {}
            }
        }
        holdings
    }

    /// The line with which the value was gone from the cell, in every cache and on the server, if it is.
    pub fn gone(&self, cell: u32, value: Value) -> Option<u32> {
        let ends: Option<Vec<u32>> =
            self.holdings(cell, value).iter().map(|held| held.until.map(|change| change.line)).collect();
        ends?.into_iter().max()
    }

    /// The row of a line.
    pub fn row(&self, line: u32) -> Option<&Row> {
        self.rows.binary_search_by_key(&line, |row| row.line).ok().map(|at| &self.rows[at])
    }
}
