//! The system calls that rustix lacks.

use rustix::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd};
use rustix::io::{Errno, Result};
use std::ops::Range;

pub use linux_raw_sys::general::cachestat as Cachestat;
use linux_raw_sys::general::{__NR_cachestat, cachestat_range};

/// The error of the call that has just failed.
pub fn errno() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO)
}

fn done(result: libc::c_long) -> Result<()> {
    if result < 0 { Err(errno()) } else { Ok(()) }
}

/// cachestat(2), since 6.5: which pages of these bytes are cached, dirty, under writeback. No bytes are all that follow.
pub fn cachestat(file: BorrowedFd<'_>, bytes: Range<u64>) -> Result<Cachestat> {
    let range = cachestat_range { off: bytes.start, len: bytes.end - bytes.start };
    let mut stat =
        Cachestat { nr_cache: 0, nr_dirty: 0, nr_writeback: 0, nr_evicted: 0, nr_recently_evicted: 0 };
    let (range, said): (*const cachestat_range, *mut Cachestat) = (&range, &mut stat);
    // SAFETY: the descriptor is open; the kernel reads one `cachestat_range` and writes one `cachestat`, both of which
    // outlive the call.
    done(unsafe { libc::syscall(__NR_cachestat as libc::c_long, file.as_raw_fd(), range, said, 0) })?;
    Ok(stat)
}

/// sync_file_range(2): writes the dirty pages of these bytes back and waits. No bytes are all that follow.
pub fn sync_file_range(file: BorrowedFd<'_>, bytes: Range<u64>) -> Result<()> {
    let flags =
        libc::SYNC_FILE_RANGE_WAIT_BEFORE | libc::SYNC_FILE_RANGE_WRITE | libc::SYNC_FILE_RANGE_WAIT_AFTER;
    let (start, len) = (bytes.start as i64, (bytes.end - bytes.start) as i64);
    // SAFETY: the descriptor is open, and the call is given no address.
    done(unsafe { libc::sync_file_range(file.as_raw_fd(), start, len, flags) }.into())
}

/// Takes or drops the lock of fcntl(2), F_OFD_SETLK, on the whole file, without waiting.
pub fn set_lock(file: BorrowedFd<'_>, held: bool) -> Result<()> {
    let lock = libc::flock {
        l_type: if held { libc::F_WRLCK } else { libc::F_UNLCK } as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    };
    let lock: *const libc::flock = &lock;
    // SAFETY: the descriptor is open; the kernel reads one `flock`, which outlives the call.
    done(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_OFD_SETLK, lock) }.into())
}

/// close(2), which may report what a file system could not write.
pub fn close(file: OwnedFd) -> Result<()> {
    // SAFETY: the descriptor was owned, is given up here, and nobody else uses it.
    unsafe { rustix::io::try_close(file.into_raw_fd()) }
}
