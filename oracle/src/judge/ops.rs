//! The calls of a trace, each with its reply.

use super::fault::Reasons;
use super::flow::{Flow, Places, flow};
use crate::{Call, Contract, Errno, Range, Reply, Trace, Value, What, Who};

/// The place of what never happens.
pub(super) const NEVER: u32 = u32::MAX;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It did all that it was asked.
    Whole,
    /// It wrote so many cells of what it was asked.
    Short(u32),
    /// It failed; `None`: by SIGBUS, or cut off by a crash, or never answered.
    Failed(Option<Errno>),
    /// It was turned down, and no fault explains that: it did nothing.
    Refused,
}

/// A call and its reply. Times are places in the trace, from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Op {
    pub who: Who,
    pub call: Call,
    pub start: u32,
    /// When it returned, or was cut off by a crash.
    pub end: u32,
    pub outcome: Outcome,
    /// Where an append landed.
    pub landed: Option<u32>,
    /// The number of the write, if it is one.
    pub number: u32,
    /// It goes through a private mapping.
    pub private: bool,
    /// Until when it may turn back for an error that a sync reported, or could not; 0: it may not.
    pub excused: u32,
    /// From when on it may: nothing is lost by a fault before that is there.
    pub excused_from: u32,
    /// When the error was reported, or nobody could be told any more: what a sync had made durable by then is not excused.
    pub excused_at: u32,
    /// Where its records begin, and how many there are.
    pub records: (u32, u32),
    /// Where the clocks that it acquired begin; `NEVER` where it returned before anything else was said, so that they are what
    /// they were.
    pub acquired: u32,
    /// From where it acquires.
    pub acquires: Places,
}

impl Op {
    pub fn is_whole(&self) -> bool {
        self.outcome == Outcome::Whole
    }

    /// The cells whose content it writes, or may have written, given the cells that the trace names.
    pub fn content(&self, reach: u32) -> Range {
        match self.call {
            _ if self.outcome == Outcome::Refused => Range::new(0, 0),
            Call::Pwrite { range, .. } | Call::Mwrite(range) | Call::Punch(range) | Call::Zero(range) => {
                range
            }
            Call::Append { cells, .. } => match self.landed {
                Some(at) => Range::new(at, at + cells),
                None => Range::new(0, reach),
            },
            Call::Copy { from, to } => Range::new(to, to + from.len()),
            Call::Ftruncate(size) => Range::new(size.min(reach), reach),
            _ => Range::new(0, 0),
        }
    }

    /// Which cells it puts inside the file, those before the first number, and which past its end, those from the second.
    #[inline(always)]
    pub fn sizes(&self, reach: u32) -> Option<(u32, u32)> {
        let content = self.content(reach);
        let end = match self.outcome {
            _ if content.is_empty() => 0,
            Outcome::Short(0) if !self.call.is_direct() => 0,
            Outcome::Short(cells) if !self.call.is_direct() => content.start + cells,
            _ => content.end,
        };
        match self.call {
            _ if self.outcome == Outcome::Refused => None,
            Call::Pwrite { .. } | Call::Append { .. } | Call::Copy { .. } => Some((end, reach)),
            Call::Zero(range) | Call::Fallocate(range) if range.is_empty() => None,
            Call::Zero(range) | Call::Fallocate(range) => Some((range.end, reach)),
            Call::Ftruncate(size) => Some((size.min(reach), size.min(reach))),
            _ => None,
        }
    }

    /// Whether it leaves zeroes where there was something.
    pub fn zeroes(&self) -> bool {
        let zeroes = matches!(self.call, Call::Ftruncate(_) | Call::Punch(_) | Call::Zero(_));
        zeroes && self.outcome != Outcome::Refused
    }

    /// Whether it writes values, and not only zeroes.
    pub fn writes_data(&self) -> bool {
        let writes = self.call.is_numbered() || matches!(self.call, Call::Copy { .. });
        writes && self.outcome != Outcome::Refused
    }

    /// Whether it goes past the page cache, or may: a copy may be the server's work.
    pub fn may_pass_the_cache(&self) -> bool {
        self.call.is_direct() || matches!(self.call, Call::Copy { .. })
    }

    /// What it stores in each cell; a copy stores what it finds.
    pub fn value(&self) -> Value {
        if self.number > 0 { Value::of(self.number) } else { Value::ZERO }
    }

    /// Whether it is a sync that makes durable what it covers, and says so.
    pub fn makes_durable(&self) -> bool {
        self.is_whole() && self.call.makes_durable() && !self.is_private_msync()
    }

    /// Whether it syncs a private mapping, of which nothing is the file's. POSIX, msync(): of MAP_PRIVATE mappings "any modified
    /// data shall not be written to the underlying object"; mm/msync.c syncs the file `if ((flags & MS_SYNC) && file &&
    /// (vma->vm_flags & VM_SHARED))`.
    fn is_private_msync(&self) -> bool {
        self.private && matches!(self.call, Call::Msync(..))
    }

    /// What it acquires and releases.
    pub fn flow(&self, contract: &Contract) -> Flow {
        if self.is_private_msync() { Flow::NOTHING } else { flow(contract, self.who, &self.call) }
    }

    /// Whether a sync of this kind covers these cells of `write`.
    pub fn covers(&self, write: &Op, cells: Range) -> bool {
        match self.call {
            Call::Msync(_, range) => {
                let within = range.start <= cells.start && cells.end <= range.end;
                within && !cells.is_empty() && !write.zeroes()
            }
            _ => true,
        }
    }

    /// Whether it did what it does, or was never answered and may have.
    pub fn may_have_happened(&self) -> bool {
        !matches!(self.outcome, Outcome::Refused | Outcome::Failed(Some(_)))
    }

    /// The error that it answered, if that is one for which there must be a reason.
    pub fn error(&self) -> Option<Errno> {
        match self.outcome {
            // Where it was not refused, a fault led to it.
            Outcome::Failed(errno) => {
                errno.filter(|errno| !errno.is_refusal() || errno.leaves_the_file_alone())
            }
            _ => None,
        }
    }
}

/// All calls, and for each line of the trace the call that it belongs to.
pub(super) struct Ops {
    pub all: Vec<Op>,
    pub of_event: Vec<u32>,
}

impl Ops {
    pub fn of(trace: &Trace) -> Ops {
        let mut pairing = Pairing::default();
        pairing.ops.reserve(trace.events.len() / 2);
        let mut of_event = Vec::with_capacity(trace.events.len());
        for (time, event) in (1..).zip(&trace.events) {
            of_event.push(match &event.what {
                What::Call(who, call) => pairing.begin(time, *who, *call),
                What::Reply(who, reply) => pairing.end(time, *who, reply),
                What::Step(_) => NEVER,
            });
        }
        Ops { all: pairing.ops, of_event }
    }
}

#[derive(Default)]
struct Pairing {
    ops: Vec<Op>,
    reasons: Reasons,
    writes: u32,
    under_way: [Option<u32>; Who::ALL.len()],
    private: [bool; Who::ALL.len()],
}

fn goes_through_mapping(call: &Call) -> bool {
    call.is_mapped() || matches!(call, Call::Msync(..))
}

impl Pairing {
    fn begin(&mut self, time: u32, who: Who, call: Call) -> u32 {
        self.writes += u32::from(call.is_numbered());
        self.reasons.begin(&call);
        self.ops.push(Op {
            who,
            call,
            start: time,
            end: NEVER,
            outcome: Outcome::Failed(None),
            landed: None,
            number: if call.is_numbered() { self.writes } else { 0 },
            private: goes_through_mapping(&call) && self.private[who.index()],
            excused: 0,
            excused_from: 0,
            excused_at: 0,
            records: (0, 0),
            acquired: NEVER,
            acquires: Places::default(),
        });
        let op = self.ops.len() as u32 - 1;
        self.under_way[who.index()] = Some(op);
        op
    }

    fn end(&mut self, time: u32, who: Who, reply: &Reply) -> u32 {
        let Some(place) = self.under_way[who.index()].take() else { return NEVER };
        let op = &mut self.ops[place as usize];
        op.end = time;
        op.outcome = match reply {
            Reply::Ok | Reply::Got(_) => Outcome::Whole,
            Reply::At(at) => {
                op.landed = Some(*at);
                Outcome::Whole
            }
            // A short append does not say where it landed.
            Reply::Wrote(_) if matches!(op.call, Call::Append { .. }) => Outcome::Failed(None),
            Reply::Wrote(cells) if *cells == op.content(0).len() => Outcome::Whole,
            Reply::Wrote(cells) => Outcome::Short(*cells),
            Reply::Err(errno) if errno.leaves_the_file_alone() && !self.reasons.has(*errno) => {
                Outcome::Refused
            }
            Reply::Err(errno) => Outcome::Failed(Some(*errno)),
            Reply::Sigbus => Outcome::Failed(None),
        };
        let (call, whole) = (op.call, op.is_whole());
        match call {
            Call::Mmap { private, .. } if whole => self.private[who.index()] = private,
            Call::Munmap if whole => self.private[who.index()] = false,
            Call::Crash(host) if whole => self.crash(time, host),
            _ => {}
        }
        place
    }

    fn crash(&mut self, time: u32, host: crate::Host) {
        for who in Who::PROCESSES.into_iter().filter(|who| who.host() == Some(host)) {
            self.private[who.index()] = false;
            if let Some(cut) = self.under_way[who.index()].take() {
                self.ops[cut as usize].end = time;
            }
        }
    }
}
