//! open, flush, fsync, munmap, locks, read and write of fs/fuse/file.c.

use super::setattr::set_again;
use super::{Fuse, direct};
use crate::linux::write::written;
use crate::linux::{Linux, Size, Writeback, folios};
use crate::step;
use launder_oracle::{Errno, Host, Range, Reply, Who};
use std::cell::Cell;

/// open(2): the LOOKUP that it begins with brings the size, OPEN may be refused, and without FOPEN_KEEP_CACHE everything is invalidated; what that
/// comes to nobody asks.
pub(super) async fn open<S: Fuse>(scheme: &S, who: Who) -> Reply {
    let linux = scheme.linux();
    let process = linux.process(who);
    let inode = linux.inode(process.host);
    linux.fuse_update_attributes(process.host, who).await;
    // do_dentry_open() takes f_wb_err before it calls ->open(): what fails while OPEN waits for its reply is told to this file too.
    let since = inode.wb_err.sample();
    if let Err(errno) = linux.server.open(process.host, who).await {
        return Reply::Err(errno);
    }
    linux.file_is_opened(who);
    let _ = scheme.invalidate(process.host, 0..inode.end()).await;
    process.since.set(since);
    process.open().set(true);
    Reply::Ok
}

/// close(2), of the descriptor for direct calls first, if there is one, and of the other, whose error comes before.
pub(super) async fn close(linux: &Linux, who: Who) -> Result<(), Errno> {
    let mut direct = Ok(());
    if linux.has_opened_directly(who) {
        direct = flush(linux, who).await;
        release(linux, who, true).await;
    }
    let result = flush(linux, who).await;
    linux.process(who).open().set(false);
    linux.give_up_lock(who);
    release(linux, who, false).await;
    result.and(direct)
}

/// fuse_flush() writes everything back, and reports what the flags of the mapping say: "fuse_flush must check mapping->flags for
/// errors". Who comes first is told.
async fn flush(linux: &Linux, who: Who) -> Result<(), Errno> {
    let host = linux.process(who).host;
    let result = write_inode_now(linux, host).await;
    if linux.ways.writeback == Writeback::TemporaryPages && result.is_ok() {
        let _i_rwsem = linux.sim.lock(linux.inode(host).i_rwsem).await;
        linux.fuse_sync_writes(host).await;
    }
    result?;
    linux.filemap_check_errors(host)?;
    linux.server.idle(who, "FLUSH").await;
    Ok(())
}

/// fuse_release(), unless the file is mapped still: "Dirty pages might remain despite write_inode_now() call from fuse_flush() due
/// to writes racing with the close." Only then fuse_prepare_release() takes the file off the list of those that are written through.
async fn release(linux: &Linux, who: Who, direct: bool) {
    if linux.ways.size == Size::Kernel && !linux.is_file_mapped(who, direct) {
        let _ = write_inode_now(linux, linux.process(who).host).await;
    }
    linux.file_is_closed(who, direct);
}

/// writeback_single_inode(), which leaves an inode alone that is clean, and the flags of its mapping with it: "If the inode is already
/// fully clean, then there's nothing to do." So an error of temporary pages, for which who cleaned it has not waited, stays as it is.
async fn write_inode_now(linux: &Linux, host: Host) -> Result<(), Errno> {
    let inode = linux.inode(host);
    let mut indices = 0..inode.end();
    let under_writeback =
        |index| inode.find(index).is_some_and(|id| linux.sim.is_locked(inode.writeback(id)));
    if linux.keeps_state() && !inode.unwritten().get() && !indices.any(under_writeback) {
        return Ok(());
    }
    let result = linux.write_and_wait(host, 0..u32::MAX).await;
    linux.inode_is_written(host);
    result
}

/// fuse_fsync(), of the file that has been told of errors up to `since`.
pub(super) async fn fsync(
    linux: &Linux,
    who: Who,
    folios: std::ops::Range<u32>,
    since: &Cell<u32>,
) -> Result<(), Errno> {
    let host = linux.process(who).host;
    let inode = linux.inode(host);
    let _i_rwsem = linux.sim.lock(inode.i_rwsem).await;
    linux.fdatawrite(host, folios.clone()).await;
    linux.fdatawait(host, folios).await;
    let _ = inode.wb_err.check_flag();
    inode.wb_err.check_and_advance(since)?;
    linux.fuse_sync_writes(host).await;
    let _ = inode.wb_err.check_flag();
    inode.wb_err.check_and_advance(since)?;
    // sync_inode_metadata()
    linux.inode_is_written(host);
    linux.server.idle(who, "FSYNC").await;
    Ok(())
}

/// msync(2) syncs the file that is mapped.
pub(super) async fn msync(linux: &Linux, who: Who, folios: std::ops::Range<u32>) -> Result<(), Errno> {
    linux.with_errors_of_mapped(who, async |since| fsync(linux, who, folios, since).await).await
}

/// munmap(2): fuse_vma_close() writes everything back, for there may be no open file later.
pub(super) async fn munmap(linux: &Linux, who: Who) -> Reply {
    let process = linux.process(who);
    let _mmap = linux.sim.lock(process.mmap_lock).await;
    let Some(map) = process.map().take() else { return Reply::Err(Errno::EINVAL) };
    folios(map.range).for_each(|index| linux.zap(process, index, true));
    step!(linux.sim, "{}: {who}'s mapping is gone", process.host);
    if let Err(errno) = write_inode_now(linux, process.host).await {
        set_again(linux, process.host, errno).await;
    }
    linux.file_is_unmapped(who);
    Reply::Ok
}

/// fcntl(2), F_SETLKW, among the processes of one kernel.
pub(super) async fn lock(linux: &Linux, who: Who) -> Reply {
    let process = linux.process(who);
    if !process.locked().get() {
        linux.sim.lock(linux.file_lock(process.host)).await.keep();
        process.locked().set(true);
    }
    Reply::Ok
}

pub(super) fn unlock(linux: &Linux, who: Who) -> Reply {
    linux.give_up_lock(who);
    Reply::Ok
}

/// fuse_cache_write_iter()
pub(super) async fn write<S: Fuse>(scheme: &S, who: Who, direct: bool, range: Range) -> Reply {
    let linux = scheme.linux();
    update_size(linux, who).await;
    let inode = linux.inode(linux.process(who).host);
    let _i_rwsem = linux.sim.lock(inode.i_rwsem).await;
    write_locked(scheme, who, direct, range).await
}

/// The same with O_APPEND: at the end of the file as it is known here, for generic_write_checks() asks nobody.
pub(super) async fn append<S: Fuse>(scheme: &S, who: Who, direct: bool, cells: u32) -> Reply {
    let linux = scheme.linux();
    update_size(linux, who).await;
    let inode = linux.inode(linux.process(who).host);
    let _i_rwsem = linux.sim.lock(inode.i_rwsem).await;
    let at = inode.size().get();
    step!(linux.sim, "{}: {who} appends at {at}", inode.host);
    match write_locked(scheme, who, direct, Range::new(at, at + cells)).await {
        Reply::Ok => Reply::At(at),
        reply => reply,
    }
}

/// "Update size (EOF optimization) and mode (SUID clearing)": with writeback_cache, where the size that comes is not believed.
async fn update_size(linux: &Linux, who: Who) {
    if linux.ways.size == Size::Kernel {
        linux.fuse_update_attributes(linux.process(who).host, who).await;
    }
}

async fn write_locked<S: Fuse>(scheme: &S, who: Who, direct: bool, range: Range) -> Reply {
    let linux = scheme.linux();
    let value = linux.sim.value();
    // generic_write_checks(): of no bytes nothing is asked.
    if range.is_empty() {
        return Reply::Ok;
    }
    // file_update_time()
    linux.inode_is_changed(linux.process(who).host);
    let done = match direct {
        true => direct::write_locked(scheme, who, range, value).await,
        false => scheme.buffered_write(who, range, &|_| value).await,
    };
    written(range, done)
}
