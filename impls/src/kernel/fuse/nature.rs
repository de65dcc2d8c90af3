//! The process that has the kernel write back and reclaim.
//!
//! It reaches the file by a path that no server is asked for, and opens it, for reading only, when it first must: an
//! attribute that it brought, or a descriptor that can be written back through, would change what it looks at. Where only one
//! process takes part, and has settled, that one does the last of it: nobody is there who could be disturbed.

use super::super::rig::{Line, Relay, answer_rows, wire};
use super::super::slate::Slate;
use super::super::{Answer, residency};
use super::driving::{find_in, open_root};
use crate::Cells;
use launder_oracle::{Call, Host, Range, Reply, Who, Words};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::{Errno, Result};
use std::rc::Rc;

/// Does so until nobody tells it to any more.
pub fn work(line: &Line, (slate, relay): (&Slate, &Relay), roots: [&str; 2]) {
    let [Ok(a), Ok(b)] = roots.map(open_root) else { return };
    let mut nature = Nature::new([a, b].map(Rc::new));
    answer_rows(line, slate, relay, |order, answers| *answers += &wire::print(&nature.obey(order)));
}

/// What works for nature, and what it has of the file of a case.
pub struct Nature {
    roots: [Rc<OwnedFd>; 2],
    /// The number of the file.
    ino: u64,
    files: [File; 2],
}

/// The file, on one host.
#[derive(Default)]
struct File {
    /// A path of our own, where no process of the host has one. It is nothing to be read.
    path: Option<OwnedFd>,
    open: Option<OwnedFd>,
    watch: residency::Watch,
}

/// What a call is made with.
pub struct Told {
    ino: u64,
    /// A path to the file, of a process of the host.
    link: String,
    capacity: u32,
    cells: Cells,
}

impl Told {
    /// Of the file of this number.
    pub fn new(ino: u64, link: String, capacity: u32, cells: Cells) -> Told {
        Told { ino, link, capacity, cells }
    }

    fn parse<'t>(words: &mut impl Iterator<Item = &'t str>) -> Option<Told> {
        let (ino, link) = (wire::number(words.next())?, words.next()?.into());
        Some(Told { ino, link, capacity: wire::number(words.next())?, cells: Cells::parse(words)? })
    }

    /// An order to make a call.
    pub fn order(&self, word: &str, call: Call) -> String {
        let Told { ino, link, capacity, cells } = self;
        format!("{word} {ino} {link} {capacity} {cells} {call}")
    }
}

impl Nature {
    /// It has these roots, and no file yet.
    pub fn new(roots: [Rc<OwnedFd>; 2]) -> Nature {
        Nature { roots, ino: 0, files: Default::default() }
    }

    /// Has no file any more.
    pub fn end(&mut self) {
        self.files = Default::default();
    }

    /// Does what it is told.
    pub fn obey(&mut self, text: &str) -> Answer {
        let mut words = text.split(' ');
        match words.next() {
            Some("begin") => self.begin(words),
            Some("end") => {
                self.end();
                Ok(Reply::Ok)
            }
            Some(word) => {
                let told = Told::parse(&mut words).ok_or(Errno::PROTO)?;
                let asked = words.collect::<Vec<_>>().join(" ");
                let call = Words::of(1, &asked).call(Who::Nature).map_err(|_| Errno::PROTO)?;
                match word {
                    "call" => self.call(&told, call, false),
                    // Others are under way, and a page may be locked for as long as a reply is held.
                    "beside" => self.call(&told, call, true),
                    "last" => self.call_last(&told, call),
                    _ => Err(Errno::PROTO),
                }
            }
            None => Err(Errno::PROTO),
        }
    }

    /// `NUMBER NAME HOSTS`: finds the file of a case on those hosts, `a`, `b` or `ab`.
    fn begin<'t>(&mut self, mut words: impl Iterator<Item = &'t str>) -> Answer {
        self.ino = wire::number(words.next()).ok_or(Errno::PROTO)?;
        self.files = Default::default();
        let (name, hosts) = (words.next().ok_or(Errno::PROTO)?, words.next().ok_or(Errno::PROTO)?);
        for host in Host::ALL.into_iter().filter(|host| hosts.contains(&host.to_string())) {
            let path = find_in(&self.roots[host.index()], name)?;
            self.files[host.index()] = File { path: Some(path), ..File::default() };
        }
        Ok(Reply::Ok)
    }

    /// Makes a call, after which the file is not needed any more; what is not all reclaimed is kept until a case begins.
    pub fn call_last(&mut self, told: &Told, call: Call) -> Answer {
        let answer = self.call(told, call, false)?;
        if let Call::Reclaim(host, _) = call {
            self.files[host.index()] = File::default();
        }
        Ok(answer)
    }

    fn call(&mut self, told: &Told, call: Call, beside: bool) -> Answer {
        let Told { capacity, cells, .. } = told;
        match call {
            Call::Writeback(host, range) => {
                // Where others are under way its requests are seen, and answered before it is. One that cannot be sent yet, behind a
                // truncate say, nobody waits for: WB_SYNC_NONE.
                let write_back =
                    if beside { residency::begin_to_write_back } else { residency::write_back_once };
                write_back(self.file(told, host)?.0, cells.folios(range))?;
            }
            Call::Reclaim(host, range) => {
                let (bytes, everything) = (cells.folios(range), cells.bytes(Range::new(0, *capacity)));
                let ((file, watch), written) = (self.file(told, host)?, residency::write_back_once);
                // What stays is locked then, and no part of a larger folio.
                let len = if beside { bytes.end } else { everything.end };
                residency::reclaim(file, bytes, len, &[], written, watch)?;
            }
            _ => return Err(Errno::NOSYS),
        }
        Ok(Reply::Ok)
    }

    fn file(&mut self, told: &Told, host: Host) -> Result<(BorrowedFd<'_>, &mut residency::Watch)> {
        if self.ino != told.ino {
            (self.ino, self.files) = (told.ino, Default::default());
        }
        let File { path, open: file, watch } = &mut self.files[host.index()];
        if file.is_none() {
            let own = path.as_ref().map(|path| format!("/proc/self/fd/{}", path.as_raw_fd()));
            let link = own.as_ref().unwrap_or(&told.link);
            *file = Some(open(link, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?);
        }
        file.as_ref().map(|file| (file.as_fd(), watch)).ok_or(Errno::NODEV)
    }
}
