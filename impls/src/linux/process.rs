//! Processes: one descriptor, one mapping, and its page table.

use super::{Cells, FolioId};
use crate::Sim;
use crate::sim::{Field, Lock, Named, Object};
use launder_oracle::{Host, Range, Who};
use std::cell::{Cell, RefCell};

/// A mapping of the file: a vma.
#[derive(Clone, Copy, Debug)]
pub struct Map {
    /// MAP_PRIVATE
    pub private: bool,
    /// The cells that it maps.
    pub range: Range,
}

/// A page table entry.
#[derive(Clone, Copy, Debug)]
pub struct Pte {
    /// The folio that it maps.
    pub folio: FolioId,
    /// A store does not fault.
    pub writable: bool,
    /// There was a store.
    pub dirty: bool,
    /// The page's own copy, of a private mapping that was stored to.
    pub copy: Option<Cells>,
}

/// Page table entries that are told apart.
const ENTRIES: u8 = 4;

/// A process.
pub struct Process {
    /// Whose it is.
    pub who: Who,
    /// Where it runs.
    pub host: Host,
    took_part: Cell<bool>,
    open: Cell<bool>,
    failed_writes: Cell<u32>,
    /// file->f_wb_err, at which only its own calls look.
    pub since: Cell<u32>,
    /// file->f_pos, in cells, which only its own appends move: where the last of them has ended.
    pub pos: Cell<u32>,
    locked: Cell<bool>,
    /// mm->mmap_lock
    pub mmap_lock: Lock,
    changing: Cell<Option<u32>>,
    map: Cell<Option<Map>>,
    /// It as a whole, the entry that is being changed, entries by their indices, and how many there are.
    object: Object,
    changed: Object,
    entry: Object,
    count: Object,
    ptes: RefCell<Vec<Option<Pte>>>,
    tlb: RefCell<Vec<(u32, Pte)>>,
}

impl Process {
    /// A process that has the file open.
    pub fn new(sim: &Sim, who: Who) -> Process {
        let host = who.host().unwrap_or(Host::A);
        Process {
            who,
            host,
            took_part: Cell::new(false),
            open: Cell::new(true),
            failed_writes: Cell::new(0),
            since: Cell::new(0),
            pos: Cell::new(0),
            locked: Cell::new(false),
            mmap_lock: sim.new_lock(Named { what: "mmap_lock", host, number: Some(who.index() as u32 + 1) }),
            changing: Cell::new(None),
            map: Cell::new(None),
            object: sim.new_object(),
            changed: sim.new_object(),
            entry: sim.new_objects(ENTRIES),
            count: sim.new_object(),
            ptes: RefCell::new(Vec::new()),
            tlb: RefCell::new(Vec::new()),
        }
    }

    /// It has called something.
    pub fn took_part(&self) -> Field<'_, bool> {
        Field::of(self.object, &self.took_part)
    }

    /// Its descriptor is open.
    pub fn open(&self) -> Field<'_, bool> {
        Field::of(self.object, &self.open)
    }

    /// How many requests failed that wrote back what it had dirtied.
    pub fn failed_writes(&self) -> Field<'_, u32> {
        Field::of(self.object, &self.failed_writes)
    }

    /// The entry of this page is being changed, and is not present meanwhile.
    pub fn changing(&self) -> Field<'_, Option<u32>> {
        Field::of(self.changed, &self.changing)
    }

    /// Its mapping.
    pub fn map(&self) -> Field<'_, Option<Map>> {
        Field::of(self.object, &self.map)
    }

    /// It holds the lock of fcntl(2).
    pub fn locked(&self) -> Field<'_, bool> {
        Field::of(self.object, &self.locked)
    }

    /// The entry that maps the page of this index.
    pub fn pte(&self, index: u32) -> Option<Pte> {
        self.entry.nth(index, ENTRIES).is_read();
        self.ptes.borrow().get(index as usize).copied().flatten()
    }

    /// Whether the entry of this index maps this folio itself, and if so whether stores go through, and whether one has.
    pub fn maps(&self, index: u32, id: FolioId) -> Option<(bool, bool)> {
        self.entry.nth(index, ENTRIES).is_read();
        let ptes = self.ptes.borrow();
        let pte = ptes.get(index as usize)?.as_ref().filter(|pte| pte.folio == id && pte.copy.is_none())?;
        Some((pte.writable, pte.dirty))
    }

    /// Sets or clears it.
    pub fn set_pte(&self, index: u32, pte: Option<Pte>) {
        self.entry.nth(index, ENTRIES).is_written();
        let mut ptes = self.ptes.borrow_mut();
        if ptes.len() <= index as usize {
            self.count.is_written();
            ptes.resize(index as usize + 1, None);
        }
        ptes[index as usize] = pte;
    }

    /// What its CPU still knows of a page that is no longer mapped.
    pub fn tlb(&self, index: u32) -> Option<Pte> {
        self.object.is_read();
        self.tlb.borrow().iter().find(|(of, _)| *of == index).map(|(_, pte)| *pte)
    }

    /// Takes the page out of the page table, and leaves it to the CPU.
    pub fn forget_late(&self, index: u32) {
        let known = self.pte(index).filter(|pte| pte.dirty && pte.copy.is_none());
        self.object.is_written();
        self.tlb.borrow_mut().extend(known.map(|pte| (index, pte)));
    }

    /// flush_tlb_range()
    pub fn flush_tlb(&self) {
        self.object.is_written();
        self.tlb.borrow_mut().clear();
    }

    /// One past the last index that it has ever mapped.
    pub fn end(&self) -> u32 {
        self.count.is_read();
        self.ptes.borrow().len() as u32
    }

    /// Its host has crashed.
    pub fn forget(&self) {
        self.open().set(false);
        self.locked().set(false);
        self.changing().set(None);
        self.map().set(None);
        self.ptes.borrow_mut().clear();
        self.flush_tlb();
    }
}
