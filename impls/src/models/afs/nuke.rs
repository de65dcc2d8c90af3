//! The nuke of "try #2": A's write cannot go to the server, for A is not permitted to write any more, and B waits to write.

use super::Afs;
use crate::linux::FolioId;
use crate::step;
use launder_oracle::{Errno, Host, Who};
use std::ops::RangeInclusive;

impl Afs {
    /// "We can't write any of it back": every page of A's write is marked not to be uptodate, and then read again where it is, mapped as
    /// it was. B holds the lock of `id` alone, and to wait for those of the others might be to wait for ever.
    pub(super) async fn nuke(
        &self,
        host: Host,
        other: Who,
        id: FolioId,
        record: usize,
        pages: RangeInclusive<u32>,
    ) -> Result<(), Errno> {
        let (linux, inode, writebacks) = (&self.linux, self.linux.inode(host), &self.vnode(host).writebacks);
        let own = |page| writebacks.of(page).is_some_and(|(at, _)| at == record);
        let write = writebacks.record(record);
        let sent = pages.filter_map(|index| inode.find(index));
        sent.for_each(|page| linux.sim.release(inode.writeback(page)));
        if linux.sim.bug("nuke_invalidates") {
            return linux.invalidate_inode_pages2_range(host, write.first..write.last + 1).await;
        }
        let range = linux.sim.bug("nuke_range");
        let all = (write.first..=write.last).filter_map(|index| inode.find(index));
        let nuked: Vec<FolioId> = all.filter(|page| range || own(*page) || *page == id).collect();
        for page in &nuked {
            writebacks.detach(*page);
            inode.change(*page, |folio| (folio.uptodate, folio.dirty, folio.written) = (false, false, 0));
            step!(linux.sim, "{host}: folio {} of {} is nuked", inode.index(*page), write.key);
        }
        for page in nuked {
            if !inode.folio(page).uptodate {
                linux.read_folio(host, other, page).await?;
            }
        }
        Ok(())
    }
}
