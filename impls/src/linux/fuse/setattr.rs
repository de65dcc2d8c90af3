//! ftruncate(2) and fallocate(2): fuse_do_setattr() of fs/fuse/dir.c, fuse_file_fallocate().

use super::Fuse;
use crate::linux::{Linux, Size, folios};
use crate::{Event, step};
use launder_oracle::{Call, Errno, Host, Range, Who};

/// ftruncate(2)
pub(super) async fn ftruncate<S: Fuse>(scheme: &S, who: Who, size: u32) -> Result<(), Errno> {
    let linux = scheme.linux();
    let _i_rwsem = linux.sim.lock(linux.inode(linux.process(who).host).i_rwsem).await;
    do_setattr(scheme, who, size).await
}

/// fuse_do_setattr(): SETATTR with no WRITE of writeback under way, i_size, the cache; then all folios go, whatever
/// invalidate_inode_pages2() says.
pub(super) async fn do_setattr<S: Fuse>(scheme: &S, who: Who, size: u32) -> Result<(), Errno> {
    let linux = scheme.linux();
    let inode = linux.inode(linux.process(who).host);
    let mut nowrite = match linux.sim.bug("otrunc_no_nowrite") {
        true => None,
        false => Some(linux.sim.lock(inode.nowrite).await),
    };
    let _unstable = linux.sim.lock(inode.size_unstable).await;
    let result = linux.server.change(inode.host, who, &Call::Ftruncate(size)).await;
    let old = inode.size().get();
    if result.is_ok() {
        inode.set_size(size);
        step!(linux.sim, "{}: i_size is {size}", inode.host);
    }
    // 2fdbb8dd0155 "fuse: fix deadlock between atomic O_TRUNC and page invalidation": no folio is locked before writes may go on.
    if !linux.sim.bug("otrunc_deadlock") {
        nowrite.take();
    }
    linux.flush_temporary_pages(inode.host);
    if result.is_ok() && old != size {
        linux.size_changed(inode.host, old, size).await;
        drop(nowrite);
        let _ = scheme.invalidate(inode.host, 0..inode.end()).await;
    }
    result
}

/// fuse_flush_time_update(): sync_inode_metadata() waits for all writeback, and an error that it finds in the flags of the mapping
/// it sets again, without its name.
pub(super) async fn flush_time_update(linux: &Linux, host: Host) {
    linux.fdatawait(host, 0..u32::MAX).await;
    let result = linux.filemap_check_errors(host);
    linux.inode_is_written(host);
    if let Err(errno) = result {
        set_again(linux, host, errno).await;
    }
}

/// mapping_set_error() of what writeback_single_inode() has taken from the flags of the mapping. Between the two fuse_write_inode() sends
/// the times, which writeback_cache keeps here, and waits for the reply, where others that were woken run: what they sync tells the
/// error as it was.
pub(super) async fn set_again(linux: &Linux, host: Host, errno: Errno) {
    if linux.ways.size == Size::Kernel {
        linux.sim.say(format_args!("{host}: SETATTR of the times is sent"));
        linux.sim.passing_reply().await;
    }
    linux.inode(host).wb_err.set(errno);
}

/// fallocate(2)
pub(super) async fn fallocate(linux: &Linux, who: Who, call: &Call, range: Range) -> Result<(), Errno> {
    let result = fallocate_locked(linux, who, call, range).await;
    flush_time_update(linux, linux.process(who).host).await;
    result
}

/// fuse_file_fallocate(): what is dirty from there on is written back, the server does its part, the cache forgets the range. Where the
/// size is kept fuse_invalidate_attr_mask() leaves the version of the attributes alone: what is being asked is believed.
async fn fallocate_locked(linux: &Linux, who: Who, call: &Call, range: Range) -> Result<(), Errno> {
    let inode = linux.inode(linux.process(who).host);
    let _i_rwsem = linux.sim.lock(inode.i_rwsem).await;
    let zeroes = matches!(call, Call::Punch(_) | Call::Zero(_));
    let keeps_size = matches!(call, Call::Punch(_));
    if zeroes {
        linux.met(inode.host, folios(range), Event::Punch);
        linux.fuse_writeback_range(inode.host, folios(range)).await?;
    }
    let _unstable = match keeps_size {
        true => None,
        false => Some(linux.sim.lock(inode.size_unstable).await),
    };
    let result = linux.server.change(inode.host, who, call).await;
    if result.is_ok() {
        if !keeps_size {
            linux.fuse_write_update_attr(inode.host, range.end, range.len());
        }
        if zeroes {
            linux.drop_cells(inode.host, range).await;
        }
    }
    result
}
