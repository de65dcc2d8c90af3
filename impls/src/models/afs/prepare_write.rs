//! fs/afs/write.c, 2.6.22: a page that is dirty belongs to the record of a write, and that to a key.

use super::keys::{is_final, is_refused};
use super::{Afs, Era};
use crate::linux::{FolioId, cells_of, overlap};
use crate::sim::SharedRef;
use crate::{Sim, step};
use launder_oracle::{Errno, FOLIO, Host, Range, Value, Who};
use std::ops::RangeInclusive;

/// struct afs_writeback: pages that one key has written to, without a gap between them.
#[derive(Clone, Copy)]
pub struct Record {
    /// With it they are written back.
    pub key: Who,
    state: State,
    /// The first page and the last.
    pub first: u32,
    pub last: u32,
    /// From offset_first in the first page to to_last in the last, as cells of the file.
    cells: Range,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// AFS_WBACK_PENDING: what the same key writes may join.
    Pending,
    /// AFS_WBACK_CONFLICTING or AFS_WBACK_WRITING: nothing may.
    Closed,
}

/// vnode->writebacks, and page_private() of each page: its record.
pub struct Writebacks {
    records: SharedRef<Vec<Record>>,
    private: SharedRef<Vec<(FolioId, usize)>>,
}

impl Writebacks {
    pub fn new(sim: &Sim) -> Writebacks {
        Writebacks { records: sim.shared_ref(Vec::new()), private: sim.shared_ref(Vec::new()) }
    }

    /// page_private()
    pub fn of(&self, id: FolioId) -> Option<(usize, Record)> {
        let private = self.private.borrow();
        let at = private.iter().find(|(page, _)| *page == id)?.1;
        Some((at, self.record(at)))
    }

    /// A record, which may have no pages any more.
    pub fn record(&self, at: usize) -> Record {
        self.records.borrow()[at]
    }

    fn attach(&self, id: FolioId, record: usize) {
        self.private.borrow_mut().push((id, record));
    }

    /// The page belongs to no record any more.
    pub fn detach(&self, id: FolioId) {
        self.private.borrow_mut().retain(|(page, _)| *page != id);
    }

    /// Nothing may join the record any more.
    pub fn close(&self, record: usize) {
        self.records.borrow_mut()[record].state = State::Closed;
    }

    /// afs_fsync(): nothing may join any.
    pub fn close_all(&self) {
        self.records.borrow_mut().iter_mut().for_each(|record| record.state = State::Closed);
    }

    /// The host has crashed.
    pub fn forget(&self) {
        self.private.borrow_mut().clear();
        self.close_all();
    }

    /// "Subsume": the record grows by cells of a page that belongs to it.
    fn subsume(&self, record: usize, index: u32, part: Range) {
        let record = &mut self.records.borrow_mut()[record];
        if index == record.first {
            record.cells.start = record.cells.start.min(part.start);
        }
        if index == record.last {
            record.cells.end = record.cells.end.max(part.end);
        }
    }

    /// "See if we can find an already pending writeback that we can append this page to"; or else a new one.
    fn join(&self, key: Who, index: u32, part: Range) -> usize {
        let mut records = self.records.borrow_mut();
        let joins =
            |record: &Record| record.state == State::Pending && record.key == key && record.last + 1 == index;
        if let Some(at) = records.iter().position(joins) {
            (records[at].last, records[at].cells.end) = (index, part.end);
            return at;
        }
        records.push(Record { key, state: State::Pending, first: index, last: index, cells: part });
        records.len() - 1
    }
}

impl Afs {
    /// afs_prepare_write(), of a page that is locked: what it holds of another's goes to the server first, and if that fails the
    /// other's error is returned.
    pub(super) async fn prepare_write(&self, who: Who, id: FolioId, part: Range) -> Result<(), Errno> {
        let linux = &self.linux;
        let inode = linux.inode(linux.process(who).host);
        let (host, writebacks) = (inode.host, &self.vnode(inode.host).writebacks);
        if !inode.folio(id).uptodate {
            linux.fill(host, who, id, part).await?;
        }
        let index = inode.index(id);
        loop {
            match writebacks.of(id) {
                Some((at, record)) if record.key == who && record.state == State::Pending => {
                    writebacks.subsume(at, index, part);
                    return Ok(());
                }
                Some((at, _)) => {
                    writebacks.close(at);
                    if linux.clear_dirty_for_io(host, id).await {
                        self.write_back_record(host, id, Some(who)).await?;
                    }
                    writebacks.detach(id);
                }
                None => {
                    writebacks.attach(id, writebacks.join(who, index, part));
                    return Ok(());
                }
            }
        }
    }

    /// afs_prepare_write() and afs_commit_write()
    pub(super) async fn prepare_commit_write(
        &self,
        who: Who,
        index: u32,
        part: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        let linux = &self.linux;
        let inode = linux.inode(linux.process(who).host);
        let (id, _folio) = linux.grab_folio(who, index).await;
        self.prepare_write(who, id, part).await?;
        linux.copy_in(inode.host, id, part, value);
        inode.change(id, |folio| {
            folio.mark_dirty(part);
            folio.writer = who;
        });
        inode.extend(part.end);
        step!(linux.sim, "{}: {who} writes {part} to folio {index}, with its key", inode.host);
        Ok(part.len())
    }

    /// afs_write_back_from_locked_page(), of a page that is clean and stays locked, and those of its record after it: with the
    /// record's key. `other` is who wants to write to the page.
    pub(super) async fn write_back_record(
        &self,
        host: Host,
        id: FolioId,
        other: Option<Who>,
    ) -> Result<(), Errno> {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        let index = inode.index(id);
        let Some((at, record)) = self.vnode(host).writebacks.of(id) else { return Ok(()) };
        self.vnode(host).writebacks.close(at);
        linux.sim.wait_free(inode.writeback(id)).await;
        linux.sim.take(inode.writeback(id));
        let last = self.extend_record(host, index, at, record.last).await;
        let pages = index..=last;
        step!(linux.sim, "{host}: folios {pages:?} of {} are under writeback", record.key);
        let whole = Range::new(cells_of(index).start, cells_of(last).end);
        let store = overlap(overlap(whole, record.cells), Range::new(0, inode.size().get().max(whole.start)));
        let result = self.store_data_as(host, record.key, store).await;
        match result {
            Ok(()) => self.record_written_back(host, pages, at).await,
            // AS_ENOSPC, and no end_page_writeback().
            Err(Errno::EDQUOT | Errno::ENOSPC) => inode.wb_err.set(Errno::ENOSPC),
            Err(errno) if is_refused(errno) => match other.filter(|_| self.era == Era::Nuke) {
                Some(other) => return self.nuke(host, other, id, at, pages).await,
                None => self.kill_record(host, pages).await,
            },
            Err(errno) if is_final(errno) => {
                self.kill_record(host, pages).await;
                // AS_EIO
                inode.wb_err.set(Errno::EIO);
            }
            // "default: break;", and no end_page_writeback() either.
            Err(_) => {}
        }
        result
    }

    /// "Find all consecutive lockable dirty pages, stopping when we find a page that is not immediately lockable, is not dirty or is
    /// missing": the last.
    async fn extend_record(&self, host: Host, index: u32, record: usize, end: u32) -> u32 {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        let mut last = index;
        while last < end {
            let Some(id) = inode.find(last + 1) else { break };
            let Some(_folio) = linux.sim.try_lock(inode.lock(id)) else { break };
            let own = self.vnode(host).writebacks.of(id).is_some_and(|(at, _)| at == record);
            let busy = linux.sim.is_locked(inode.writeback(id));
            if !own || busy || !linux.clear_dirty_for_io(host, id).await {
                break;
            }
            linux.sim.take(inode.writeback(id));
            last += 1;
        }
        last
    }

    /// afs_pages_written_back()
    async fn record_written_back(&self, host: Host, pages: RangeInclusive<u32>, record: usize) {
        let (linux, inode, writebacks) = (&self.linux, self.linux.inode(host), &self.vnode(host).writebacks);
        for id in pages.clone().filter_map(|index| inode.find(index)) {
            if writebacks.of(id).is_some_and(|(at, _)| at == record) {
                writebacks.detach(id);
                inode.change(id, |folio| folio.written = if folio.dirty { folio.written } else { 0 });
            }
            linux.sim.release(inode.writeback(id));
        }
        step!(linux.sim, "{host}: writeback of folios {pages:?} has ended");
    }

    /// afs_kill_pages(): they are not uptodate, stay in the cache, and who has mapped them keeps them. What was to be written is
    /// gone, and where the key was refused no error is recorded.
    async fn kill_record(&self, host: Host, pages: RangeInclusive<u32>) {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        for id in pages.clone().filter_map(|index| inode.find(index)) {
            inode.change(id, |folio| folio.uptodate = false);
            linux.sim.release(inode.writeback(id));
        }
        step!(linux.sim, "{host}: folios {pages:?} are killed");
        while linux.sim.bug("nuke_loop") && pages.end() > pages.start() {
            step!(linux.sim, "{host}: folios {pages:?} are killed again");
        }
    }

    /// afs_page_mkwrite() of the patch: prepare_write of the whole page.
    pub(super) async fn page_mkwrite_keyed(&self, who: Who, id: FolioId) -> Result<(), Errno> {
        let index = self.linux.inode(self.linux.process(who).host).index(id);
        self.prepare_write(who, id, Range::new(index * FOLIO, (index + 1) * FOLIO)).await
    }
}
