//! Folios.

use crate::sim::{Lock, Object};
use launder_oracle::{FOLIO, Range, Value, Who};

/// What a folio holds.
pub type Cells = [Value; FOLIO as usize];

/// All cells of a folio, as [`Folio::written`] has them.
pub const ALL: u8 = (1 << FOLIO) - 1;

/// A folio of one inode, in its cache or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolioId(pub(super) u32);

/// A buffer head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buffer {
    /// BH_Uptodate
    pub uptodate: bool,
    /// BH_Dirty
    pub dirty: bool,
}

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
    /// And which of them a WRITE under way carries.
    pub sending: u8,
    /// What the server held when this was last read or written, as far as that is known.
    pub base: Option<Cells>,
    /// What the server holds instead, while somebody is to decide between that and what this holds: until then it stays, and
    /// is not written back.
    pub theirs: Option<Cells>,
    /// folio->mapping: it is in the cache.
    pub attached: bool,
    /// References beyond those of the cache and of page tables: reclaim leaves the folio alone, invalidation does not.
    pub refs: u32,
    /// PG_locked
    pub lock: Lock,
    /// PG_writeback
    pub writeback: Lock,
    /// Its buffer head, where it has one.
    pub buffer: Buffer,
    /// Cells, a bit each, for which the disk has no block yet, so that writeback leaves them out.
    pub unwritten: u8,
    /// Its blocks are free again, and it does not know: what is written of it goes nowhere.
    pub freed: bool,
    /// What accesses are noted of.
    pub object: Object,
    /// Who dirtied it last: with whose credentials it is written back.
    pub writer: Who,
}

impl Folio {
    /// folio_mark_dirty(), of cells of this folio.
    pub fn mark_dirty(&mut self, part: Range) {
        (self.dirty, self.buffer.dirty) = (true, true);
        part.cells().for_each(|cell| self.written |= 1 << (cell % FOLIO));
    }

    /// The file system knows where these cells go on the disk.
    pub fn has_blocks(&mut self, part: Range) {
        part.cells().for_each(|cell| self.unwritten &= !(1 << (cell % FOLIO)));
    }

    /// Those are to be zero, and their blocks are not written.
    pub fn has_no_blocks(&mut self, part: Range) {
        part.cells().for_each(|cell| self.unwritten |= 1 << (cell % FOLIO));
    }

    /// folio_mark_dirty(), where nobody knows which cells: a store through a mapping.
    pub fn mark_all_dirty(&mut self) {
        (self.dirty, self.buffer.dirty, self.written) = (true, true, ALL);
    }

    /// Whether something of it is dirty, and nothing that overlaps or adjoins these cells.
    pub fn is_dirty_apart_from(&self, part: Range) -> bool {
        let adjoins = |cell: u32| part.start <= cell + 1 && cell <= part.end;
        let is_written = |at: u32| self.written >> at & 1 == 1;
        self.dirty && !(0..FOLIO).any(|at| is_written(at) && adjoins(self.index * FOLIO + at))
    }

    /// Whether writeback is to write it.
    pub fn is_to_be_written(&self) -> bool {
        self.dirty && self.theirs.is_none()
    }

    /// A cell goes to the server, which then holds that.
    pub(super) fn send(&mut self, cell: u32) -> Value {
        let at = (cell % FOLIO) as usize;
        self.base.get_or_insert([Value::ZERO; FOLIO as usize])[at] = self.cells[at];
        self.cells[at]
    }

    /// Cells are zero, here and on the server.
    pub(super) fn zero(&mut self, part: Range) {
        let copies = [Some(&mut self.cells), self.base.as_mut(), self.theirs.as_mut()];
        for copy in copies.into_iter().flatten() {
            part.cells().for_each(|cell| copy[(cell % FOLIO) as usize] = Value::ZERO);
        }
    }

    /// Cells are what the server held when this was last read.
    pub(super) fn take_back(&mut self, part: Range) {
        let base = self.base.unwrap_or([Value::ZERO; FOLIO as usize]);
        let cells = part.cells().map(|cell| (cell % FOLIO) as usize);
        cells.for_each(|at| self.cells[at] = base[at]);
    }

    /// The server's version, with what was written here since that was known.
    pub fn give_in(&mut self, theirs: Cells) {
        for (at, value) in theirs.into_iter().enumerate().filter(|(at, _)| self.written & 1 << at == 0) {
            self.cells[at] = value;
        }
        (self.base, self.theirs) = (Some(theirs), None);
    }
}
