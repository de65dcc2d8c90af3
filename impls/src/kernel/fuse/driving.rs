//! The process of a process of a case: it makes the calls that it is told to.

use super::super::buffer::Buffer;
use super::super::pipe::Pipe;
use super::super::process::{Process, With};
use super::super::rig::{Line, wire};
use super::super::{Answer, residency};
use super::bare::Bare;
use crate::Cells;
use launder_oracle::{Call, Reply, Who, Words};
use rustix::fd::OwnedFd;
use rustix::fs::{Advice, CWD, Mode, OFlags, fadvise, openat};
use rustix::io::{Errno, Result};

/// Makes calls until nobody tells it to any more.
pub fn drive(line: &Line, root: &str) {
    let (Ok(directory), Ok(pipe)) = (open_root(root), Pipe::new()) else { return };
    let mut driver =
        Driver { directory, pipe, buffer: Buffer::new(), process: Process::default(), file: None };
    // Several orders may come at once, a line each; each is answered when it is done.
    while let Ok(orders) = line.hear(str::to_owned) {
        for order in orders.split('\n') {
            let answer = driver.obey(order);
            if line.say(format_args!("{}", wire::print(&answer))).is_err() {
                return;
            }
        }
    }
}

/// The root of a mount: nothing is asked of the server for it.
pub fn open_root(root: &str) -> Result<OwnedFd> {
    openat(CWD, root, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

struct Driver {
    directory: OwnedFd,
    pipe: Pipe,
    buffer: Buffer,
    process: Process,
    file: Option<File>,
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
                self.process = Process::default();
                Ok(Reply::Ok)
            }
            "unmap" => self.unmap(rest),
            "call" => self.call(rest),
            "bare" => self.call_bare(rest),
            _ => Err(Errno::PROTO),
        }
    }

    /// Opens the file of a case.
    fn begin(&mut self, text: &str) -> Answer {
        self.process = Process::default();
        let mut words = text.split(' ');
        let mut read = || {
            let name = words.next()?.into();
            Some(File { name, capacity: wire::number(words.next())?, cells: Cells::parse(&mut words)? })
        };
        let file = self.file.insert(read().ok_or(Errno::PROTO)?);
        let opened = open_in(&self.directory, &file.name);
        self.process.open_by(|| opened)
    }

    fn call(&mut self, text: &str) -> Answer {
        let (number, asked) = text.split_once(' ').ok_or(Errno::PROTO)?;
        let number = wire::number(Some(number)).ok_or(Errno::PROTO)?;
        let call = Words::of(1, asked).call(Who::A1).map_err(|_| Errno::PROTO)?;
        let File { name, capacity, cells } = self.file.as_ref().ok_or(Errno::PROTO)?;
        match call {
            Call::Open => {
                let directory = &self.directory;
                self.process.open_by(|| open_in(directory, name))
            }
            Call::Close => self.process.close(),
            Call::Lock => self.process.set_lock(true),
            Call::Unlock => self.process.set_lock(false),
            call => {
                let (buffer, pipe) = (&mut self.buffer, &self.pipe);
                let answer =
                    self.process.call(call, With { cells, capacity: *capacity, number, buffer, pipe })?;
                if let Call::FadviseDontneed(range) = call {
                    let file = self.process.descriptor()?.file();
                    residency::outwait_writeback(file, &cells.folios(range))?;
                }
                Ok(answer)
            }
        }
    }

    /// The calls of a case, `;` between them, on so many new files, and nothing said of any.
    fn call_bare(&mut self, text: &str) -> Answer {
        self.process = Process::default();
        let mut parts = text.split(';');
        let mut words = parts.next().unwrap_or_default().split(' ');
        let (first, count) = (wire::number::<u64>(words.next()), wire::number::<u64>(words.next()));
        let (Some(first), Some(count)) = (first, count) else { return Err(Errno::PROTO) };
        let calls = parts.map(|asked| Words::of(1, asked).call(Who::A1).map_err(|_| Errno::PROTO));
        let calls = calls.collect::<Result<Vec<Call>>>()?;
        let File { capacity, cells, .. } = self.file.as_ref().ok_or(Errno::PROTO)?;
        for name in first..first + count {
            let file = open_in(&self.directory, &name.to_string())?;
            let mut bare = Bare::new(file, &mut self.buffer, &self.pipe, (cells, *capacity));
            calls.iter().try_for_each(|call| bare.call(*call))?;
            bare.settle()?;
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

/// open(2), by the file's name. Readahead fetches what nobody has asked for, as the kernel guesses: posix_fadvise(2),
/// "POSIX_FADV_RANDOM disables file readahead entirely".
fn open_in(directory: &OwnedFd, name: &str) -> Result<OwnedFd> {
    let file = openat(directory, name, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    fadvise(&file, 0, None, Advice::Random)?;
    Ok(file)
}
