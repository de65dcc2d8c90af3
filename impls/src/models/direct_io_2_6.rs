//! O_DIRECT as 2.6.9 had it, and as 2.6.11: what a store through a mapping has made dirty is known to the page table alone, until
//! that is looked at.

use crate::linux::{
    Advice, Buffers, Errors, Linux, Scheme, Stable, Store, Tail, Tracking, Ways, Zap, folios, written,
};
use crate::{Event, Sim, step};
use launder_oracle::{Call, Errno, Host, Range, Reply, Value, Who};

/// Direct I/O of 2.6, on one file system or another.
pub struct DirectIo26 {
    linux: Linux,
    invalidation: Invalidation,
    before_read: BeforeRead,
}

/// What invalidate_inode_pages2() does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalidation {
    /// 2.6.9: it returns nothing. A page that is mapped stays so, clean and no longer uptodate; one that is not released stays.
    Void,
    /// 2.6.11: pages are unmapped first. One that is not released stays, EIO says so, and it goes no further.
    Reported,
}

/// What a direct read does about stores that only page tables know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeforeRead {
    /// Nothing.
    Nothing,
    /// All entries are msync'ed.
    Msync,
    /// All entries are taken away.
    ShootDown,
}

/// There was no hole to punch yet, nor is there anybody else.
pub fn meets(event: Event) -> bool {
    !matches!(event, Event::Notify | Event::ThirdPartyWrite | Event::Punch)
}

impl DirectIo26 {
    /// The scheme with its variations.
    pub fn new(
        sim: &Sim,
        (invalidation, before_read): (Invalidation, BeforeRead),
        (buffers, zap): (Buffers, Zap),
    ) -> DirectIo26 {
        let ways = Ways {
            store: Store::Disk,
            stable: Stable::Changes,
            tracking: Tracking::Zap,
            buffers,
            zap,
            errors: Errors::Flags,
            tail: Tail::Exposed,
            advice: Advice::OnceWhole,
            ..Ways::default()
        };
        DirectIo26 { linux: Linux::new(sim, ways), invalidation, before_read }
    }

    /// Of 2.6.9.
    async fn invalidate_void(&self, host: Host) {
        let linux = &self.linux;
        let inode = linux.inode(host);
        for index in 0..inode.end() {
            linux.met(host, index..index + 1, Event::Invalidate);
            let Some(id) = inode.find(index) else { continue };
            let _folio = linux.sim.lock(inode.lock(id)).await;
            if !inode.folio(id).attached {
                continue;
            }
            linux.sim.wait_free(inode.writeback(id)).await;
            if linux.is_mapped(host, id) {
                inode.change(id, |folio| (folio.dirty, folio.uptodate) = (false, false));
                step!(linux.sim, "{host}: folio {index} is clean, not uptodate, and mapped as before");
            } else if linux.release(host, id) && !inode.folio(id).dirty {
                linux.remove(host, id).await;
            }
        }
    }

    /// Of 2.6.11.
    async fn invalidate_reported(&self, host: Host) -> Result<(), Errno> {
        let linux = &self.linux;
        let inode = linux.inode(host);
        for index in 0..inode.end() {
            linux.met(host, index..index + 1, Event::Invalidate);
            let Some(id) = inode.find(index) else { continue };
            let _folio = linux.sim.lock(inode.lock(id)).await;
            if !inode.folio(id).attached {
                continue;
            }
            linux.sim.wait_free(inode.writeback(id)).await;
            if linux.is_mapped(host, id) {
                linux.unmap(host, index..u32::MAX).await;
            }
            let was_dirty = inode.change(id, |folio| std::mem::take(&mut folio.dirty));
            // bd4c8ce41a2e "invalidate_inode_pages2(): ignore page refcounts": that of a batch for the LRU is none to heed.
            let referenced = linux.sim.bug("iip2_respect_refs") && inode.is_new(id);
            if referenced || !linux.release(host, id) || inode.folio(id).dirty {
                if was_dirty {
                    linux.set_page_dirty(host, id);
                }
                step!(linux.sim, "{host}: folio {index} stays");
                return Err(Errno::EIO);
            }
            linux.remove(host, id).await;
        }
        Ok(())
    }

    async fn sync_or_unmap_entries(&self, host: Host) {
        let linux = &self.linux;
        match self.before_read {
            BeforeRead::Nothing => {}
            BeforeRead::Msync => {
                for process in linux.processes(host) {
                    linux.filemap_sync(process.who, 0..u32::MAX).await;
                }
            }
            BeforeRead::ShootDown => linux.unmap(host, 0..u32::MAX).await,
        }
    }
}

impl Scheme for DirectIo26 {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    /// fallocate(2) came with 2.6.23, copy_file_range(2) with 4.5.
    async fn own_way(&self, _: Who, call: Call) -> Option<Reply> {
        let younger = matches!(call, Call::Fallocate(_) | Call::Punch(_) | Call::Zero(_) | Call::Copy { .. });
        younger.then_some(Reply::Err(Errno::ENOSYS))
    }

    async fn invalidate(&self, host: Host, _: std::ops::Range<u32>) -> Result<(), Errno> {
        match self.invalidation {
            Invalidation::Void => {
                self.invalidate_void(host).await;
                Ok(())
            }
            Invalidation::Reported => self.invalidate_reported(host).await,
        }
    }

    /// __blockdev_direct_IO() takes i_sem to read a regular file, until the request has been sent, and i_alloc_sem, which keeps
    /// truncate away, to its end. Here i_rwsem is both.
    async fn read_direct(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        // __generic_file_aio_read(): "if (!count) goto out; /* skip atime */"
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let inode = self.linux.inode(self.linux.process(who).host);
        let _i_sem = self.linux.sim.lock(inode.i_rwsem).await;
        self.linux.met(inode.host, folios(range), Event::DirectRead);
        self.sync_or_unmap_entries(inode.host).await;
        // generic_file_direct_IO() writes back the whole file here, too.
        crate::linux::direct_read_after(&self.linux, who, range, 0..u32::MAX).await
    }

    /// generic_file_direct_IO(): the whole file is written back, and invalidated once the data are on the disk. An error of that
    /// takes the place of the number of bytes.
    async fn pwrite_direct_locked(&self, who: Who, range: Range, value: Value) -> Reply {
        let linux = &self.linux;
        let inode = linux.inode(linux.process(who).host);
        let host = inode.host;
        linux.met(host, folios(range), Event::DirectWrite);
        if self.invalidation == Invalidation::Reported {
            linux.unmap(host, 0..u32::MAX).await;
        }
        if let Err(errno) = linux.write_and_wait(host, 0..u32::MAX).await {
            return Reply::Err(errno);
        }
        let done = linux.server.write(host, who, range, |_| value).await;
        if let Ok(cells @ 1..) = done {
            inode.extend(range.start + cells);
        }
        match (self.invalidate(host, 0..u32::MAX).await, done) {
            (Err(errno), Ok(_)) => Reply::Err(errno),
            (_, done) => written(range, done),
        }
    }
}
