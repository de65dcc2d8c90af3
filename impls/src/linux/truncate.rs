//! ftruncate(2), fallocate(2) and its modes, and a size that the server has changed.

use super::{Linux, cells_of, folios, overlap};
use crate::step;
use launder_oracle::{Call, Errno, FOLIO, Host, Range, Reply, Value, Who};

impl Linux {
    /// ftruncate(2): the server first, with no WRITE of writeback under way; then i_size, then the cache.
    pub async fn ftruncate(&self, who: Who, size: u32) -> Reply {
        let inode = self.inode(self.process(who).host);
        let _i_rwsem = self.sim.lock(inode.i_rwsem).await;
        let _invalidate = self.sim.lock(inode.invalidate_lock).await;
        if let Err(errno) = self.revalidate_size(inode.host, who).await {
            return Reply::Err(errno);
        }
        let old = inode.size.get();
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

    /// truncate_pagecache(), or pagecache_isize_extended(): nothing beyond the smaller of the two sizes may be seen again. A
    /// store through a mapping beyond the old end is no part of the file when that grows: 52aecaee1c26 "mm: zero range of eof
    /// folio exposed by inode size extension".
    pub(super) async fn size_changed(&self, host: Host, old: u32, new: u32) {
        let capacity = self.sim.capacity();
        if new < old {
            self.drop_cells(host, Range::new(new, capacity.max(new))).await;
        } else if old < new {
            self.zero_tail(host, old, capacity).await;
        }
    }

    /// The same for a write that leaves a gap between the end of the file and its range.
    pub(super) async fn zero_to(&self, host: Host, range: Range) {
        let old = self.inode(host).size.get();
        if old < range.start {
            self.zero_tail(host, old, range.start).await;
        }
    }

    async fn zero_tail(&self, host: Host, old: u32, end: u32) {
        if !self.sim.bug("no_eof_zero") {
            let tail = overlap(cells_of(old / FOLIO), Range::new(old, end.max(old)));
            self.zero_cells(host, tail).await;
        }
    }

    /// truncate_pagecache_range(): folios that lie in the range whole are unmapped and dropped, dirty or not; of others the
    /// part is zeroed.
    async fn drop_cells(&self, host: Host, range: Range) {
        let whole = range.start.div_ceil(FOLIO)..(range.end / FOLIO).max(range.start.div_ceil(FOLIO));
        self.unmap(host, whole.clone()).await;
        let inode = self.inode(host);
        for index in folios(range) {
            let part = overlap(cells_of(index), range);
            if part.len() < FOLIO {
                self.zero_cells(host, part).await;
                continue;
            }
            let Some(id) = inode.find(index) else { continue };
            let _folio = self.sim.lock(inode.folio(id).lock).await;
            self.sim.wait_free(inode.folio(id).writeback).await;
            if inode.folio(id).attached {
                if self.is_mapped(host, id) {
                    self.unmap(host, index..index + 1).await;
                }
                self.remove(host, id).await;
            }
        }
    }

    /// folio_zero_range() of a part of one folio, if that is in the cache.
    async fn zero_cells(&self, host: Host, part: Range) {
        let inode = self.inode(host);
        let index = part.start / FOLIO;
        let Some(id) = inode.find(index).filter(|_| !part.is_empty()) else { return };
        let _folio = self.sim.lock(inode.folio(id).lock).await;
        self.sim.wait_free(inode.folio(id).writeback).await;
        inode.change(id, |folio| {
            part.cells().for_each(|cell| folio.cells[(cell % FOLIO) as usize] = Value::ZERO);
        });
        step!(self.sim, "{host}: {part} of folio {index} are zeroed");
    }

    /// fallocate(2): what is dirty in the range is written back, the server does its part, the cache forgets the range.
    pub async fn fallocate(&self, who: Who, call: &Call, range: Range) -> Reply {
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
            self.write_and_wait(host, folios(range)).await?;
        }
        let old = inode.size.get();
        self.server.change(host, who, call).await?;
        if zeroes {
            self.drop_cells(host, range).await;
        }
        if !matches!(call, Call::Punch(_)) && old < range.end {
            inode.extend(range.end);
            self.size_changed(host, old, range.end).await;
        }
        Ok(())
    }
}
