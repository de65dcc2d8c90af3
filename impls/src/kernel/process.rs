//! A process of a case: its descriptor and its mapping.
//!
//! All of a case's processes are this one, and its user; each has a descriptor and a mapping of its own.

use super::buffer::Buffer;
use super::descriptor::Descriptor;
use super::mapping::Mapping;
use super::pipe::Pipe;
use super::{Answer, raw};
use crate::Cells;
use launder_oracle::{Call, Msync, Range, Reply};
use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::fs::{FallocateFlags, fdatasync, fsync, ftruncate};
use rustix::io::{Errno, Result};
use rustix::mm::MsyncFlags;

/// What a call is made with.
pub struct With<'w> {
    /// How the file is cut.
    pub cells: &'w Cells,
    /// Cells that a mapping of everything has.
    pub capacity: u32,
    /// The number that a write stores.
    pub number: u32,
    /// What bytes are read into and written from.
    pub buffer: &'w mut Buffer,
    /// What mappings are loaded from and stored to through.
    pub pipe: &'w Pipe,
}

/// What a process holds.
#[derive(Default)]
pub struct Process {
    descriptor: Option<Descriptor>,
    mapping: Option<(Range, Mapping)>,
    locked: bool,
}

impl Process {
    /// A process that has the file of this descriptor open.
    pub fn with_open(file: BorrowedFd<'_>) -> Result<Process> {
        Ok(Process { descriptor: Some(Descriptor::open(file)?), ..Process::default() })
    }

    /// Its mapping.
    pub fn mapping(&self) -> Option<&Mapping> {
        self.mapping.as_ref().map(|(_, mapping)| mapping)
    }

    /// Whether it holds the lock of fcntl(2).
    pub fn is_locked(&self) -> bool {
        self.locked
    }

    /// What its descriptor calls go through; EBADF if it is closed.
    pub fn descriptor(&mut self) -> Result<&mut Descriptor> {
        self.descriptor.as_mut().ok_or(Errno::BADF)
    }

    /// open(2), of the file of `file`.
    pub fn open(&mut self, file: BorrowedFd<'_>) -> Answer {
        if self.descriptor.is_some() {
            return Err(Errno::BADF);
        }
        self.descriptor = Some(Descriptor::open(file)?);
        Ok(Reply::Ok)
    }

    /// open(2), however it is done.
    pub fn open_by(&mut self, open: impl FnOnce() -> Result<OwnedFd>) -> Answer {
        if self.descriptor.is_some() {
            return Err(Errno::BADF);
        }
        self.descriptor = Some(open()?.into());
        Ok(Reply::Ok)
    }

    /// Makes a call other than `open`, `close`, `lock` and `unlock`.
    pub fn call(&mut self, call: Call, with: With<'_>) -> Answer {
        match call {
            Call::Munmap | Call::Mread(_) | Call::Mwrite(_) | Call::Msync(..) | Call::MadviseDontneed(_) => {
                self.mapped_call(call, with)
            }
            Call::Mmap { private, range } => self.mmap(private, range, &with),
            call => self.descriptor()?.call(call, with),
        }
    }

    fn mmap(&mut self, private: bool, range: Option<Range>, with: &With<'_>) -> Answer {
        if self.mapping.is_some() {
            return Err(Errno::INVAL);
        }
        let descriptor = self.descriptor.as_ref().ok_or(Errno::BADF)?;
        let range = range.unwrap_or(Range::new(0, with.capacity));
        let mapping = Mapping::new(descriptor.file(), with.cells.folios(range), private)?;
        self.mapping = Some((range, mapping));
        Ok(Reply::Ok)
    }

    /// Calls on a mapping take addresses of pages: those that hold the range.
    fn mapped_call(&mut self, call: Call, with: With<'_>) -> Answer {
        if call == Call::Munmap {
            let (_, mapping) = self.mapping.take().ok_or(Errno::INVAL)?;
            return mapping.unmap().map(|()| Reply::Ok);
        }
        let (mapped, mapping) = self.mapping.as_ref().ok_or(Errno::INVAL)?;
        on_mapping(mapping, *mapped, call, with)
    }

    /// fcntl(2), F_OFD_SETLK.
    pub fn set_lock(&mut self, locked: bool) -> Answer {
        raw::set_lock(self.descriptor()?.file(), locked)?;
        self.locked = locked;
        Ok(Reply::Ok)
    }

    /// close(2).
    pub fn close(&mut self) -> Answer {
        // A mapping keeps the open file description, and F_OFD_SETLK's lock with it. A process's own would go: fcntl(2),
        // "If a process closes any file descriptor referring to a file, then all of the process's locks on that file are
        // released".
        if self.locked {
            self.set_lock(false)?;
        }
        self.descriptor.take().ok_or(Errno::BADF)?.close()?;
        Ok(Reply::Ok)
    }
}

fn on_mapping(mapping: &Mapping, mapped: Range, call: Call, with: With<'_>) -> Answer {
    let inside = |range: Range| {
        let inside = mapped.start <= range.start && range.end <= mapped.end;
        if inside { Ok(with.cells.bytes(range)) } else { Err(Errno::INVAL) }
    };
    match call {
        Call::Mread(range) => {
            let bytes = inside(range)?;
            let into = with.buffer.blank(bytes.end - bytes.start);
            match mapping.load(with.pipe, bytes.start, into) {
                Err(Errno::FAULT) => Ok(Reply::Sigbus),
                loaded => loaded.map(|()| Reply::Got(with.cells.values(range, into))),
            }
        }
        Call::Mwrite(range) => {
            let bytes = inside(range)?;
            let from = with.buffer.blank(bytes.end - bytes.start);
            with.cells.store(range, with.number, from);
            match mapping.store(with.pipe, bytes.start, from) {
                Err(Errno::FAULT) => Ok(Reply::Sigbus),
                stored => stored.map(|()| Reply::Ok),
            }
        }
        Call::Msync(how, range) => {
            inside(range)?;
            let flags = match how {
                Msync::Sync => MsyncFlags::SYNC,
                Msync::Async => MsyncFlags::ASYNC,
                Msync::Invalidate => MsyncFlags::SYNC | MsyncFlags::INVALIDATE,
            };
            mapping.sync(&with.cells.folios(range), flags).map(|()| Reply::Ok)
        }
        Call::MadviseDontneed(range) => {
            inside(range)?;
            mapping.drop_pages(&with.cells.folios(range)).map(|()| Reply::Ok)
        }
        _ => Err(Errno::NOSYS),
    }
}

impl Descriptor {
    fn call(&mut self, call: Call, with: With<'_>) -> Answer {
        let (cells, buffer) = (with.cells, with.buffer);
        match call {
            Call::Pread { direct, range } => self.pread(direct, range, cells, buffer),
            Call::Pwrite { direct, range } => self.pwrite(direct, range, with.number, cells, buffer),
            Call::Append { direct, cells: count } => self.append(direct, count, with.number, cells, buffer),
            Call::Fsync => fsync(self.file()).map(|()| Reply::Ok),
            Call::Fdatasync => fdatasync(self.file()).map(|()| Reply::Ok),
            Call::Ftruncate(size) => ftruncate(self.file(), cells.border(size)).map(|()| Reply::Ok),
            Call::Fallocate(range) => self.fallocate(FallocateFlags::empty(), range, cells),
            Call::Punch(range) => {
                self.fallocate(FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE, range, cells)
            }
            Call::Zero(range) => self.fallocate(FallocateFlags::ZERO_RANGE, range, cells),
            Call::FadviseDontneed(range) => self.fadvise_dontneed(range, cells),
            Call::Copy { from, to } => self.copy(from, to, cells),
            _ => Err(Errno::NOSYS),
        }
    }
}
