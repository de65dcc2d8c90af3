//! The process that has the kernel write back and reclaim.
//!
//! It reaches the file by a path that no server is asked for, and opens it, for reading only, when it first must: an
//! attribute that it brought, or a descriptor that can be written back through, would change what it looks at.

use super::super::rig::{Line, wire};
use super::super::{Answer, residency};
use super::driving::open_root;
use crate::Cells;
use launder_oracle::{Call, Host, Range, Reply, Who, Words};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, open, openat};
use rustix::io::{Errno, Result};

/// Does so until nobody tells it to any more.
pub fn work(line: &Line, roots: [&str; 2]) {
    let [Ok(a), Ok(b)] = roots.map(open_root) else { return };
    let mut nature = Nature { roots: [a, b], files: [None, None], case: None };
    line.answer_all(|text| wire::print(&nature.obey(text)));
}

struct Nature {
    roots: [OwnedFd; 2],
    /// By host, where one of its processes has the file.
    files: [Option<File>; 2],
    case: Option<(u32, Cells)>,
}

struct File {
    /// The path, which is nothing to be read.
    path: OwnedFd,
    open: Option<OwnedFd>,
}

impl Nature {
    fn obey(&mut self, text: &str) -> Answer {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        match word {
            "begin" => self.begin(rest),
            "call" => self.call(rest, false),
            // Others are under way, and a page may be locked for as long as a reply is held.
            "beside" => self.call(rest, true),
            _ => Err(Errno::PROTO),
        }
    }

    /// Finds the file of a case on those hosts that take part: `a`, `b` or `ab`.
    fn begin(&mut self, text: &str) -> Answer {
        self.files = [None, None];
        let mut words = text.split(' ');
        let (hosts, name) = (words.next().ok_or(Errno::PROTO)?, words.next().ok_or(Errno::PROTO)?);
        let capacity = wire::number(words.next()).ok_or(Errno::PROTO)?;
        self.case = Some((capacity, Cells::parse(&mut words).ok_or(Errno::PROTO)?));
        for host in Host::ALL.into_iter().filter(|host| hosts.contains(&host.to_string())) {
            let how = OFlags::PATH | OFlags::CLOEXEC;
            let path = openat(&self.roots[host.index()], name, how, Mode::empty())?;
            self.files[host.index()] = Some(File { path, open: None });
        }
        Ok(Reply::Ok)
    }

    fn call(&mut self, text: &str, beside: bool) -> Answer {
        let asked = text.split_once(' ').ok_or(Errno::PROTO)?.1;
        let call = Words::of(1, asked).call(Who::Nature).map_err(|_| Errno::PROTO)?;
        let (capacity, cells) = self.case.ok_or(Errno::PROTO)?;
        match call {
            Call::Writeback(host, range) => {
                // Where others are under way its requests are seen, and answered before it is. One that cannot be sent yet, behind a
                // truncate say, nobody waits for: WB_SYNC_NONE.
                let write_back =
                    if beside { residency::begin_to_write_back } else { residency::write_back_once };
                write_back(self.file(host)?, cells.folios(range))?;
            }
            Call::Reclaim(host, range) => {
                let (bytes, everything) = (cells.folios(range), cells.bytes(Range::new(0, capacity)));
                let (file, written) = (self.file(host)?, residency::write_back_once);
                // What stays is locked then, and no part of a larger folio.
                let len = if beside { bytes.end } else { everything.end };
                residency::reclaim(file, bytes, len, &[], written)?;
            }
            _ => return Err(Errno::NOSYS),
        }
        Ok(Reply::Ok)
    }

    fn file(&mut self, host: Host) -> Result<BorrowedFd<'_>> {
        let file = self.files[host.index()].as_mut().ok_or(Errno::NODEV)?;
        if file.open.is_none() {
            let link = format!("/proc/self/fd/{}", file.path.as_raw_fd());
            file.open = Some(open(link, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?);
        }
        file.open.as_ref().map(AsFd::as_fd).ok_or(Errno::NODEV)
    }
}
