//! The slow judge: is there any run of the ideal cache that says just this?

use super::choice::Choice;
use super::machine::Machine;
use super::script::{Fate, Move, Script};
use launder_oracle::{Atomic, Call, Contract, Range, Reply, Trace, Value};

/// What the search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A run that says just this.
    Run,
    /// There is none.
    Nothing,
    /// It gave up: too many calls, or too many ways to try.
    GaveUp,
}

/// A search and what is left of its patience.
struct Search {
    replies: Vec<Option<Reply>>,
    patience: u32,
    /// Whether something that it read could be explained in several ways that are not equally good.
    ambiguous: bool,
}

/// Whether the ideal cache of `contract` can answer `trace`, and whether what it read could be explained in several ways.
pub fn search(contract: &Contract, trace: &Trace) -> (Found, bool) {
    let Some((script, replies)) = Script::of(trace) else { return (Found::GaveUp, true) };
    // What a copy brought is seldom certain to anyone but the cache.
    let ambiguous = script.ops.iter().any(|op| matches!(op.call, Call::Copy { .. }));
    let mut search = Search { replies, patience: 20_000, ambiguous };
    let found = search.follow(Machine::new(*contract, script));
    (found, search.ambiguous)
}

impl Search {
    fn follow(&mut self, mut machine: Machine) -> Found {
        loop {
            if self.patience == 0 {
                return Found::GaveUp;
            }
            self.patience -= 1;
            match machine.ahead() {
                None => return Found::Run,
                Some(Move::Begin(op)) => {
                    if needs_a_place(&machine, op) {
                        self.ambiguous = true;
                        return self.place(&machine, op);
                    }
                    machine.begin(op);
                }
                Some(Move::Return(op)) => {
                    if !machine.may_return(op) {
                        return Found::Nothing;
                    }
                    match read_range(&machine, op) {
                        Some(range) => return self.read(machine, op, range),
                        None => machine.end(op, &[]),
                    }
                }
            }
        }
    }

    /// Tries every place at which an append that did not say where it landed may have.
    fn place(&mut self, machine: &Machine, op: usize) -> Found {
        let places = (0..=machine.script.reach).map(Some).chain([None]);
        self.any(places, |search, at| {
            let mut next = machine.clone();
            next.script.ops[op].at = at;
            next.begin(op);
            let fits = at.is_none_or(|at| {
                (at == 0 || next.may_be(op, at - 1).0) && (at == next.script.reach || next.may_be(op, at).1)
            });
            if fits { search.follow(next) } else { Found::Nothing }
        })
    }

    fn any<T>(
        &mut self,
        ways: impl Iterator<Item = T>,
        mut follow: impl FnMut(&mut Search, T) -> Found,
    ) -> Found {
        let mut best = Found::Nothing;
        for way in ways {
            match follow(self, way) {
                Found::Run => return Found::Run,
                Found::GaveUp => best = Found::GaveUp,
                Found::Nothing => {}
            }
        }
        best
    }

    fn read(&mut self, machine: Machine, op: usize, range: Range) -> Found {
        let Some(Reply::Got(values)) = self.replies[op].clone() else { return Found::Nothing };
        let mut ways = Vec::new();
        for (cell, value) in range.cells().zip(values) {
            let choices = self.explanations(&machine, op, cell, value);
            if choices.is_empty() {
                return Found::Nothing;
            }
            ways.push(choices);
        }
        self.pick(&machine, op, &ways, &mut Vec::new())
    }

    /// The ways to explain one value; where one of them has no consequence, the others can be forgotten.
    fn explanations(&mut self, machine: &Machine, op: usize, cell: u32, value: Value) -> Vec<Choice> {
        let mut choices = machine.choices(op, cell);
        choices.retain(|choice| choice.value == value);
        // What a mapping shows near the end of the file teaches the judge nothing.
        self.ambiguous |= machine.script.ops[op].call.is_mapped() && machine.may_be(op, cell).1;
        let idle = choices.iter().position(|choice| machine.teaches_nothing(op, choice));
        let whole = machine.contract.atomic != Atomic::Cell && !machine.script.ops[op].call.is_mapped();
        match idle {
            Some(idle) if !whole || choices.len() == 1 => vec![choices.swap_remove(idle)],
            _ => {
                self.ambiguous |= choices.len() > 1;
                choices
            }
        }
    }

    fn pick(
        &mut self,
        machine: &Machine,
        op: usize,
        ways: &[Vec<Choice>],
        picked: &mut Vec<Choice>,
    ) -> Found {
        let Some((first, rest)) = ways.split_first() else {
            if machine.tears(op, picked) {
                return Found::Nothing;
            }
            let mut next = machine.clone();
            let news = next.serve(op, picked);
            // Once something came back by an excuse, the judge takes it for a write of its own.
            self.ambiguous |= !next.returns.is_empty();
            next.end(op, &news);
            return self.follow(next);
        };
        self.any(first.iter(), |search, choice| {
            picked.push(choice.clone());
            let found = search.pick(machine, op, rest, picked);
            picked.pop();
            found
        })
    }
}

fn needs_a_place(machine: &Machine, op: usize) -> bool {
    let op = &machine.script.ops[op];
    matches!(op.call, Call::Append { .. }) && op.at.is_none()
}

/// The cells that a read shows, if it is one that is judged.
pub fn read_range(machine: &Machine, op: usize) -> Option<Range> {
    let op = &machine.script.ops[op];
    match op.call {
        Call::Pread { range, .. } | Call::Mread(range) if op.fate == Fate::Done && !op.private => Some(range),
        _ => None,
    }
}
