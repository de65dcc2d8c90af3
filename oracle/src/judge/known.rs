//! What each place knows of each register, and what each call acquired.

use super::Judge;
use super::budget::{Budget, Spent};
use super::divergence::meet;
use super::flow::{Flow, Place, Places, Scope};
use super::ops::{NEVER, Op};
use crate::clock::{Clock, Time};
use crate::{Call, FOLIO, Range, Trace};

/// The clocks. Registers are the cells' contents, and then, for the cells that may be past the end at all, whether they are
/// inside the file.
pub(super) struct Known<T> {
    /// Cells that the trace names.
    pub reach: u32,
    /// The first cell that may be past the end.
    pub floor: u32,
    /// Cells that the file begins with.
    pub cells: u32,
    /// The cells that are judged: whole folios.
    pub judged: Range,
    /// Whether sizes, and errors, are judged too: where not all cells are, they have been found plain.
    pub sizes: bool,
    /// What each place knows of each register.
    clocks: Vec<[Clock<T>; Place::COUNT]>,
    /// What the calls that are under way, and copies, acquired.
    acquired: Vec<Clock<T>>,
    /// How much of that is kept.
    kept: usize,
}

/// The most clocks that calls may hold: what they need in memory is bounded.
const ACQUIRED: usize = 1 << 21;

/// These cells and those on which what they show depends, whole folios, and whether sizes are among that: cells from `floor` on,
/// which may be past the end, depend on each other, however far away, and so do what is copied and its copy.
fn enough(ops: &[Op], cells: Range, floor: u32, reach: u32) -> (Range, bool) {
    let (mut enough, mut sizes) = (cells, false);
    loop {
        let before = enough;
        if enough.end > floor {
            sizes = true;
            enough = Range::new(enough.start.min(floor / FOLIO * FOLIO), reach);
        }
        for op in ops {
            let Call::Copy { from, to } = op.call else { continue };
            let copy = Range::new(to, to + from.len());
            if meet(enough, from) || meet(enough, copy) {
                enough = folios_of(enough, folios_of(from, copy));
            }
        }
        if enough == before {
            return (enough, sizes);
        }
    }
}

/// The folios from the first to the last that either range touches.
fn folios_of(one: Range, other: Range) -> Range {
    let (start, end) = (one.start.min(other.start), one.end.max(other.end));
    Range::new(start / FOLIO * FOLIO, end.next_multiple_of(FOLIO))
}

impl<T: Time> Known<T> {
    pub fn new(trace: &Trace, ops: &[Op], cells: Range) -> Known<T> {
        // A truncate dirties the folio of the new end: let there be one.
        let reach =
            trace.reach().max(trace.truncates_to().map_or(0, |size| size + 1)).next_multiple_of(FOLIO);
        let least = |floor: u32, op: &Op| match op.call {
            Call::Ftruncate(size) => floor.min(size),
            _ => floor,
        };
        let floor = ops.iter().fold(trace.cells, least).min(reach);
        let (judged, sizes) = enough(ops, cells, floor, reach);
        let floor = if sizes { floor } else { reach };
        let count = (2 * reach - floor) as usize;
        let clocks = vec![[Clock::default(); Place::COUNT]; count];
        Known { reach, floor, cells: trace.cells, judged, sizes, clocks, acquired: Vec::new(), kept: 0 }
    }

    /// How many registers there are.
    pub fn count(&self) -> usize {
        (2 * self.reach - self.floor) as usize
    }

    /// Those of the cells that are judged.
    pub fn judged(&self, cells: Range) -> Range {
        let start = cells.start.max(self.judged.start);
        Range::new(start, cells.end.min(self.judged.end).max(start))
    }

    /// The register that says whether a cell is inside the file; `None`: it always is.
    pub fn inside(&self, cell: u32) -> Option<usize> {
        cell.checked_sub(self.floor).map(|beyond| (self.reach + beyond) as usize)
    }

    /// The registers that a call acquires and releases: contents, and insides.
    pub fn registers(&self, op: &Op, scope: Scope) -> [std::ops::Range<usize>; 2] {
        let range = match scope {
            Scope::All => self.judged,
            Scope::Cells(range) => self.judged(range),
        };
        // A mapped access asks of whole folios whether they are past the end.
        let start = if op.call.is_mapped() { range.start / FOLIO * FOLIO } else { range.start };
        let shift = (self.reach - self.floor) as usize;
        let inside = start.max(self.floor)..range.end.max(start).max(self.floor);
        [range.start as usize..range.end as usize, inside.start as usize + shift..inside.end as usize + shift]
    }

    /// What `places` know of a register together.
    #[inline(always)]
    pub fn at(&self, places: Places, register: usize) -> Clock<T> {
        let known = &self.clocks[register];
        let mut clocks = places.iter().map(|place| &known[place.index()]);
        let mut clock = clocks.next().copied().unwrap_or_default();
        clocks.for_each(|other| clock.join(other));
        clock
    }

    /// Lets `places` know of a register.
    #[inline(always)]
    pub fn tell(&mut self, places: Places, register: usize, clock: &Clock<T>) {
        let known = &mut self.clocks[register];
        for place in places.iter() {
            known[place.index()].join(clock);
        }
    }

    /// What the call acquired for `register`, its `nth`.
    pub fn acquired(&self, op: &Op, nth: usize, register: usize) -> Clock<T> {
        match op.acquired {
            NEVER => self.at(op.acquires, register),
            first => self.acquired[first as usize + nth],
        }
    }

    fn acquire(&mut self, op: &mut Op, flow: &Flow, budget: &mut Budget) -> Result<(), Spent> {
        let [content, inside] = self.registers(op, flow.scope);
        op.acquires = flow.acquires;
        if op.end == op.start + 1 && !matches!(op.call, Call::Copy { .. }) {
            return Ok(());
        }
        op.acquired = self.acquired.len() as u32;
        budget.spend(content.len() + inside.len())?;
        if self.acquired.len() + content.len() + inside.len() > ACQUIRED {
            return Err(Spent);
        }
        for register in content.chain(inside) {
            let clock = self.at(flow.acquires, register);
            self.acquired.push(clock);
        }
        if let Call::Copy { .. } = op.call {
            self.kept = self.acquired.len();
        }
        Ok(())
    }

    /// No call is under way: forgets what calls acquired, but for copies, of which later reads ask.
    pub fn forget(&mut self) {
        self.acquired.truncate(self.kept);
    }
}

impl<T: Time> Judge<'_, T> {
    pub(super) fn acquire(&mut self, place: u32, flow: &Flow) -> Result<(), Spent> {
        self.known.acquire(&mut self.ops[place as usize], flow, &mut self.budget)
    }

    /// The call has returned: what it acquired it releases.
    pub(super) fn release(&mut self, place: u32, flow: &Flow) -> Result<(), Spent> {
        // What a place gave it knows.
        let releases = flow.releases.but_if_one(flow.acquires);
        if releases.is_empty() {
            return Ok(());
        }
        let op = self.ops[place as usize];
        let [content, mut inside] = self.known.registers(&op, flow.scope);
        if let Call::Msync(..) = op.call {
            // What it syncs is data; that the file is as long as another write made it, that write's own sync tells.
            inside.end = inside.start;
        }
        self.budget.spend(content.len() + inside.len())?;
        for (nth, register) in content.chain(inside).enumerate() {
            if self.registers.chains(register).is_empty() {
                continue;
            }
            let clock = self.known.acquired(&op, nth, register);
            self.known.tell(releases, register, &clock);
        }
        Ok(())
    }
}
