//! The process of a process of a case: it makes the calls that it is told to.

use super::super::buffer::Buffer;
use super::super::descriptor::open_again;
use super::super::pipe::Pipe;
use super::super::process::{Process, With};
use super::super::rig::wire::{self, Said};
use super::super::rig::{Line, Relay, answer_rows};
use super::super::slate::Slate;
use super::super::{Answer, dontneed, residency};
use super::bare::Bare;
use super::begin::{name, read_name};
use super::nature::{Nature, Told};
use crate::Cells;
use launder_oracle::{Call, Host, Range, Reply, Who, Words};
use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::fs::{Advice, CWD, Mode, OFlags, fadvise, openat};
use rustix::io::{Errno, Result};
use std::fmt::Write;
use std::rc::Rc;

/// Makes calls until nobody tells it to any more.
pub fn drive(line: &Line, (slate, relay): (&Slate, &Relay), root: &str) {
    let (Ok(directory), Ok(pipe)) = (open_root(root), Pipe::new()) else { return };
    let directory = Rc::new(directory);
    let nature = Nature::new([directory.clone(), directory.clone()]);
    let (buffer, process) = (Buffer::new(), Process::default());
    let mut driver = Driver { directory, pipe, buffer, process, file: None, path: None, nature };
    answer_rows(line, slate, relay, |order, answers| match order {
        "settle" => driver.settle(answers),
        // Writing to a String cannot fail.
        order => drop(write!(answers, "{}", Said(&driver.obey(order)))),
    });
}

/// The root of a mount: nothing is asked of the server for it.
pub fn open_root(root: &str) -> Result<OwnedFd> {
    openat(CWD, root, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

struct Driver {
    directory: Rc<OwnedFd>,
    pipe: Pipe,
    buffer: Buffer,
    process: Process,
    file: Option<File>,
    /// The file of the case, whether the process has it open or not.
    path: Option<OwnedFd>,
    nature: Nature,
}

struct File {
    name: String,
    capacity: u32,
    cells: Cells,
}

impl Driver {
    fn obey(&mut self, text: &str) -> Answer {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        match word {
            "begin" => self.begin(rest),
            "end" => {
                self.end();
                Ok(Reply::Ok)
            }
            "last" => self.nature.obey(text),
            "unmap" => self.unmap(rest),
            "call" => self.call(rest, false),
            // Others are under way, and wait for no more than it waits for itself.
            "beside" => self.call(rest, true),
            "bare" => self.call_bare(rest),
            _ => Err(Errno::PROTO),
        }
    }

    /// Has no file any more.
    fn end(&mut self) {
        (self.process, self.path) = (Process::default(), None);
        self.nature.end();
    }

    /// Opens the file of a case. The answer says at which descriptor there is a path to it, which asks the server for nothing.
    fn begin(&mut self, text: &str) -> Answer {
        self.end();
        let (name, capacity) = text.split_once(' ').ok_or(Errno::PROTO)?;
        let (_, _, cells) = read_name(name).ok_or(Errno::PROTO)?;
        let capacity = wire::number(Some(capacity)).ok_or(Errno::PROTO)?;
        let file = self.file.insert(File { name: name.into(), capacity, cells });
        let path = self.path.insert(find_in(&self.directory, &file.name)?);
        let opened = open_path(path);
        self.process.open_by(|| opened)?;
        Ok(Reply::At(path.as_raw_fd() as u32))
    }

    fn call(&mut self, text: &str, beside: bool) -> Answer {
        let (number, asked) = text.split_once(' ').ok_or(Errno::PROTO)?;
        let number = wire::number(Some(number)).ok_or(Errno::PROTO)?;
        self.make(number, Words::of(1, asked).call(Who::A1).map_err(|_| Errno::PROTO)?, beside)
    }

    fn make(&mut self, number: u32, call: Call, beside: bool) -> Answer {
        let File { name, capacity, cells } = self.file.as_ref().ok_or(Errno::PROTO)?;
        match call {
            Call::Open => {
                let directory = &self.directory;
                self.process.open_by(|| open_in(directory, name))
            }
            Call::Close => self.process.close(),
            Call::Lock => self.process.set_lock(true),
            Call::Unlock => self.process.set_lock(false),
            Call::FadviseDontneed(range) if !beside => {
                dontneed::advise(self.process.descriptor()?.file(), range, cells)?;
                Ok(Reply::Ok)
            }
            call => {
                let (buffer, pipe) = (&mut self.buffer, &self.pipe);
                self.process.call(call, With { cells, capacity: *capacity, number, buffer, pipe })
            }
        }
    }

    /// Makes the calls by which a process settles: those that what it holds asks for, each with its answer.
    fn settle(&mut self, answers: &mut String) {
        let is_mapped = self.process.mapping().is_some();
        let is_open = self.process.descriptor().is_ok();
        let calls = [(is_mapped, Call::Munmap), (is_open, Call::Fsync), (is_open, Call::Close)];
        let mut end = "";
        for (_, call) in calls.into_iter().filter(|(due, _)| *due) {
            let answer = self.make(0, call, false);
            // Writing to a String cannot fail.
            let _ = write!(answers, "{end}{call} {}", Said(&answer));
            end = "\n";
        }
    }

    /// The calls of a case, `;` between them, on so many new files, and nothing said of any.
    fn call_bare(&mut self, text: &str) -> Answer {
        self.end();
        let mut parts = text.split(';');
        let mut words = parts.next().unwrap_or_default().split(' ');
        let mut number = || wire::number::<u64>(words.next()).ok_or(Errno::PROTO);
        let (first, count, size) = (number()?, number()?, number()?);
        let calls = parts.map(|asked| Words::of(1, asked).call(Who::A1).map_err(|_| Errno::PROTO));
        let calls = calls.collect::<Result<Vec<Call>>>()?;
        let File { capacity, cells, .. } = self.file.as_ref().ok_or(Errno::PROTO)?;
        let everything = Call::Reclaim(Host::A, Range::new(0, *capacity));
        for ino in first..first + count {
            let path = find_in(&self.directory, &name(ino, size, cells))?;
            let mut bare = Bare::new(open_path(&path)?, &mut self.buffer, &self.pipe, (cells, *capacity));
            calls.iter().try_for_each(|call| bare.call(*call))?;
            bare.settle()?;
            let link = format!("/proc/self/fd/{}", path.as_raw_fd());
            self.nature.call_last(&Told::new(ino, link, *capacity, *cells), everything)?;
        }
        Ok(Reply::Ok)
    }

    /// Takes pages of the file, `start..end`, out of the page table of this process, as reclaim does.
    fn unmap(&mut self, text: &str) -> Answer {
        let (start, end) = text.split_once("..").ok_or(Errno::PROTO)?;
        let ends = (wire::number::<u64>(Some(start)), wire::number::<u64>(Some(end)));
        let (Some(start), Some(end)) = ends else { return Err(Errno::PROTO) };
        if let Some(mapping) = self.process.mapping() {
            let mapped = mapping.bytes();
            let bytes = start.max(mapped.start)..end.min(mapped.end);
            if !bytes.is_empty() {
                residency::unmap_pages(mapping, bytes)?;
            }
        }
        Ok(Reply::Ok)
    }
}

/// The path to a file: LOOKUP, and nothing else.
pub fn find_in(directory: impl AsFd, name: &str) -> Result<OwnedFd> {
    openat(directory, name, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())
}

/// open(2), by a path: OPEN, and nothing else.
fn open_path(path: &OwnedFd) -> Result<OwnedFd> {
    let file = open_again(path.as_fd(), OFlags::empty())?;
    fadvise(&file, 0, None, Advice::Random)?;
    Ok(file)
}

/// open(2), by the file's name. Readahead fetches what nobody has asked for, as the kernel guesses: posix_fadvise(2),
/// "POSIX_FADV_RANDOM disables file readahead entirely".
fn open_in(directory: &OwnedFd, name: &str) -> Result<OwnedFd> {
    let file = openat(directory, name, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    fadvise(&file, 0, None, Advice::Random)?;
    Ok(file)
}
