//! Random scripts: who calls what, in which order calls begin and return, and which of them fail.

use super::excuse::may_fail;
use super::script::{Fate, MOST, Move, Script, span};
use launder_oracle::{CELLS, Call, Errno, Host, Loser, Msync, Range, Who};
use rand::{Rng, RngExt};

/// What the calls of one run are drawn from: few words on few cells meet more often than many on many.
pub struct Taste {
    pub cells: u32,
    pub hot: Range,
    pub calls: usize,
    pub everyone: Vec<Who>,
    pub words: Vec<&'static [&'static str]>,
    /// How often, of ten times, a call returns before another begins.
    pub haste: u32,
    pub faults: bool,
    pub settles: bool,
}

const WORDS: &[&[&str]] = &[
    &["append", "ftruncate"],
    &["mmap", "mread", "mwrite", "mwrite", "munmap"],
    &["mmap", "mread", "mwrite", "msync"],
    &["pread direct", "pwrite direct", "append direct"],
    &["fsync", "fdatasync"],
    &["ftruncate", "fallocate", "punch", "zero"],
    &["copy"],
    &["open", "close", "lock", "unlock", "fsync"],
    &["madvise", "fadvise", "msync async"],
];

impl Taste {
    /// A taste for runs of at most `calls` calls.
    pub fn random(random: &mut impl Rng, calls: usize) -> Taste {
        let cells = *pick(random, &[1, 2, 4, 5, 6, 8, CELLS]);
        let start = random.random_range(0..=cells.min(5));
        let width = random.random_range(1..=4);
        let everyone: Vec<Who> = Who::ALL.into_iter().filter(|_| random.random_ratio(2, 3)).collect();
        let chosen: Vec<_> = WORDS.iter().filter(|_| random.random_ratio(1, 3)).collect();
        let basic: &[&str] = &["pread", "pwrite", "pread"];
        Taste {
            cells,
            hot: span(start, width),
            calls: random.random_range(2..=calls),
            everyone: if everyone.is_empty() { Who::ALL.to_vec() } else { everyone },
            words: chosen.into_iter().copied().chain([basic]).collect(),
            haste: random.random_range(2..=10),
            faults: random.random_ratio(1, 3),
            settles: random.random_ratio(1, 2),
        }
    }
}

/// What is known of a process while its calls are planned.
#[derive(Clone, Copy, Default)]
struct Process {
    closed: bool,
    mapped: Option<Range>,
    private: bool,
}

/// A script half planned.
struct Planner<'r, R> {
    random: &'r mut R,
    taste: Taste,
    loser: Loser,
    script: Script,
    busy: [Option<usize>; Who::ALL.len()],
    processes: [Process; Who::ALL.len()],
}

fn pick<'t, T>(random: &mut impl Rng, from: &'t [T]) -> &'t T {
    &from[random.random_range(0..from.len())]
}

/// A random script; the cells in which an append lands and the values that are read are left open.
pub fn plan(random: &mut impl Rng, taste: Taste, loser: Loser) -> Script {
    let reach = taste.cells.max(taste.hot.end) + 6;
    let script = Script::new(taste.cells, reach);
    let mut planner =
        Planner { random, taste, loser, script, busy: Default::default(), processes: Default::default() };
    for _ in 0..planner.taste.calls {
        planner.go_on();
    }
    if planner.random.random_ratio(19, 20) {
        while planner.end_one() {}
        if planner.taste.settles {
            planner.settle();
        }
    }
    planner.script.pardon(loser);
    planner.script
}

impl Script {
    /// What failed because of another's write, which was then refused, did not fail.
    fn pardon(&mut self, loser: Loser) {
        for op in 1..self.ops.len() {
            let (call, over) = (&self.ops[op], self.ops[op].over.unwrap_or(0));
            if matches!(call.fate, Fate::Fails(errno) if !may_fail(self, loser, call, errno, over)) {
                self.ops[op].fate = Fate::Done;
            }
        }
    }
}

impl<R: Rng> Planner<'_, R> {
    fn go_on(&mut self) {
        while self.random.random_range(0..10) < self.taste.haste && self.end_one() {}
        let idle: Vec<Who> = self.taste.everyone.clone();
        let idle: Vec<Who> = idle.into_iter().filter(|who| self.busy[who.index()].is_none()).collect();
        if idle.is_empty() || self.script.ops.len() + 16 > MOST {
            self.end_one();
            return;
        }
        let who = *pick(self.random, &idle);
        if let Some(call) = self.call(who) {
            self.begin(who, call);
        }
    }

    fn begin(&mut self, who: Who, call: Call) {
        let private =
            (call.is_mapped() || matches!(call, Call::Msync(..))) && self.processes[who.index()].private;
        self.busy[who.index()] = Some(self.script.begin(who, call, private));
    }

    fn call(&mut self, who: Who) -> Option<Call> {
        match who {
            Who::Server => Some(self.server()),
            Who::Nature => self.nature(),
            _ => Some(self.process(who)),
        }
    }

    fn range(&mut self) -> Range {
        let hot = self.taste.hot;
        let start = self.random.random_range(hot.start..hot.end);
        Range::new(start, self.random.random_range(start..hot.end) + 1)
    }

    fn mapped_range(&mut self, who: Who) -> Range {
        let mapped = self.processes[who.index()].mapped.unwrap_or(self.taste.hot);
        let start = self.random.random_range(mapped.start..mapped.end.max(mapped.start + 1));
        Range::new(start, self.random.random_range(start..mapped.end.max(start + 1)) + 1)
    }

    fn size(&mut self) -> u32 {
        self.random.random_range(0..=self.taste.hot.end + 1)
    }

    fn process(&mut self, who: Who) -> Call {
        let process = self.processes[who.index()];
        if process.closed && self.random.random_ratio(3, 4) {
            return Call::Open;
        }
        let words = *pick(self.random, &self.taste.words);
        let word = *pick(self.random, words);
        let range = self.range();
        let mapped = matches!(word, "mread" | "mwrite" | "msync" | "munmap" | "madvise");
        if mapped && process.mapped.is_none() && self.random.random_ratio(9, 10) {
            return self.mmap();
        }
        match word {
            "pread" => Call::Pread { direct: false, range },
            "pread direct" => Call::Pread { direct: true, range },
            "pwrite" => Call::Pwrite { direct: false, range },
            "pwrite direct" => Call::Pwrite { direct: true, range },
            "append" => Call::Append { direct: false, cells: self.random.random_range(1..3) },
            "append direct" => Call::Append { direct: true, cells: self.random.random_range(1..3) },
            "mmap" => self.mmap(),
            "munmap" => Call::Munmap,
            "mread" => Call::Mread(self.mapped_range(who)),
            "mwrite" => Call::Mwrite(self.mapped_range(who)),
            "msync" if self.random.random() => Call::Msync(Msync::Sync, self.mapped_range(who)),
            "msync" => Call::Msync(Msync::Invalidate, self.mapped_range(who)),
            "msync async" => Call::Msync(Msync::Async, self.mapped_range(who)),
            "madvise" => Call::MadviseDontneed(self.mapped_range(who)),
            "fadvise" => Call::FadviseDontneed(range),
            "fsync" => Call::Fsync,
            "fdatasync" => Call::Fdatasync,
            "ftruncate" => Call::Ftruncate(self.size()),
            "fallocate" => Call::Fallocate(range),
            "punch" => Call::Punch(range),
            "zero" => Call::Zero(range),
            "open" if process.closed => Call::Open,
            "open" | "close" => Call::Close,
            "lock" => Call::Lock,
            "unlock" => Call::Unlock,
            _ => self.copy(),
        }
    }

    fn mmap(&mut self) -> Call {
        let range = self.random.random_ratio(1, 3).then(|| self.range());
        Call::Mmap { private: self.random.random_ratio(1, 6), range }
    }

    fn copy(&mut self) -> Call {
        let from = self.range();
        let len = self.random.random_range(1..=from.len());
        Call::Copy { from: span(from.start, len), to: self.size() }
    }

    fn server(&mut self) -> Call {
        let range = self.range();
        match self.random.random_range(0..9) {
            0..3 => Call::Pread { direct: false, range },
            3..6 => Call::Pwrite { direct: false, range },
            6 if self.taste.words.len() > 3 => Call::Ftruncate(self.size()),
            7 if self.taste.faults => Call::Deny(*pick(self.random, &Who::PROCESSES)),
            _ => Call::Notify(*pick(self.random, &Host::ALL), range),
        }
    }

    fn nature(&mut self) -> Option<Call> {
        let (host, range) = (*pick(self.random, &Host::ALL), self.range());
        if !self.taste.faults {
            return self.random.random_ratio(1, 3).then_some(Call::Writeback(host, range));
        }
        let errno = *pick(self.random, &[Errno::EIO, Errno::ENOSPC, Errno::ESTALE, Errno::EINVAL]);
        let times = u32::from(self.random.random_ratio(7, 8));
        Some(match self.random.random_range(0..8) {
            0 => Call::Reclaim(host, range),
            1 => Call::Crash(host),
            2 | 3 => Call::FailWrite(errno, times),
            4 => Call::FailRead(errno, times),
            5 => Call::ShortWrite(times),
            6 => Call::Drop(times),
            _ => Call::FailRelease(times),
        })
    }

    /// Ends one of the calls under way, if there is one.
    fn end_one(&mut self) -> bool {
        let busy: Vec<usize> = self.busy.iter().flatten().copied().collect();
        if busy.is_empty() {
            return false;
        }
        let op = *pick(self.random, &busy);
        let fate = self.fate(op);
        self.end(op, fate);
        true
    }

    fn end(&mut self, op: usize, fate: Fate) {
        let (who, call) = (self.script.ops[op].who, self.script.ops[op].call);
        self.script.end(op, fate);
        self.busy[who.index()] = None;
        let process = &mut self.processes[who.index()];
        match (call, fate) {
            (Call::Mmap { private, range }, Fate::Done) => {
                let whole = Range::new(0, self.taste.hot.end + 1);
                (process.mapped, process.private) = (Some(range.unwrap_or(whole)), private);
            }
            (Call::Munmap, Fate::Done) => (process.mapped, process.private) = (None, false),
            (Call::Close, _) => process.closed = true,
            (Call::Open, Fate::Done) => process.closed = false,
            (Call::Crash(host), Fate::Done) => {
                for who in Who::PROCESSES.into_iter().filter(|who| who.host() == Some(host)) {
                    self.busy[who.index()] = None;
                    self.processes[who.index()] = Process { closed: true, ..Process::default() };
                }
            }
            _ => {}
        }
    }

    fn fate(&mut self, op: usize) -> Fate {
        let (who, call) = (self.script.ops[op].who, self.script.ops[op].call);
        let process = self.processes[who.index()];
        let unmapped = process.mapped.is_none();
        match call {
            _ if who.host().is_none() => return Fate::Done,
            Call::Open if !process.closed => return Fate::Fails(Errno::EBADF),
            Call::Mmap { .. } if !unmapped => return Fate::Fails(Errno::EINVAL),
            Call::Munmap | Call::Mread(_) | Call::Mwrite(_) | Call::Msync(..) | Call::MadviseDontneed(_)
                if unmapped =>
            {
                return Fate::Fails(Errno::EINVAL);
            }
            Call::Munmap | Call::Mread(_) | Call::Mwrite(_) | Call::Msync(..) | Call::MadviseDontneed(_) => {}
            Call::Mmap { .. } | Call::Open => {}
            _ if process.closed => return Fate::Fails(Errno::EBADF),
            _ => {}
        }
        self.mishap(op).unwrap_or(Fate::Done)
    }

    /// Something that may go wrong with a call, now and then.
    fn mishap(&mut self, op: usize) -> Option<Fate> {
        let planned = &self.script.ops[op];
        if let (Call::Pwrite { range, .. }, true) = (planned.call, self.random.random_ratio(1, 12)) {
            return Some(Fate::Short(self.random.random_range(0..range.len())));
        }
        let often = if self.taste.faults { 3 } else { 30 };
        if !self.random.random_ratio(1, often) || planned.private {
            return None;
        }
        use Errno::*;
        let errno = *pick(self.random, &[EIO, EIO, ENOSPC, ESTALE, EBUSY, EACCES, EINTR, EINVAL, EOPNOTSUPP]);
        let now = self.script.moves.len() + 1;
        may_fail(&self.script, self.loser, planned, errno, now).then_some(Fate::Fails(errno))
    }

    /// What a runner does after the last ask.
    fn settle(&mut self) {
        for who in Who::PROCESSES {
            for call in [Call::Unlock, Call::Munmap, Call::Fsync, Call::Close] {
                if call != Call::Munmap || self.processes[who.index()].mapped.is_some() {
                    self.begin(who, call);
                    self.end_one();
                }
            }
        }
        let range = Range::new(0, self.taste.hot.end + 1);
        self.begin(Who::Server, Call::Pread { direct: false, range });
        self.end_one();
    }
}

/// Whether the script ends with every call over.
pub fn is_quiet(script: &Script) -> bool {
    script.ops.iter().all(|op| op.over.is_some()) && script.moves.iter().all(|step| *step != Move::Begin(0))
}
