//! O_DIRECT: write back and invalidate, the request, invalidate again.

use super::write::written;
use super::{Linux, Scheme, folios};
use crate::step;
use launder_oracle::{Errno, FOLIO, Range, Reply, Value, Who};

/// pread(2) of a descriptor with O_DIRECT: what is dirty is written back first, kiocb_write_and_wait(), and what lies
/// beyond, so that the server knows where the file ends.
pub async fn read(linux: &Linux, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
    let host = linux.process(who).host;
    linux.inode(host).invalidate_attributes();
    linux.revalidate_size(host, who).await?;
    linux.write_and_wait(host, range.start / FOLIO..u32::MAX).await?;
    let size = linux.inode(host).size.get();
    let mut got = linux.server.read(host, who, range).await?;
    for (cell, value) in range.cells().zip(&mut got) {
        if cell >= size {
            *value = Value::END;
        }
    }
    Ok(got)
}

/// pwrite(2) of a descriptor with O_DIRECT.
pub async fn write<S: Scheme>(scheme: &S, who: Who, range: Range) -> Reply {
    let linux = scheme.linux();
    let value = linux.sim.value();
    let inode = linux.inode(linux.process(who).host);
    let _i_rwsem = linux.sim.lock(inode.i_rwsem).await;
    inode.invalidate_attributes();
    if let Err(errno) = linux.revalidate_size(inode.host, who).await {
        return Reply::Err(errno);
    }
    scheme.pwrite_direct_locked(who, range, value).await
}

/// generic_file_direct_write(), under i_rwsem. Where the first invalidation cannot drop a folio it falls back to buffered
/// I/O and writes that back; where the second cannot, after the data are on the server, the next fsync says so:
/// 5a9d929d6e13 "iomap: report collisions between directio and buffered writes to userspace".
pub(super) async fn write_locked<S: Scheme>(scheme: &S, who: Who, range: Range, value: Value) -> Reply {
    let linux = scheme.linux();
    let inode = linux.inode(linux.process(who).host);
    let host = inode.host;
    linux.zero_to(host, range.start).await;
    if let Err(errno) = linux.write_and_wait(host, folios(range)).await {
        return Reply::Err(errno);
    }
    if scheme.invalidate(host, folios(range)).await.is_err() && !linux.sim.bug("ignore_pre_inval_busy") {
        return fall_back(scheme, who, range, value).await;
    }
    let done = linux.server.write(host, who, range, |_| value).await;
    if let Ok(cells @ 1..) = done {
        inode.extend(range.start + cells);
    }
    if !linux.sim.bug("dio_no_post_inval")
        && let Err(Errno::EBUSY) = scheme.invalidate(host, folios(range)).await
    {
        inode.wb_err.set(Errno::EIO);
        step!(linux.sim, "{host}: folios of {range} are stale, and the next fsync says so");
    }
    written(range, done)
}

async fn fall_back<S: Scheme>(scheme: &S, who: Who, range: Range, value: Value) -> Reply {
    let linux = scheme.linux();
    let host = linux.process(who).host;
    let done = super::write::perform_write(scheme, who, range, |_| value).await;
    if let Err(errno) = linux.write_and_wait(host, folios(range)).await {
        return Reply::Err(errno);
    }
    written(range, done)
}
