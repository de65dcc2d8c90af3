//! copy_file_range(2): __fuse_copy_file_range(), which has the server copy.

use super::setattr;
use crate::linux::write::written;
use crate::linux::{Linux, folios};
use launder_oracle::{Errno, FOLIO, Host, Range, Reply, Who};

/// copy_file_range(2) within the file.
pub(super) async fn copy_file_range(linux: &Linux, who: Who, from: Range, to: u32) -> Reply {
    let host = linux.process(who).host;
    let size = linux.inode(host).size().get();
    let end = from.end.min(size).max(from.start);
    let source = Range::new(from.start, end);
    let target = Range::new(to, to + source.len());
    if source.start < target.end && target.start < source.end {
        // generic_copy_file_checks(): "Don't allow overlapped copying within the same file."
        return Reply::Err(Errno::EINVAL);
    }
    let asked = Range::new(to, to + from.len());
    written(asked, copy(linux, host, who, source, target).await)
}

async fn copy(linux: &Linux, host: Host, who: Who, source: Range, target: Range) -> Result<u32, Errno> {
    if source.is_empty() {
        return Ok(0);
    }
    let inode = linux.inode(host);
    {
        let _i_rwsem = linux.sim.lock(inode.i_rwsem).await;
        linux.fuse_writeback_range(host, folios(source)).await?;
    }
    let result = copy_locked(linux, host, who, source, target).await;
    setattr::flush_time_update(linux, host).await;
    result
}

async fn copy_locked(
    linux: &Linux,
    host: Host,
    who: Who,
    source: Range,
    target: Range,
) -> Result<u32, Errno> {
    let inode = linux.inode(host);
    let _i_rwsem = linux.sim.lock(inode.i_rwsem).await;
    linux.fuse_writeback_range(host, folios(target)).await?;
    let _unstable = match target.end > inode.size().get() {
        true => Some(linux.sim.lock(inode.size_unstable).await),
        false => None,
    };
    let result = linux.server.copy(host, who, source, target.start).await;
    if let Ok(copied) = result {
        if !linux.sim.bug("cfr_no_inval") {
            linux.drop_cells(host, truncated(target.start, copied, inode.end() * FOLIO)).await;
        }
        linux.fuse_write_update_attr(host, target.start + copied, copied);
    }
    result
}

/// What truncate_inode_pages_range() is told to drop: the folios of the copy, to the last byte before the next. For nothing, at the
/// start of the file, that is -1, which means the end of the file.
fn truncated(to: u32, copied: u32, end: u32) -> Range {
    let range = Range::new(to / FOLIO * FOLIO, (to + copied).next_multiple_of(FOLIO));
    if range.end == 0 { Range::new(0, end) } else { range }
}
