//! Buffer heads, as ext3 has them in ordered mode: a page's block is uptodate and dirty beside the page, and the journal writes
//! it by itself.

use super::{Buffers, FolioId, Linux};
use crate::step;
use launder_oracle::Host;
use std::ops::Range;

impl Linux {
    pub(super) fn has_buffers(&self) -> bool {
        self.ways.buffers == Buffers::Heads
    }

    /// __set_page_dirty_buffers(): the buffer is dirty, and so is the page. 7658cc289288 "VM: Fix nasty and subtle race in shared
    /// mmap'ed page writeback": of a page that is dirty already, the buffer must be told all the same.
    pub fn set_page_dirty(&self, host: Host, id: FolioId) {
        let untold = self.sim.bug("dirty_page_not_buffers");
        self.inode(host).change(id, |folio| {
            let before = *folio;
            folio.mark_all_dirty();
            if untold && before.dirty {
                folio.buffer = before.buffer;
            }
        });
    }

    /// block_read_full_page() reads what buffers are not uptodate; where there is none, the page is uptodate as it is.
    pub(super) fn skips_read(&self, host: Host, id: FolioId) -> bool {
        let skips = self.has_buffers() && self.inode(host).folio(id).buffer.uptodate;
        if skips {
            self.inode(host).change(id, |folio| folio.uptodate = true);
            let index = self.inode(host).index(id);
            self.sim.say(format_args!("{host}: folio {index} is not read: its buffer is uptodate"));
        }
        skips
    }

    /// block_write_full_page() writes what buffers are dirty: whether there is one, which no longer is.
    pub(super) fn takes_buffer(&self, host: Host, id: FolioId) -> bool {
        let dirty = self.inode(host).change(id, |folio| std::mem::take(&mut folio.buffer.dirty));
        dirty || !self.has_buffers()
    }

    /// drop_buffers() fails for a buffer that is dirty.
    pub(super) fn has_dirty_buffer(&self, host: Host, id: FolioId) -> bool {
        self.has_buffers() && self.inode(host).folio(id).buffer.dirty
    }

    /// The journal commits: it writes the dirty buffers of these indices, and leaves the pages as dirty as they are. That a
    /// buffer is locked meanwhile is PG_writeback here.
    pub async fn commit(&self, host: Host, indices: Range<u32>) {
        let inode = self.inode(host);
        for index in indices.start..indices.end.min(inode.end()) {
            let Some(id) = inode.find(index).filter(|id| self.has_dirty_buffer(host, *id)) else { continue };
            let _folio = self.sim.lock(inode.lock(id)).await;
            self.sim.wait_free(inode.writeback(id)).await;
            if inode.folio(id).attached && self.has_dirty_buffer(host, id) {
                self.takes_buffer(host, id);
                self.start_write(host, id);
                step!(self.sim, "{host}: the buffer of folio {index} is committed");
            }
        }
    }
}
