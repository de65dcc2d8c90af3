//! What may still be shown of before, where contracts make nothing else of it: what was there until a write that the reader
//! does not know, or that need not have stayed.
//!
//! Of each cell what it held before the last write is kept, or before the last few, if one caller made them and whoever knows
//! of one knows of all. It may be shown as long as the reader knows of no certain write that came after it. Where in doubt,
//! this says that it may not.

use super::marks::{CELLS, Marks, bits, folios, up_to};
use crate::judge::flow::{Flow, Scope};
use crate::{Atomic, Call, Contract, Divergence, Host, Hosts, Range, Value, Who};

/// The contents of the cells.
pub(super) type Contents = [Value; CELLS as usize];

/// How many failed calls are kept.
const DOUBTFUL: usize = 4;

pub(super) struct Older<'t> {
    contract: &'t Contract,
    /// What the cells held, and what before that.
    contents: Contents,
    base: Contents,
    /// Which of them were inside the file.
    inside: u64,
    of_content: Marks,
    of_size: Marks,
    /// The last calls that failed and may have written all the same: which cells, and what.
    doubtful: [(u64, Value); DOUBTFUL],
    /// What each host has yet to write back.
    dirty: [u64; Host::ALL.len()],
    /// Whose call is carried out, and what it acquires and releases.
    caller: Who,
    flow: Flow,
}

impl<'t> Older<'t> {
    pub fn new(contract: &'t Contract) -> Older<'t> {
        Older {
            contract,
            contents: [Value::ZERO; CELLS as usize],
            base: [Value::ZERO; CELLS as usize],
            inside: 0,
            of_content: Marks::default(),
            of_size: Marks::default(),
            doubtful: [(0, Value::ZERO); DOUBTFUL],
            dirty: [0; Host::ALL.len()],
            caller: Who::Nature,
            flow: Flow::NOTHING,
        }
    }

    /// From here on this call is carried out.
    pub fn turn_to(&mut self, who: Who, flow: Flow) {
        (self.caller, self.flow) = (who, flow);
    }

    /// Whether cells are shown by themselves: where a read must see all of a write or nothing, nothing older is kept.
    fn goes_by_cells(&self) -> bool {
        self.contract.atomic == Atomic::Cell
    }

    /// The call stores something in these cells of a file that holds `contents`; `cached`: its host writes that back later.
    pub fn write(&mut self, cells: Range, contents: &Contents, cached: bool) {
        if !self.goes_by_cells() {
            return;
        }
        let cells = bits(cells);
        if self.of_content.doubtful(cells) != 0 {
            self.doubtful.iter_mut().for_each(|(doubtful, _)| *doubtful &= !cells);
        }
        let (mut kept, mut base) = self.of_content.write(self.caller, cells, self.flow.releases);
        while base != 0 {
            let cell = base.trailing_zeros() as usize;
            self.base[cell] = self.contents[cell];
            base &= base - 1;
        }
        while kept != 0 {
            let cell = kept.trailing_zeros() as usize;
            self.contents[cell] = contents[cell];
            kept &= kept - 1;
        }
        if self.diverges() {
            self.of_content.loosen_last(cells & folios(self.dirty_elsewhere()));
            if let (true, Some(host)) = (cached, self.caller.host()) {
                self.dirty(host, cells);
            }
        }
    }

    /// The call says of these cells whether they are inside a file that had `size` cells.
    pub fn resize(&mut self, cells: Range, size: u32) {
        if !self.goes_by_cells() {
            return;
        }
        let cells = bits(cells);
        let (kept, _) = self.of_size.write(self.caller, cells, self.flow.releases);
        self.inside = self.inside & !kept | bits(Range::new(0, size)) & kept;
        if self.diverges() {
            // A flush puts all that lies before it inside the file.
            self.of_size.loosen_last(cells & up_to(folios(self.dirty_elsewhere())));
        }
    }

    /// Whether flushes of whole folios may undo what others write there.
    fn diverges(&self) -> bool {
        let one_system = self.contract.hosts == Hosts::Coherent && self.caller.host().is_some();
        self.contract.divergence != Divergence::Byte && !one_system
    }

    /// What other hosts have to write back.
    fn dirty_elsewhere(&self) -> u64 {
        let others = Host::ALL.into_iter().filter(|host| Some(*host) != self.caller.host());
        others.fold(0, |dirty, host| dirty | self.dirty[host.index()])
    }

    /// A host will write these cells' folios back, with what it does not know there.
    fn dirty(&mut self, host: Host, cells: u64) {
        self.dirty[host.index()] |= cells;
        let cells = folios(cells);
        self.of_content.loosen(self.of_content.unknown_to(host, cells));
        self.of_size.loosen(self.of_size.unknown_to(host, up_to(cells)));
    }

    /// The call has succeeded, and tells what else its caller knows.
    pub fn end(&mut self, call: &Call) {
        let cells = match self.flow.scope {
            Scope::All => u64::MAX,
            Scope::Cells(range) => bits(range),
        };
        if let (true, Some(host)) = (call.makes_durable(), self.caller.host()) {
            self.dirty[host.index()] &= !cells;
            self.of_content.make_durable(host, cells);
            // With the cells that a write stored, what it did to the size is durable, wherever.
            self.of_size.make_durable(host, u64::MAX);
        }
        let told = self.flow.releases.but_if_one(self.flow.acquires);
        self.of_content.tell(told, cells);
        self.of_size.tell(told, cells);
    }

    /// A call has failed that may have stored this in these cells, and have made the file as long as that.
    pub fn doubt(&mut self, cells: Range, value: Value, size: u32) {
        if !self.goes_by_cells() {
            return;
        }
        let cells = bits(cells);
        self.doubtful.rotate_right(1);
        self.doubtful[0] = (cells, value);
        self.of_content.doubt(cells);
        self.of_size.doubt(bits(Range::new(0, size)));
    }

    /// A sync has told its caller of an error.
    pub fn fail(&mut self, who: Who) {
        self.of_content.fail(who);
        self.of_size.fail(who);
    }

    pub fn crash(&mut self, host: Host) {
        self.of_content.crash(host);
        self.of_size.crash(host);
    }

    /// Whether a failed call has made the file longer than it is taken for, and that has been seen of one of these cells.
    pub fn is_longer_at(&self, cells: Range) -> bool {
        self.of_size.is_settled(bits(cells))
    }

    /// Whether one of these cells has been seen to hold what a failed call stored.
    pub fn is_else_at(&self, cells: Range) -> bool {
        self.of_content.is_settled(bits(cells))
    }

    /// Whether the call may show the cell inside a file of `size` cells, or past its end.
    pub fn may_be_inside(&mut self, cell: u32, inside: bool, size: u32) -> bool {
        let bit = 1 << cell;
        if inside == (cell < size) {
            return self.of_size.see(self.caller, &self.flow, bit);
        }
        if inside && self.of_size.doubtful(bit) != 0 {
            self.of_size.settle(bit);
            return true;
        }
        inside == (self.inside & bit != 0) && self.of_size.may_show_older(self.caller, &self.flow, bit)
    }

    /// Whether the call may show this in a cell that holds `now`.
    pub fn may_hold(&mut self, cell: u32, value: Value, now: Value) -> bool {
        let bit = 1 << cell;
        if value == now {
            return self.of_content.see(self.caller, &self.flow, bit);
        }
        if self.of_content.doubtful(bit) != 0 {
            let is_it = |(cells, doubtful): &(u64, Value)| cells & bit != 0 && *doubtful == value;
            if let Some(it) = self.doubtful.iter().position(is_it) {
                self.of_content.settle(bit);
                let others = self.doubtful.iter_mut().enumerate().filter(|(other, _)| *other != it);
                others.for_each(|(_, (cells, _))| *cells &= !bit);
                return true;
            }
        }
        let is_older = value == self.contents[cell as usize]
            || value == self.base[cell as usize] && self.of_content.may_show_base(self.caller, bit);
        is_older && self.of_content.may_show_older(self.caller, &self.flow, bit)
    }
}
