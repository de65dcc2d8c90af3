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
        writes: 0,
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
    writes: u32,
}

impl<'t> Saying<'t> {
    fn begin(&mut self, who: Who, call: &'t Call) -> bool {
        self.writes += u32::from(call.is_numbered());
        self.under_way[who.index()] = Some((call, Value::of(self.writes)));
        self.reasons.begin(call);
        call.reach() <= CELLS
    }

    fn could_end(&mut self, who: Who, reply: &Reply) -> bool {
        let Some((call, value)) = self.under_way[who.index()].take() else { return false };
        match (call, reply) {
            // A call that failed may have done nothing.
            (_, Reply::Err(errno)) => {
                if call.is_sync() && !errno.is_refusal() {
                    self.file.older.fail(who);
                }
                return self.reasons.explain(*errno);
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
        let could = self.file.could_answer(call, value, reply);
        self.file.older.end(call);
        could
    }

    /// What it cuts off may have done nothing.
    fn crash(&mut self, host: Host) {
        self.file.older.crash(host);
        for who in Who::PROCESSES.into_iter().filter(|who| who.host() == Some(host)) {
            self.under_way[who.index()] = None;
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
                if *at != self.size {
                    self.wonder(self.size);
                }
                self.write(Range::new(*at, at + cells), value);
            }
            (Call::Mwrite(range), Reply::Ok) => {
                self.access(range);
                self.fill(Range::new(range.start, range.end.min(self.size)), value);
            }
            (Call::Copy { from, to }, Reply::Wrote(cells)) if *cells <= from.len() => {
                return self.copy(Range::new(from.start, from.start + cells), to);
            }
            (Call::Mread(range) | Call::Mwrite(range), Reply::Sigbus) => return !self.maps(range),
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
        let inside = from.is_empty() || from.end <= self.size;
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
            let could = match cell < self.size {
                true => self.older.may_hold(cell, *value, self.cells[cell as usize]),
                // POSIX, mmap(): "The system shall always zero-fill any partial page at the end of an object."
                false => *value == Value::ZERO,
            };
            if !could {
                self.wonder(cell);
            }
        }
    }

    /// The range was accessed through a mapping.
    fn access(&mut self, range: Range) {
        if !self.maps(range) {
            self.wonder(range.end - 1);
        }
    }

    /// Something else was seen of the cell.
    fn wonder(&mut self, cell: u32) {
        let folio = cell / FOLIO * FOLIO;
        self.odd = Range::new(self.odd.start.min(folio), self.odd.end.max(folio + FOLIO));
    }

    /// Whether every folio of the range lies in it, or begins there.
    fn maps(&self, range: Range) -> bool {
        range.is_empty() || (range.end - 1) / FOLIO * FOLIO < self.size
    }
}
