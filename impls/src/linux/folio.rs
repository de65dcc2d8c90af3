//! Folios.

use crate::sim::Lock;
use launder_oracle::{FOLIO, Value, Who};

/// What a folio holds.
pub type Cells = [Value; FOLIO as usize];

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
    /// folio->mapping: it is in the cache.
    pub attached: bool,
    /// PG_locked
    pub lock: Lock,
    /// PG_writeback
    pub writeback: Lock,
    /// Who dirtied it last: with whose credentials it is written back.
    pub writer: Who,
}
