//! Reads through the cache, and what goes past it, as fs/netfs does them, in 6.10 and later.

use super::{IoMode, Linux, Scheme, direct, folios};
use crate::sim::Guard;
use crate::{Event, step};
use launder_oracle::{Errno, Host, Range, Value, Who};
use std::future::Future;

impl Linux {
    /// netfs_buffered_read_iter()
    pub async fn netfs_buffered_read(
        &self,
        io_mode: &IoMode,
        who: Who,
        range: Range,
    ) -> Result<Vec<Value>, Errno> {
        let _i_rwsem = io_mode.start_read().await;
        self.filemap_read(who, range).await
    }

    /// netfs_unbuffered_read_iter(): of no bytes nobody is asked.
    pub async fn netfs_unbuffered_read(
        &self,
        io_mode: &IoMode,
        who: Who,
        range: Range,
    ) -> Result<Vec<Value>, Errno> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let _i_rwsem = self.netfs_start_io_direct(io_mode, self.process(who).host).await?;
        direct::read(self, who, range).await
    }

    /// netfs_start_io_direct(). Direct I/O that is waited for, as all is here, holds i_rwsem to its end.
    pub async fn netfs_start_io_direct<'i>(
        &self,
        io_mode: &'i IoMode,
        host: Host,
    ) -> Result<Guard<'i>, Errno> {
        io_mode.start_direct(self.netfs_block_buffered(host)).await
    }

    /// netfs_block_buffered(): all is unmapped, and writeback that is under way is waited for; what is dirty is not written back.
    async fn netfs_block_buffered(&self, host: Host) -> Result<(), Errno> {
        let inode = self.inode(host);
        if !inode.has_folios() {
            return Ok(());
        }
        self.unmap(host, 0..u32::MAX).await;
        self.fdatawait(host, 0..u32::MAX).await;
        inode.wb_err.check_flag()
    }
}

/// netfs_unbuffered_write_iter(), after netfs_start_io_direct(): filemap_write_and_wait_range(), the invalidation, the WRITE; and then, in
/// netfs_write_collection(), what has come back to the cache is dropped but for what is dirty. Whether that fails nobody asks.
/// What is written back before, as what `invalidate` drops, is `before`: iocb->ki_pos as it is ahead of generic_write_checks().
pub async fn unbuffered_write<S: Scheme>(
    scheme: &S,
    who: Who,
    range: Range,
    before: Range,
    value: impl Fn(u32) -> Value,
    invalidate: impl Future<Output = Result<(), Errno>>,
) -> Result<u32, Errno> {
    let linux = scheme.linux();
    let inode = linux.inode(linux.process(who).host);
    let host = inode.host;
    linux.met(host, folios(range), Event::DirectWrite);
    linux.zero_to(host, range.start).await;
    linux.write_and_wait(host, folios(before)).await?;
    invalidate.await?;
    if !linux.sim.bug("zero_point_stale") {
        inode.raise_zero_point(range.end);
    }
    let done = linux.server.write(host, who, range, value).await;
    if let Ok(cells @ 1..) = done {
        inode.extend(range.start + cells);
    }
    if linux.invalidate_inode_pages2_range(host, folios(range)).await.is_err() {
        step!(linux.sim, "{host}: folios of {range} stay, and nobody is told");
    }
    done
}
