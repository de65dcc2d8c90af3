//! truncate_inode_pages_range(): drops folios, dirty or not.

use super::{FolioId, Linux, cells_of, folios, overlap};
use crate::Event;
use launder_oracle::{FOLIO, Host, Range};

impl Linux {
    /// First every folio that can be locked at once and is not under writeback; then the cells of folios that lie in the range
    /// only in part are zeroed, which makes nothing dirty; then the rest, each with a wait, until there is none.
    pub async fn truncate_inode_pages_range(&self, host: Host, range: Range) {
        let inode = self.inode(host);
        let start = range.start.div_ceil(FOLIO);
        let whole = start..(range.end / FOLIO).max(start);
        for index in whole.start..whole.end.min(inode.end()) {
            self.met(host, index..index + 1, Event::Invalidate);
            let Some(id) = inode.find(index) else { continue };
            let Some(_folio) = self.sim.try_lock(inode.lock(id)) else { continue };
            if !self.sim.is_locked(inode.writeback(id)) {
                self.truncate_inode_folio(host, id).await;
            }
        }
        for index in folios(range).filter(|index| !whole.contains(index)) {
            self.met(host, index..index + 1, Event::Invalidate);
            self.zero_cells(host, overlap(cells_of(index), range)).await;
        }
        while let Some(id) = (whole.start..whole.end.min(inode.end())).find_map(|index| inode.find(index)) {
            let _folio = self.sim.lock(inode.lock(id)).await;
            self.sim.wait_free(inode.writeback(id)).await;
            self.truncate_inode_folio(host, id).await;
        }
    }

    /// truncate_inode_folio(), of a folio that is locked: what it holds is nobody's any more.
    async fn truncate_inode_folio(&self, host: Host, id: FolioId) {
        let inode = self.inode(host);
        if !inode.folio(id).attached {
            return;
        }
        if self.is_mapped(host, id) {
            let index = inode.index(id);
            self.unmap(host, index..index + 1).await;
        }
        self.remove(host, id).await;
    }
}
