//! The size of the file, as fs/fuse/inode.c has it: fuse_change_attributes(), and who asks the server for it.

use crate::linux::{Linux, Size, Writeback};
use crate::step;
use launder_oracle::{Errno, Host, Range, Who};

impl Linux {
    /// fuse_update_attributes(), or the LOOKUP of an open(2): the server is asked, for what it gives does not last.
    pub(super) async fn fuse_update_attributes(&self, host: Host, user: Who) {
        let inode = self.inode(host);
        if self.ways.size == Size::Kernel {
            return self.server.idle(user, "GETATTR").await;
        }
        let version = inode.attr_version().get();
        let size = self.server.stat(host, user).await;
        self.fuse_change_attributes(host, version, size).await;
    }

    /// fuse_change_attributes(): a reply that is older than a change made here is not believed, nor is what was asked before one that
    /// is. Where the size is another all folios go, whatever invalidate_inode_pages2() says.
    async fn fuse_change_attributes(&self, host: Host, version: u32, size: u32) {
        let inode = self.inode(host);
        if version != inode.attr_version().get() || self.sim.is_locked(inode.size_unstable) {
            return;
        }
        inode.attr_valid().set(true);
        inode.attr_version().set(version + 1);
        let old = inode.size().get();
        if size == old {
            return;
        }
        inode.set_size(size);
        step!(self.sim, "{host}: i_size is {size}");
        self.size_changed(host, old, size).await;
        let _ = self.invalidate_inode_pages2_range(host, 0..inode.end()).await;
    }

    /// Whether what cleans the inode is told from what waits for its pages: with temporary pages, and the times that
    /// writeback_cache keeps here. Without such pages who has cleaned it has waited, and has taken the flags of the mapping.
    pub(super) fn keeps_state(&self) -> bool {
        self.ways.size == Size::Kernel && self.ways.writeback == Writeback::TemporaryPages
    }

    /// __mark_inode_dirty()
    pub(in crate::linux) fn inode_is_changed(&self, host: Host) {
        if self.keeps_state() {
            self.inode(host).unwritten().set(true);
        }
    }

    /// __writeback_single_inode() has written what there was: the inode is as clean as its pages.
    pub(super) fn inode_is_written(&self, host: Host) {
        if self.keeps_state() {
            let inode = self.inode(host);
            let dirty = |index| inode.find(index).is_some_and(|id| inode.folio(id).dirty);
            inode.unwritten().set((0..inode.end()).any(dirty));
        }
    }

    /// fuse_short_read(): "Short read means EOF. If file size is larger, truncate it", unless the kernel's word counts.
    pub(in crate::linux) fn short_read(&self, host: Host, version: u32, asked: Range, end: u32) {
        let inode = self.inode(host);
        let read = end.clamp(asked.start, asked.end);
        let trusted = self.ways.size == Size::Server && !self.sim.is_locked(inode.size_unstable);
        let unchanged = version == inode.attr_version().get();
        if trusted && unchanged && read < asked.end && read < inode.size().get() {
            inode.set_size(read);
        }
    }

    /// fuse_write_update_attr()
    pub(super) fn fuse_write_update_attr(&self, host: Host, end: u32, written: u32) {
        let inode = self.inode(host);
        inode.invalidate_attributes();
        if written > 0 {
            inode.extend(end);
        }
    }

    /// fuse_sync_writes(): waits for every WRITE of writeback that has been sent. The caller holds i_rwsem.
    pub(super) async fn fuse_sync_writes(&self, host: Host) {
        let inode = self.inode(host);
        drop(self.sim.lock(inode.nowrite).await);
        self.flush_temporary_pages(host);
    }

    /// fuse_writeback_range(): "flush extending writes", 59bda8ecee2f, is why it goes on to the end of the file.
    pub(super) async fn fuse_writeback_range(
        &self,
        host: Host,
        folios: std::ops::Range<u32>,
    ) -> Result<(), Errno> {
        self.write_and_wait(host, folios.start..u32::MAX).await?;
        self.fuse_sync_writes(host).await;
        Ok(())
    }

    /// fuse_launder_folio(): writes the folio, which is locked, unmapped and no longer dirty, and waits. What the server
    /// answered is remembered for who syncs, and is not this call's error.
    pub(in crate::linux) async fn fuse_launder_folio(&self, host: Host, id: crate::linux::FolioId) {
        let inode = self.inode(host);
        if self.ways.writeback == Writeback::TemporaryPages {
            let job = self.queue_temporary_page(host, id);
            return self.write_out_temporary_pages(job).await;
        }
        self.zero_past_the_end(host, id);
        self.sim.take(inode.writeback(id));
        let nowrite = self.sim.lock_shared(inode.nowrite).await;
        let result = self.write_folio(host, id).await;
        if let Err(errno) = result {
            inode.wb_err.set(errno);
        }
        self.sim.release(inode.writeback(id));
        drop(nowrite);
        let how = if result.is_err() { ", in vain" } else { "" };
        step!(self.sim, "{host}: folio {} is laundered{how}", inode.index(id));
    }
}
