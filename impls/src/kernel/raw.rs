//! The system calls that rustix lacks.

use rustix::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd};
use rustix::io::{Errno, Result};
use rustix::process::Pid;
use rustix::thread::{UnshareFlags, unshare_unsafe};
use std::ffi::CString;
use std::ops::Range;

pub use linux_raw_sys::general::cachestat as Cachestat;
use linux_raw_sys::general::{__NR_cachestat, cachestat_range};
pub use linux_raw_sys::loop_device::{_bindgen_ty_1 as LoopFlag, loop_config, loop_info64};
use linux_raw_sys::loop_device::{LOOP_CONFIGURE, LOOP_CTL_GET_FREE};

/// sched_setscheduler(2), SCHED_FIFO, of this process and those that it makes: of such processes on one processor each runs
/// until it waits, those that are woken together in the order of their waking, and nobody else meanwhile.
///
/// The kernel's `struct sched_param` is one number. That of musl is more, and its sched_setscheduler() is ENOSYS.
pub fn run_in_turn() -> Result<()> {
    let priority: libc::c_int = 1;
    // SAFETY: the kernel reads one number, which outlives the call.
    done(unsafe { libc::syscall(libc::SYS_sched_setscheduler, 0, libc::SCHED_FIFO, &raw const priority) })
}

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

/// sync_file_range(2): begins to write the dirty pages of these bytes back, and waits, if it is to. No bytes are all that
/// follow.
pub fn sync_file_range(file: BorrowedFd<'_>, bytes: Range<u64>, wait: bool) -> Result<()> {
    let waits = libc::SYNC_FILE_RANGE_WAIT_BEFORE | libc::SYNC_FILE_RANGE_WAIT_AFTER;
    let flags = libc::SYNC_FILE_RANGE_WRITE | if wait { waits } else { 0 };
    let (start, len) = (bytes.start as i64, (bytes.end - bytes.start) as i64);
    // SAFETY: the descriptor is open, and the call is given no address.
    done(unsafe { libc::sync_file_range(file.as_raw_fd(), start, len, flags) }.into())
}

/// `struct fiemap` of linux/fiemap.h, without extents.
#[repr(C)]
#[derive(Default)]
struct Fiemap {
    start: u64,
    length: u64,
    flags: u32,
    mapped: u32,
    room: u32,
    reserved: u32,
}

/// FS_IOC_FIEMAP with FIEMAP_FLAG_SYNC and room for no extent: writes back what is dirty, and waits until the file system has
/// done all that follows from what was written.
pub fn finish_extents(file: BorrowedFd<'_>) -> Result<()> {
    let mut request = Fiemap { length: u64::MAX, flags: 1, ..Fiemap::default() };
    const FS_IOC_FIEMAP: libc::Ioctl = 0xC020_660B_u32 as libc::Ioctl;
    // SAFETY: the descriptor is open, and the kernel reads and writes one `fiemap`, which outlives the call.
    done(unsafe { libc::ioctl(file.as_raw_fd(), FS_IOC_FIEMAP, &raw mut request) }.into())
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

/// fork(2): the child is left alone with `work`, and ends with it; it never returns from here.
///
/// The child of a process with threads has what these had locked: it must not wait for them. The C library sees to its
/// own allocator; `work` keeps away from the environment and from standard output, which have locks in Rust.
pub fn fork(work: impl FnOnce() + std::panic::UnwindSafe) -> Result<Pid> {
    // SAFETY: see above for what the child may do; it has one thread, and ends without unwinding into the caller.
    match unsafe { libc::fork() } {
        0 => {
            let ended = std::panic::catch_unwind(work);
            // SAFETY: ends this process at once, without what the parent has registered to be done at its own end.
            unsafe { libc::_exit(if ended.is_ok() { 0 } else { 101 }) }
        }
        child => Pid::from_raw(child).ok_or_else(errno),
    }
}

/// close_range(2), since 5.9: closes every descriptor of these numbers. Only for a process that has just been forked: what
/// its parent's values own is closed under them, and they are never dropped.
pub fn close_range(numbers: std::ops::RangeInclusive<u32>) -> Result<()> {
    // SAFETY: the call is given no address; the caller says that nobody uses these descriptors any more.
    done(unsafe { libc::syscall(libc::SYS_close_range, *numbers.start(), *numbers.end(), 0) })
}

/// Makes every signal do what it does by default: what the parent had it do is not the child's.
pub fn reset_signals() {
    for signal in 1..32 {
        // SAFETY: no handler is installed, and one that was is the parent's.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// The number of a loop device that is free, or was a moment ago: LOOP_CTL_GET_FREE of loop(4).
pub fn free_loop_device(control: BorrowedFd<'_>) -> Result<u32> {
    // SAFETY: the descriptor is open, and the call is given no address.
    let number = unsafe { libc::ioctl(control.as_raw_fd(), LOOP_CTL_GET_FREE as libc::Ioctl) };
    u32::try_from(number).map_err(|_| errno())
}

/// Sets a loop device up, with all at once: LOOP_CONFIGURE of loop(4), since 5.8.
pub fn configure_loop_device(device: BorrowedFd<'_>, config: &loop_config) -> Result<()> {
    let config: *const loop_config = config;
    // SAFETY: the descriptor is open; the kernel reads one `loop_config`, which outlives the call.
    done(unsafe { libc::ioctl(device.as_raw_fd(), LOOP_CONFIGURE as libc::Ioctl, config) }.into())
}

/// execve(2): becomes another program, with these arguments, the first of them its path, and an environment that has
/// nothing but where programs are. It returns only where that cannot be.
pub fn exec(arguments: &[CString]) -> Errno {
    let pointers = |strings: &[CString]| {
        let pointers = strings.iter().map(|string| string.as_ptr());
        pointers.chain([std::ptr::null()]).collect::<Vec<_>>()
    };
    let Some(path) = arguments.first() else { return Errno::INVAL };
    let (arguments, environment) =
        (pointers(arguments), [c"PATH=/usr/sbin:/usr/bin:/sbin:/bin".as_ptr(), std::ptr::null()]);
    // SAFETY: the path and what both lists point to end with a zero, the lists with a null, and all outlive the call.
    unsafe { libc::execve(path.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    errno()
}

/// unshare(2), of namespaces of users and mounts, by a process with one thread.
pub fn unshare(flags: UnshareFlags) -> Result<()> {
    // SAFETY: CLONE_FILES, for which the call is unsafe, is not among them.
    unsafe { unshare_unsafe(flags.difference(UnshareFlags::FILES)) }
}
