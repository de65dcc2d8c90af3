//! The calls on a process's descriptor.

use super::buffer::Buffer;
use super::{Answer, raw, residency};
use crate::Cells;
use launder_oracle::{Range, Reply};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{
    Advice, AtFlags, FallocateFlags, Mode, OFlags, StatxFlags, copy_file_range, fadvise, fallocate, open,
    statx, tell,
};
use rustix::io::{Errno, ReadWriteFlags, Result, pread, pwrite, pwritev2};
use std::io::IoSlice;

/// An open file. Direct calls go through a second descriptor, made when the first of them comes.
pub struct Descriptor {
    file: OwnedFd,
    direct: Option<OwnedFd>,
}

/// Opens the file of a descriptor once more, whether it has a name or not: the links of proc_pid_fd(5) lead to it even
/// then.
pub fn open_again(file: BorrowedFd<'_>, flags: OFlags) -> Result<OwnedFd> {
    let link = format!("/proc/self/fd/{}", file.as_raw_fd());
    open(link, OFlags::RDWR | OFlags::CLOEXEC | flags, Mode::empty())
}

/// The same for direct calls. Where one falls back to the cache, as of a READ that was short, nothing is read ahead: posix_fadvise(2),
/// "POSIX_FADV_RANDOM disables file readahead entirely".
fn open_direct(file: BorrowedFd<'_>) -> Result<OwnedFd> {
    let direct = open_again(file, OFlags::DIRECT)?;
    fadvise(&direct, 0, None, Advice::Random)?;
    Ok(direct)
}

/// The same, for reading only.
pub fn open_to_read(file: BorrowedFd<'_>) -> Result<OwnedFd> {
    let link = format!("/proc/self/fd/{}", file.as_raw_fd());
    open(link, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
}

/// Reads from byte `start` on, until the buffer is full or the file ends: how many bytes that was.
pub fn read_fully(file: BorrowedFd<'_>, start: u64, into: &mut [u8]) -> Result<usize> {
    let mut done = 0;
    loop {
        let read = pread(file, &mut into[done..], start + done as u64)?;
        done += read;
        // A read may be short before the end of the file too. A direct one could not go on from there, at an odd byte.
        if read == 0 || done == into.len() || size(file)? <= start + done as u64 {
            return Ok(done);
        }
    }
}

/// The size of the file as the kernel has it: asking a server might change what the kernel believes.
pub fn size(file: BorrowedFd<'_>) -> Result<u64> {
    let asked = AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC;
    Ok(statx(file, "", asked, StatxFlags::SIZE)?.stx_size)
}

/// Has the kernel ask a server for the size. statx(2), AT_STATX_FORCE_SYNC: "Force the attributes to be synchronized with the server."
pub fn ask_size(file: BorrowedFd<'_>) -> Result<()> {
    let asked = AtFlags::EMPTY_PATH | AtFlags::STATX_FORCE_SYNC;
    statx(file, "", asked, StatxFlags::SIZE).map(drop)
}

impl From<OwnedFd> for Descriptor {
    fn from(file: OwnedFd) -> Descriptor {
        Descriptor { file, direct: None }
    }
}

impl Descriptor {
    /// open(2) of the file of another descriptor.
    pub fn open(file: BorrowedFd<'_>) -> Result<Descriptor> {
        open_again(file, OFlags::empty()).map(Descriptor::from)
    }

    /// What calls that are not direct go through.
    pub fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    fn through(&mut self, direct: bool) -> Result<BorrowedFd<'_>> {
        if !direct {
            return Ok(self.file.as_fd());
        }
        let file = match self.direct.take() {
            Some(file) => file,
            None => open_direct(self.file.as_fd())?,
        };
        let file: &OwnedFd = self.direct.insert(file);
        Ok(file.as_fd())
    }

    /// close(2).
    pub fn close(self) -> Result<()> {
        let direct = self.direct.map_or(Ok(()), raw::close);
        raw::close(self.file).and(direct)
    }

    /// pread(2).
    pub fn pread(&mut self, direct: bool, range: Range, cells: &Cells, buffer: &mut Buffer) -> Answer {
        let bytes = cells.bytes(range);
        let buffer = buffer.blank(bytes.end - bytes.start);
        let read = read_fully(self.through(direct)?, bytes.start, buffer)?;
        Ok(Reply::Got(cells.values(range, &buffer[..read])))
    }

    /// pwrite(2).
    pub fn pwrite(
        &mut self,
        direct: bool,
        range: Range,
        number: u32,
        cells: &Cells,
        buffer: &mut Buffer,
    ) -> Answer {
        let bytes = cells.bytes(range);
        let buffer = buffer.blank(bytes.end - bytes.start);
        cells.store(range, number, buffer);
        let file = self.through(direct)?;
        by_cells(cells, range, |done| pwrite(file, &buffer[done..], bytes.start + done as u64))
    }

    /// pwritev2(2) with RWF_APPEND: the kernel chooses where, and leaves the descriptor's offset behind the bytes.
    pub fn append(
        &mut self,
        direct: bool,
        count: u32,
        number: u32,
        cells: &Cells,
        buffer: &mut Buffer,
    ) -> Answer {
        // How many bytes so many cells are depends on where they will stand.
        let end = size(self.file())?;
        let first = cells.beginning_at(end).ok_or(Errno::IO)?;
        let range = Range::new(first, first + count);
        let bytes = cells.bytes(range);
        let buffer = buffer.blank(bytes.end - bytes.start);
        cells.store(range, number, buffer);
        if range.is_empty() {
            return Ok(Reply::At(first));
        }
        let file = self.through(direct)?;
        let (mut done, mut landed) = (0, None);
        while done < buffer.len() {
            let rest = [IoSlice::new(&buffer[done..])];
            let wrote = pwritev2(file, &rest, FROM_OFFSET, ReadWriteFlags::APPEND)?;
            landed = landed.or(Some(tell(file)? - wrote as u64));
            done += wrote;
            if wrote == 0 {
                return Err(Errno::IO);
            }
            let cell = |byte| cells.beginning_at(byte);
            let (start, end) = (landed.and_then(cell), landed.and_then(|byte| cell(byte + done as u64)));
            if let (true, Some(start), Some(end)) = (done < buffer.len(), start, end) {
                return Ok(Reply::Wrote(end - start));
            }
        }
        landed.and_then(|byte| cells.beginning_at(byte)).map(Reply::At).ok_or(Errno::IO)
    }

    /// copy_file_range(2) within the file.
    pub fn copy(&self, from: Range, to: u32, cells: &Cells) -> Answer {
        let source = cells.bytes(from);
        let range = Range::new(to, to + from.len());
        let target = cells.bytes(range);
        by_cells(cells, range, |done| {
            let (mut from, mut to) = (source.start + done as u64, target.start + done as u64);
            let len = (target.end - to) as usize;
            copy_file_range(&self.file, Some(&mut from), &self.file, Some(&mut to), len)
        })
    }

    /// fallocate(2).
    pub fn fallocate(&self, mode: FallocateFlags, range: Range, cells: &Cells) -> Answer {
        let bytes = cells.bytes(range);
        fallocate(&self.file, mode, bytes.start, bytes.end - bytes.start)?;
        Ok(Reply::Ok)
    }

    /// posix_fadvise(2), POSIX_FADV_DONTNEED.
    pub fn fadvise_dontneed(&self, range: Range, cells: &Cells) -> Answer {
        residency::advise_dontneed(self.file.as_fd(), &cells.bytes(range))?;
        Ok(Reply::Ok)
    }
}

/// pwritev2(2), RWF_APPEND: "if the offset argument is -1, the current file offset is updated".
const FROM_OFFSET: u64 = u64::MAX;

/// Writes the bytes of a range, from the number of them that is given on. A short write that ends inside a cell is carried
/// on, as any program would: a case speaks of whole cells.
fn by_cells(cells: &Cells, range: Range, mut write: impl FnMut(usize) -> Result<usize>) -> Answer {
    let bytes = cells.bytes(range);
    let mut done = 0;
    loop {
        let wrote = write(done)?;
        done += wrote;
        let at = bytes.start + done as u64;
        match cells.beginning_at(at) {
            Some(_) if at == bytes.end => return Ok(Reply::Ok),
            Some(cell) => return Ok(Reply::Wrote(cell - range.start)),
            None if wrote == 0 => return Err(Errno::IO),
            None => {}
        }
    }
}
