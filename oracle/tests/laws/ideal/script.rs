//! A script: the calls of a trace and how each of them will end, known beforehand, as an ideal cache may foresee it.

use launder_oracle::{Call, Errno, FOLIO, Host, Range, Reply, Trace, What, Who};

/// A set of operations: bit `i` is operation `i`, and bit 0 the state that the file began with.
pub type Ops = u64;

/// How many operations a script may have, the beginning included.
pub const MOST: usize = 64;

/// The only member of a set.
pub fn bit(op: usize) -> Ops {
    1 << op
}

/// The members of a set.
pub fn members(mut set: Ops) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (set != 0).then(|| {
            let member = set.trailing_zeros() as usize;
            set &= set - 1;
            member
        })
    })
}

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Done, whole.
    Done,
    /// A short write of so many cells.
    Short(u32),
    /// An errno.
    Fails(Errno),
    /// A mapped access that is killed.
    Sigbus,
    /// Its host crashes while it is under way.
    Cut,
    /// It never returns.
    Never,
}

/// One call and what will become of it.
#[derive(Clone, Debug)]
pub struct Op {
    pub who: Who,
    pub call: Call,
    pub fate: Fate,
    /// When it began: moves of the script are numbered from 1.
    pub begun: usize,
    /// When it returned or was cut.
    pub over: Option<usize>,
    /// Where an append lands.
    pub at: Option<u32>,
    /// The number that it stores.
    pub number: Option<u32>,
    /// Whether it goes through a private mapping.
    pub private: bool,
    /// Whether it is turned down before it begins.
    pub refused: bool,
}

impl Op {
    /// Whether it failed as a whole: it may or may not have happened.
    pub fn failed(&self) -> bool {
        !matches!(self.fate, Fate::Done | Fate::Short(_))
    }

    /// Whether it changes the file.
    pub fn writes(&self) -> bool {
        !self.private
            && !self.refused
            && matches!(
                self.call,
                Call::Pwrite { .. }
                    | Call::Append { .. }
                    | Call::Mwrite(_)
                    | Call::Ftruncate(_)
                    | Call::Fallocate(_)
                    | Call::Punch(_)
                    | Call::Zero(_)
                    | Call::Copy { .. }
            )
    }

    /// Whether it is direct, or a copy, which the server may carry out.
    pub fn passes_the_cache(&self) -> bool {
        self.call.is_direct() || matches!(self.call, Call::Copy { .. })
    }

    /// The host on which it was called: a process's, or none for the server.
    pub fn host(&self) -> Option<Host> {
        self.who.host()
    }
}

/// One step of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Begin(usize),
    Return(usize),
}

/// The calls of a trace, and the order in which they begin and return.
#[derive(Clone, Debug)]
pub struct Script {
    /// Cells of the file at the beginning.
    pub cells: u32,
    /// One past the last cell that anything can concern.
    pub reach: u32,
    /// Operation 0 is the beginning.
    pub ops: Vec<Op>,
    pub moves: Vec<Move>,
}

impl Script {
    /// A script in which nothing happens.
    pub fn new(cells: u32, reach: u32) -> Script {
        let beginning = Op {
            who: Who::Nature,
            call: Call::Swap(0),
            fate: Fate::Done,
            begun: 0,
            over: Some(0),
            at: None,
            number: None,
            private: false,
            refused: false,
        };
        Script { cells, reach, ops: vec![beginning], moves: Vec::new() }
    }

    /// One past the last folio that its calls name, as far as is known: a truncate has no end of its own.
    pub fn named(&self) -> u32 {
        let named = |op: &Op| match op.call {
            Call::Ftruncate(size) => size + 1,
            Call::Append { cells, .. } => op.at.map_or(0, |at| at + cells),
            call => call.reach(),
        };
        let named = self.ops.iter().map(named).max().unwrap_or(0);
        named.max(self.cells).next_multiple_of(FOLIO)
    }

    /// Adds the beginning of a call, whose fate is not yet known.
    pub fn begin(&mut self, who: Who, call: Call, private: bool) -> usize {
        let number =
            call.is_numbered().then(|| 1 + self.ops.iter().filter(|op| op.call.is_numbered()).count() as u32);
        let index = self.ops.len();
        self.moves.push(Move::Begin(index));
        let begun = self.moves.len();
        let fate = Fate::Never;
        self.ops.push(Op { who, call, fate, begun, over: None, at: None, number, private, refused: false });
        index
    }

    /// Adds the end of a call; a crash that succeeds cuts what is under way on its host.
    pub fn end(&mut self, op: usize, fate: Fate) {
        self.moves.push(Move::Return(op));
        let now = self.moves.len();
        self.ops[op].fate = fate;
        self.ops[op].refused = self.refuses(fate);
        self.ops[op].over = Some(now);
        if let (Call::Crash(host), Fate::Done) = (self.ops[op].call, fate) {
            for cut in self.ops.iter_mut().filter(|op| op.host() == Some(host) && op.over.is_none()) {
                cut.fate = Fate::Cut;
                cut.over = Some(now);
            }
        }
    }

    /// Whether a call that ends so now was turned down, and not made to fail.
    fn refuses(&self, fate: Fate) -> bool {
        use Errno::*;
        let Fate::Fails(errno @ (ENOSYS | EOPNOTSUPP | EINVAL | EBADF)) = fate else { return false };
        !self.ops.iter().any(|op| match op.call {
            Call::FailWrite(given, times) | Call::FailRead(given, times) => given == errno && times > 0,
            _ => false,
        })
    }

    /// The script of a trace, and the reply that ends each of its calls; nothing if it has more calls than a set holds.
    pub fn of(trace: &Trace) -> Option<(Script, Vec<Option<Reply>>)> {
        let mut script = Script::new(trace.cells, reach(trace).next_multiple_of(FOLIO));
        let mut replies = vec![None];
        let mut busy = [0; Who::ALL.len()];
        let mut private = [false; Who::ALL.len()];
        for event in &trace.events {
            match &event.what {
                What::Call(who, call) => {
                    let hidden =
                        (call.is_mapped() || matches!(call, Call::Msync(..))) && private[who.index()];
                    busy[who.index()] = script.begin(*who, *call, hidden);
                    replies.push(None);
                }
                What::Reply(who, reply) => {
                    let op = busy[who.index()];
                    script.end(op, fate(&script.ops[op].call, reply));
                    if let Reply::At(at) = reply {
                        script.ops[op].at = Some(*at);
                    }
                    track_private(&script.ops[op], &mut private);
                    replies[op] = Some(reply.clone());
                }
                What::Step(_) => {}
            }
            if script.ops.len() > MOST {
                return None;
            }
        }
        Some((script, replies))
    }
}

/// One past the last cell that a trace can concern: a truncate concerns the cell at the new end, too.
fn reach(trace: &Trace) -> u32 {
    let ends = trace.events.iter().map(|event| match event.what {
        What::Call(_, Call::Ftruncate(size)) => size + 1,
        _ => 0,
    });
    ends.max().unwrap_or(0).max(trace.reach())
}

/// Keeps whose mapping is private.
fn track_private(op: &Op, private: &mut [bool; Who::ALL.len()]) {
    match (op.call, op.fate) {
        (Call::Mmap { private: hidden, .. }, Fate::Done) => private[op.who.index()] = hidden,
        (Call::Munmap, Fate::Done) => private[op.who.index()] = false,
        (Call::Crash(host), Fate::Done) => {
            for who in Who::PROCESSES.into_iter().filter(|who| who.host() == Some(host)) {
                private[who.index()] = false;
            }
        }
        _ => {}
    }
}

fn fate(call: &Call, reply: &Reply) -> Fate {
    match reply {
        Reply::Ok | Reply::Got(_) | Reply::At(_) => Fate::Done,
        Reply::Wrote(cells) if *cells == cells_asked(call) => Fate::Done,
        Reply::Wrote(cells) => Fate::Short(*cells),
        Reply::Err(errno) => Fate::Fails(*errno),
        Reply::Sigbus => Fate::Sigbus,
    }
}

/// How many cells a write was asked to write.
pub fn cells_asked(call: &Call) -> u32 {
    match *call {
        Call::Pwrite { range, .. } => range.len(),
        Call::Append { cells, .. } => cells,
        Call::Copy { from, .. } => from.len(),
        _ => 0,
    }
}

/// The cells `start..start + len`.
pub fn span(start: u32, len: u32) -> Range {
    Range::new(start, start + len)
}
