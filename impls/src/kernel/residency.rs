//! What of the file is in the page cache, and how it is made to leave.

use super::mapping::{Mapping, is_running};
use super::raw;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Advice, Mode, OFlags, fadvise, open};
use rustix::io::{Errno, Result, pread};
use std::fmt;
use std::num::NonZeroU64;
use std::ops::Range;
use std::time::Duration;

/// Pages of some bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Residency {
    /// In the page cache.
    pub cached: u64,
    /// To be written back, and under writeback, where the kernel says that (cachestat(2), since 6.5).
    pub dirty: Option<(u64, u64)>,
}

impl fmt::Display for Residency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cached", self.cached)?;
        match self.dirty {
            Some((dirty, writeback)) => write!(f, ", {dirty} dirty, {writeback} under writeback"),
            None => Ok(()),
        }
    }
}

/// What of these bytes, which are whole pages, is in the page cache.
pub fn residency(file: BorrowedFd<'_>, bytes: Range<u64>) -> Result<Residency> {
    match counted(file, bytes.clone())? {
        Some(residency) => Ok(residency),
        None => Ok(Residency { cached: mapped_residency(file, bytes)?, dirty: None }),
    }
}

/// What cachestat(2) says of these bytes; nothing before 6.5, of file systems without, and where system calls are filtered.
fn counted(file: BorrowedFd<'_>, bytes: Range<u64>) -> Result<Option<Residency>> {
    if bytes.is_empty() {
        return Ok(Some(Residency { cached: 0, dirty: Some((0, 0)) }));
    }
    match raw::cachestat(file, bytes) {
        Ok(stat) => {
            Ok(Some(Residency { cached: stat.nr_cache, dirty: Some((stat.nr_dirty, stat.nr_writeback)) }))
        }
        Err(Errno::NOSYS | Errno::OPNOTSUPP | Errno::PERM) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// How many pages are to be written back, and under writeback, where the kernel says that.
fn dirty(file: BorrowedFd<'_>, bytes: &Range<u64>) -> Result<Option<(u64, u64)>> {
    Ok(counted(file, bytes.clone())?.and_then(|residency| residency.dirty))
}

/// The same by mincore(2), which knows nothing of what is dirty. The mapping is private, for the file may be open for reading only,
/// and none is stored to.
fn mapped_residency(file: BorrowedFd<'_>, bytes: Range<u64>) -> Result<u64> {
    Mapping::new(file, bytes.clone(), true)?.resident(&bytes)
}

/// What looks at a file again and again, and leaves it as it is. Without cachestat(2) that is a mapping that is kept: munmap(2) of a
/// file of FUSE, even of what was never touched, writes all of it back, and takes the error from the mapping's flags and sets it anew,
/// fuse_vma_close().
#[derive(Default)]
pub struct Watch(Option<Mapping>);

impl Watch {
    /// Pages of these bytes that are in the page cache.
    fn cached(&mut self, file: BorrowedFd<'_>, bytes: &Range<u64>) -> Result<u64> {
        if let Some(residency) = counted(file, bytes.clone())? {
            return Ok(residency.cached);
        }
        let mapping = match self.0.take() {
            Some(mapping) => mapping,
            None => Mapping::new(file, 0..MOST, true)?,
        };
        self.0.insert(mapping).resident(bytes)
    }
}

/// More than any file of a case has.
const MOST: u64 = 16 << 20;

/// posix_fadvise(2), POSIX_FADV_DONTNEED.
pub fn advise_dontneed(file: BorrowedFd<'_>, bytes: &Range<u64>) -> Result<()> {
    match NonZeroU64::new(bytes.end - bytes.start) {
        Some(len) => fadvise(file, bytes.start, Some(len), Advice::DontNeed),
        // No bytes would be all that follow.
        None => Ok(()),
    }
}

/// Writes these bytes back and waits.
pub fn write_back(file: BorrowedFd<'_>, bytes: Range<u64>) -> Result<()> {
    if bytes.is_empty() { Ok(()) } else { raw::sync_file_range(file, bytes, true) }
}

/// Writes these bytes back as the kernel does of its own accord, and waits: whoever waits with sync_file_range(2) is told
/// of an error, and takes it from the file's flags before who closes it.
pub fn write_back_untold(file: BorrowedFd<'_>, bytes: Range<u64>) -> Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    let mut waits = 0;
    loop {
        raw::sync_file_range(file, bytes.clone(), false)?;
        match dirty(file, &bytes)? {
            Some((0, 0)) => return Ok(()),
            // What is dirty past the end of the file no request carries, and it stays so.
            Some((_, 0)) if waits == WAITS => return Ok(()),
            Some((_, under_way)) => waits += u32::from(under_way == 0),
            None => return write_back(file, bytes),
        }
        std::thread::sleep(WAIT);
    }
}

/// The same of a file of FUSE, and what is stored meanwhile stays dirty. Before 6.16 pages of it are under writeback only until the
/// request with their copies is sent, fuse_writepages_send(), so that where there is no cachestat(2) yet nothing is to be waited for.
pub fn write_back_once(file: BorrowedFd<'_>, bytes: Range<u64>) -> Result<()> {
    begin_to_write_back(file, bytes.clone())?;
    if outwait(file, &bytes, |_| true)? || !is_running((6, 5)) { Ok(()) } else { write_back(file, bytes) }
}

/// Begins to write these bytes back, once. What is dirty and under writeback already is waited for first: who does not wait leaves
/// it out.
pub fn begin_to_write_back(file: BorrowedFd<'_>, bytes: Range<u64>) -> Result<()> {
    let page = rustix::param::page_size() as u64;
    for start in bytes.clone().step_by(page as usize) {
        outwait(file, &(start..bytes.end.min(start + page)), |dirty| dirty > 0)?;
    }
    if bytes.is_empty() { Ok(()) } else { raw::sync_file_range(file, bytes, false) }
}

/// Waits while pages of these bytes are under writeback, and it is so of how many are dirty: whether the kernel
/// says how many are.
fn outwait(file: BorrowedFd<'_>, bytes: &Range<u64>, so: impl Fn(u64) -> bool) -> Result<bool> {
    loop {
        match dirty(file, bytes)? {
            Some((dirty, 1..)) if so(dirty) => std::thread::sleep(WAIT),
            counted => return Ok(counted.is_some()),
        }
    }
}

/// Waits until none of these bytes is under writeback, but not for ever. What nobody has waited for is to have ended all the same before
/// the next call is made, where nobody else is under way.
pub fn outwait_writeback(file: BorrowedFd<'_>, bytes: &Range<u64>) -> Result<()> {
    for _ in 0..WAITS {
        match dirty(file, bytes)? {
            Some((_, 1..)) => std::thread::sleep(WAIT),
            _ => return Ok(()),
        }
    }
    Ok(())
}

/// Makes the page cache drop these bytes, which are whole pages, of a file that has `len` bytes at the most, as reclaim
/// would: dirty pages are written back in this way, all are unmapped, and let go. EAGAIN where pages stay all the same. Where
/// `len` is not beyond these bytes no larger folio is looked for.
pub fn reclaim(
    file: BorrowedFd<'_>,
    bytes: Range<u64>,
    len: u64,
    mappings: &[&Mapping],
    write_back: fn(BorrowedFd<'_>, Range<u64>) -> Result<()>,
    watch: &mut Watch,
) -> Result<()> {
    let mut folio = rustix::param::page_size() as u64;
    let mut waits = 0;
    loop {
        // A folio goes as a whole, and the kernel may have made larger ones, at multiples of their size.
        let folios = bytes.start / folio * folio..bytes.end.next_multiple_of(folio);
        write_back(file, folios.clone())?;
        drop_folios(file, &folios, mappings)?;
        if watch.cached(file, &bytes)? == 0 {
            return Ok(());
        }
        if len > bytes.end && (folios.start > 0 || folios.end < len) {
            folio *= 2;
        } else if waits < WAITS {
            // A folio that is being read, ahead of anybody's wish, is locked, and goes when it has arrived.
            std::thread::sleep(WAIT);
            waits += 1;
        } else {
            return Err(Errno::AGAIN);
        }
    }
}

/// How long reclaim waits for a read that is under way: 32 ms in all, many times what a disk takes.
const WAIT: Duration = Duration::from_micros(250);
const WAITS: u32 = 128;

fn drop_folios(file: BorrowedFd<'_>, bytes: &Range<u64>, mappings: &[&Mapping]) -> Result<()> {
    for mapping in mappings {
        let mapped = mapping.bytes();
        let bytes = bytes.start.max(mapped.start)..bytes.end.min(mapped.end);
        if !bytes.is_empty() {
            unmap_pages(mapping, bytes)?;
        }
    }
    advise_dontneed(file, bytes)
}

/// Takes the file's pages out of the page table; those that a private mapping has copied are not the file's, and stay.
pub fn unmap_pages(mapping: &Mapping, bytes: Range<u64>) -> Result<()> {
    if !mapping.is_private() {
        return mapping.drop_pages(&bytes);
    }
    let pagemap = open("/proc/self/pagemap", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let page = rustix::param::page_size() as u64;
    for start in bytes.step_by(page as usize) {
        if is_of_file(&pagemap, mapping.page(start))? {
            mapping.drop_pages(&(start..start + page))?;
        }
    }
    Ok(())
}

/// Whether a page of this process is mapped and of a file: bits 63 and 61 of its entry.
/// Documentation/admin-guide/mm/pagemap.rst: "Bit 61 page is file-page or shared-anon (since 3.5)".
fn is_of_file(pagemap: &OwnedFd, page: u64) -> Result<bool> {
    let mut entry = [0; 8];
    let read = pread(pagemap.as_fd(), &mut entry, page * 8)?;
    let entry = u64::from_ne_bytes(entry);
    Ok(read == 8 && entry >> 63 & 1 == 1 && entry >> 61 & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_without_cachestat_says_of_a_file_that_is_open_for_reading_what_is_cached() {
        let path = std::env::temp_dir().join(format!("launder-residency-{}", std::process::id()));
        std::fs::write(&path, [1; 3 * 4096]).expect("it can be written");
        let file = open(&path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).expect("it can be opened");
        std::fs::remove_file(&path).expect("it can be removed");
        assert_eq!(mapped_residency(file.as_fd(), 0..3 * 4096), Ok(3));
        assert_eq!(mapped_residency(file.as_fd(), 4096..2 * 4096), Ok(1));
    }
}
