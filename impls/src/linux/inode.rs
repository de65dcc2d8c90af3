//! The inode of the file on one host: its locks, its size, its folios.

use super::errseq::ErrSeq;
use super::folio::Buffer;
use super::{Folio, FolioId, Store};
use crate::Sim;
use crate::sim::{Field, Lock, Named, Object};
use launder_oracle::{FOLIO, Host, Value, Who};
use std::cell::{Cell, RefCell};

/// The file, as one host sees it.
pub struct Inode {
    /// The host.
    pub host: Host,
    /// inode->i_rwsem: writes, truncates.
    pub i_rwsem: Lock,
    /// mapping->invalidate_lock: shared to instantiate a folio.
    pub invalidate_lock: Lock,
    /// mapping->i_mmap_rwsem: shared to walk the page tables that map it.
    pub i_mmap_rwsem: Lock,
    /// fi->writectr of FUSE: shared while a WRITE of writeback is under way; fuse_set_nowrite() takes it exclusively.
    pub nowrite: Lock,
    /// vnode->io_lock of AFS: held while there is a request for the file.
    pub io_lock: Lock,
    /// Errors of writeback.
    pub wb_err: ErrSeq,
    size: Cell<u32>,
    attr_valid: Cell<bool>,
    attr_version: Cell<u32>,
    /// FUSE_I_SIZE_UNSTABLE: a truncate is under way, and nobody takes the server's word on the size.
    pub size_unstable: Lock,
    zero_point: Cell<u32>,
    unwritten: Cell<bool>,
    truncate_count: Cell<u32>,
    /// Where the file is: on a disk the attributes are always valid.
    store: Store,
    folios: RefCell<Vec<Folio>>,
    pages: RefCell<Vec<Option<FolioId>>>,
    /// The size, the other attributes, i_state, truncate_count, pages, by their indices, how many there are, and how many folios.
    sized: Object,
    attributes: Object,
    state: Object,
    unmapped: Object,
    page: Object,
    end: Object,
    count: Object,
}

/// Pages that are told apart.
const PAGES: u8 = 4;

impl Inode {
    /// An inode without folios.
    pub fn new(sim: &Sim, host: Host, store: Store) -> Inode {
        let lock = |what| sim.new_lock(Named { what, host, number: None });
        Inode {
            host,
            i_rwsem: lock("i_rwsem"),
            invalidate_lock: lock("invalidate_lock"),
            i_mmap_rwsem: lock("i_mmap_rwsem"),
            nowrite: lock("nowrite"),
            io_lock: lock("io_lock"),
            wb_err: ErrSeq::new(sim),
            size: Cell::new(sim.cells()),
            attr_valid: Cell::new(true),
            attr_version: Cell::new(0),
            size_unstable: lock("truncate"),
            zero_point: Cell::new(sim.cells()),
            unwritten: Cell::new(false),
            truncate_count: Cell::new(0),
            store,
            folios: RefCell::new(Vec::new()),
            pages: RefCell::new(Vec::new()),
            sized: sim.new_object(),
            attributes: sim.new_object(),
            state: sim.new_object(),
            unmapped: sim.new_object(),
            page: sim.new_objects(PAGES),
            end: sim.new_object(),
            count: sim.new_object(),
        }
    }

    /// i_size
    pub fn size(&self) -> Field<'_, u32> {
        Field::of(self.sized, &self.size)
    }

    /// The attributes are those of the server, as far as is known.
    pub fn attr_valid(&self) -> Field<'_, bool> {
        Field::of(self.attributes, &self.attr_valid)
    }

    /// fi->attr_version: a reply to GETATTR that is older than a change made here is not believed.
    pub fn attr_version(&self) -> Field<'_, u32> {
        Field::of(self.attributes, &self.attr_version)
    }

    /// netfs_inode.zero_point, of file systems that have one.
    pub fn zero_point(&self) -> Field<'_, u32> {
        Field::of(self.attributes, &self.zero_point)
    }

    /// I_DIRTY_ALL, of i_state of file systems that ask for it: pages or times were changed since the inode was written.
    pub fn unwritten(&self) -> Field<'_, bool> {
        Field::of(self.state, &self.unwritten)
    }

    /// mapping->truncate_count, until 2.6.23: how often unmap_mapping_range() has begun.
    pub fn truncate_count(&self) -> Field<'_, u32> {
        Field::of(self.unmapped, &self.truncate_count)
    }

    /// The folio in the cache at this index.
    pub fn find(&self, index: u32) -> Option<FolioId> {
        self.page.nth(index, PAGES).is_read();
        self.pages.borrow().get(index as usize).copied().flatten()
    }

    /// A copy of a folio's state.
    pub fn folio(&self, id: FolioId) -> Folio {
        let folio = self.folios.borrow()[id.0 as usize];
        folio.object.is_read();
        folio
    }

    /// Its place in the file.
    pub fn index(&self, id: FolioId) -> u32 {
        self.folios.borrow()[id.0 as usize].index
    }

    /// PG_locked
    pub fn lock(&self, id: FolioId) -> Lock {
        self.folios.borrow()[id.0 as usize].lock
    }

    /// PG_writeback
    pub fn writeback(&self, id: FolioId) -> Lock {
        self.folios.borrow()[id.0 as usize].writeback
    }

    /// Looks at what is in the cache at these indices, without a copy.
    pub fn look(&self, indices: std::ops::Range<u32>, mut look: impl FnMut(Option<(FolioId, &Folio)>)) {
        let (pages, folios) = (self.pages.borrow(), self.folios.borrow());
        for index in indices {
            self.page.nth(index, PAGES).is_read();
            let id = pages.get(index as usize).copied().flatten();
            let folio = id.map(|id| (id, &folios[id.0 as usize]));
            folio.into_iter().for_each(|(_, folio)| folio.object.is_read());
            look(folio);
        }
    }

    /// Changes a folio.
    pub fn change<R>(&self, id: FolioId, change: impl FnOnce(&mut Folio) -> R) -> R {
        let folio = &mut self.folios.borrow_mut()[id.0 as usize];
        folio.object.is_written();
        change(folio)
    }

    /// filemap_add_folio(): a folio that is not uptodate.
    pub fn add(&self, sim: &Sim, index: u32, writer: Who) -> FolioId {
        self.count.is_written();
        self.page.nth(index, PAGES).is_written();
        let mut folios = self.folios.borrow_mut();
        let lock = |what| sim.new_lock(Named { what, host: self.host, number: Some(index) });
        let id = FolioId(folios.len() as u32);
        folios.push(Folio {
            index,
            cells: [Value::ZERO; FOLIO as usize],
            uptodate: false,
            dirty: false,
            written: 0,
            sending: 0,
            buffer: Buffer::default(),
            unwritten: 0,
            freed: false,
            base: None,
            theirs: None,
            attached: true,
            refs: 0,
            lock: lock("lock of folio"),
            writeback: lock("writeback of folio"),
            writer,
            object: sim.new_object(),
        });
        let mut pages = self.pages.borrow_mut();
        if pages.len() <= index as usize {
            self.end.is_written();
            pages.resize(index as usize + 1, None);
        }
        pages[index as usize] = Some(id);
        id
    }

    /// It waits in a batch, of PAGEVEC_SIZE at the most, to be put on the LRU, and the batch holds a reference.
    pub fn is_new(&self, id: FolioId) -> bool {
        self.count.is_read();
        id.0 as usize + 14 >= self.folios.borrow().len()
    }

    /// The folio leaves the cache: folio->mapping = NULL.
    pub fn remove(&self, id: FolioId) {
        let index = self.change(id, |folio| {
            folio.attached = false;
            (folio.dirty, folio.written, folio.theirs) = (false, 0, None);
            folio.index
        });
        self.page.nth(index, PAGES).is_written();
        self.raise_zero_point((index + 1) * FOLIO);
        if let Some(page) = self.pages.borrow_mut().get_mut(index as usize).filter(|page| **page == Some(id))
        {
            *page = None;
        }
    }

    /// mapping->nrpages is not zero: there are folios in the cache.
    pub fn has_folios(&self) -> bool {
        (0..PAGES).for_each(|page| self.page.nth(page.into(), PAGES).is_read());
        self.pages.borrow().iter().any(Option::is_some)
    }

    /// One past the last index at which there is a folio, or was.
    pub fn end(&self) -> u32 {
        self.end.is_read();
        self.pages.borrow().len() as u32
    }

    /// A write of this host has put the end of the file here, if it was before.
    pub fn extend(&self, end: u32) {
        if self.size().get() < end {
            self.set_size(end);
        }
    }

    /// What is known of the attributes is no longer valid, nor is what is being asked.
    pub fn invalidate_attributes(&self) {
        self.attr_valid().set(self.store == Store::Disk);
        self.attr_version().set(self.attr_version().get() + 1);
    }

    /// i_size_write()
    pub fn set_size(&self, size: u32) {
        self.size().set(size);
        self.attr_version().set(self.attr_version().get() + 1);
    }

    /// The host has crashed: its folios are in no cache, and nothing waits for them.
    pub fn forget(&self, sim: &Sim, server_size: u32) {
        for folio in self.folios.borrow_mut().iter_mut() {
            folio.attached = false;
            folio.dirty = false;
            if sim.is_locked(folio.writeback) {
                sim.release(folio.writeback);
            }
        }
        self.pages.borrow_mut().clear();
        self.size().set(server_size);
        self.zero_point().set(server_size);
        self.unwritten().set(false);
        self.attr_valid().set(self.store == Store::Disk);
    }
}
