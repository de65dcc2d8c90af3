//! What fs/fuse of 6.18 does in its own way, whether with writeback_cache or without: open, flush, fsync, the size, truncate,
//! fallocate, copy_file_range, direct I/O, notification.
//!
//! The server gives attributes and entries no lifetime, keeps no file open (neither FOPEN_KEEP_CACHE nor FOPEN_DIRECT_IO),
//! and knows neither FUSE_AUTO_INVAL_DATA nor FUSE_POSIX_LOCKS.

mod attributes;
mod copy;
mod direct;
mod file;
mod perform_write;
mod read;
mod readahead;
mod setattr;
mod write_files;
mod writepages;

pub use perform_write::perform_write;
pub(super) use readahead::Reads;
pub(super) use write_files::WriteFiles;

use super::syscall::{answer, mmap};
use super::{Linux, Scheme, Ways, Writeback, folios};
use crate::Event;
use launder_oracle::{Call, Errno, Host, Msync, Range, Reply, Value, Who};

/// What the variants of FUSE do differently.
#[allow(async_fn_in_trait)] // a run is one thread
pub trait Fuse: Scheme {
    /// A buffered write(2), under i_rwsem: how many cells were written.
    async fn buffered_write(
        &self,
        who: Who,
        range: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno>;
}

impl Ways {
    /// Whether this is FUSE's, of whichever kernel.
    pub(super) fn is_fuse(&self) -> bool {
        matches!(self.writeback, Writeback::Iomap | Writeback::TemporaryPages)
    }
}

impl Linux {
    /// Whether this is FUSE's, of whichever kernel.
    pub(super) fn is_fuse(&self) -> bool {
        self.ways.is_fuse()
    }
}

/// Answers a call as FUSE does; nothing where it does as all do.
pub async fn call<S: Fuse>(scheme: &S, who: Who, call: Call) -> Option<Reply> {
    let linux = scheme.linux();
    if let (Who::Server, Call::Notify(host, range)) = (who, call) {
        reverse_inval_inode(scheme, host, range).await;
        return Some(Reply::Ok);
    }
    let _ = who.host()?;
    let process = linux.process(who);
    match call {
        Call::Mmap { private, range } if process.map().get().is_none() && process.open().get() => {
            let reply = mmap(linux, who, private, range);
            if reply == Reply::Ok {
                linux.file_is_mapped(who, private);
            }
            return Some(reply);
        }
        Call::Munmap if process.map().get().is_some() => return Some(file::munmap(linux, who).await),
        Call::Msync(Msync::Sync | Msync::Invalidate, range) => {
            let map = process.map().get().filter(|map| !map.private)?;
            if range.start < map.range.start || range.end > map.range.end {
                return None;
            }
            return Some(answer(file::msync(linux, who, folios(range)).await));
        }
        Call::Open if !process.open().get() => return Some(file::open(scheme, who).await),
        _ if !process.open().get() => return None,
        _ => {}
    }
    if let Call::Pread { direct: true, .. }
    | Call::Pwrite { direct: true, .. }
    | Call::Append { direct: true, .. } = call
    {
        linux.file_is_opened_directly(who).await;
    }
    let reply = match call {
        Call::Close => answer(file::close(linux, who).await),
        Call::Fsync | Call::Fdatasync => answer(file::fsync(linux, who, 0..u32::MAX, &process.since).await),
        Call::Lock => file::lock(linux, who).await,
        Call::Unlock => file::unlock(linux, who),
        Call::Pread { direct, range } => read::read(linux, who, direct, range).await,
        Call::Pwrite { direct, range } => file::write(scheme, who, direct, range).await,
        Call::Append { direct, cells } => file::append(scheme, who, direct, cells).await,
        Call::Copy { from, to } => copy::copy_file_range(linux, who, from, to).await,
        Call::Ftruncate(size) => answer(setattr::ftruncate(scheme, who, size).await),
        Call::Fallocate(range) | Call::Punch(range) | Call::Zero(range) if !range.is_empty() => {
            answer(setattr::fallocate(linux, who, &call, range).await)
        }
        _ => return None,
    };
    Some(reply)
}

/// fuse_reverse_inval_inode(): what the invalidation of the folios comes to nobody asks.
async fn reverse_inval_inode<S: Fuse>(scheme: &S, host: Host, range: Range) {
    let linux = scheme.linux();
    let _thread = linux.server.serving_thread("notify_in_the_serving_thread").await;
    linux.met(host, folios(range), Event::Notify);
    linux.inode(host).invalidate_attributes();
    let _ = scheme.invalidate(host, folios(range)).await;
}
