//! ftruncate(2), fallocate(2) and its modes, and a size that the server has changed.

use super::{Folio, Linux, Mkwrite, Store, Tail, cells_of, folios, overlap};
use crate::{Event, step};
use launder_oracle::{Call, Errno, FOLIO, Host, Range, Reply, Who};

impl Linux {
    /// ftruncate(2): the server first, with no WRITE of writeback under way; then i_size, then the cache.
    pub async fn ftruncate(&self, who: Who, size: u32) -> Reply {
        if self.ways.store == Store::Disk {
            return self.ftruncate_on_disk(who, size).await;
        }
        let inode = self.inode(self.process(who).host);
        let _i_rwsem = self.sim.lock(inode.i_rwsem).await;
        let _invalidate = self.sim.lock(inode.invalidate_lock).await;
        if let Err(errno) = self.revalidate_size(inode.host, who).await {
            return Reply::Err(errno);
        }
        let old = inode.size().get();
        self.zero_to(inode.host, size).await;
        let _unstable = self.sim.lock(inode.size_unstable).await;
        {
            let _nowrite = self.sim.lock(inode.nowrite).await;
            if let Err(errno) = self.server.change(inode.host, who, &Call::Ftruncate(size)).await {
                return Reply::Err(errno);
            }
            inode.set_size(size);
            step!(self.sim, "{}: i_size is {size}", inode.host);
        }
        self.size_changed(inode.host, old, size).await;
        Reply::Ok
    }

    /// truncate_pagecache(): nothing beyond the new end may be seen again, but what a write has put there meanwhile: the
    /// server's word on the size comes without i_rwsem. See 06a7c3c27814.
    pub async fn size_changed(&self, host: Host, old: u32, new: u32) {
        let inode = self.inode(host);
        let everything = Range::new(new, self.sim.capacity().max(new));
        if new >= old {
            return;
        }
        self.met_in_file_of(host, old, folios(everything), Event::Truncate);
        self.unmap(host, folios(everything)).await;
        self.drop_private_copies(host, new.div_ceil(FOLIO)..folios(everything).end);
        for index in folios(everything) {
            let Some(id) = inode.find(index) else { continue };
            let _folio = self.sim.lock(inode.lock(id)).await;
            self.sim.wait_free(inode.writeback(id)).await;
            let part =
                overlap(overlap(cells_of(index), everything), Range::new(inode.size().get(), u32::MAX));
            if part.is_empty() || !inode.folio(id).attached {
                continue;
            }
            // afs_zap_data() leaves it to invalidate_remote_inode(), which spares what a fault holds.
            let held = inode.folio(id).refs > 0 && self.ways.mkwrite == Mkwrite::Trusts;
            if part.len() == FOLIO && held {
                continue;
            }
            if part.len() == FOLIO {
                if self.is_mapped(host, id) {
                    self.unmap(host, index..index + 1).await;
                }
                self.remove(host, id).await;
            } else {
                self.zero(host, id, part);
                step!(self.sim, "{host}: {part} of folio {index} are zeroed");
            }
        }
    }

    /// What private mappings have copied of pages that are past the end. unmap_mapping_range(), `even_cows`: "1 when truncating
    /// a file, unmap even private COWed pages".
    pub fn drop_private_copies(&self, host: Host, indices: std::ops::Range<u32>) {
        for process in self.processes(host) {
            indices.clone().for_each(|index| self.zap(process, index, true));
        }
    }

    /// pagecache_isize_extended(): before the file grows beyond `end`, what stores through mappings left between its end and
    /// there is zeroed, since 52aecaee1c26 "mm: zero range of eof folio exposed by inode size extension".
    pub async fn zero_to(&self, host: Host, end: u32) {
        if let Some(tail) = self.change_tail(host, end, Folio::zero).await {
            step!(self.sim, "{host}: {tail}, past the end, are zeroed");
        }
    }

    /// The same where the file has grown elsewhere: what READ has brought of what lies there stays.
    pub async fn take_back_to(&self, host: Host, end: u32) {
        if let Some(tail) = self.change_tail(host, end, Folio::take_back).await {
            step!(self.sim, "{host}: {tail}, past the end, are what READ has brought");
        }
    }

    /// Changes the cells between the end of the file and `end`, as far as they lie in the folio of the end, and says which.
    async fn change_tail(&self, host: Host, end: u32, change: impl Fn(&mut Folio, Range)) -> Option<Range> {
        if self.ways.tail != Tail::Zeroed {
            return None;
        }
        let inode = self.inode(host);
        loop {
            let old = inode.size().get();
            let tail = overlap(cells_of(old / FOLIO), Range::new(old, end.max(old)));
            let id = inode.find(old / FOLIO).filter(|_| !tail.is_empty())?;
            let _folio = self.sim.lock(inode.lock(id)).await;
            self.sim.wait_free(inode.writeback(id)).await;
            if inode.size().get() == old {
                if !self.sim.bug("no_eof_zero") {
                    inode.change(id, |folio| change(folio, tail));
                }
                return Some(tail);
            }
        }
    }

    pub(super) fn zero(&self, host: Host, id: super::FolioId, part: Range) {
        self.inode(host).change(id, |folio| folio.zero(part));
    }

    /// truncate_pagecache_range(): folios that lie in the range whole are unmapped and dropped, dirty or not; of others the
    /// part is zeroed.
    ///
    /// Of a range that ends in the first page, unmap_end is -1, which as an unsigned number lies past every start; and of a length that is
    /// 0 or wraps around, unmap_mapping_range() unmaps all from the start on.
    pub(super) async fn drop_cells(&self, host: Host, range: Range) {
        let start = range.start.div_ceil(FOLIO);
        let end = if range.end < FOLIO { self.sim.capacity() / FOLIO } else { range.end / FOLIO };
        self.unmap(host, start..end.max(start)).await;
        let inode = self.inode(host);
        for index in folios(range) {
            let part = overlap(cells_of(index), range);
            if part.len() < FOLIO {
                self.zero_cells(host, part).await;
                continue;
            }
            let Some(id) = inode.find(index) else { continue };
            let _folio = self.sim.lock(inode.lock(id)).await;
            self.sim.wait_free(inode.writeback(id)).await;
            if inode.folio(id).attached {
                if self.is_mapped(host, id) {
                    self.unmap(host, index..index + 1).await;
                }
                self.remove(host, id).await;
            }
        }
    }

    /// folio_zero_range() of a part of one folio, if that is in the cache.
    pub(super) async fn zero_cells(&self, host: Host, part: Range) {
        let inode = self.inode(host);
        let index = part.start / FOLIO;
        let Some(id) = inode.find(index).filter(|_| !part.is_empty()) else { return };
        let _folio = self.sim.lock(inode.lock(id)).await;
        self.sim.wait_free(inode.writeback(id)).await;
        self.zero(host, id, part);
        step!(self.sim, "{host}: {part} of folio {index} are zeroed");
    }

    /// fallocate(2): what is dirty in the range is written back, the server does its part, the cache forgets the range.
    pub async fn fallocate(&self, who: Who, call: &Call, range: Range) -> Reply {
        if self.ways.store == Store::Disk {
            return self.fallocate_on_disk(who, call, range).await;
        }
        let inode = self.inode(self.process(who).host);
        let _i_rwsem = self.sim.lock(inode.i_rwsem).await;
        let _invalidate = self.sim.lock(inode.invalidate_lock).await;
        match self.fallocate_locked(inode.host, who, call, range).await {
            Ok(()) => Reply::Ok,
            Err(errno) => Reply::Err(errno),
        }
    }

    async fn fallocate_locked(&self, host: Host, who: Who, call: &Call, range: Range) -> Result<(), Errno> {
        let inode = self.inode(host);
        self.revalidate_size(host, who).await?;
        let zeroes = matches!(call, Call::Punch(_) | Call::Zero(_));
        if zeroes {
            self.met(host, folios(range), Event::Punch);
        }
        if zeroes && !self.sim.bug("srvop_no_flush") {
            self.write_and_wait(host, folios(range)).await?;
        }
        if !matches!(call, Call::Punch(_)) {
            self.zero_to(host, range.end).await;
        }
        self.server.change(host, who, call).await?;
        if zeroes {
            self.drop_cells(host, range).await;
        }
        if !matches!(call, Call::Punch(_)) {
            inode.extend(range.end);
        }
        Ok(())
    }
}
