//! afs_writepages(), and who calls it: fsync(2), reclaim, writeback of the kernel's own accord.

use super::{Afs, Era};
use crate::Event;
use crate::linux::{FolioId, cells_of};
use crate::sim::Guard;
use crate::step;
use launder_oracle::{Errno, FOLIO, Host, Range, Who};

impl Afs {
    /// afs_writepages(), and with `sync` WB_SYNC_ALL: one request after another, up to the first that fails.
    pub(super) async fn writepages(
        &self,
        host: Host,
        indices: std::ops::Range<u32>,
        sync: bool,
    ) -> Result<(), Errno> {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        // "We have to be careful as we can end up racing with setattr() truncating the pagecache".
        let _validate = match (self.era, sync) {
            (Era::Keys, true) => Some(linux.sim.lock_shared(self.vnode(host).validate).await),
            (Era::Keys, false) => match linux.sim.try_lock_shared(self.vnode(host).validate) {
                None => return Ok(()),
                held => held,
            },
            (Era::Record | Era::Nuke, _) => None,
        };
        for index in indices.start..indices.end.min(inode.end()) {
            while let Some(id) = inode.find(index).filter(|id| inode.folio(*id).dirty) {
                let folio = linux.sim.lock(inode.lock(id)).await;
                if !inode.folio(id).attached || !inode.folio(id).dirty {
                    continue;
                }
                if linux.sim.is_locked(inode.writeback(id)) {
                    drop(folio);
                    if !sync {
                        break;
                    }
                    linux.sim.wait_free(inode.writeback(id)).await;
                    continue;
                }
                self.writepage(host, id, folio).await?;
                break;
            }
        }
        Ok(())
    }

    async fn writepage(&self, host: Host, id: FolioId, folio: Guard<'_>) -> Result<(), Errno> {
        if !self.linux.clear_dirty_for_io(host, id).await {
            return Ok(());
        }
        match self.era {
            Era::Keys => self.write_back_from_locked_page(host, id, folio).await,
            Era::Record | Era::Nuke => self.write_back_record(host, id, None).await,
        }
    }

    /// afs_fsync(), and what of vfs_fsync_range() and file_write_and_wait_range() is about errors.
    pub(super) async fn fsync(&self, who: Who, indices: std::ops::Range<u32>) -> Result<(), Errno> {
        let process = self.linux.process(who);
        let host = process.host;
        match self.era {
            Era::Keys => self.validate(host, who).await?,
            Era::Record | Era::Nuke => self.vnode(host).writebacks.close_all(),
        }
        let flushed = self.writepages(host, indices.clone(), true).await;
        if flushed != Err(Errno::EIO) {
            self.linux.fdatawait(host, indices).await;
        }
        let recorded = self.linux.check_and_advance_wb_err(who);
        flushed.and(recorded)
    }

    /// kswapd has come for these pages.
    pub(super) async fn reclaim(&self, host: Host, range: Range) {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        for index in (range.start / FOLIO..range.end.div_ceil(FOLIO)).take_while(|index| *index < inode.end())
        {
            let Some(id) = inode.find(index) else { continue };
            if linux.is_mapped(host, id) {
                linux.unmap(host, index..index + 1).await;
            }
            let _ = self.writepages(host, index..index + 1, false).await;
            linux.invalidate_mapping_pages(host, index..index + 1).await;
        }
    }

    /// invalidate_inode_pages2(), as afs_launder_page() was before 5.15: what is dirty in a page, from wherever on, is stored to the
    /// page's start.
    pub(super) async fn invalidate_inode_pages2(&self, host: Host) {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        for index in 0..inode.end() {
            let Some(id) = inode.find(index) else { continue };
            let _folio = linux.sim.lock(inode.lock(id)).await;
            linux.sim.wait_free(inode.writeback(id)).await;
            linux.met(host, index..index + 1, Event::Invalidate);
            if linux.is_mapped(host, id) {
                linux.unmap(host, index..index + 1).await;
            }
            let dirty = self.dirty_range(host, id).unwrap_or(cells_of(index));
            if linux.clear_dirty_for_io(host, id).await {
                let start = cells_of(index).start;
                let cells = inode.folio(id).cells;
                let payload = |cell: u32| cells[((dirty.start + cell - start) % FOLIO) as usize];
                let range = Range::new(start, start + dirty.len());
                let key = inode.folio(id).writer;
                if let Err(errno) = linux.server.write(host, key, range, payload).await {
                    inode.wb_err.set(errno);
                }
                step!(linux.sim, "{host}: folio {index} is laundered");
            }
            if inode.folio(id).attached {
                linux.remove(host, id).await;
            }
        }
    }
}
