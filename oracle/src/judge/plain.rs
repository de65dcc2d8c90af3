//! The short way: what one file without any cache could have said, each call carried out at its return, every contract allows.
//!
//! Contracts only ever allow more than such a file says, so most traces need no clock at all, and of others only the folios
//! of which something else was seen, and what depends on them. What this does not know the clocks decide: it never forbids.

use super::fault::Reasons;
use crate::{Call, FOLIO, Host, Range, Reply, Trace, Value, What, Who};

/// Cells of the largest file that is kept: longer ones take the long way.
const CELLS: u32 = 64;

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
pub(super) fn could_say(trace: &Trace) -> Plain {
    if trace.cells > CELLS {
        return Plain::Nothing;
    }
    let mut saying = Saying {
        file: File { cells: [Value::ZERO; CELLS as usize], size: trace.cells, odd: Range::new(CELLS, 0) },
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
    file: File,
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
            (_, Reply::Err(errno)) => return self.reasons.explain(*errno),
            (_, Reply::Sigbus) if self.reasons.is_any() => return true,
            (Call::Mread(_) | Call::Mwrite(_), _) if self.private[who.index()] => return true,
            (Call::Mmap { private, .. }, _) => self.private[who.index()] = *private,
            (Call::Munmap, _) => self.private[who.index()] = false,
            (Call::Crash(host), _) => self.crash(*host),
            _ => {}
        }
        self.file.could_answer(call, value, reply)
    }

    /// What it cuts off may have done nothing.
    fn crash(&mut self, host: Host) {
        for who in Who::PROCESSES.into_iter().filter(|who| who.host() == Some(host)) {
            self.under_way[who.index()] = None;
            self.private[who.index()] = false;
        }
    }
}

struct File {
    cells: [Value; CELLS as usize],
    size: u32,
    /// From the first to the last folio of which something else was seen.
    odd: Range,
}

impl File {
    /// Whether the file, as it is, could give this answer; carries the call out.
    fn could_answer(&mut self, call: &Call, value: Value, reply: &Reply) -> bool {
        match (*call, reply) {
            (Call::Pread { range, .. }, Reply::Got(values)) => self.show(range, Value::END, values),
            // POSIX, mmap(): "The system shall always zero-fill any partial page at the end of an object."
            (Call::Mread(range), Reply::Got(values)) => {
                self.access(range);
                self.show(range, Value::ZERO, values);
            }
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
                self.fill(Range::new(size, self.size.max(size)), Value::ZERO);
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
            self.cells.copy_within(from.start as usize..from.end as usize, to as usize);
            self.grow(Range::new(to, to + from.len()));
        }
        inside
    }

    fn write(&mut self, range: Range, value: Value) {
        self.fill(range, value);
        self.grow(range);
    }

    fn fill(&mut self, range: Range, value: Value) {
        if !range.is_empty() {
            self.cells[range.start as usize..range.end as usize].fill(value);
        }
    }

    fn grow(&mut self, range: Range) {
        if !range.is_empty() {
            self.size = self.size.max(range.end);
        }
    }

    /// These values were seen, where it would show `beyond` past its end.
    fn show(&mut self, range: Range, beyond: Value, values: &[Value]) {
        for (cell, value) in range.cells().zip(values) {
            let shown = if cell < self.size { self.cells[cell as usize] } else { beyond };
            if shown != *value {
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
