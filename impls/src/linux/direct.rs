//! O_DIRECT: write back and invalidate, the request, invalidate again.

use super::write::written;
use super::{Linux, Scheme, Store, folios};
use crate::{Event, step};
use launder_oracle::{Errno, FOLIO, Host, Range, Reply, Value, Who};

/// pread(2) of a descriptor with O_DIRECT: what is dirty is written back first, kiocb_write_and_wait(), and what lies
/// beyond, so that the server knows where the file ends.
pub async fn read(linux: &Linux, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
    read_after(linux, who, range, range.start / FOLIO..u32::MAX).await
}

/// The same, where what is dirty of these folios is written back first.
pub async fn read_after(
    linux: &Linux,
    who: Who,
    range: Range,
    dirty: std::ops::Range<u32>,
) -> Result<Vec<Value>, Errno> {
    // generic_file_read_iter(): "if (!count) return 0; /* skip atime */"
    if range.is_empty() {
        return Ok(Vec::new());
    }
    let host = linux.process(who).host;
    linux.inode(host).invalidate_attributes();
    linux.revalidate_size(host, who).await?;
    linux.met(host, folios(range), Event::DirectRead);
    linux.write_and_wait(host, dirty).await?;
    let size = linux.inode(host).size().get();
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
    let _i_rwsem = match scheme.start_direct_write(who).await {
        Ok(i_rwsem) => i_rwsem,
        Err(errno) => return Reply::Err(errno),
    };
    inode.invalidate_attributes();
    if let Err(errno) = linux.revalidate_size(inode.host, who).await {
        return Reply::Err(errno);
    }
    scheme.pwrite_direct_locked(who, range, value).await
}

/// generic_file_direct_write(), under i_rwsem. Where the first invalidation cannot drop a folio it falls back to buffered
/// I/O and writes that back; where the second cannot, once there are data on the server, the next fsync says so:
/// 5a9d929d6e13 "iomap: report collisions between directio and buffered writes to userspace".
pub(super) async fn write_locked<S: Scheme>(scheme: &S, who: Who, range: Range, value: Value) -> Reply {
    let linux = scheme.linux();
    let inode = linux.inode(linux.process(who).host);
    let host = inode.host;
    linux.met(host, folios(range), Event::DirectWrite);
    linux.zero_to(host, range.start).await;
    if let Err(errno) = linux.write_and_wait(host, folios(range)).await {
        return match linux.ways.store {
            Store::Server => Reply::Err(errno),
            // __iomap_dio_rw(): "Try to invalidate cache pages for the range we are writing. If this invalidation fails, let the
            // caller fall back to buffered I/O". It begins with writing back.
            Store::Disk => fall_back(scheme, who, range, value).await,
        };
    }
    match (linux.ways.store, scheme.invalidate_for_direct(host, folios(range)).await) {
        (_, Ok(())) => {}
        (_, Err(_)) if linux.sim.bug("ignore_pre_inval_busy") => {}
        // generic_file_direct_write(): "if (written == -EBUSY) return 0; return written;"
        (Store::Server, Err(errno)) if errno != Errno::EBUSY => return Reply::Err(errno),
        (_, Err(_)) => return fall_back(scheme, who, range, value).await,
    }
    let early = invalidates_early(linux, range);
    if early {
        step!(linux.sim, "{host}: WRITE {range} is on its way");
        invalidate_after(scheme, host, range).await;
    }
    let done = linux.server.write(host, who, range, |_| value).await;
    // iomap_dio_complete(), "if (!dio->error && dio->size", and generic_file_direct_write(), "if (written > 0)": of what was written.
    if let Ok(cells @ 1..) = done {
        let end = range.start + cells;
        inode.extend(end);
        if !early && !linux.sim.bug("dio_no_post_inval") {
            invalidate_after(scheme, host, Range::new(range.start, end)).await;
        }
    }
    written(range, done)
}

/// Whether the second invalidation comes when the request has been sent, 332391a9935d "fs: Fix page cache inconsistency when mixing
/// buffered and AIO DIO", or before the blocks that it wrote count as written, c771c14baa33 "iomap: invalidate page caches
/// should be after iomap_dio_complete() in direct write": until then they read as zeroes.
fn invalidates_early(linux: &Linux, range: Range) -> bool {
    linux.sim.bug("aio_inval_at_submit")
        || linux.sim.bug("inval_before_convert") && linux.server.is_hole(range)
}

/// kiocb_invalidate_post_direct_write()
async fn invalidate_after<S: Scheme>(scheme: &S, host: Host, range: Range) {
    let linux = scheme.linux();
    if scheme.invalidate_for_direct(host, folios(range)).await.is_err() && !linux.sim.bug("post_inval_silent")
    {
        linux.inode(host).wb_err.set_unflagged(Errno::EIO);
        step!(linux.sim, "{host}: folios of {range} are stale, and the next fsync says so");
    }
}

/// fb5527e68d49 "direct-io: sync and invalidate file region when falling back to buffered write".
async fn fall_back<S: Scheme>(scheme: &S, who: Who, range: Range, value: Value) -> Reply {
    let linux = scheme.linux();
    let host = linux.process(who).host;
    let done = super::write::perform_write(scheme, who, range, |_| value).await;
    if linux.sim.bug("dio_fallback_no_sync") {
        return written(range, done);
    }
    let synced = linux.write_and_wait(host, folios(range)).await;
    match (linux.ways.store, synced) {
        (Store::Server, Err(errno)) => return Reply::Err(errno),
        // ext4_dio_write_iter() and xfs_file_write_iter() leave it to fsync(2) to say so.
        (Store::Server, Ok(())) | (Store::Disk, Err(_)) => {}
        (Store::Disk, Ok(())) => linux.invalidate_mapping_pages(host, folios(range)).await,
    }
    written(range, done)
}
