//! Writes that go past the cache as fs/netfs does them, in 6.10 and later.

use super::{Scheme, folios};
use crate::{Event, step};
use launder_oracle::{Errno, Range, Value, Who};
use std::future::Future;

/// netfs_unbuffered_write_iter(), under i_rwsem: filemap_write_and_wait_range(), the invalidation, the WRITE; and then, in
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
