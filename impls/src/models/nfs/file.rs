//! fs/nfs/file.c: where NFS asks whether what is cached is still the file, and where it sends what is dirty.

use super::{Era, Nfs};
use crate::linux::{FolioId, Linux, Map, Scheme, append, buffered_write, cells_of, munmap, overlap};
use crate::sim::Guard;
use crate::{Job, step};
use launder_oracle::{Call, Errno, Host, Range, Reply, Value, Who};

impl Scheme for Nfs {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    async fn invalidate(&self, host: Host, folios: std::ops::Range<u32>) -> Result<(), Errno> {
        self.linux.invalidate_inode_pages2_range(host, folios).await
    }

    /// Close-to-open: GETATTR; then, if nobody else has the file open, a change that was overlooked is heeded.
    async fn open(&self, who: Who) -> Reply {
        let process = self.linux.process(who);
        if let Err(errno) = self.revalidate_inode(process.host, who).await {
            return Reply::Err(errno);
        }
        let others = self.linux.processes(process.host).filter(|it| it.took_part.get());
        let alone = !others.into_iter().any(|it| it.open.get() || it.map.get().is_some());
        if alone && self.nfs(process.host).gap.get() {
            self.set_invalid_data(process.host);
        }
        let inode = self.linux.inode(process.host);
        process.since.set(inode.wb_err.sample());
        self.failed_before[who.index()].set(process.failed_writes.get());
        process.open.set(true);
        Reply::Ok
    }

    /// nfs_file_flush(); nfs_file_clear_open_context(): "We fatal error on write before. Try to writeback every page again."
    async fn close(&self, who: Who) -> Reply {
        let process = self.linux.process(who);
        let inode = self.linux.inode(process.host);
        let since = inode.wb_err.sample();
        self.wb_all(process.host).await;
        let result = inode.wb_err.check(since);
        process.open.set(false);
        self.linux.give_up_lock(who);
        if process.map.get().is_none() {
            self.clear_open_context(who).await;
        }
        result.map_or_else(Reply::Err, |()| Reply::Ok)
    }

    /// do_setlk(): "This makes locking act as a cache coherency point."
    async fn lock(&self, who: Who) -> Reply {
        let process = self.linux.process(who);
        self.sync_mapping(process.host).await;
        self.linux.set_lock(who).await;
        self.sync_mapping(process.host).await;
        self.set_invalid_data(process.host);
        self.nfs(process.host).invalid_change.set(true);
        step!(self.linux.sim, "{}: {who} has the lock, and what is cached is invalid", process.host);
        if self.linux.processes(process.host).any(|process| process.map.get().is_some()) {
            let _ = self.revalidate_mapping(process.host, who).await;
        }
        Reply::Ok
    }

    /// do_unlk(): what of nfs_wb_all() fails is told at fsync.
    async fn unlock(&self, who: Who) -> Reply {
        self.wb_all(self.linux.process(who).host).await;
        self.linux.give_up_lock(who);
        Reply::Ok
    }

    /// nfs_file_mmap(): the mapping agrees with the file as it is now, and faults never ask again.
    async fn mmap(&self, who: Who, private: bool, range: Option<Range>) -> Reply {
        let process = self.linux.process(who);
        let range = range.unwrap_or(Range::new(0, self.linux.sim.capacity()));
        if range.is_empty() {
            return Reply::Err(Errno::EINVAL);
        }
        if let Err(errno) = self.revalidate_mapping(process.host, who).await {
            return Reply::Err(errno);
        }
        process.map.set(Some(Map { private, range }));
        Reply::Ok
    }

    async fn munmap(&self, who: Who) -> Reply {
        let reply = munmap(&self.linux, who).await;
        if !self.linux.process(who).open.get() {
            self.clear_open_context(who).await;
        }
        reply
    }

    async fn read(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        let host = self.linux.process(who).host;
        let _i_rwsem = match self.era {
            Era::Launder => Some(self.start_io_read(host).await),
            Era::Void => None,
        };
        self.revalidate_mapping(host, who).await?;
        self.linux.filemap_read(who, range).await
    }

    async fn read_direct(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        match self.era {
            Era::Launder => self.direct_read(who, range).await,
            Era::Void => self.direct_read_void(who, range).await,
        }
    }

    /// nfs_file_write(): no GETATTR, and what comes of nfs_clear_invalid_mapping() is not looked at.
    async fn start_write(&self, who: Who) -> Guard<'_> {
        let host = self.linux.process(who).host;
        let _ = self.clear_invalid_mapping(host).await;
        self.start_io_write(host).await
    }

    /// nfs_file_write(): that there is no room is told at once.
    async fn pwrite(&self, who: Who, range: Range) -> Reply {
        let process = self.linux.process(who);
        let inode = self.linux.inode(process.host);
        let since = inode.wb_err.sample();
        let reply = buffered_write(self, who, range).await;
        if self.era == Era::Launder
            && let Err(Errno::ENOSPC | Errno::EDQUOT) = inode.wb_err.check(since)
        {
            self.wb_all(process.host).await;
            if let Err(errno) = inode.wb_err.check_and_advance(&process.since) {
                return Reply::Err(errno);
            }
        }
        reply
    }

    async fn pwrite_direct(&self, who: Who, range: Range) -> Reply {
        match self.era {
            Era::Launder => self.direct_write(who, range).await,
            Era::Void => self.direct_write_void(who, range).await,
        }
    }

    /// "O_APPEND implies that we must revalidate the file length", if it is not known; with O_DIRECT it is refused,
    /// nfs_check_flags().
    async fn append(&self, who: Who, cells: u32, direct: bool) -> Reply {
        let host = self.linux.process(who).host;
        if direct {
            return Reply::Err(Errno::EINVAL);
        }
        if self.nfs(host).invalid_change.get()
            && let Err(errno) = self.revalidate_inode(host, who).await
        {
            return Reply::Err(errno);
        }
        append(self, who, cells, false).await
    }

    /// nfs_write_begin(), nfs_write_end(): what another user has dirtied goes first, nfs_flush_incompatible(); if what is cached
    /// is trusted, the whole page is to be written back, nfs_can_extend_write().
    async fn write_folio(
        &self,
        who: Who,
        index: u32,
        part: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        let linux = &self.linux;
        let inode = linux.inode(linux.process(who).host);
        loop {
            let id = inode.find(index).unwrap_or_else(|| inode.add(&linux.sim, index, who));
            let _folio = linux.sim.lock(inode.folio(id).lock).await;
            if !inode.folio(id).attached {
                continue;
            }
            linux.sim.wait_free(inode.folio(id).writeback).await;
            self.page_mkwrite(who, id).await;
            if !inode.folio(id).uptodate {
                linux.fill(inode.host, who, id, part).await?;
            }
            linux.copy_in(inode.host, id, part, value);
            let whole = overlap(cells_of(index), Range::new(0, inode.size.get().max(part.end)));
            let extended = if self.trusts(inode.host) { whole } else { part };
            inode.change(id, |folio| {
                folio.mark_dirty(extended);
                folio.writer = who;
            });
            inode.extend(part.end);
            step!(linux.sim, "{}: {who} writes {part} to folio {index}, {extended} are dirty", inode.host);
            return Ok(part.len());
        }
    }

    /// nfs_setattr(): what is dirty goes first; a size that the file is believed to have is not sent.
    async fn ftruncate(&self, who: Who, size: u32) -> Reply {
        let inode = self.linux.inode(self.linux.process(who).host);
        let host = inode.host;
        let _i_rwsem = self.linux.sim.lock(inode.i_rwsem).await;
        if size == inode.size.get() {
            return Reply::Ok;
        }
        self.block_o_direct(host).await;
        self.wb_all(host).await;
        if let Err(errno) = self.linux.server.change(host, who, &Call::Ftruncate(size)).await {
            return Reply::Err(errno);
        }
        self.attributes_changed_here(host);
        self.linux.zero_to(host, size).await;
        let old = inode.size.get();
        inode.set_size(size);
        step!(self.linux.sim, "{host}: i_size is {size}");
        self.linux.size_changed(host, old, size).await;
        Reply::Ok
    }

    /// nfs42_proc_fallocate(), nfs42_proc_deallocate(): what is dirty goes first, and what of that fails only errseq tells.
    async fn fallocate(&self, who: Who, call: &Call, range: Range) -> Reply {
        let host = self.linux.process(who).host;
        drop(self.start_io_write(host).await);
        self.wb_all(host).await;
        let _ = self.linux.inode(host).wb_err.check_flag();
        self.linux.fallocate(who, call, range).await
    }

    async fn before_page_mkwrite(&self, host: Host) {
        if self.era == Era::Launder && !self.linux.sim.bug("no_invalidating_bit") {
            self.linux.sim.wait_free(self.nfs(host).invalidating).await;
        }
    }

    /// nfs_flush_incompatible(): what another open context has dirtied is written back first.
    async fn page_mkwrite(&self, who: Who, id: FolioId) {
        let inode = self.linux.inode(self.linux.process(who).host);
        while inode.folio(id).dirty && inode.folio(id).writer != who {
            if self.linux.clear_dirty_for_io(inode.host, id).await {
                let _ = self.linux.launder(inode.host, id).await;
            }
        }
    }

    /// There is no such request without delegations.
    async fn notify(&self, _: Host, _: Range) -> Reply {
        Reply::Err(Errno::ENOSYS)
    }

    fn crashed(&self, host: Host) {
        self.linux.inode(host).attr_valid.set(true);
        self.nfs(host).forget();
    }

    async fn work(&self, job: Job) {
        match self.direct_write_of(job) {
            Some(write) => self.carry_out(write).await,
            None => self.linux.work(job).await,
        }
    }
}

impl Nfs {
    /// nfs_folio_write_uptodate(), of a folio that is uptodate.
    fn trusts(&self, host: Host) -> bool {
        let nfs = self.nfs(host);
        !nfs.invalid_change.get() && !nfs.invalid_data.get() && !self.linux.sim.is_locked(nfs.invalidating)
    }

    async fn clear_open_context(&self, who: Who) {
        let process = self.linux.process(who);
        if self.failed_before[who.index()].get() != process.failed_writes.get() {
            let _ = self.linux.invalidate_inode_pages2_range(process.host, 0..u32::MAX).await;
        }
    }
}
