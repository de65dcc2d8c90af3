//! What NFS keeps of a file beside the page cache: whether that is to be dropped, and the change attribute that tells.

use super::{Era, Nfs};
use crate::linux::{Inode, IoMode};
use crate::sim::{Guard, Lock, Named, Shared};
use crate::{Event, Sim, step};
use launder_oracle::{Errno, Host, Who};

/// struct nfs_inode
pub struct NfsInode {
    /// NFS_INO_INVALID_DATA: what is cached is to be dropped before it is next relied on.
    pub invalid_data: Shared<bool>,
    /// NFS_INO_INVALID_CHANGE and NFS_INO_INVALID_SIZE: the attributes are to be asked for.
    pub invalid_change: Shared<bool>,
    /// nfs_ooo_test(): the change attribute has jumped while the file was open for writing. 1c341b777501 "NFS: Add deferred
    /// cache invalidation for close-to-open consistency violations".
    pub gap: Shared<bool>,
    /// The change attribute that is believed to be that of what is cached, but for the replies to WRITE.
    change: Shared<u32>,
    /// The failed requests that have made what is cached invalid.
    failed_writes: Shared<u32>,
    /// NFS_INO_ODIRECT
    pub io_mode: IoMode,
    /// NFS_INO_INVALIDATING
    pub invalidating: Lock,
}

impl NfsInode {
    pub fn new(sim: &Sim, inode: &Inode) -> NfsInode {
        let invalidating = Named { what: "NFS_INO_INVALIDATING", host: inode.host, number: None };
        NfsInode {
            invalid_data: sim.shared(false),
            invalid_change: sim.shared(false),
            gap: sim.shared(false),
            change: sim.shared(0),
            failed_writes: sim.shared(0),
            io_mode: IoMode::new(sim, inode),
            invalidating: sim.new_lock(invalidating),
        }
    }

    /// The host has crashed.
    pub fn forget(&self) {
        self.invalid_data.set(false);
        self.invalid_change.set(true);
        self.gap.set(false);
        self.io_mode.forget();
    }
}

impl Nfs {
    /// inode_peek_iversion_raw(): what a reply to WRITE has said of the change attribute is believed to be the own WRITE's doing,
    /// nfs_post_op_update_inode_force_wcc().
    fn iversion(&self, host: Host) -> u32 {
        self.nfs(host).change.get().max(self.linux.server.post_op(host).change)
    }

    /// nfs_set_cache_invalid(NFS_INO_INVALID_DATA): where nothing is cached there is nothing to drop.
    pub fn set_invalid_data(&self, host: Host) {
        self.nfs(host).invalid_data.set(self.linux.inode(host).has_folios());
        self.nfs(host).gap.set(false);
    }

    /// nfs_set_pageerror(), where a WRITE has failed since: what is cached is not what the server has. b8946d7bfb94 "NFS: Revalidate
    /// the file mapping on all fatal writeback errors".
    fn heed_failed_writes(&self, host: Host) {
        if self.linux.sim.bug("fatal_keep_uptodate") {
            return;
        }
        let failed = self.linux.processes(host).map(|process| process.failed_writes().get()).sum();
        if self.nfs(host).failed_writes.replace(failed) != failed {
            self.set_invalid_data(host);
            self.nfs(host).invalid_change.set(true);
        }
    }

    /// nfs_file_has_buffered_writers(): every descriptor is open for writing, and a mapping keeps its own open.
    fn has_buffered_writers(&self, host: Host) -> bool {
        if self.era == Era::Void {
            return self.has_writebacks(host);
        }
        let writes = |it: &crate::linux::Process| it.open().get() || it.map().get().is_some();
        let mut here = self.linux.processes(host).filter(|process| process.took_part().get());
        here.any(writes) && !self.nfs(host).io_mode.is_direct()
    }

    /// nfs_have_writebacks()
    fn has_writebacks(&self, host: Host) -> bool {
        let inode = self.linux.inode(host);
        let busy = |folio: crate::linux::Folio| folio.dirty || self.linux.sim.is_locked(folio.writeback);
        (0..inode.end()).filter_map(|index| inode.find(index)).any(|id| busy(inode.folio(id)))
    }

    /// nfs_revalidate_file_size(): only if the size is not known.
    pub async fn revalidate_file_size(&self, host: Host, who: Who) -> Result<(), Errno> {
        match self.nfs(host).invalid_change.get() {
            true => self.revalidate_inode(host, who).await,
            false => Ok(()),
        }
    }

    /// __nfs_revalidate_inode(): GETATTR, and nfs_update_inode() unless the reply is older than what is known. While the file is
    /// open for writing a change is believed to be the own doing: "Could it be a race with writeback?"
    pub async fn revalidate_inode(&self, host: Host, who: Who) -> Result<(), Errno> {
        let nfs = self.nfs(host);
        let fattr = self.linux.server.getattr_and_change(host, who).await?;
        let known = self.iversion(host);
        if fattr.change < known {
            let written = self.linux.server.post_op(host);
            if written.change > fattr.change {
                self.learn_size(host, written.size);
            }
            return Ok(());
        }
        self.heed_failed_writes(host);
        nfs.invalid_change.set(false);
        let writers = self.has_buffered_writers(host);
        if fattr.change != known {
            nfs.change.set(fattr.change);
            if writers { nfs.gap.set(true) } else { self.set_invalid_data(host) }
        }
        if self.learn_size(host, fattr.size) && !writers {
            self.set_invalid_data(host);
        }
        let what = if nfs.invalid_data.get() { "is to be dropped" } else { "is believed" };
        step!(self.linux.sim, "{host}: change attribute {}: what is cached {what}", fattr.change);
        Ok(())
    }

    /// nfs_update_inode(): a size that is no larger is not believed while something is to be written back. Whether it is news. The
    /// reply to a WRITE tells it, too, nfs_writeback_update_inode(); here that is heeded once somebody asks.
    fn learn_size(&self, host: Host, told: u32) -> bool {
        let inode = self.linux.inode(host);
        let size = inode.size().get();
        let news = told > size || told < size && !self.has_writebacks(host);
        if news {
            inode.set_size(told);
        }
        news
    }

    /// nfs_revalidate_mapping()
    pub async fn revalidate_mapping(&self, host: Host, who: Who) -> Result<(), Errno> {
        self.heed_failed_writes(host);
        if self.nfs(host).invalid_change.get() {
            self.revalidate_inode(host, who).await?;
        }
        self.clear_invalid_mapping(host).await
    }

    /// nfs_clear_invalid_mapping(): "We must clear NFS_INO_INVALID_DATA first to ensure that invalidations that come in while
    /// we're shooting down the mappings are respected." Where it then fails, nobody knows any more that it was to be done.
    pub async fn clear_invalid_mapping(&self, host: Host) -> Result<(), Errno> {
        let nfs = self.nfs(host);
        let Some(_invalidating) = self.begin_to_invalidate(host).await else { return Ok(()) };
        if self.era == Era::Void {
            self.invalidate_void(host).await;
            return Ok(());
        }
        nfs.invalid_data.set(false);
        nfs.gap.set(false);
        step!(self.linux.sim, "{host}: NFS_INO_INVALID_DATA is cleared");
        if !self.linux.inode(host).has_folios() {
            return Ok(());
        }
        self.linux.met(host, 0..u32::MAX, Event::Invalidate);
        self.sync_mapping(host).await;
        self.linux.invalidate_inode_pages2_range(host, 0..self.linux.inode(host).end()).await
    }

    /// Takes the bit NFS_INO_INVALIDATING, if there is something to invalidate once nobody else does. 17dfeb911339 "NFS: Fix
    /// races in nfs_revalidate_mapping".
    async fn begin_to_invalidate(&self, host: Host) -> Option<Option<Guard<'_>>> {
        let (sim, nfs) = (&self.linux.sim, self.nfs(host));
        let exclusive = !sim.bug("no_invalidating_bit");
        loop {
            if exclusive {
                sim.wait_free(nfs.invalidating).await;
            }
            self.heed_failed_writes(host);
            match (nfs.invalid_data.get(), exclusive) {
                (false, _) => return None,
                (true, false) => return Some(None),
                (true, true) => {}
            }
            if let Some(bit) = sim.try_lock(nfs.invalidating) {
                return Some(Some(bit));
            }
        }
    }

    /// nfs_sync_mapping(): unmap_mapping_range(), nfs_wb_all(). What fails there only errseq tells.
    pub async fn sync_mapping(&self, host: Host) {
        if self.linux.inode(host).has_folios() {
            if self.era == Era::Launder {
                self.linux.unmap(host, 0..u32::MAX).await;
            }
            self.wb_all(host).await;
        }
    }

    /// nfs_wb_all()
    pub async fn wb_all(&self, host: Host) {
        self.linux.fdatawrite(host, 0..u32::MAX).await;
        self.linux.fdatawait(host, 0..u32::MAX).await;
    }

    /// nfs_refresh_inode() with the reply to the SETATTR of ftruncate(2): a change like any other.
    pub fn attributes_changed_here(&self, host: Host) {
        self.nfs(host).gap.set(self.linux.inode(host).has_folios());
    }
}
