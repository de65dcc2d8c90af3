//! The commands of xfs_io that make a call.

use super::Asked;
use super::session::{File, Session};
use launder_impls::Cells;
use launder_oracle::{Call, Host, Msync, Range, Reply, Who};

/// What keeps a call from being a command.
pub enum Not {
    /// xfs_io cannot make it: why.
    Expressed(&'static str),
    /// Nothing is asked of the kernel: a process that has no descriptor or mapping for the call is refused before.
    Asked,
}

/// Turns calls into commands.
pub struct Commands {
    /// What xfs_io has open and mapped.
    pub session: Session,
    cells: Cells,
    capacity: u32,
    /// Who has a private mapping, which xfs_io has not.
    private: Vec<Who>,
}

impl Commands {
    /// No commands yet.
    pub fn new(cells: Cells, capacity: u32) -> Commands {
        Commands { session: Session::default(), cells, capacity, private: Vec::new() }
    }

    /// Adds the commands of a call.
    pub fn add(&mut self, asked: &Asked) -> Result<(), Not> {
        match (asked.who, asked.call) {
            (Who::Server, Call::Pread { range, .. }) => {
                self.session.turn_to(File::Of(Host::A));
                self.read("pread -v", range);
            }
            (Who::Nature, Call::Writeback(host, range)) => self.write_back(host, range),
            (Who::Nature, Call::Reclaim(host, range)) => self.reclaim(host, range),
            (Who::Server | Who::Nature, _) => return Err(Not::Expressed("no call of the kernel does that")),
            (_, Call::Lock | Call::Unlock) => return Err(Not::Expressed("xfs_io takes no locks")),
            (who, Call::Mmap { private, range }) => {
                return self.mmap(who, private, range.unwrap_or(Range::new(0, self.capacity)), asked.reply);
            }
            (
                who,
                call @ (Call::Munmap
                | Call::Mread(_)
                | Call::Mwrite(_)
                | Call::Msync(..)
                | Call::MadviseDontneed(_)),
            ) => return self.on_mapping(who, call, asked),
            (who, Call::Open) if self.session.is_open(who) => return Err(Not::Asked),
            (who, Call::Open) => self.session.open(File::plain(who)),
            (who, _) if !self.session.is_open(who) => return Err(Not::Asked),
            (who, Call::Close) => self.session.close(who),
            (who, call) => return self.on_descriptor(who, call, asked),
        }
        Ok(())
    }

    fn on_descriptor(&mut self, who: Who, call: Call, asked: &Asked) -> Result<(), Not> {
        if let (Call::Copy { .. }, Some(Reply::Err(_))) = (call, asked.reply) {
            return Err(Not::Expressed("an error of copy_range ends xfs_io"));
        }
        let direct = call.is_direct();
        let append = matches!(call, Call::Append { .. });
        let landed = match (call, asked.reply) {
            (Call::Append { cells, .. }, Some(Reply::At(at))) => Range::new(*at, at + cells),
            (Call::Append { .. }, _) => return Err(Not::Expressed("where it lands says how long it is")),
            _ => Range::new(0, 0),
        };
        self.session.turn_to(File::Own { who, direct, append });
        match call {
            Call::Pread { range, .. } => self.read("pread -v", range),
            Call::Pwrite { range, .. } => self.write(asked.number, range),
            Call::Append { .. } => self.write(asked.number, landed),
            Call::Fsync => self.session.say("fsync"),
            Call::Fdatasync => self.session.say("fdatasync"),
            Call::Ftruncate(size) => self.session.say(format!("truncate {}", self.cells.border(size))),
            Call::Fallocate(range) => self.on_bytes("falloc", range),
            Call::Punch(range) => self.on_bytes("fpunch", range),
            Call::Zero(range) => self.on_bytes("fzero", range),
            Call::FadviseDontneed(range) => self.advise(self.cells.bytes(range)),
            Call::Copy { from, to } => {
                let (bytes, to) = (self.cells.bytes(from), self.cells.border(to));
                let len = bytes.end - bytes.start;
                let path = if who.host() == Some(Host::B) { "$2" } else { "$1" };
                // `-f N` closes file N in 6.1.
                self.session.say(format!("copy_range -s {} -d {to} -l {len} {path}", bytes.start));
            }
            _ => return Err(Not::Expressed("xfs_io has no such command")),
        }
        Ok(())
    }

    fn mmap(&mut self, who: Who, private: bool, range: Range, reply: Option<&Reply>) -> Result<(), Not> {
        let maps = self.session.mapped(who).is_some() || self.private.contains(&who);
        if maps || !self.session.is_open(who) {
            return Err(Not::Asked);
        }
        if reply != Some(&Reply::Ok) {
            return Err(Not::Expressed("the commands below take it that there is no mapping"));
        }
        if private {
            self.private.push(who);
            return Err(Not::Expressed("xfs_io maps nothing privately"));
        }
        self.session.map(who, range, self.cells.folios(range));
        Ok(())
    }

    fn on_mapping(&mut self, who: Who, call: Call, asked: &Asked) -> Result<(), Not> {
        if self.private.contains(&who) {
            self.private.retain(|owner| *owner != who || call != Call::Munmap);
            return Err(Not::Expressed("xfs_io maps nothing privately"));
        }
        let mapped = self.session.mapped(who).ok_or(Not::Asked)?;
        let (range, bytes) = match call {
            Call::Mread(range) | Call::Mwrite(range) => (range, self.cells.bytes(range)),
            Call::Msync(_, range) | Call::MadviseDontneed(range) => (range, self.cells.folios(range)),
            _ => {
                self.session.unmap(who);
                return Ok(());
            }
        };
        if range.start < mapped.start || mapped.end < range.end {
            return Err(Not::Asked);
        }
        if asked.reply == Some(&Reply::Sigbus) {
            return Err(Not::Expressed("SIGBUS would end xfs_io"));
        }
        self.session.turn_to_mapping(who);
        let place = format!("{} {}", bytes.start, bytes.end - bytes.start);
        self.session.say(match call {
            Call::Mread(_) => format!("mread -v {} {}", bytes.start, dumped(bytes.end - bytes.start)),
            Call::Mwrite(_) => format!("mwrite -S {} {place}", asked.number % 256),
            Call::Msync(Msync::Sync, _) => format!("msync -s {place}"),
            Call::Msync(Msync::Async, _) => format!("msync -a {place}"),
            Call::Msync(Msync::Invalidate, _) => format!("msync -s -i {place}"),
            _ => format!("madvise -d {place}"),
        });
        Ok(())
    }

    fn on_bytes(&mut self, command: &str, range: Range) {
        let bytes = self.cells.bytes(range);
        self.session.say(format!("{command} {} {}", bytes.start, bytes.end - bytes.start));
    }

    /// One call, whatever the length: xfs_io makes one for each 4,096 bytes if it is not told.
    fn whole(bytes: &std::ops::Range<u64>) -> String {
        let len = bytes.end - bytes.start;
        if len == 0 { format!("{} 0", bytes.start) } else { format!("-b {len} {} {len}", bytes.start) }
    }

    fn read(&mut self, command: &str, range: Range) {
        self.session.say(format!("{command} {}", Commands::whole(&self.cells.bytes(range))));
    }

    fn write(&mut self, number: u32, range: Range) {
        let whole = Commands::whole(&self.cells.bytes(range));
        self.session.say(format!("pwrite -S {} {whole}", number % 256));
    }

    /// No bytes would be all that follow.
    fn advise(&mut self, bytes: std::ops::Range<u64>) {
        if !bytes.is_empty() {
            self.session.say(format!("fadvise -d {} {}", bytes.start, bytes.end - bytes.start));
        }
    }

    /// sync_file_range(2); of several flags xfs_io takes the last.
    fn write_back(&mut self, host: Host, range: Range) {
        let bytes = self.cells.folios(range);
        if bytes.is_empty() {
            return;
        }
        self.session.turn_to(File::Of(host));
        for flag in ["-b", "-w", "-a"] {
            self.session.say(format!("sync_range {flag} {} {}", bytes.start, bytes.end - bytes.start));
        }
    }

    /// What is written back and unmapped the page cache may drop.
    fn reclaim(&mut self, host: Host, range: Range) {
        self.write_back(host, range);
        let bytes = self.cells.folios(range);
        for who in self.session.mappers(host) {
            let mapped = self.session.mapped(who).map_or(0..0, |mapped| self.cells.folios(mapped));
            let both = bytes.start.max(mapped.start)..bytes.end.min(mapped.end);
            if !both.is_empty() {
                self.session.turn_to_mapping(who);
                self.session.say(format!("madvise -d {} {}", both.start, both.end - both.start));
            }
        }
        self.advise(bytes);
    }
}

/// Bytes that `mread -v` is given for so many: of 1, or of some pages and 1, it dumps none in 6.1. The byte more is in the page of
/// the last.
fn dumped(len: u64) -> u64 {
    if len % super::xfs_io::PAGE == 1 { len + 1 } else { len }
}
