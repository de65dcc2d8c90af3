//! Folios.

use crate::sim::Lock;
use launder_oracle::{FOLIO, Range, Value, Who};

/// What a folio holds.
pub type Cells = [Value; FOLIO as usize];

/// All cells of a folio, as [`Folio::written`] has them.
pub const ALL: u8 = (1 << FOLIO) - 1;

/// A folio of one inode, in its cache or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolioId(pub(super) u32);

/// A folio.
#[derive(Clone, Copy, Debug)]
pub struct Folio {
    /// Its place in the file.
    pub index: u32,
    /// What it holds.
    pub cells: Cells,
    /// PG_uptodate
    pub uptodate: bool,
    /// PG_dirty
    pub dirty: bool,
    /// Which cells have been written since it was last clean, a bit each: netfs_folio.dirty_offset and dirty_len.
    pub written: u8,
    /// folio->mapping: it is in the cache.
    pub attached: bool,
    /// PG_locked
    pub lock: Lock,
    /// PG_writeback
    pub writeback: Lock,
    /// Who dirtied it last: with whose credentials it is written back.
    pub writer: Who,
}

impl Folio {
    /// folio_mark_dirty(), of cells of this folio.
    pub fn mark_dirty(&mut self, part: Range) {
        self.dirty = true;
        part.cells().for_each(|cell| self.written |= 1 << (cell % FOLIO));
    }

    /// folio_mark_dirty(), where nobody knows which cells: a store through a mapping.
    pub fn mark_all_dirty(&mut self) {
        (self.dirty, self.written) = (true, ALL);
    }
}
