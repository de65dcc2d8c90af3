//! fs/nfs/io.c, and fs/netfs/locking.c after it: a file is used through the cache or past it. Reads through the cache share i_rwsem,
//! as does all that goes past it; who is of the other kind takes it exclusively to change the mode.

use super::Inode;
use crate::Sim;
use crate::sim::{Guard, Lock, Named, Shared};

/// Which kind of I/O the file is used for.
pub struct IoMode {
    sim: Sim,
    i_rwsem: Lock,
    /// NFS_INO_ODIRECT, NETFS_ICTX_ODIRECT
    direct: Shared<bool>,
    /// inode->i_dio_count: shared while direct I/O is under way that does not hold i_rwsem.
    pub dio: Lock,
}

impl IoMode {
    /// A file that is used through the cache.
    pub fn new(sim: &Sim, inode: &Inode) -> IoMode {
        IoMode {
            sim: sim.clone(),
            i_rwsem: inode.i_rwsem,
            direct: sim.shared(false),
            dio: sim.new_lock(Named { what: "i_dio_count", host: inode.host, number: None }),
        }
    }

    /// Whether the file is used past the cache.
    pub fn is_direct(&self) -> bool {
        self.direct.get()
    }

    /// The host has crashed.
    pub fn forget(&self) {
        self.direct.set(false);
    }

    /// nfs_start_io_read(), netfs_start_io_read(): i_rwsem, shared, in buffered mode.
    pub async fn start_read(&self) -> Guard<'_> {
        let guard = self.sim.lock_shared(self.i_rwsem).await;
        if !self.direct.get() {
            return guard;
        }
        drop(guard);
        self.start_write().await.downgrade()
    }

    /// nfs_start_io_write(), netfs_start_io_write(): i_rwsem, in buffered mode.
    pub async fn start_write(&self) -> Guard<'_> {
        let guard = self.sim.lock(self.i_rwsem).await;
        self.block_direct().await;
        guard
    }

    /// nfs_file_block_o_direct(), netfs_block_o_direct(), under i_rwsem: direct mode ends, and direct I/O that is under way is waited for.
    pub async fn block_direct(&self) {
        if self.direct.take() {
            drop(self.sim.lock(self.dio).await);
        }
    }

    /// nfs_start_io_direct(), netfs_start_io_direct(): i_rwsem, shared, in direct mode. Only who changes the mode does what is to be
    /// done with the cache then; where that fails the mode stays.
    pub async fn start_direct<E>(
        &self,
        block_buffered: impl Future<Output = Result<(), E>>,
    ) -> Result<Guard<'_>, E> {
        let guard = self.sim.lock_shared(self.i_rwsem).await;
        if self.direct.get() {
            return Ok(guard);
        }
        drop(guard);
        let guard = self.sim.lock(self.i_rwsem).await;
        if !self.direct.replace(true) {
            block_buffered.await.inspect_err(|_| self.direct.set(false))?;
        }
        Ok(guard.downgrade())
    }
}
