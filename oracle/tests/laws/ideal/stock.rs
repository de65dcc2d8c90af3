//! What a call may be served of a register: of all that was written, what nothing certain has replaced.

use super::machine::{Doubt, Machine};
use super::reach::{Register, beyond, puts_inside};
use super::script::{Op, Ops, bit, members};
use launder_oracle::Call;

impl Machine {
    /// Whether the write `op` is certain in this register, for a call that knows `sealed` of it.
    fn holds(&self, op: usize, register: Register, sealed: Ops, reader_begun: usize) -> bool {
        if self.adrift[self.index(register)] & bit(op) != 0 {
            return false;
        }
        let doubted =
            |doubt: &Doubt| doubt.op == op && doubt.register == register && reader_begun < doubt.until;
        if self.doubts.iter().any(doubted) {
            return false;
        }
        let write = &self.script.ops[op];
        if beyond(write, register) {
            return write.call.is_direct() && sealed & bit(op) != 0;
        }
        !(write.failed() || self.crashed(op, register).is_some()) || sealed & bit(op) != 0
    }

    /// Whether `op` is certain in this register, excuses aside, for `reader`.
    pub fn certain(&self, op: usize, register: Register, reader: usize) -> bool {
        let sealed = self.knew(reader, register).sealed;
        self.holds(op, register, sealed, self.script.ops[reader].begun)
    }

    /// Whether an error that was reported lets `op` turn back in this register before `reader`.
    pub fn excused(&self, op: usize, register: Register, reader: usize) -> bool {
        let reader = &self.script.ops[reader];
        let spared = |spared: &[u32]| matches!(register, Register::Content(cell) if spared.contains(&cell));
        self.excuses[op].as_ref().is_some_and(|excuse| {
            reader.begun < excuse.until
                && reader.over.is_none_or(|over| over > excuse.from)
                && !spared(&excuse.spared)
        })
    }

    /// The writes that `reader` may not be served any more.
    fn gone(&self, reader: usize, register: Register) -> Ops {
        let knew = self.knew(reader, register);
        let force = |op: &usize| !self.excused(*op, register, reader) && self.certain(*op, register, reader);
        let lasts = |back: &usize| self.script.ops[reader].begun < self.returns[*back].until;
        let gone = members(knew.met).filter(force).fold(0, |gone, op| gone | self.knew(op, register).met);
        let (mut turned, mut over, mut to) = (0, 0, 0);
        let by = &self.script.ops[reader];
        // What came back did so in a cache, and only there.
        let of_cache = |_: &usize| by.host().is_some() && !by.passes_the_cache();
        let active =
            members(knew.returns).filter(lasts).filter(of_cache).fold(0, |set, returned| set | bit(returned));
        let outdated = members(active).fold(0, |set, returned| set | self.returns[returned].knew);
        for index in members(active) {
            let returned = self.returns[index];
            turned |= returned.turned;
            over |= returned.over;
            to |= if outdated & bit(index) == 0 { bit(returned.to) } else { 0 };
        }
        gone | turned | over & !to
    }

    /// The writes that `reader` may be served.
    pub fn stock(&self, reader: usize, register: Register) -> Ops {
        let index = self.index(register);
        let stock = self.writes[index] & !self.astray[index] & !self.gone(reader, register);
        members(stock)
            .filter(|op| *op != reader && self.lasts(*op, register, reader))
            .fold(0, |set, op| set | bit(op))
    }

    /// What a short write did not reach is served only to those who began before it returned.
    fn lasts(&self, op: usize, register: Register, reader: usize) -> bool {
        let write = &self.script.ops[op];
        let reader = &self.script.ops[reader];
        !beyond(write, register)
            || write.call.is_direct()
            || write.over.is_none_or(|over| reader.begun < over)
    }

    /// Whether `cell` may be inside, and whether it may be outside, for `op`.
    pub fn may_be(&self, op: usize, cell: u32) -> (bool, bool) {
        if !self.borders(cell) {
            return (true, false);
        }
        let stock = self.stock(op, Register::Inside(cell));
        let inside = members(stock).any(|write| self.inside(write, cell));
        let outside = members(stock).any(|write| !self.inside(write, cell));
        (inside, outside)
    }

    /// Whether a mapping may hold on to `cell`, since a truncate that cuts it off is under way together with `access`.
    pub fn is_still_mapped(&self, access: usize, cell: u32) -> bool {
        let access = &self.script.ops[access];
        let cuts = |op: &Op| matches!(op.call, Call::Ftruncate(size) if size <= cell) && op.writes();
        let together = |op: &Op| op.begun <= self.now && op.over.is_none_or(|over| over > access.begun);
        access.call.is_mapped() && self.script.ops[1..].iter().any(|op| cuts(op) && together(op))
    }

    /// Whether `write` puts `cell` inside.
    pub fn inside(&self, write: usize, cell: u32) -> bool {
        if write == 0 { cell < self.script.cells } else { puts_inside(&self.script.ops[write], cell) }
    }

    /// Stores under way where the file may end are no part of it, or nobody knows.
    pub fn look_past_the_end(&mut self) {
        for op in 1..self.script.ops.len() {
            let store = &self.script.ops[op];
            let under_way = store.begun <= self.now && store.over.is_none_or(|over| over >= self.now);
            let Call::Mwrite(range) = store.call else { continue };
            if !under_way || !store.writes() {
                continue;
            }
            for cell in range.cells().filter(|cell| self.borders(*cell)).collect::<Vec<_>>() {
                let (inside, outside) = self.may_be(op, cell);
                let index = self.index(Register::Content(cell));
                self.astray[index] = self.astray[index] & !bit(op) | if inside { 0 } else { bit(op) };
                self.adrift[index] |= if outside { bit(op) } else { 0 };
            }
        }
    }
}
