//! The step machine: calls begin, knowing what their places know, and return, telling it on.

use super::excuse::{Excuse, excuse};
use super::places::{Place, flow, own_way};
use super::reach::{Register, beyond, contents, touches, writes};
use super::script::{Fate, Move, Op, Ops, Script, bit, members};
use launder_oracle::{Call, Contract, Direct, FOLIO, Value};
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
    pub places: Vec<Vec<Knows>>,
    /// What each operation knew when it began.
    pub views: Vec<Rc<Vec<Knows>>>,
    /// The writes begun, by register.
    pub writes: Vec<Ops>,
    /// The writes that settle nothing, by register.
    pub adrift: Vec<Ops>,
    /// The stores made past the end of the file, by register.
    pub astray: Vec<Ops>,
    pub doubts: Vec<Doubt>,
    pub returns: Vec<Return>,
    pub excuses: Vec<Option<Excuse>>,
    /// The writes that a crash of their host has met.
    pub met_crash: Vec<bool>,
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
            writes: vec![bit(0); registers],
            adrift: vec![0; registers],
            astray: vec![0; registers],
            doubts: Vec::new(),
            returns: Vec::new(),
            excuses: vec![None; count],
            met_crash: vec![false; count],
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
        self.writes[self.index(register)]
    }

    /// The next move begins `op`.
    pub fn begin(&mut self, op: usize) {
        self.now += 1;
        let (from, _) = flow(&self.contract, &self.script.ops[op]);
        let mut view = vec![Knows { met: bit(0), ..Knows::default() }; self.writes.len()];
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
                    self.writes[index] |= bit(op);
                }
            }
            self.meet_others(op);
            self.overlook_what_grows(op);
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
            let own = members(self.writes[index]).filter(|earlier| {
                let earlier = &self.script.ops[*earlier];
                earlier.who == writer.who && earlier.call.is_direct()
            });
            view[index].met |= own.fold(0, |set, earlier| set | bit(earlier));
        }
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

    pub fn settle_copy(&mut self, op: usize, from: u32, to: u32) {
        for cell in contents(&self.script.ops[op], self.script.reach).cells() {
            let stock = self.stock(op, Register::Content(from + (cell - to)));
            self.sources.push((op, cell, stock));
        }
    }

    pub fn tell(&mut self, op: usize, news: &[(Register, Knows)]) {
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
            let mut learnt = knows;
            news.iter().filter(|(about, _)| *about == register).for_each(|(_, learns)| learnt.hear(*learns));
            // Past the cache it read contents; where the file ends its host believed, which need not be what the server does.
            let believed = call.call.is_direct() && self.contract.direct != Direct::None;
            let believed = believed && matches!(register, Register::Inside(_));
            let index = self.index(register);
            for place in to {
                let hears = if believed && *place == Place::Server { knows } else { learnt };
                self.places[place.index()][index].hear(hears);
            }
        }
    }
}

/// The first cells of the folios of `range`.
pub fn folios(range: launder_oracle::Range) -> impl Iterator<Item = u32> {
    let last = if range.is_empty() { range.start } else { range.end.next_multiple_of(FOLIO) };
    (range.start / FOLIO * FOLIO..last).step_by(FOLIO as usize)
}
