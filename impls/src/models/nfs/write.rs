//! What a write leaves in a page, and what a truncate sends.

use super::Nfs;
use crate::linux::{Scheme, cells_of, overlap};
use crate::step;
use launder_oracle::{Call, Errno, Host, Range, Reply, Value, Who};

impl Nfs {
    /// nfs_write_begin(), nfs_write_end(): what another user has dirtied goes first, nfs_flush_incompatible(); if what is cached
    /// is trusted, the whole page is to be written back, nfs_can_extend_write(); else what was to be written goes first if "the
    /// offsets are non-contiguous", nfs_try_to_update_request().
    pub(super) async fn begin_write_end(
        &self,
        who: Who,
        index: u32,
        part: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        let linux = &self.linux;
        let inode = linux.inode(linux.process(who).host);
        let (id, _folio) = linux.grab_folio(who, index).await;
        linux.sim.wait_free(inode.writeback(id)).await;
        self.page_mkwrite(who, id).await?;
        if !inode.folio(id).uptodate {
            linux.fill(inode.host, who, id, part).await?;
        }
        linux.copy_in(inode.host, id, part, value);
        let whole = overlap(cells_of(index), Range::new(0, inode.size().get().max(part.end)));
        let extended = if self.trusts(inode.host) { whole } else { part };
        if inode.folio(id).is_dirty_apart_from(extended) && linux.clear_dirty_for_io(inode.host, id).await {
            let _ = linux.launder(inode.host, id).await;
        }
        inode.change(id, |folio| {
            folio.mark_dirty(extended);
            folio.writer = who;
        });
        inode.extend(part.end);
        step!(linux.sim, "{}: {who} writes {part} to folio {index}, {extended} are dirty", inode.host);
        Ok(part.len())
    }

    /// nfs_setattr(): what is dirty goes first; a size that the file is believed to have is not sent.
    pub(super) async fn setattr(&self, who: Who, size: u32) -> Reply {
        let inode = self.linux.inode(self.linux.process(who).host);
        let host = inode.host;
        let _i_rwsem = self.linux.sim.lock(inode.i_rwsem).await;
        if size == inode.size().get() {
            return Reply::Ok;
        }
        self.nfs(host).io_mode.block_direct().await;
        self.wb_all(host).await;
        if let Err(errno) = self.linux.server.change(host, who, &Call::Ftruncate(size)).await {
            return Reply::Err(errno);
        }
        self.attributes_changed_here(host);
        self.linux.zero_to(host, size).await;
        let old = inode.size().get();
        inode.set_size(size);
        step!(self.linux.sim, "{host}: i_size is {size}");
        self.linux.size_changed(host, old, size).await;
        Reply::Ok
    }

    /// nfs_folio_write_uptodate(), of a folio that is uptodate.
    fn trusts(&self, host: Host) -> bool {
        let nfs = self.nfs(host);
        !nfs.invalid_change.get() && !nfs.invalid_data.get() && !self.linux.sim.is_locked(nfs.invalidating)
    }
}
