//! ftruncate(2): afs_setattr().

use super::{Afs, Era};
use crate::Event;
use crate::linux::folios;
use crate::step;
use launder_oracle::{Call, FOLIO, Host, Range, Reply, Who};

impl Afs {
    /// What is dirty goes first, and what of that fails only fsync(2) tells. In 5.15 a size that the file is believed to have is not
    /// sent. That afs_setattr() sends any was read of 2.6.36, and is taken to be so since the first that could write, 2.6.22.
    pub(super) async fn setattr(&self, who: Who, size: u32) -> Reply {
        let (linux, host) = (&self.linux, self.linux.process(who).host);
        let (inode, vnode) = (linux.inode(host), self.vnode(host));
        let _i_rwsem = linux.sim.lock(inode.i_rwsem).await;
        let is_size = size == inode.size().get();
        let _ = self.writepages(host, 0..u32::MAX, true).await;
        linux.fdatawait(host, 0..u32::MAX).await;
        let _ = inode.wb_err.check_flag();
        if is_size && self.era == Era::Keys {
            return Reply::Ok;
        }
        // "Prevent any new writebacks from starting whilst we do this."
        let _validate = match self.era {
            Era::Keys => Some(linux.sim.lock(vnode.validate).await),
            Era::Record | Era::Nuke => None,
        };
        let request = linux.begin_request(host).await;
        let (old, before) = (inode.size().get(), vnode.version.get());
        if let Err(errno) = linux.server.change(host, who, &Call::Ftruncate(size)).await {
            return Reply::Err(errno);
        }
        linux.met(host, folios(Range::new(size.min(old), u32::MAX)), Event::Truncate);
        let status = linux.server.post_op(host);
        self.break_callbacks(Some(host)).await;
        self.commit_status(host, before, 1, status, true);
        drop(request);
        step!(linux.sim, "{host}: i_size is {}", inode.size().get());
        if size < old {
            self.truncate_pagecache(host, size).await;
        }
        Reply::Ok
    }

    /// truncate_pagecache(), whatever i_size is by now.
    async fn truncate_pagecache(&self, host: Host, size: u32) {
        let beyond = Range::new(size, self.linux.sim.capacity().max(size));
        self.linux.unmap(host, folios(beyond)).await;
        self.linux.truncate_inode_pages_range(host, beyond).await;
        self.linux.unmap(host, folios(beyond)).await;
        self.linux.drop_private_copies(host, size.div_ceil(FOLIO)..folios(beyond).end);
    }
}
