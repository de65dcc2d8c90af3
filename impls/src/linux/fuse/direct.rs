//! O_DIRECT without FOPEN_DIRECT_IO: generic_file_read_iter() and generic_file_direct_write() around fuse_direct_IO().

use super::{Fuse, perform_write::perform_write, setattr};
use crate::linux::{Linux, Writeback, folios};
use crate::{Event, step};
use launder_oracle::{Errno, Host, Range, Value, Who};

/// pread(2): what is dirty in the range is written back first. A READ that ends before the file does goes on through the
/// cache.
pub(super) async fn read(linux: &Linux, who: Who, range: Range, got: &mut Vec<Value>) -> Result<(), Errno> {
    let host = linux.process(who).host;
    let inode = linux.inode(host);
    if range.end > inode.size().get() {
        linux.fuse_update_attributes(host, who).await;
    }
    // generic_file_read_iter(): "if (!count) return 0; /* skip atime */"
    if range.is_empty() {
        return Ok(());
    }
    linux.met(host, folios(range), Event::DirectRead);
    linux.write_and_wait(host, folios(range)).await?;
    if range.start >= inode.size().get() {
        return Ok(());
    }
    if has_writeback(linux, host, range) {
        let _i_rwsem = linux.sim.lock(inode.i_rwsem).await;
        linux.fuse_sync_writes(host).await;
    }
    let read = linux.server.read_short(host, who, range).await?;
    let rest = Range::new(range.start + read.len() as u32, range.end);
    got.extend(&read);
    if !rest.is_empty() && rest.start < inode.size().get() {
        let through = linux.fuse_filemap_read(who, rest, got).await;
        return if read.is_empty() { through } else { Ok(()) };
    }
    Ok(())
}

/// filemap_range_has_writeback(): folio_test_dirty(), folio_test_locked() or folio_test_writeback(), of any. With temporary pages it
/// is fuse_range_is_writeback(), which asks for requests alone.
fn has_writeback(linux: &Linux, host: Host, range: Range) -> bool {
    let inode = linux.inode(host);
    let busy = |index| {
        inode.find(index).is_some_and(|id| {
            let folio = inode.folio(id);
            let locked = linux.ways.writeback == Writeback::Iomap && linux.sim.is_locked(folio.lock);
            folio.dirty || locked || linux.sim.is_locked(folio.writeback)
        })
    };
    folios(range).any(busy) || linux.is_range_in_flight(host, folios(range))
}

/// pwrite(2), under i_rwsem. Where the first invalidation cannot drop a folio, and for what a short WRITE leaves, it falls
/// back to writing through; where the second cannot, the next fsync says so.
pub(super) async fn write_locked<S: Fuse>(
    scheme: &S,
    who: Who,
    range: Range,
    value: Value,
) -> Result<u32, Errno> {
    let linux = scheme.linux();
    let inode = linux.inode(linux.process(who).host);
    linux.met(inode.host, folios(range), Event::DirectWrite);
    linux.write_and_wait(inode.host, folios(range)).await?;
    let direct = match scheme.invalidate(inode.host, folios(range)).await {
        Err(Errno::EBUSY) => 0,
        Err(errno) => return Err(errno),
        Ok(()) => direct_io(scheme, who, range, value).await?,
    };
    let left = Range::new(range.start + direct, range.end);
    if left.is_empty() {
        return Ok(direct);
    }
    let fallen_back = async {
        let written = perform_write(linux, who, left, &|_| value).await?;
        linux.write_and_wait(inode.host, folios(left)).await?;
        // A folio that is new waits in a batch to be put on the LRU, which holds a reference, so that it stays.
        let new = |index| inode.find(index).is_some_and(|id| inode.is_new(id));
        for index in folios(left).filter(|index| !new(*index)) {
            linux.invalidate_mapping_pages(inode.host, index..index + 1).await;
        }
        Ok(written)
    };
    match fallen_back.await {
        Ok(written) => Ok(direct + written),
        Err(_) if direct > 0 => Ok(direct),
        Err(errno) => Err(errno),
    }
}

/// fuse_direct_IO(), and kiocb_invalidate_post_direct_write(). Where a WRITE that would have extended the file fails, the
/// server is told the size that the file has here.
async fn direct_io<S: Fuse>(scheme: &S, who: Who, range: Range, value: Value) -> Result<u32, Errno> {
    let linux = scheme.linux();
    let inode = linux.inode(linux.process(who).host);
    let host = inode.host;
    if has_writeback(linux, host, range) {
        linux.fuse_sync_writes(host).await;
    }
    let done = linux.server.write(host, who, range, |_| value).await;
    let written = *done.as_ref().unwrap_or(&0);
    linux.fuse_write_update_attr(host, range.start + written, written);
    if done.is_err() && range.end > inode.size().get() {
        let _ = setattr::do_setattr(scheme, who, inode.size().get()).await;
    }
    if written > 0 && !linux.sim.bug("fuse_dio_no_post") {
        let reached = Range::new(range.start, range.start + written);
        let _completion = linux.server.serving_thread("inval_in_completion").await;
        if scheme.invalidate(host, folios(reached)).await.is_err() {
            inode.wb_err.set_unflagged(Errno::EIO);
            step!(linux.sim, "{host}: folios of {range} are stale, and the next fsync says so");
        }
    }
    done
}
