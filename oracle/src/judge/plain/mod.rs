//! The short way: what one file without any cache could have said, each call carried out at its return, every contract allows.
//!
//! Contracts only ever allow more than such a file says, so most traces need no clock at all, and of others only the folios
//! of which something else was seen, and what depends on them. Of what they allow besides it knows what is the most frequent:
//! that a cell shows what it held before. What this does not know the clocks decide: it never forbids.

mod marks;
mod older;

use self::marks::CELLS;
use self::older::{Contents, Older};
use super::fault::Reasons;
use super::flow::flow;
use crate::{Call, Contract, FOLIO, Host, Range, Reply, Trace, Value, What, Who};

/// How much of a trace one file could have said.
pub(super) enum Plain {
    /// All.
    All,
    /// All but what was seen of these cells, whole folios: what they held, or that they were inside the file, or past its end.
    But(Range),
    /// Not even which calls failed.
    Nothing,
}

/// How much of the trace one file could have said.
pub(super) fn could_say(contract: &Contract, trace: &Trace) -> Plain {
    if trace.cells > CELLS {
        return Plain::Nothing;
    }
    let mut saying = Saying {
        contract,
        file: File::new(contract, trace.cells),
        under_way: [None; Who::ALL.len()],
        private: [false; Who::ALL.len()],
        reasons: Reasons::default(),
        reasons_before: None,
        writes: 0,
        appended: 0,
    };
    let plain = trace.events.iter().all(|event| match &event.what {
        What::Call(who, call) => saying.begin(*who, call),
        What::Reply(who, reply) => saying.could_end(*who, reply),
        What::Step(_) => true,
    });
    match saying.file.odd {
        _ if !plain => Plain::Nothing,
        odd if odd.is_empty() => Plain::All,
        odd => Plain::But(odd),
    }
}

struct Saying<'t> {
    contract: &'t Contract,
    file: File<'t>,
    /// The calls that have not returned, and what they store.
    under_way: [Option<(&'t Call, Value)>; Who::ALL.len()],
    /// Whose mapping is private: what goes through it is not of the file.
    private: [bool; Who::ALL.len()],
    reasons: Reasons,
    /// What they were before the call that is the last thing said, if nobody's host made it.
    reasons_before: Option<Reasons>,
    writes: u32,
    /// During whose calls under way an append has landed, a bit each.
    appended: u8,
}

impl<'t> Saying<'t> {
    fn begin(&mut self, who: Who, call: &'t Call) -> bool {
        self.writes += u32::from(call.is_numbered());
        self.under_way[who.index()] = Some((call, Value::of(self.writes)));
        self.appended &= !(1 << who.index());
        self.reasons_before = who.host().is_none().then_some(self.reasons);
        self.reasons.begin(call);
        call.reach() <= CELLS
    }

    fn could_end(&mut self, who: Who, reply: &Reply) -> bool {
        let Some((call, value)) = self.under_way[who.index()].take() else { return false };
        let before = self.reasons_before.take();
        match (call, reply) {
            // A call that failed may have done nothing, or all.
            (_, Reply::Err(errno)) => {
                // What injects faults and was refused is no reason for errors, and was taken for one.
                if who.host().is_none() {
                    let Some(before) = before else { return false };
                    self.reasons = before;
                }
                if call.is_sync() && !errno.is_refusal() {
                    self.file.older.fail(who);
                }
                if !errno.leaves_the_file_alone() || self.reasons.has(*errno) {
                    self.file.doubt(call, value);
                }
                return self.reasons.explain(*errno);
            }
            // A short append does not say where it landed.
            (Call::Append { .. }, Reply::Wrote(_)) => {
                self.file.doubt(call, value);
                return true;
            }
            (_, Reply::Sigbus) if self.reasons.is_any() => return true,
            (Call::Mread(_) | Call::Mwrite(_), _) if self.private[who.index()] => return true,
            (Call::Mmap { private, .. }, _) => self.private[who.index()] = *private,
            (Call::Munmap, _) => self.private[who.index()] = false,
            (Call::Crash(host), _) => self.crash(*host),
            _ => {}
        }
        self.file.older.turn_to(who, flow(self.contract, who, call).in_brief(self.contract));
        self.file.cached = who.host().is_some() && !call.is_direct() && !matches!(call, Call::Ftruncate(_));
        self.file.beside_an_append = self.appended & 1 << who.index() != 0;
        if let Call::Append { .. } = call {
            self.appended = u8::MAX;
        }
        let could = self.file.could_answer(call, value, reply);
        self.file.older.end(call);
        could
    }

    /// What it cuts off may have done nothing, or all.
    fn crash(&mut self, host: Host) {
        self.file.older.crash(host);
        for who in Who::PROCESSES.into_iter().filter(|who| who.host() == Some(host)) {
            if let Some((call, value)) = self.under_way[who.index()].take() {
                self.file.doubt(call, value);
            }
            self.private[who.index()] = false;
        }
    }
}

struct File<'t> {
    cells: Contents,
    size: u32,
    older: Older<'t>,
    /// Whether a host's cache writes back later what the call writes.
    cached: bool,
    /// Whether an append has landed while the call was under way.
    beside_an_append: bool,
    /// From the first to the last folio of which something else was seen.
    odd: Range,
}

impl<'t> File<'t> {
    fn new(contract: &'t Contract, size: u32) -> File<'t> {
        File {
            cells: [Value::ZERO; CELLS as usize],
            size,
            older: Older::new(contract),
            cached: false,
            beside_an_append: false,
            odd: Range::new(CELLS, 0),
        }
    }

    /// Whether the file, as it is, could give this answer; carries the call out.
    fn could_answer(&mut self, call: &Call, value: Value, reply: &Reply) -> bool {
        match (*call, reply) {
            (Call::Pread { range, .. }, Reply::Got(values)) => self.read(range, values),
            (Call::Mread(range), Reply::Got(values)) => self.load(range, values),
            (Call::Pwrite { range, .. }, Reply::Wrote(cells)) if *cells <= range.len() => {
                self.write(Range::new(range.start, range.start + cells), value);
            }
            (Call::Append { cells, .. }, Reply::At(at)) if at.saturating_add(cells) <= CELLS => {
                if !self.may_append(*at) {
                    self.wonder(self.size);
                }
                self.write(Range::new(*at, at + cells), value);
            }
            (Call::Mwrite(range), Reply::Ok) => {
                self.access(range);
                if range.end > self.size && self.older.is_longer_at(Range::new(self.size, range.end)) {
                    self.wonder(self.size);
                }
                self.fill(Range::new(range.start, range.end.min(self.size)), value);
            }
            (Call::Copy { from, to }, Reply::Wrote(cells)) if *cells <= from.len() => {
                return self.copy(Range::new(from.start, from.start + cells), to);
            }
            (Call::Mread(range) | Call::Mwrite(range), Reply::Sigbus) => {
                return self.may_be_past_the_end(range);
            }
            (_, Reply::Ok) => return self.does(call, value),
            _ => return false,
        }
        true
    }

    /// Whether it knows what the call does when it succeeds; carries it out.
    fn does(&mut self, call: &Call, value: Value) -> bool {
        match *call {
            Call::Pwrite { range, .. } => self.write(range, value),
            Call::Zero(range) => self.write(range, Value::ZERO),
            Call::Fallocate(range) => self.grow(range),
            Call::Punch(range) => self.fill(range, Value::ZERO),
            Call::Ftruncate(size) => {
                self.fill(Range::new(size, CELLS), Value::ZERO);
                self.older.resize(Range::new(0, CELLS), self.size);
                self.size = size;
            }
            Call::Copy { from, to } => return self.copy(from, to),
            Call::Append { .. } | Call::Pread { .. } | Call::Mread(_) | Call::Mwrite(_) => return false,
            _ => {}
        }
        true
    }

    fn copy(&mut self, from: Range, to: u32) -> bool {
        let inside = from.is_empty() || from.end <= self.size && !self.older.is_else_at(from);
        if inside && !from.is_empty() {
            let copy = Range::new(to, to + from.len());
            self.older.write(copy, &self.cells, self.cached);
            self.cells.copy_within(from.start as usize..from.end as usize, to as usize);
            self.grow(copy);
        }
        inside
    }

    fn write(&mut self, range: Range, value: Value) {
        self.fill(range, value);
        self.grow(range);
    }

    fn fill(&mut self, range: Range, value: Value) {
        if !range.is_empty() {
            self.older.write(range, &self.cells, self.cached);
            self.cells[range.start as usize..range.end as usize].fill(value);
        }
    }

    fn grow(&mut self, range: Range) {
        if !range.is_empty() {
            self.older.resize(Range::new(0, range.end), self.size);
            self.size = self.size.max(range.end);
        }
    }

    /// These values were read.
    fn read(&mut self, range: Range, values: &[Value]) {
        for (cell, value) in range.cells().zip(values) {
            let is_inside = *value != Value::END;
            let could = self.older.may_be_inside(cell, is_inside, self.size)
                && (!is_inside || self.older.may_hold(cell, *value, self.cells[cell as usize]));
            if !could {
                self.wonder(cell);
            }
        }
    }

    /// These values were loaded through a mapping.
    fn load(&mut self, range: Range, values: &[Value]) {
        self.access(range);
        for (cell, value) in range.cells().zip(values) {
            let now = self.cells[cell as usize];
            // POSIX, mmap(): "The system shall always zero-fill any partial page at the end of an object."
            let could = match cell < self.size || self.older.is_longer_at(Range::new(cell, cell + 1)) {
                false if *value == Value::ZERO => true,
                false => self.is_shown_inside(cell) && self.older.may_hold(cell, *value, now),
                true => self.older.may_hold(cell, *value, now),
            };
            if !could {
                self.wonder(cell);
            }
        }
    }

    /// The range was accessed through a mapping: every folio of it lies in the file, or begins there.
    fn access(&mut self, range: Range) {
        for cell in folios(range) {
            if cell >= self.size && !self.is_shown_inside(cell) {
                self.wonder(cell);
            }
        }
    }

    fn is_shown_inside(&mut self, cell: u32) -> bool {
        self.older.may_be_inside(cell, true, self.size)
    }

    /// Whether some folio of the range lies past the end.
    fn may_be_past_the_end(&mut self, range: Range) -> bool {
        folios(range).any(|cell| self.older.may_be_inside(cell, false, self.size))
    }

    /// Whether the file may end there for an append. Where others have landed meanwhile, only where they left the end: they do not
    /// overlap.
    fn may_append(&mut self, at: u32) -> bool {
        let is_end = at == self.size || at < self.size && !self.beside_an_append;
        is_end && (at == CELLS || self.older.may_be_inside(at, false, self.size))
    }

    /// A call has failed that may have done all the same what it was asked.
    fn doubt(&mut self, call: &Call, value: Value) {
        let grown = |range: Range| if range.is_empty() { 0 } else { range.end };
        let nothing = Range::new(0, 0);
        let (cells, value, size) = match *call {
            Call::Pwrite { range, .. } => (range, value, grown(range)),
            Call::Append { .. } => (Range::new(0, CELLS), value, CELLS),
            Call::Zero(range) => (range, Value::ZERO, grown(range)),
            Call::Fallocate(range) => (nothing, value, grown(range)),
            Call::Punch(range) => (range, Value::ZERO, 0),
            Call::Ftruncate(size) => (Range::new(size, CELLS), Value::ZERO, size),
            _ => return,
        };
        self.older.doubt(cells, value, size);
    }

    /// Something else was seen of the cell.
    fn wonder(&mut self, cell: u32) {
        let folio = cell / FOLIO * FOLIO;
        self.odd = Range::new(self.odd.start.min(folio), self.odd.end.max(folio + FOLIO));
    }
}

/// Where the folios begin that a range touches.
fn folios(range: Range) -> impl Iterator<Item = u32> {
    let start = range.start / FOLIO * FOLIO;
    (start..if range.is_empty() { start } else { range.end }).step_by(FOLIO as usize)
}
