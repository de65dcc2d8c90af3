//! Any directory of this machine.
//!
//! The file is asked for on host a, and on host b where a second mount of the file system was named. Every call is one
//! real call of the kernel, but that a read or write which it leaves short in the middle of a cell is carried on.

use super::descriptor::read_fully;
use super::place::{Place, Site};
use super::process::{Process, With};
use super::{Answer, named, residency};
use crate::sim::{Lock, Named};
use crate::{Known, Sim, Subject};
use launder_oracle::{Call, Contract, Host, Kind, Range, Reply, Symptom, Who};
use rustix::fd::{AsFd, BorrowedFd};
use rustix::io::{self, Result};
use std::cell::RefMut;

/// The kernel that runs this, and a file system of it.
pub struct Path {
    sim: Sim,
    site: Site,
    lock: Lock,
}

impl Subject for Path {
    const NAME: &'static str = "path";
    const SOURCE: &'static str = "the running kernel, held to its manual: write(2), \"a read(2) that can be proved to occur \
        after a write() has returned will return the new data\"; mmap(2), MAP_SHARED: updates \"are carried through to the \
        underlying file\"; open(2), O_DIRECT: \"Applications should avoid mixing O_DIRECT and normal I/O to the same file\"; \
        fsync(2): \"all changed information can be retrieved even if the system crashes\"";
    const CONTRACT: Contract = Contract::LINUX;
    const KNOWN: &'static [&'static [Known]] = &[KNOWN];
    type Ground = Place;

    fn new(sim: &Sim, place: &Place) -> Path {
        let site = place.take();
        let lock = sim.new_advisory_lock(Named { what: "lock of the file", host: Host::A, number: None });
        Path { sim: sim.clone(), site, lock }
    }

    fn knows(call: &Call) -> bool {
        matches!(call, Call::Pread { .. } | Call::Writeback(..) | Call::Reclaim(..))
    }

    async fn call(&self, who: Who, call: Call) -> Reply {
        let answer = match (who.host(), call) {
            (None, call) => self.third_party_or_nature(call),
            (Some(_), Call::Lock) => self.lock(who).await,
            (Some(host), call) => self.process_call(who, host, call),
        };
        if !matches!(answer, Err(io::Errno::BADF | io::Errno::INVAL)) {
            self.witness(who, &call);
        }
        answer.unwrap_or_else(|errno| named(&self.sim, errno))
    }
}

/// lseek(2): "subsequent reads of the data in the gap (a "hole") return null bytes"; ftruncate(2): "the extended part reads as
/// null bytes". What a mapping has stored in the last page past the end is there all the same where a file system does
/// not zero it before the file grows over it. fstests has looked for that since 2024 (generic/363, fsx -e: "partial EOF
/// page/block zeroing for operations that change file size").
const KNOWN: &[Known] = &[
    Known {
        symptom: Symptom::Broken(Kind::Leaked),
        words: &["mwrite"],
        one_of: &["ftruncate", "pwrite", "append", "fallocate", "zero", "copy", "append direct"],
        hazard: "tmpfs zeroes nothing, however a file grows (seen on 6.18: mm/shmem.c)",
        case: "stored-past-the-end-on-tmpfs.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::LostWrite),
        words: &["mwrite", "copy"],
        one_of: &["ftruncate", "pwrite", "append", "fallocate", "zero", "append direct"],
        hazard: "tmpfs zeroes nothing, however a file grows: a copy takes what was stored past the end",
        case: "stored-past-the-end-and-copied.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::Resurrected),
        words: &["mwrite", "ftruncate"],
        one_of: &[],
        hazard: "tmpfs zeroes nothing, however a file grows: nor does a truncate that gives it an end before what was stored",
        case: "stored-past-the-end-and-truncated-there.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::Leaked),
        words: &["mwrite"],
        one_of: &["pwrite direct", "append direct"],
        hazard: "ext4 zeroes nothing before a direct write past the end (seen on 6.18; \"ext4: zero post EOF partial block \
            before appending write\", Zhang Yi, 3 Feb 2026, moves the zeroing to where all writes pass)",
        case: "stored-past-the-end-and-a-direct-write.case",
    },
];

impl Path {
    fn process(&self, who: Who) -> RefMut<'_, Process> {
        self.site.processes[who.index()].borrow_mut()
    }

    fn process_call(&self, who: Who, host: Host, call: Call) -> Answer {
        let mut process = self.process(who);
        let locked = process.is_locked();
        let answer = match call {
            Call::Open => process.open(self.file(host)?),
            Call::Close => process.close(),
            Call::Unlock => process.set_lock(false),
            // What tmpfs keeps, it keeps nowhere else.
            Call::FadviseDontneed(_) if !self.site.drops_cache => Err(io::Errno::NOSYS),
            call => {
                let number = self.sim.value().number().unwrap_or(0);
                let (tools, capacity) = (&self.site.tools, self.sim.capacity());
                let buffer = &mut tools.buffer.borrow_mut();
                process
                    .call(call, With { cells: &self.site.cells, capacity, number, buffer, pipe: &tools.pipe })
            }
        };
        if locked && !process.is_locked() {
            self.sim.release(self.lock);
        }
        answer
    }

    /// All processes are this one thread, which must not block: they wait in the simulator, and then take the lock.
    async fn lock(&self, who: Who) -> Answer {
        self.process(who).descriptor()?;
        if !self.process(who).is_locked() {
            self.sim.lock(self.lock).await.keep();
        }
        let answer = self.process(who).set_lock(true);
        if answer.is_err() {
            self.sim.release(self.lock);
        }
        answer
    }

    fn third_party_or_nature(&self, call: Call) -> Answer {
        match call {
            Call::Pread { range, .. } => self.server_read(range),
            Call::Writeback(host, range) => {
                residency::write_back(self.file(host)?, self.site.cells.folios(range)).map(|()| Reply::Ok)
            }
            Call::Reclaim(..) if !self.site.drops_cache => Err(io::Errno::NOSYS),
            Call::Reclaim(host, range) => self.reclaim(host, range),
            _ => Err(io::Errno::NOSYS),
        }
    }

    /// Where it can, the server reads around the cache, of which the kernel has written back what is dirty.
    fn server_read(&self, range: Range) -> Answer {
        let cells = &self.site.cells;
        let (bytes, folios) = (cells.bytes(range), cells.folios(range));
        let mut buffer = self.site.tools.buffer.borrow_mut();
        let buffer = buffer.blank(folios.end - folios.start);
        let file = self.site.server.as_ref().unwrap_or(&self.site.files[0]);
        let read = read_fully(file.as_fd(), folios.start, buffer)?;
        let wanted = (bytes.start - folios.start) as usize..read.min((bytes.end - folios.start) as usize);
        Ok(Reply::Got(cells.values(range, buffer.get(wanted).unwrap_or_default())))
    }

    fn reclaim(&self, host: Host, range: Range) -> Answer {
        let processes = self.site.processes.each_ref().map(|process| process.borrow());
        let mappings: Vec<_> = processes.iter().filter_map(|process| process.mapping()).collect();
        let cells = &self.site.cells;
        let len = cells.border(self.sim.capacity());
        residency::reclaim(self.file(host)?, cells.folios(range), len, &mappings)?;
        Ok(Reply::Ok)
    }

    fn file(&self, host: Host) -> Result<BorrowedFd<'_>> {
        self.site.files.get(host.index()).map(AsFd::as_fd).ok_or(io::Errno::NODEV)
    }

    /// Tells a reader what a call that has to do with the cache has left in it.
    fn witness(&self, who: Who, call: &Call) {
        let (host, range) = match (*call, who.host()) {
            (Call::Writeback(host, range) | Call::Reclaim(host, range), _) => (host, range),
            (
                Call::FadviseDontneed(range) | Call::MadviseDontneed(range) | Call::Msync(_, range),
                Some(host),
            ) => (host, range),
            _ => return,
        };
        if !self.sim.records_steps() {
            return;
        }
        let folios = self.site.cells.folios(range);
        match self.file(host).and_then(|file| residency::residency(file, folios)) {
            Ok(residency) => self.sim.say(format_args!("{host}: pages of {range}: {residency}")),
            Err(errno) => self.sim.say(format_args!("{host}: pages of {range}: {errno}")),
        }
    }
}
