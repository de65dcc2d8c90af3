//! NFS of 2.6.9: what is mapped stays mapped, and page tables are not asked what was stored.

use super::super::Model;
use super::{Era, Nfs};
use crate::linux::{Advice, Tail, Tracking, Ways, folios, written};
use crate::{Event, Known, Sim, step};
use launder_oracle::{Contract, Errno, Host, Range, Reply, Value, Who};

/// NFS of October 2004.
pub struct Nfs269;

impl Model for Nfs269 {
    const NAME: &'static str = "nfs-2.6.9";
    const SOURCE: &'static str = "fs/nfs/inode.c and mm/truncate.c, 2.6.9; Andrea Arcangeli, 26 Oct 2004: \"all they care about is that if they restart the program it sees the new data on the server\"";
    const CONTRACT: Contract = Contract::NFS;
    const KNOWN: &'static [&'static [Known]] = &[super::known::KNOWN_2_6_9];
    type Scheme = Nfs;

    /// There are no notifications without delegations.
    fn meets(event: Event) -> bool {
        event != Event::Notify
    }

    fn scheme(sim: &Sim) -> Nfs {
        let (tracking, tail, advice) = (Tracking::Zap, Tail::Exposed, Advice::OnceWhole);
        Nfs::new(sim, Era::Void, Ways { tracking, tail, advice, ..Ways::default() })
    }
}

impl Nfs {
    /// __nfs_revalidate_inode(): what is known to be dirty is flushed, the flag is cleared, and then comes
    /// invalidate_inode_pages2().
    pub(super) async fn invalidate_void(&self, host: Host) {
        self.linux.met(host, 0..u32::MAX, Event::Invalidate);
        self.wb_all(host).await;
        self.nfs(host).invalid_data.set(false);
        self.nfs(host).gap.set(false);
        step!(self.linux.sim, "{host}: NFS_INO_INVALID_DATA is cleared");
        self.invalidate_inode_pages2_void(host).await;
    }

    /// invalidate_inode_pages2(), which returns nothing: a page that is mapped stays so, clean and no longer uptodate; one that is
    /// dirty stays.
    async fn invalidate_inode_pages2_void(&self, host: Host) {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
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

    /// nfs_file_direct_read()
    pub(super) async fn direct_read_void(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        let host = self.linux.process(who).host;
        self.linux.met(host, folios(range), Event::DirectRead);
        self.wb_all(host).await;
        self.linux.server.read_to_end(host, who, range).await
    }

    /// nfs_file_direct_write(), under i_sem.
    pub(super) async fn direct_write_void(&self, who: Who, range: Range) -> Reply {
        let host = self.linux.process(who).host;
        let value = self.linux.sim.value();
        let _i_sem = self.linux.sim.lock(self.linux.inode(host).i_rwsem).await;
        self.linux.met(host, folios(range), Event::DirectWrite);
        self.wb_all(host).await;
        let done = self.linux.server.write(host, who, range, |_| value).await;
        if let Ok(cells @ 1..) = done {
            self.linux.inode(host).extend(range.start + cells);
        }
        if !folios(range).is_empty() {
            self.invalidate_inode_pages2_void(host).await;
        }
        written(range, done)
    }
}
