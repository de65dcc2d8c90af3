//! What is done to the file of a case. Every call is one real call of the kernel, but that a read or write which it leaves
//! short in the middle of a cell is carried on.

use super::descriptor::{ask_size, open_again, open_to_read, read_fully, size};
use super::mapping::Mapping;
use super::place::Site;
use super::process::{Process, With};
use super::raw::finish_extents;
use super::{Answer, residency};
use launder_oracle::{Call, Host, Range, Reply, Who};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Advice, OFlags, fadvise, ftruncate};
use rustix::io::{Errno, Result, pwrite};
use std::cell::RefMut;

/// A descriptor that is kept, or is there for one look.
enum Seen<'s> {
    Kept(BorrowedFd<'s>),
    Opened(OwnedFd),
}

impl AsFd for Seen<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Seen::Kept(file) => *file,
            Seen::Opened(file) => file.as_fd(),
        }
    }
}

/// statfs(2), `f_type`.
const BTRFS: i64 = 0x9123_683E;

impl Site {
    /// Makes a call, of the third party or of nature too, in a case whose file has so many cells at the most.
    pub fn call(&self, who: Who, call: Call, number: u32, capacity: u32) -> Answer {
        match (who.host(), call) {
            (None, call) => self.third_party_or_nature(call, number, capacity),
            (Some(host), Call::Open) => self.process(who).open(self.path(host)?),
            (Some(_), Call::Close) => self.process(who).close(),
            (Some(_), Call::Lock) => self.process(who).set_lock(true),
            (Some(_), Call::Unlock) => self.process(who).set_lock(false),
            // What tmpfs keeps, it keeps nowhere else.
            (Some(_), Call::FadviseDontneed(_)) if !self.drops_cache => Err(Errno::NOSYS),
            (Some(_), call) => {
                let buffer = &mut self.tools.buffer.borrow_mut();
                let with = With { cells: &self.cells, capacity, number, buffer, pipe: &self.tools.pipe };
                self.process(who).call(call, with)
            }
        }
    }

    fn process(&self, who: Who) -> RefMut<'_, Process> {
        self.processes[who.index()].borrow_mut()
    }

    /// Has nothing read ahead for a process, through what it has open and mapped: posix_fadvise(2), "POSIX_FADV_RANDOM disables file
    /// readahead entirely".
    pub fn read_nothing_ahead(&self, who: Who) -> Result<()> {
        let mut process = self.process(who);
        process.mapping().map_or(Ok(()), Mapping::read_nothing_ahead)?;
        process.descriptor().map_or(Ok(()), |descriptor| fadvise(descriptor.file(), 0, None, Advice::Random))
    }

    /// Whether a process holds the lock of fcntl(2).
    pub fn holds_lock(&self, who: Who) -> bool {
        self.process(who).is_locked()
    }

    /// The same; EBADF if it is closed.
    pub fn is_locked(&self, who: Who) -> Result<bool> {
        self.process(who).descriptor()?;
        Ok(self.holds_lock(who))
    }

    /// A sync of the process has told an error. Until a worker of btrfs has ended the extent that was not written, the next sync
    /// may tell it again, or not (seen of 6.18: 48 times of 200 on a busy machine). Both are one error, and told now.
    pub fn let_the_error_be_one(&self, who: Who) -> Result<()> {
        let mut process = self.process(who);
        let file = process.descriptor()?.file();
        if rustix::fs::fstatfs(file)?.f_type != BTRFS {
            return Ok(());
        }
        // The first may say the error itself, and not wait.
        let _ = finish_extents(file).or_else(|_| finish_extents(file));
        let _ = rustix::fs::fsync(file);
        Ok(())
    }

    fn third_party_or_nature(&self, call: Call, number: u32, capacity: u32) -> Answer {
        match call {
            Call::Pwrite { range, .. } => self.server_write(range, number),
            Call::Ftruncate(size) => ftruncate(self.third()?, self.cells.border(size)).map(|()| Reply::Ok),
            Call::Pread { range, .. } => self.server_read(range),
            Call::Writeback(host, range) => {
                residency::write_back_untold(self.file(host)?.as_fd(), self.cells.folios(range))
                    .map(|()| Reply::Ok)
            }
            Call::Reclaim(..) if !self.drops_cache => Err(Errno::NOSYS),
            Call::Reclaim(host, range) => self.reclaim(host, range, capacity),
            _ => Err(Errno::NOSYS),
        }
    }

    /// Where it can, the server reads around the cache, of which the kernel has written back what is dirty. It reads on host a, which
    /// goes by the size that it believes in: where another host may have changed that, a is told first.
    fn server_read(&self, range: Range) -> Answer {
        let (bytes, folios) = (self.cells.bytes(range), self.cells.folios(range));
        let mut buffer = self.tools.buffer.borrow_mut();
        let buffer = buffer.blank(folios.end - folios.start);
        let third = self.third.is_some().then(|| self.third()).transpose()?;
        let file = third.as_ref().or(self.server.as_ref()).unwrap_or(&self.files[0]);
        if third.is_some() || self.files.len() > 1 {
            ask_size(file.as_fd())?;
        }
        // 9p of 6.12 without a cache, asked for more than there is, answers ENODATA or asks again for ever.
        let there =
            third.as_ref().map_or(Ok(u64::MAX), |file| size(file.as_fd()))?.saturating_sub(folios.start);
        let most = usize::try_from(there).map_or(buffer.len(), |there| there.min(buffer.len()));
        let read = if most > 0 { read_fully(file.as_fd(), folios.start, &mut buffer[..most])? } else { 0 };
        let wanted = (bytes.start - folios.start) as usize..read.min((bytes.end - folios.start) as usize);
        Ok(Reply::Got(self.cells.values(range, buffer.get(wanted).unwrap_or_default())))
    }

    /// The file where the third party reaches it, open for as long as one call.
    fn third(&self) -> Result<OwnedFd> {
        open_again(self.third.as_ref().ok_or(Errno::NOSYS)?.as_fd(), OFlags::empty())
    }

    fn server_write(&self, range: Range, number: u32) -> Answer {
        let (file, bytes) = (self.third()?, self.cells.bytes(range));
        let mut buffer = self.tools.buffer.borrow_mut();
        let from = buffer.blank(bytes.end - bytes.start);
        self.cells.store(range, number, from);
        let mut done = 0;
        while done < from.len() {
            done += pwrite(&file, &from[done..], bytes.start + done as u64)?;
        }
        Ok(Reply::Ok)
    }

    fn reclaim(&self, host: Host, range: Range, capacity: u32) -> Answer {
        let file = self.file(host)?;
        let processes = self.processes.each_ref().map(|process| process.borrow());
        let mappings: Vec<_> = processes.iter().filter_map(|process| process.mapping()).collect();
        let (folios, len) = (self.cells.folios(range), self.cells.border(capacity));
        let written = residency::write_back_untold;
        residency::reclaim(file.as_fd(), folios, len, &mappings, written, &mut residency::Watch::default())?;
        Ok(Reply::Ok)
    }

    /// What a process opens anew.
    fn path(&self, host: Host) -> Result<BorrowedFd<'_>> {
        self.files.get(host.index()).map(AsFd::as_fd).ok_or(Errno::NODEV)
    }

    /// What the cache of a host is looked at through: where no descriptor is to be kept beside those of processes, theirs, or one of
    /// its own for as long as it looks.
    fn file(&self, host: Host) -> Result<Seen<'_>> {
        let file = self.path(host)?;
        if self.third.is_none() {
            return Ok(Seen::Kept(file));
        }
        let there = Who::PROCESSES.into_iter().filter(|who| who.host() == Some(host));
        let kept = || self.kept.borrow()[host.index()].as_ref()?.try_clone().ok();
        let open = there.filter_map(|who| self.descriptor_of(who)).next().or_else(kept);
        open.map_or_else(|| open_to_read(file), Ok).map(Seen::Opened)
    }

    /// What a process has open, once more.
    fn descriptor_of(&self, who: Who) -> Option<OwnedFd> {
        self.process(who).descriptor().ok()?.file().try_clone_to_owned().ok()
    }

    /// Keeps what a process has open beyond its close(2), for who looks at the cache of its host: a server need not be asked for it
    /// again.
    pub fn keep(&self, who: Who) {
        if let (Some(host), Some(file)) = (who.host(), self.descriptor_of(who)) {
            self.kept.borrow_mut()[host.index()] = Some(file);
        }
    }

    /// What a call that has to do with the cache has left in it, for a reader.
    pub fn witness(&self, who: Who, call: &Call, answer: &Answer) -> Option<String> {
        if matches!(answer, Err(Errno::BADF | Errno::INVAL)) {
            return None;
        }
        let (host, range) = match (*call, who.host()) {
            (Call::Writeback(host, range) | Call::Reclaim(host, range), _) => (host, range),
            (
                Call::FadviseDontneed(range) | Call::MadviseDontneed(range) | Call::Msync(_, range),
                Some(host),
            ) => (host, range),
            _ => return None,
        };
        let folios = self.cells.folios(range);
        Some(match self.file(host).and_then(|file| residency::residency(file.as_fd(), folios)) {
            Ok(residency) => format!("{host}: pages of {range}: {residency}"),
            Err(errno) => format!("{host}: pages of {range}: {errno}"),
        })
    }
}
