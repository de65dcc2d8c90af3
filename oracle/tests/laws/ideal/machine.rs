//! The step machine: calls begin, knowing what their places know, and return, telling it on.

use super::excuse::{appends_collide, durable, excuse, injected, is_fault, may_fail};
use super::places::{Place, flow, own_way};
use super::reach::{Register, beyond, contents, puts_inside, touches, writes};
use super::script::{Fate, Move, Op, Ops, Script, bit, members};
use launder_oracle::{Call, Contract, Direct, FOLIO, Host, Value};
use std::rc::Rc;

/// What is known of one register, by a place or a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Knows {
    /// The writes that it has met.
    pub met: Ops,
    /// Of those that may or may not have happened, the ones that were seen afterwards.
    pub sealed: Ops,
    /// The times that an older value was seen to have come back.
    pub returns: u64,
}

impl Knows {
    /// Adds what another knows.
    pub fn hear(&mut self, other: Knows) {
        self.met |= other.met;
        self.sealed |= other.sealed;
        self.returns |= other.returns;
    }
}

/// A doubt about a write, raised by one of another host: for good, or until the writer's next sync.
#[derive(Clone, Copy, Debug)]
pub struct Doubt {
    pub op: usize,
    pub register: Register,
    pub until: usize,
}

/// An older value came back, over what had been written since, until some excuse ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return {
    /// To this.
    pub to: usize,
    pub until: usize,
    /// The writes that turned back.
    pub turned: Ops,
    /// All that they had replaced.
    pub over: Ops,
    /// The returns that had been known before.
    pub knew: u64,
}

/// An ideal cache in the middle of a script.
#[derive(Clone)]
pub struct Machine {
    pub contract: Contract,
    pub script: Script,
    pub now: usize,
    places: Vec<Vec<Knows>>,
    /// What each operation knew when it began.
    views: Vec<Rc<Vec<Knows>>>,
    /// The writes begun, by register.
    begun: Vec<Ops>,
    /// The writes that settle nothing, by register.
    pub adrift: Vec<Ops>,
    /// The stores made past the end of the file, by register.
    pub astray: Vec<Ops>,
    pub doubts: Vec<Doubt>,
    pub returns: Vec<Return>,
    excuses: Vec<Option<usize>>,
    crashed: Vec<Option<usize>>,
    /// What a copy brought to a cell, where that is settled.
    pub brought: Vec<(usize, u32, Value)>,
    /// What a finished copy may have brought to a cell.
    pub sources: Vec<(usize, u32, Ops)>,
    /// Whether a cell can ever have been outside the file.
    borders: Vec<bool>,
}

impl Machine {
    /// The cache of `contract` before anything of `script` happened.
    pub fn new(contract: Contract, script: Script) -> Machine {
        let registers = 2 * script.reach as usize;
        let blank = vec![Knows { met: bit(0), ..Knows::default() }; registers];
        let borders = (0..script.reach).map(|cell| {
            let cuts = |op: &Op| matches!(op.call, Call::Ftruncate(size) if size <= cell);
            cell >= script.cells || script.ops.iter().any(cuts)
        });
        let borders = borders.collect();
        let count = script.ops.len();
        Machine {
            contract,
            script,
            now: 0,
            places: vec![blank; Place::COUNT],
            views: (0..count).map(|_| Rc::new(vec![Knows::default(); registers])).collect(),
            begun: vec![bit(0); registers],
            adrift: vec![0; registers],
            astray: vec![0; registers],
            doubts: Vec::new(),
            returns: Vec::new(),
            excuses: vec![None; count],
            crashed: vec![None; count],
            brought: Vec::new(),
            sources: Vec::new(),
            borders,
        }
    }

    /// The moves still to come.
    pub fn ahead(&self) -> Option<Move> {
        self.script.moves.get(self.now).copied()
    }

    /// Where a register stands among all.
    pub fn index(&self, register: Register) -> usize {
        match register {
            Register::Content(cell) => cell as usize,
            Register::Inside(cell) => (self.script.reach + cell) as usize,
        }
    }

    /// Every register.
    pub fn registers(&self) -> impl Iterator<Item = Register> + use<> {
        let reach = self.script.reach;
        (0..reach).map(Register::Content).chain((0..reach).map(Register::Inside))
    }

    /// Whether `cell` can ever have been outside the file.
    pub fn borders(&self, cell: u32) -> bool {
        self.borders[cell as usize]
    }

    /// What `op` knew of a register when it began.
    pub fn knew(&self, op: usize, register: Register) -> Knows {
        self.views[op][self.index(register)]
    }

    /// The writes of this register that have begun.
    pub fn begun(&self, register: Register) -> Ops {
        self.begun[self.index(register)]
    }

    /// The next move begins `op`.
    pub fn begin(&mut self, op: usize) {
        self.now += 1;
        let (from, _) = flow(&self.contract, &self.script.ops[op]);
        let mut view = vec![Knows { met: bit(0), ..Knows::default() }; self.begun.len()];
        for place in from {
            for (known, place) in view.iter_mut().zip(&self.places[place.index()]) {
                known.hear(*place);
            }
        }
        self.remember(op, &mut view);
        self.views[op] = Rc::new(view);
        if self.script.ops[op].writes() {
            self.excuses[op] = excuse(&self.script, &self.script.ops[op]);
            for register in self.registers() {
                if writes(&self.script.ops[op], register, self.script.reach) {
                    let index = self.index(register);
                    self.begun[index] |= bit(op);
                }
            }
            self.meet_others(op);
        }
        self.look_past_the_end();
    }

    /// A process that writes past the cache knows its own earlier attempts, which it told nobody of.
    fn remember(&self, op: usize, view: &mut [Knows]) {
        let writer = &self.script.ops[op];
        if self.contract.direct != Direct::None || !writer.call.is_direct() || !writer.writes() {
            return;
        }
        for register in self.registers() {
            let index = self.index(register);
            let own = members(self.begun[index]).filter(|earlier| {
                let earlier = &self.script.ops[*earlier];
                earlier.who == writer.who && earlier.call.is_direct()
            });
            view[index].met |= own.fold(0, |set, earlier| set | bit(earlier));
        }
    }

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
        !(write.failed() || self.crashed[op].is_some()) || sealed & bit(op) != 0
    }

    /// Whether `op` is certain in this register, excuses aside, for `reader`.
    pub fn certain(&self, op: usize, register: Register, reader: usize) -> bool {
        let sealed = self.knew(reader, register).sealed;
        self.holds(op, register, sealed, self.script.ops[reader].begun)
    }

    /// Whether an error that was reported lets `op` turn back before `reader`.
    pub fn excused(&self, op: usize, reader: usize) -> bool {
        self.excuses[op].is_some_and(|until| self.script.ops[reader].begun < until)
    }

    /// The writes that `reader` may not be served any more.
    fn gone(&self, reader: usize, register: Register) -> Ops {
        let knew = self.knew(reader, register);
        let force = |op: &usize| !self.excused(*op, reader) && self.certain(*op, register, reader);
        let lasts = |back: &usize| self.script.ops[reader].begun < self.returns[*back].until;
        let gone = members(knew.met).filter(force).fold(0, |gone, op| gone | self.knew(op, register).met);
        let (mut turned, mut over, mut to) = (0, 0, 0);
        let active = members(knew.returns).filter(lasts).fold(0, |set, returned| set | bit(returned));
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
        let stock = self.begun[index] & !self.astray[index] & !self.gone(reader, register);
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

    /// Whether `write` puts `cell` inside.
    pub fn inside(&self, write: usize, cell: u32) -> bool {
        if write == 0 { cell < self.script.cells } else { puts_inside(&self.script.ops[write], cell) }
    }

    /// Stores under way where the file may end are no part of it, or nobody knows.
    fn look_past_the_end(&mut self) {
        for op in 1..self.script.ops.len() {
            let store = &self.script.ops[op];
            let under_way = store.begun <= self.now && store.over.is_none_or(|over| over >= self.now);
            let Call::Mwrite(range) = store.call else { continue };
            if !under_way || store.private {
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

    /// Whether the reply that the script has for `op` is one that it may get now, values aside.
    pub fn may_return(&self, op: usize) -> bool {
        let call = &self.script.ops[op];
        let over = self.now + 1;
        match (call.fate, call.call) {
            (Fate::Fails(errno), _) => may_fail(&self.script, self.contract.loser, call, errno, over),
            (Fate::Sigbus, Call::Mread(range) | Call::Mwrite(range)) => {
                call.private
                    || injected(&self.script, over, is_fault)
                    || folios(range).any(|cell| self.may_be(op, cell).1)
            }
            (_, Call::Mread(range) | Call::Mwrite(range)) => {
                call.private || folios(range).all(|cell| self.may_be(op, cell).0)
            }
            (Fate::Done, Call::Append { .. }) => self.may_land(op),
            _ => true,
        }
    }

    /// Whether an append may land where it did.
    pub fn may_land(&self, op: usize) -> bool {
        let append = &self.script.ops[op];
        let Some(at) = append.at else { return true };
        let fits =
            (at == 0 || self.may_be(op, at - 1).0) && (at >= self.script.reach || self.may_be(op, at).1);
        let others = self.script.ops[1..].iter().filter(|other| other.begun != append.begun);
        let mut others = others.filter(|other| other.begun <= self.now + 1);
        fits && !others.any(|other| appends_collide(&self.script, self.contract.hosts, append, other))
    }

    /// The next move ends `op`, which has learnt `news` (a read) or nothing.
    pub fn end(&mut self, op: usize, news: &[(Register, Knows)]) {
        self.look_past_the_end();
        if let Call::Copy { from, to } = self.script.ops[op].call {
            self.settle_copy(op, from.start, to);
        }
        self.now += 1;
        if let (Call::Crash(host), Fate::Done) = (self.script.ops[op].call, self.script.ops[op].fate) {
            self.cut();
            self.crash(host);
        }
        let call = &self.script.ops[op];
        if !call.failed() || call.writes() {
            self.tell(op, news);
        }
    }

    fn settle_copy(&mut self, op: usize, from: u32, to: u32) {
        for cell in contents(&self.script.ops[op], self.script.reach).cells() {
            let stock = self.stock(op, Register::Content(from + (cell - to)));
            self.sources.push((op, cell, stock));
        }
    }

    fn tell(&mut self, op: usize, news: &[(Register, Knows)]) {
        let call = &self.script.ops[op];
        let (_, to) = flow(&self.contract, call);
        let own = own_way(&self.contract, call, &to);
        for register in self.registers().filter(|register| touches(call, *register, self.script.reach)) {
            // What msync syncs is data; how long the file is, other syncs tell.
            if matches!((call.call, register), (Call::Msync(..), Register::Inside(_))) {
                continue;
            }
            let unsure = call.failed() || beyond(call, register);
            if unsure && !call.call.is_direct() && !call.failed() {
                continue;
            }
            // A failure tells nobody of what the call knew, and only those who go the same way that it came before.
            let mut knows = if unsure { Knows::default() } else { self.knew(op, register) };
            let to = if unsure { &own } else { &to };
            if writes(call, register, self.script.reach) {
                knows.met |= bit(op);
            }
            for (_, learnt) in news.iter().filter(|(about, _)| *about == register) {
                knows.hear(*learnt);
            }
            let index = self.index(register);
            to.iter().for_each(|place| self.places[place.index()][index].hear(knows));
        }
    }

    /// What `reader` learns by being served `write`.
    pub fn learn(&self, reader: usize, register: Register, write: usize) -> Knows {
        let began = self.script.ops[reader].begun;
        let unsettled = self.unsettled_since(write, register);
        let told = self.knew(write, register);
        Knows {
            met: bit(write) | told.met,
            sealed: told.sealed | if unsettled.is_some_and(|since| since < began) { bit(write) } else { 0 },
            returns: told.returns,
        }
    }

    /// What it means that `reader` was served `write`, if writes that it knew of have turned back for that: while their
    /// excuses last, it is as if `write` had been written over them.
    pub fn come_back(&self, reader: usize, register: Register, write: usize) -> Option<Return> {
        // Only a cache shows that it has dropped what failed: the server never had it, and need not stay so.
        let by = &self.script.ops[reader];
        let of_cache = by.host().is_some() && !by.call.is_direct();
        // And what came back stays only if it cannot itself turn back.
        let stays = self.certain(write, register, reader) && !self.excused(write, reader);
        let turned = members(self.knew(reader, register).met).filter(|_| of_cache && stays).filter(|op| {
            self.excused(*op, reader)
                && self.certain(*op, register, reader)
                && self.knew(*op, register).met & bit(write) != 0
        });
        turned.fold(None, |back: Option<Return>, op| {
            let (until, knew) = (self.excuses[op].unwrap_or(0), self.knew(reader, register).returns);
            let back = back.unwrap_or(Return { to: write, until, turned: 0, over: 0, knew });
            Some(Return {
                until: until.min(back.until),
                turned: back.turned | bit(op),
                over: back.over | self.knew(op, register).met,
                ..back
            })
        })
    }

    /// Since when nobody knows whether `write` happened.
    fn unsettled_since(&self, write: usize, register: Register) -> Option<usize> {
        let op = &self.script.ops[write];
        let failed = op.failed() || beyond(op, register) && op.call.is_direct();
        op.over.filter(|_| failed).max(self.crashed[write])
    }

    /// The writes that the crash cuts are known of, as failed ones are.
    fn cut(&mut self) {
        for op in 1..self.script.ops.len() {
            let call = &self.script.ops[op];
            if call.fate == Fate::Cut && call.over == Some(self.now) && call.writes() {
                self.tell(op, &[]);
            }
        }
    }

    fn crash(&mut self, host: Host) {
        for op in 1..self.script.ops.len() {
            let lost = &self.script.ops[op];
            let mine = lost.begun < self.now && lost.writes() && lost.host() == Some(host);
            if !mine || durable(&self.script, lost).is_some_and(|since| since < self.now) {
                continue;
            }
            let cut_now = lost.fate == Fate::Cut && lost.over == Some(self.now);
            if let (Call::Copy { from, to }, true) = (lost.call, cut_now) {
                self.settle_copy(op, from.start, to);
            }
            self.crashed[op] = Some(self.now);
            self.forget(bit(op));
        }
    }

    /// Nobody knows any more that these happened.
    fn forget(&mut self, ops: Ops) {
        let unseal = |knows: &mut Knows| knows.sealed &= !ops;
        self.places.iter_mut().flatten().for_each(unseal);
        for view in &mut self.views {
            if view.iter().any(|knows| knows.sealed & ops != 0) {
                Rc::make_mut(view).iter_mut().for_each(unseal);
            }
        }
    }
}

/// The first cells of the folios of `range`.
pub fn folios(range: launder_oracle::Range) -> impl Iterator<Item = u32> {
    let last = if range.is_empty() { range.start } else { range.end.next_multiple_of(FOLIO) };
    (range.start / FOLIO * FOLIO..last).step_by(FOLIO as usize)
}
