//! fs/afs/write.c, 5.15: write(2), and what becomes of pages that could not be stored.

use super::Afs;
use super::keys::{is_final, is_refused};
use crate::linux::{FolioId, cells_of, overlap};
use crate::sim::Guard;
use crate::step;
use launder_oracle::{Errno, FOLIO, Host, Range, Value, Who};
use std::ops::RangeInclusive;

impl Afs {
    /// afs_page_dirty_from() and afs_page_dirty_to(): page->private; nothing where the page has none.
    pub(super) fn dirty_range(&self, host: Host, id: FolioId) -> Option<Range> {
        let folio = self.linux.inode(host).folio(id);
        let start = folio.index * FOLIO;
        let written = (folio.written != 0).then_some(folio.written)?;
        Some(Range::new(start + written.trailing_zeros(), start + written.ilog2() + 1))
    }

    /// afs_write_begin() and afs_write_end(): of a page one run of cells is dirty, and one that would leave a gap has what there is
    /// written back first, whosever that is.
    pub(super) async fn write_begin_end(
        &self,
        who: Who,
        index: u32,
        part: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        let linux = &self.linux;
        let inode = linux.inode(linux.process(who).host);
        let host = inode.host;
        loop {
            let (id, folio) = linux.grab_folio(who, index).await;
            if !inode.folio(id).uptodate {
                linux.fill(host, who, id, part).await?;
            }
            let dirty = self.dirty_range(host, id).filter(|_| inode.folio(id).written != 0);
            let gap = dirty.is_some_and(|dirty| part.end < dirty.start || part.start > dirty.end);
            if gap || linux.sim.is_locked(inode.writeback(id)) {
                self.write_one_page(host, id, folio).await?;
                continue;
            }
            linux.copy_in(host, id, part, value);
            inode.change(id, |folio| {
                folio.mark_dirty(part);
                folio.writer = who;
            });
            inode.extend(part.end);
            step!(linux.sim, "{host}: {who} writes {part} to folio {index}");
            return Ok(part.len());
        }
    }

    /// write_one_page(): its error, or one that nobody has been told yet, is that of who wants to write.
    async fn write_one_page(&self, host: Host, id: FolioId, folio: Guard<'_>) -> Result<(), Errno> {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        linux.sim.wait_free(inode.writeback(id)).await;
        if linux.clear_dirty_for_io(host, id).await {
            self.write_back_from_locked_page(host, id, folio).await?;
            linux.sim.wait_free(inode.writeback(id)).await;
        } else {
            drop(folio);
        }
        inode.wb_err.check_flag()
    }

    /// afs_write_back_from_locked_page(), of a page that is locked and clean: with those after it, it goes under writeback, is
    /// unlocked, and is stored up to the end of the file.
    pub(super) async fn write_back_from_locked_page(
        &self,
        host: Host,
        id: FolioId,
        folio: Guard<'_>,
    ) -> Result<(), Errno> {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        linux.sim.take(inode.writeback(id));
        let index = inode.index(id);
        let size = inode.size().get();
        let dirty = self.dirty_range(host, id).unwrap_or(cells_of(index));
        let mut store = dirty;
        if dirty.start < size {
            store.end = self.extend_writeback(host, dirty, size).await;
        }
        drop(folio);
        let pages = index..=(store.end - 1) / FOLIO;
        step!(linux.sim, "{host}: folios {pages:?} are under writeback");
        let store = overlap(store, Range::new(0, size.max(store.start)));
        let result = match store.is_empty() {
            true => Ok(()),
            false => self.store_data(host, store).await,
        };
        match result {
            Ok(()) => self.pages_written_back(host, pages).await,
            Err(errno) if is_refused(errno) && linux.sim.bug("nuke_silent") => {
                self.kill_pages(host, pages).await
            }
            Err(Errno::EDQUOT | Errno::ENOSPC) => self.redirty_pages(host, pages, Errno::ENOSPC).await,
            Err(errno) if is_final(errno) => {
                self.kill_pages(host, pages).await;
                inode.wb_err.set(errno);
            }
            // "Unexpected error from FS.StoreData" falls through to the keys that are refused.
            Err(errno) => self.redirty_pages(host, pages, errno).await,
        }
        result
    }

    /// afs_extend_writeback(): the pages after it, as far as they are dirty without a gap and can be locked at once. Where the
    /// store ends.
    async fn extend_writeback(&self, host: Host, dirty: Range, size: u32) -> u32 {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        let mut end = dirty.end;
        while end.is_multiple_of(FOLIO) && end < size {
            let Some(id) = inode.find(end / FOLIO) else { break };
            let Some(_folio) = linux.sim.try_lock(inode.lock(id)) else { break };
            let Some(dirty) = self.dirty_range(host, id) else { break };
            let busy = linux.sim.is_locked(inode.writeback(id));
            if busy || dirty.start != end || !linux.clear_dirty_for_io(host, id).await {
                break;
            }
            linux.sim.take(inode.writeback(id));
            end = dirty.end;
        }
        end
    }

    /// afs_pages_written_back()
    async fn pages_written_back(&self, host: Host, pages: RangeInclusive<u32>) {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        for id in pages.clone().filter_map(|index| inode.find(index)) {
            inode.change(id, |folio| folio.written = 0);
            linux.sim.release(inode.writeback(id));
        }
        self.prune_wb_keys(host);
        step!(linux.sim, "{host}: writeback of folios {pages:?} has ended");
    }

    /// afs_redirty_pages(): they are dirty again, and who syncs is told.
    async fn redirty_pages(&self, host: Host, pages: RangeInclusive<u32>, errno: Errno) {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        for id in pages.clone().filter_map(|index| inode.find(index)) {
            inode.change(id, |folio| folio.dirty = true);
            linux.sim.release(inode.writeback(id));
        }
        inode.wb_err.set(errno);
        step!(linux.sim, "{host}: folios {pages:?} are dirty again: {errno}");
    }

    /// afs_kill_pages(): they are not uptodate, and removed once they can be locked, generic_error_remove_page().
    async fn kill_pages(&self, host: Host, pages: RangeInclusive<u32>) {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        for index in pages {
            let Some(id) = inode.find(index) else { continue };
            inode.change(id, |folio| (folio.uptodate, folio.written) = (false, 0));
            linux.sim.release(inode.writeback(id));
            step!(linux.sim, "{host}: folio {index} is killed");
            let _folio = linux.sim.lock(inode.lock(id)).await;
            if !inode.folio(id).attached {
                continue;
            }
            if linux.is_mapped(host, id) {
                linux.unmap(host, index..index + 1).await;
            }
            linux.remove(host, id).await;
        }
    }
}
