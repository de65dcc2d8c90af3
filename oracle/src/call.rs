//! The calls, in the words of the kernel and of xfs_io.

use crate::{Errno, Host, Who};
use std::fmt;

/// A half-open range of cells.
///
/// ```
/// use launder_oracle::Range;
///
/// let range = Range::new(4, 8);
/// assert!(range.has(4) && !range.has(8) && range.len() == 4);
/// assert_eq!(range.to_string(), "4..8");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    /// The first cell.
    pub start: u32,
    /// One past the last cell.
    pub end: u32,
}

impl Range {
    /// From `start` up to, and without, `end`.
    pub fn new(start: u32, end: u32) -> Range {
        Range { start, end }
    }

    /// Its cells, in order.
    pub fn cells(self) -> std::ops::Range<u32> {
        self.start..self.end
    }

    /// How many cells it has.
    pub fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether it has no cell.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Whether `cell` lies in it.
    pub fn has(self, cell: u32) -> bool {
        self.start <= cell && cell < self.end
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// The flag of an msync(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Msync {
    /// `MS_SYNC`.
    Sync,
    /// `MS_ASYNC`.
    Async,
    /// `MS_SYNC | MS_INVALIDATE`.
    Invalidate,
}

/// One call. Those that are often asked for together are neighbours, so that one comparison tells whether a call is one of them.
///
/// ```
/// use launder_oracle::{Call, Who, Words};
///
/// let call = Words::of(1, "pwrite direct 0..4").call(Who::A1)?;
/// assert!(call.is_direct() && call.is_numbered() && call.reach() == 4);
/// assert_eq!((call.word(), call.to_string().as_str()), ("pwrite direct", "pwrite direct 0..4"));
/// assert!(matches!(Words::of(1, "fsync").call(Who::A1)?, Call::Fsync));
/// # Ok::<(), launder_oracle::TextError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // each variant is the system call, or FUSE, NFS or kernel event, of its name
pub enum Call {
    Pread { direct: bool, range: Range },
    Pwrite { direct: bool, range: Range },
    Append { direct: bool, cells: u32 },
    Mwrite(Range),
    Mread(Range),
    Msync(Msync, Range),
    Fsync,
    Fdatasync,
    Close,
    Unlock,
    Lock,
    Open,
    Mmap { private: bool, range: Option<Range> },
    Munmap,
    MadviseDontneed(Range),
    FadviseDontneed(Range),
    Copy { from: Range, to: u32 },
    Ftruncate(u32),
    Fallocate(Range),
    Punch(Range),
    Zero(Range),
    Notify(Host, Range),
    Deny(Who),
    Allow(Who),
    Writeback(Host, Range),
    Reclaim(Host, Range),
    Crash(Host),
    FailWrite(Errno, u32),
    FailRead(Errno, u32),
    ShortWrite(u32),
    Drop(u32),
    Swap(u32),
    FailRelease(u32),
}

impl Call {
    /// Whether it takes a number: `pwrite`, `append` and `mwrite` do, and store it in each of their cells.
    pub fn is_numbered(&self) -> bool {
        matches!(self, Call::Pwrite { .. } | Call::Append { .. } | Call::Mwrite(_))
    }

    /// Whether it goes around the page cache.
    pub fn is_direct(&self) -> bool {
        matches!(
            self,
            Call::Pread { direct: true, .. }
                | Call::Pwrite { direct: true, .. }
                | Call::Append { direct: true, .. }
        )
    }

    /// Whether it goes through a mapping, not a descriptor.
    pub fn is_mapped(&self) -> bool {
        matches!(self, Call::Mread(_) | Call::Mwrite(_))
    }

    /// Whether it promises that what was written reaches the server: `fsync`, `fdatasync`, `close`, `unlock`, and a
    /// `msync` that waits.
    pub fn is_sync(&self) -> bool {
        matches!(
            self,
            Call::Fsync
                | Call::Fdatasync
                | Call::Close
                | Call::Unlock
                | Call::Msync(Msync::Sync, _)
                | Call::Msync(Msync::Invalidate, _)
        )
    }

    /// Whether that is then safe from a crash: close(2), "A successful close does not guarantee that the data has been successfully
    /// saved to disk", and an unlock promises no more.
    pub(crate) fn makes_durable(&self) -> bool {
        self.is_sync() && !matches!(self, Call::Close | Call::Unlock)
    }

    /// Its first word, and no number: what a signature is made of.
    pub fn word(&self) -> &'static str {
        match self {
            Call::Open => "open",
            Call::Close => "close",
            Call::Pread { direct: false, .. } => "pread",
            Call::Pread { direct: true, .. } => "pread direct",
            Call::Pwrite { direct: false, .. } => "pwrite",
            Call::Pwrite { direct: true, .. } => "pwrite direct",
            Call::Append { direct: false, .. } => "append",
            Call::Append { direct: true, .. } => "append direct",
            Call::Mmap { private: false, .. } => "mmap",
            Call::Mmap { private: true, .. } => "mmap private",
            Call::Munmap => "munmap",
            Call::Mread(_) => "mread",
            Call::Mwrite(_) => "mwrite",
            Call::Msync(Msync::Sync, _) => "msync",
            Call::Msync(Msync::Async, _) => "msync async",
            Call::Msync(Msync::Invalidate, _) => "msync invalidate",
            Call::MadviseDontneed(_) => "madvise dontneed",
            Call::Fsync => "fsync",
            Call::Fdatasync => "fdatasync",
            Call::Ftruncate(_) => "ftruncate",
            Call::Fallocate(_) => "fallocate",
            Call::Punch(_) => "punch",
            Call::Zero(_) => "zero",
            Call::FadviseDontneed(_) => "fadvise dontneed",
            Call::Copy { .. } => "copy",
            Call::Lock => "lock",
            Call::Unlock => "unlock",
            Call::Notify(..) => "notify",
            Call::Deny(_) => "deny",
            Call::Allow(_) => "allow",
            Call::Writeback(..) => "writeback",
            Call::Reclaim(..) => "reclaim",
            Call::Crash(_) => "crash",
            Call::FailWrite(..) => "fail write",
            Call::FailRead(..) => "fail read",
            Call::ShortWrite(_) => "short write",
            Call::Drop(_) => "drop",
            Call::Swap(_) => "swap",
            Call::FailRelease(_) => "fail release",
        }
    }

    /// One past the last cell that the call itself names; an append names none.
    pub fn reach(&self) -> u32 {
        match *self {
            Call::Pread { range, .. }
            | Call::Pwrite { range, .. }
            | Call::Mmap { range: Some(range), .. }
            | Call::Mread(range)
            | Call::Mwrite(range)
            | Call::Msync(_, range)
            | Call::MadviseDontneed(range)
            | Call::Fallocate(range)
            | Call::Punch(range)
            | Call::Zero(range)
            | Call::FadviseDontneed(range)
            | Call::Notify(_, range)
            | Call::Writeback(_, range)
            | Call::Reclaim(_, range) => range.end,
            Call::Copy { from, to } => from.end.max(to.saturating_add(from.len())),
            Call::Ftruncate(size) => size,
            _ => 0,
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        match *self {
            Call::Pread { range, .. }
            | Call::Pwrite { range, .. }
            | Call::Mmap { range: Some(range), .. }
            | Call::Mread(range)
            | Call::Mwrite(range)
            | Call::Msync(_, range)
            | Call::MadviseDontneed(range)
            | Call::Fallocate(range)
            | Call::Punch(range)
            | Call::Zero(range)
            | Call::FadviseDontneed(range) => write!(f, " {range}"),
            Call::Append { cells: number, .. }
            | Call::Ftruncate(number)
            | Call::ShortWrite(number)
            | Call::Drop(number)
            | Call::Swap(number)
            | Call::FailRelease(number) => write!(f, " {number}"),
            Call::Copy { from, to } => write!(f, " {from} {to}"),
            Call::Notify(host, range) | Call::Writeback(host, range) | Call::Reclaim(host, range) => {
                write!(f, " {host} {range}")
            }
            Call::Deny(who) | Call::Allow(who) => write!(f, " {who}"),
            Call::Crash(host) => write!(f, " {host}"),
            Call::FailWrite(errno, count) | Call::FailRead(errno, count) => {
                write!(f, " {errno} {count}")
            }
            _ => Ok(()),
        }
    }
}
