//! Open, close and lock: where NFS is coherent.

use super::Nfs;
use crate::step;
use launder_oracle::{Reply, Who};

impl Nfs {
    /// Close-to-open: GETATTR; then, if nobody else has the file open, a change that was overlooked is heeded.
    pub(super) async fn open_file(&self, who: Who) -> Reply {
        let process = self.linux.process(who);
        // do_dentry_open() takes f_wb_err before nfs4_file_open() asks the server.
        let since = self.linux.inode(process.host).wb_err.sample();
        if let Err(errno) = self.revalidate_inode(process.host, who).await {
            return Reply::Err(errno);
        }
        let others = self.linux.processes(process.host).filter(|it| it.took_part().get());
        let alone = !others.into_iter().any(|it| it.open().get() || it.map().get().is_some());
        if alone && self.nfs(process.host).gap.get() {
            self.set_invalid_data(process.host);
        }
        process.since.set(since);
        self.failed_before[who.index()].set(process.failed_writes().get());
        process.open().set(true);
        Reply::Ok
    }

    /// nfs_file_flush(); nfs_file_clear_open_context(): "We fatal error on write before. Try to writeback every page again."
    pub(super) async fn flush_and_release(&self, who: Who) -> Reply {
        let process = self.linux.process(who);
        let inode = self.linux.inode(process.host);
        let since = inode.wb_err.sample();
        self.wb_all(process.host).await;
        let result = inode.wb_err.check(since);
        process.open().set(false);
        self.linux.give_up_lock(who);
        if process.map().get().is_none() {
            self.clear_open_context(who).await;
        }
        result.map_or_else(Reply::Err, |()| Reply::Ok)
    }

    /// do_setlk(): "This makes locking act as a cache coherency point."
    pub(super) async fn setlk(&self, who: Who) -> Reply {
        let process = self.linux.process(who);
        self.sync_mapping(process.host).await;
        self.linux.set_lock(who).await;
        self.sync_mapping(process.host).await;
        self.set_invalid_data(process.host);
        self.nfs(process.host).invalid_change.set(true);
        step!(self.linux.sim, "{}: {who} has the lock, and what is cached is invalid", process.host);
        if self.linux.processes(process.host).any(|process| process.map().get().is_some()) {
            let _ = self.revalidate_mapping(process.host, who).await;
        }
        Reply::Ok
    }

    /// nfs_file_clear_open_context()
    pub(super) async fn clear_open_context(&self, who: Who) {
        let process = self.linux.process(who);
        if self.failed_before[who.index()].get() != process.failed_writes().get() {
            let _ = self.linux.invalidate_inode_pages2_range(process.host, 0..u32::MAX).await;
        }
    }
}
