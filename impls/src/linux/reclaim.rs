//! What the kernel does of its own accord: writeback and reclaim; and the walk of invalidate_mapping_pages().

use super::{Buffers, FolioId, Linux, Store, Writeback};
use crate::{Event, step};
use launder_oracle::Host;
use std::ops::Range;

impl Linux {
    /// kswapd has come for these folios: they are unmapped, written back if they are dirty, and dropped if they are then
    /// clean.
    pub async fn reclaim(&self, host: Host, indices: Range<u32>) {
        let _kthreadd = self.server.reclaim(host).await;
        let inode = self.inode(host);
        if self.ways.writeback == Writeback::Iomap {
            self.flush_for_reclaim(host, indices.clone()).await;
        }
        for index in indices.start..indices.end.min(inode.end()) {
            let Some(id) = inode.find(index) else { continue };
            if self.is_mapped(host, id) {
                self.unmap(host, index..index + 1).await;
            }
            if inode.folio(id).is_to_be_written() {
                self.fdatawrite(host, index..index + 1).await;
            }
            self.sim.wait_free(inode.writeback(id)).await;
            let Some(_folio) = self.sim.try_lock(inode.lock(id)) else { continue };
            self.evict(host, id).await;
        }
    }

    /// Without ->writepage() pageout() leaves a dirty folio to the flusher, whose ->writepages() puts folios side by side into one
    /// request.
    async fn flush_for_reclaim(&self, host: Host, indices: Range<u32>) {
        let inode = self.inode(host);
        for index in indices.start..indices.end.min(inode.end()) {
            if inode.find(index).is_some_and(|id| self.is_mapped(host, id)) {
                self.unmap(host, index..index + 1).await;
            }
        }
        self.fdatawrite(host, indices.clone()).await;
        self.fdatawait(host, indices).await;
    }

    /// Writeback that nobody waits for, WB_SYNC_NONE.
    pub async fn background_writeback(&self, host: Host, indices: Range<u32>) {
        if self.ways.buffers == Buffers::Heads {
            return self.commit(host, indices).await;
        }
        if !self.sim.bug("congested_no_redirty") {
            return self.fdatawrite(host, indices).await;
        }
        let inode = self.inode(host);
        for index in indices.start..indices.end.min(inode.end()) {
            let busy = |id| self.sim.is_locked(inode.writeback(id));
            let congested = (0..inode.end()).filter_map(|index| inode.find(index)).any(busy);
            match inode.find(index).filter(|_| congested) {
                None => self.fdatawrite(host, index..index + 1).await,
                Some(id) => {
                    let _folio = self.sim.lock(inode.lock(id)).await;
                    self.clear_dirty_for_io(host, id).await;
                    step!(self.sim, "{host}: folio {index} is put off, and no longer dirty");
                }
            }
        }
    }

    /// invalidate_mapping_pages(): advice. Folios that are dirty, under writeback, mapped or locked stay.
    pub async fn invalidate_mapping_pages(&self, host: Host, indices: Range<u32>) {
        self.mapping_try_invalidate(host, indices).await;
    }

    /// mapping_try_invalidate(): the same, and whether it has failed on any. find_lock_entries() passes over what is locked or under
    /// writeback, and that is none of those.
    pub async fn mapping_try_invalidate(&self, host: Host, indices: Range<u32>) -> bool {
        let inode = self.inode(host);
        let mut failed = false;
        for index in indices.start..indices.end.min(inode.end()) {
            self.met(host, index..index + 1, Event::Invalidate);
            let Some(id) = inode.find(index) else { continue };
            let Some(_folio) = self.sim.try_lock(inode.lock(id)) else { continue };
            let evicted = self.evict(host, id).await;
            failed |= !evicted && inode.folio(id).attached && !self.sim.is_locked(inode.writeback(id));
        }
        failed
    }

    /// mapping_evict_folio(), of a folio that is locked: whether it has left the cache.
    async fn evict(&self, host: Host, id: FolioId) -> bool {
        let folio = self.inode(host).folio(id);
        if !folio.attached {
            return false;
        }
        let dirty = folio.dirty && !self.sim.bug("release_dirty");
        let busy = dirty
            || folio.refs > 0
            || folio.theirs.is_some()
            || self.sim.is_locked(folio.writeback)
            || self.is_mapped(host, id);
        if busy || !self.release(host, id) {
            self.sim.say(format_args!("{host}: folio {} stays", folio.index));
            return false;
        }
        // 016eb4a0ed06 "[PATCH] invalidate_complete_page() race fix": that nobody has come to use it must be seen to when it goes.
        if self.sim.bug("ipages_no_ref_recheck") {
            step!(self.sim, "{host}: folio {} is not mapped", folio.index);
        }
        self.remove(host, id).await;
        true
    }

    /// The host has crashed: its caches and its processes are gone.
    pub async fn crash(&self, host: Host) {
        self.met(host, 0..u32::MAX, Event::Crash);
        for process in self.processes(host) {
            if process.locked().get() {
                self.sim.release(self.file_lock(host));
            }
            process.forget();
        }
        self.forget_temporary_pages(host);
        self.forget_reads(host);
        self.write_files.forget(host);
        if self.ways.store == Store::Disk {
            self.server.clean_up_orphans();
        }
        self.inode(host).forget(&self.sim, self.server.size());
        step!(self.sim, "{host}: has crashed");
    }
}
