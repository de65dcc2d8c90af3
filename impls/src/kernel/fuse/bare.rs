//! The system calls of a run of a case and nothing else, again and again: what the run is measured against.
//!
//! One process makes them all, those that open the file, those of the case, those by which it settles, and nature's; only the
//! third party's last look, which is no system call, is left out.

use super::super::buffer::Buffer;
use super::super::descriptor::{open_again, read_fully};
use super::super::mapping::Mapping;
use super::super::pipe::Pipe;
use super::super::{dontneed, raw};
use crate::Cells;
use launder_oracle::{Call, Msync, Range};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{FallocateFlags, OFlags, fallocate, fdatasync, fsync, ftruncate};
use rustix::io::{Errno, Result, pwrite};
use rustix::mm::MsyncFlags;

/// A file that is open, and what it is called through.
pub struct Bare<'b> {
    file: OwnedFd,
    direct: Option<OwnedFd>,
    mapping: Option<Mapping>,
    buffer: &'b mut Buffer,
    pipe: &'b Pipe,
    cells: &'b Cells,
    capacity: u32,
}

impl<'b> Bare<'b> {
    /// With a file of so many cells at the most, which is cut like this.
    pub fn new(
        file: OwnedFd,
        buffer: &'b mut Buffer,
        pipe: &'b Pipe,
        (cells, capacity): (&'b Cells, u32),
    ) -> Bare<'b> {
        Bare { file, direct: None, mapping: None, buffer, pipe, cells, capacity }
    }

    /// Makes a call; nobody looks at what it brings.
    pub fn call(&mut self, call: Call) -> Result<()> {
        let cells = self.cells;
        match call {
            Call::Pread { direct, range } | Call::Pwrite { direct, range } => {
                let bytes = cells.bytes(range);
                if direct && self.direct.is_none() {
                    self.direct = Some(open_again(self.file.as_fd(), OFlags::DIRECT)?);
                }
                let file = self.direct.as_ref().filter(|_| direct).unwrap_or(&self.file);
                let buffer = self.buffer.blank(bytes.end - bytes.start);
                match call {
                    Call::Pread { .. } => read_fully(file.as_fd(), bytes.start, buffer)?,
                    _ => pwrite(file, buffer, bytes.start)?,
                };
            }
            Call::Mmap { private, range } => {
                let range = range.unwrap_or(Range::new(0, self.capacity));
                self.mapping = Some(Mapping::new(self.file.as_fd(), cells.folios(range), private)?);
            }
            Call::Munmap => return self.mapping.take().map_or(Ok(()), Mapping::unmap),
            Call::Fsync => fsync(&self.file)?,
            Call::Fdatasync => fdatasync(&self.file)?,
            Call::Ftruncate(size) => ftruncate(&self.file, cells.border(size))?,
            Call::Punch(range) => {
                let bytes = cells.bytes(range);
                let mode = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
                fallocate(&self.file, mode, bytes.start, bytes.end - bytes.start)?;
            }
            Call::FadviseDontneed(range) => dontneed::advise(self.file.as_fd(), range, cells)?,
            call => return self.mapped_call(call),
        }
        Ok(())
    }

    fn mapped_call(&mut self, call: Call) -> Result<()> {
        let mapping = self.mapping.as_ref().ok_or(Errno::INVAL)?;
        match call {
            Call::Mread(range) => {
                let bytes = self.cells.bytes(range);
                mapping.load(self.pipe, bytes.start, self.buffer.blank(bytes.end - bytes.start))
            }
            Call::Mwrite(range) => {
                let bytes = self.cells.bytes(range);
                mapping.store(self.pipe, bytes.start, self.buffer.blank(bytes.end - bytes.start))
            }
            Call::Msync(Msync::Sync, range) => mapping.sync(&self.cells.folios(range), MsyncFlags::SYNC),
            _ => Err(Errno::NOSYS),
        }
    }

    /// What a process ends with.
    pub fn settle(mut self) -> Result<()> {
        self.call(Call::Munmap)?;
        fsync(&self.file)?;
        raw::close(self.file)?;
        self.direct.map_or(Ok(()), raw::close)
    }
}
