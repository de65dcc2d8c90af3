//! Writeback: dirty folios become WRITE requests; fsync(2) starts them, waits, and asks whether any failed.

use super::folio::ALL;
use super::{
    Errors, Folio, FolioId, Linux, Payload, Stable, Store, Tail, Tracking, Writeback, cells_of, overlap,
};
use crate::{Event, Job, step};
use launder_oracle::{Errno, FOLIO, Host, Range, Value, Who};

impl Linux {
    /// folio_clear_dirty_for_io(): write-protects the folio wherever it is mapped, then clears PG_dirty. Whether it was dirty.
    pub async fn clear_dirty_for_io(&self, host: Host, id: FolioId) -> bool {
        let inode = self.inode(host);
        if self.ways.tracking == Tracking::Zap {
            return inode.change(id, |folio| std::mem::take(&mut folio.dirty));
        }
        if !inode.folio(id).dirty && !self.is_mapped(host, id) {
            return false;
        }
        if self.is_mapped(host, id) {
            self.mkclean(host, id).await;
        }
        inode.change(id, |folio| std::mem::take(&mut folio.dirty))
    }

    /// folio_mkclean(), of a folio that is mapped: only then does it walk the page tables, under i_mmap_rwsem.
    async fn mkclean(&self, host: Host, id: FolioId) {
        let inode = self.inode(host);
        let _i_mmap = self.sim.lock_shared(inode.i_mmap_rwsem).await;
        let index = inode.index(id);
        for process in self.processes(host) {
            let Some(mut pte) = process.pte(index).filter(|pte| pte.folio == id && pte.copy.is_none()) else {
                continue;
            };
            if process.changing().get() == Some(index) {
                continue;
            }
            if pte.dirty {
                inode.change(id, Folio::mark_all_dirty);
            }
            (pte.writable, pte.dirty) = (false, false);
            process.set_pte(index, Some(pte));
        }
    }

    /// __filemap_fdatawrite_range(), WB_SYNC_ALL: starts to write back every dirty folio of these indices.
    pub async fn fdatawrite(&self, host: Host, indices: std::ops::Range<u32>) {
        self.do_writepages(host, indices, true).await;
    }

    /// The same, WB_SYNC_NONE: a folio that is under writeback is left out, folio_prepare_writeback().
    pub(super) async fn fdatawrite_none(&self, host: Host, indices: std::ops::Range<u32>) {
        self.do_writepages(host, indices, false).await;
    }

    async fn do_writepages(&self, host: Host, indices: std::ops::Range<u32>, sync_all: bool) {
        let inode = self.inode(host);
        let (mut row, mut filling) = (Vec::new(), None);
        for index in indices.start..indices.end.min(inode.end()) {
            let Some(id) = inode.find(index).filter(|id| inode.folio(*id).is_to_be_written()) else {
                continue;
            };
            if self.sim.bug("sync_skips_W") && self.sim.is_locked(inode.writeback(id)) {
                continue;
            }
            if self.sim.bug("wb_skip") && self.sim.is_locked(inode.lock(id)) {
                continue;
            }
            let _folio = self.sim.lock(inode.lock(id)).await;
            if !inode.folio(id).attached {
                continue;
            }
            if !sync_all && self.sim.is_locked(inode.writeback(id)) {
                continue;
            }
            self.sim.wait_free(inode.writeback(id)).await;
            if !self.clear_dirty_for_io(host, id).await || !self.takes_buffer(host, id) {
                continue;
            }
            match self.ways.writeback {
                Writeback::Iomap => self.add_to_request(host, id, &mut row),
                Writeback::TemporaryPages => self.add_temporary_page(host, id, &mut filling),
                Writeback::Checked | Writeback::Keyed => self.start_write(host, id),
            }
            step!(self.sim, "{host}: folio {index} is under writeback");
        }
        self.send_request(host, &mut row);
        self.send_temporary_pages(host, &mut filling);
    }

    /// The folio, which is locked and clean, goes under writeback, and is sent in a WRITE of its own.
    pub(super) fn start_write(&self, host: Host, id: FolioId) {
        if self.ways.store == Store::Disk || self.ways.tail == Tail::ExposedUntilWritten {
            self.zero_past_the_end(host, id);
        }
        self.sim.take(self.inode(host).writeback(id));
        let mut flights = self.flights.borrow_mut();
        flights.push((host, id, true));
        self.sim.spawn(host, Job(flights.len() as u32 - 1));
    }

    /// Folios that are under writeback are sent, in one request.
    pub(super) fn send_request(&self, host: Host, row: &mut Vec<FolioId>) {
        let mut flights = self.flights.borrow_mut();
        let first = flights.len() as u32;
        flights.extend(row.iter().enumerate().map(|(at, id)| (host, *id, at + 1 == row.len())));
        if !row.is_empty() {
            self.sim.spawn(host, Job(first));
        }
        row.clear();
    }

    /// One WRITE of writeback, to its completion: an error is remembered, PG_writeback ends.
    pub(super) async fn write_out(&self, host: Host, id: FolioId) {
        let inode = self.inode(host);
        let nowrite = self.sim.lock_shared(inode.nowrite).await;
        let result = self.write_folio(host, id).await;
        if let (Err(errno), false) = (result, self.sim.bug("uncon_flush_err")) {
            inode.wb_err.set(errno);
        }
        // fuse_writepage_finish() ends writeback before it wakes who waits until no WRITE is under way.
        self.sim.release(inode.writeback(id));
        drop(nowrite);
        let index = inode.index(id);
        step!(
            self.sim,
            "{host}: writeback of folio {index} has ended{}",
            if result.is_err() { ", failed" } else { "" }
        );
    }

    /// WRITE of the whole folio, cropped to the size of the file, from the live folio; again for what a short one left. The caller
    /// holds `nowrite`, shared.
    pub async fn write_folio(&self, host: Host, id: FolioId) -> Result<(), Errno> {
        let inode = self.inode(host);
        let folio = inode.folio(id);
        let written = match self.ways.payload {
            Payload::Folio if folio.freed => 0,
            Payload::Folio => ALL & !folio.unwritten,
            Payload::DirtyCells => folio.written,
        };
        inode.change(id, |folio| folio.sending = std::mem::take(&mut folio.written));
        let size = inode.size().get();
        let mut left = match self.ways.store {
            Store::Server => overlap(cells_of(folio.index), Range::new(0, size)),
            Store::Disk => cells_of(folio.index),
        };
        while let Some(range) = next_run(written, left) {
            // A disk takes what is there when the request is submitted; of a block past the end, zeroes.
            let submitted = inode.folio(id).cells;
            let payload = |cell: u32| match self.ways.store {
                Store::Server => inode.change(id, |folio| folio.send(cell)),
                Store::Disk if cell < size => submitted[(cell % FOLIO) as usize],
                Store::Disk => Value::ZERO,
            };
            let user = self.write_file(host).unwrap_or(folio.writer);
            match self.server.write_within(host, user, range, size, payload).await {
                Ok(cells) => {
                    self.met(host, folio.index..folio.index + 1, Event::WritebackOk);
                    left.start = range.start + cells;
                }
                Err(errno) => {
                    self.met(host, folio.index..folio.index + 1, Event::WritebackFailed);
                    inode.change(id, |folio| folio.sending = 0);
                    let failed = self.process(folio.writer).failed_writes();
                    failed.set(failed.get() + 1);
                    return Err(errno);
                }
            }
            if self.ways.writeback != Writeback::Checked {
                break;
            }
            inode.attr_version().set(inode.attr_version().get() + 1);
        }
        inode.change(id, |folio| folio.sending = 0);
        Ok(())
    }

    /// iomap_writepage_handle_eof(), and block_write_full_folio() before it: "The folio straddles i_size. It must be zeroed out on
    /// each and every writepage invocation because it may be mmapped."
    pub(super) fn zero_past_the_end(&self, host: Host, id: FolioId) {
        let inode = self.inode(host);
        let beyond = overlap(cells_of(inode.index(id)), Range::new(inode.size().get(), u32::MAX));
        self.zero(host, id, beyond);
    }

    /// folio_wait_stable()
    pub async fn wait_stable(&self, host: Host, id: FolioId) {
        if self.ways.stable == Stable::Waits {
            self.sim.wait_free(self.inode(host).writeback(id)).await;
        }
    }

    /// filemap_fdatawait_range()
    pub async fn fdatawait(&self, host: Host, indices: std::ops::Range<u32>) {
        let inode = self.inode(host);
        for index in indices.start..indices.end.min(inode.end()) {
            if let Some(id) = inode.find(index) {
                self.sim.wait_free(inode.writeback(id)).await;
            }
        }
    }

    /// filemap_sync(): what was stored through the mapping of `who` makes its pages dirty, where only the entries are.
    pub async fn filemap_sync(&self, who: Who, indices: std::ops::Range<u32>) {
        let process = self.process(who);
        if self.ways.tracking == Tracking::Mkwrite {
            return;
        }
        let mut some = false;
        for index in indices.start..indices.end.min(process.end()) {
            let Some(mut pte) = process.pte(index).filter(|pte| pte.dirty && pte.copy.is_none()) else {
                continue;
            };
            pte.dirty = false;
            process.set_pte(index, Some(pte));
            self.set_page_dirty(process.host, pte.folio);
            some = true;
        }
        if some {
            step!(self.sim, "{}: what {who} stored makes its pages dirty", process.host);
        }
    }

    /// filemap_write_and_wait_range(): returns the error of writeback that nobody has eaten.
    pub async fn write_and_wait(&self, host: Host, indices: std::ops::Range<u32>) -> Result<(), Errno> {
        // filemap_write_and_wait(), 2.6.9: `if (mapping->nrpages)`
        if self.ways.errors == Errors::Flags && !self.inode(host).has_folios() {
            return Ok(());
        }
        self.fdatawrite(host, indices.clone()).await;
        self.fdatawait(host, indices).await;
        self.filemap_check_errors(host)
    }

    /// filemap_check_errors(): what mapping_set_error() kept of an error. That is whether it was ENOSPC, and all others are EIO:
    /// so the models do whose twin says so, and those that have nothing else.
    pub fn filemap_check_errors(&self, host: Host) -> Result<(), Errno> {
        let flags_alone = self.is_fuse() || self.ways.errors == Errors::Flags;
        let nameless = |errno| if flags_alone && errno != Errno::ENOSPC { Errno::EIO } else { errno };
        self.inode(host).wb_err.check_flag().map_err(nameless)
    }

    /// file_check_and_advance_wb_err(): what fsync(2) tells `who` of errors of writeback, when it has waited for it.
    pub fn check_and_advance_wb_err(&self, who: Who) -> Result<(), Errno> {
        let process = self.process(who);
        if self.ways.errors == Errors::Flags {
            return self.filemap_check_errors(process.host);
        }
        let wb_err = &self.inode(process.host).wb_err;
        let _ = wb_err.check_flag();
        wb_err.check_and_advance(&process.since)
    }

    /// file_write_and_wait_range(), for the descriptor of `who`: fsync(2), msync(2), close(2) of network file systems.
    pub async fn sync(&self, who: Who, indices: std::ops::Range<u32>) -> Result<(), Errno> {
        let process = self.process(who);
        self.fdatawrite(process.host, indices.clone()).await;
        if self.has_buffers() {
            self.commit(process.host, indices.clone()).await;
        }
        self.fdatawait(process.host, indices).await;
        self.check_and_advance_wb_err(who)
    }
}

/// The next cells that one WRITE carries, of those that were written.
fn next_run(written: u8, left: Range) -> Option<Range> {
    let goes = |cell: &u32| written & 1 << (cell % FOLIO) != 0;
    let start = left.cells().find(goes)?;
    Some(Range::new(start, (start..left.end).find(|cell| !goes(cell)).unwrap_or(left.end)))
}
