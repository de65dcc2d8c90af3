//! Random traces of the ideal cache: a planned script, and a choice, wherever there is one, of what to serve.

use super::choice::Choice;
use super::machine::{Machine, folios};
use super::plan::{Taste, is_quiet, plan};
use super::script::{Fate, Move, Script};
use super::search::read_range;
use launder_oracle::{CELLS, Call, Contract, End, Errno, Event, Range, Reply, Trace, Value, What};
use rand::{Rng, RngExt};

/// What an ideal cache of `contract` might say to at most `calls` calls and those that settle; seldom nothing, where
/// it talked itself into a corner.
pub fn ideal_trace(random: &mut impl Rng, contract: &Contract, calls: usize) -> Option<Trace> {
    let taste = Taste::random(random, calls);
    let script = plan(random, taste, contract.loser);
    let mut machine = Machine::new(*contract, script);
    let mut said = Vec::new();
    while let Some(step) = machine.ahead() {
        match step {
            Move::Begin(op) => {
                begin(random, &mut machine, op);
                let call = &machine.script.ops[op];
                said.push(What::Call(call.who, call.call));
            }
            Move::Return(op) => {
                let who = machine.script.ops[op].who;
                said.push(What::Reply(who, end(random, &mut machine, op)?));
            }
        }
    }
    Some(trace(&machine.script, said, random.random()))
}

fn trace(script: &Script, said: Vec<What>, endless: bool) -> Trace {
    let first = if script.cells == CELLS { 1 } else { 2 };
    let events = (first..).zip(said).map(|(line, what)| Event { line, what }).collect();
    let end = match (is_quiet(script), endless) {
        (true, _) => End::Quiet,
        (false, true) => End::Endless,
        (false, false) => End::Stuck,
    };
    Trace { cells: script.cells, events, end }
}

fn begin(random: &mut impl Rng, machine: &mut Machine, op: usize) {
    let planned = machine.script.ops[op].clone();
    match planned.call {
        Call::Append { cells, .. } => land(random, machine, op, cells),
        Call::Mwrite(range) if planned.fate == Fate::Done && !planned.private => {
            machine.begin(op);
            if !folios(range).all(|cell| machine.may_be(op, cell).0) {
                machine.script.ops[op].fate = Fate::Sigbus;
            }
        }
        _ => machine.begin(op),
    }
}

/// Foresees where an append will land; where it can nowhere, it is interrupted.
fn land(random: &mut impl Rng, machine: &mut Machine, op: usize, cells: u32) {
    let mut lands = Vec::new();
    for at in 0..=machine.script.reach.saturating_sub(cells) {
        let mut trial = machine.clone();
        trial.script.ops[op].at = Some(at);
        trial.begin(op);
        if trial.may_land(op) {
            lands.push(trial);
        }
    }
    if lands.is_empty() {
        let fate = &mut machine.script.ops[op].fate;
        *fate = if *fate == Fate::Done { Fate::Fails(Errno::EINTR) } else { *fate };
        machine.begin(op);
    } else {
        *machine = lands.swap_remove(random.random_range(0..lands.len()));
    }
}

fn end(random: &mut impl Rng, machine: &mut Machine, op: usize) -> Option<Reply> {
    if let (Call::Mread(range), Fate::Done) = (machine.script.ops[op].call, machine.script.ops[op].fate) {
        let hidden = machine.script.ops[op].private;
        if !hidden && !folios(range).all(|cell| machine.may_be(op, cell).0) {
            machine.script.ops[op].fate = Fate::Sigbus;
        }
    }
    assert!(machine.may_return(op), "{:?} cannot end so", machine.script.ops[op]);
    if let Some(range) = read_range(machine, op) {
        let served = serve(random, machine, op, range)?;
        let news = machine.serve(op, &served);
        machine.end(op, &news);
        return Some(Reply::Got(served.iter().map(|choice| choice.value).collect()));
    }
    machine.end(op, &[]);
    Some(reply(random, &machine.script, op))
}

fn reply(random: &mut impl Rng, script: &Script, op: usize) -> Reply {
    let op = &script.ops[op];
    match (op.fate, op.call) {
        (Fate::Fails(errno), _) => Reply::Err(errno),
        (Fate::Sigbus, _) => Reply::Sigbus,
        (Fate::Short(cells), _) => Reply::Wrote(cells),
        (_, Call::Append { .. }) => Reply::At(op.at.expect("an append that is done landed")),
        (_, Call::Mread(range)) => {
            Reply::Got(range.cells().map(|_| Value::of(random.random_range(0..4))).collect())
        }
        _ => Reply::Ok,
    }
}

/// Something that the read may be served; nothing if there is none, or if twenty tries all tore some write.
fn serve(random: &mut impl Rng, machine: &mut Machine, op: usize, range: Range) -> Option<Vec<Choice>> {
    let ways: Vec<Vec<Choice>> = range.cells().map(|cell| machine.choices(op, cell)).collect();
    if ways.iter().any(|choices| choices.is_empty()) {
        return None;
    }
    let newest = random.random_ratio(1, 4);
    for trial in 0..20 {
        let mut served: Vec<Choice> = Vec::new();
        for choices in &ways {
            let last = choices.iter().max_by_key(|choice| (choice.inside, choice.content));
            let some = &choices[random.random_range(0..choices.len())];
            served.push(if newest || trial > 15 { last.unwrap_or(some).clone() } else { some.clone() });
        }
        let settled_twice = served.iter().filter(|choice| choice.brought.is_some()).count() > 1;
        if !machine.tears(op, &served) && !settled_twice {
            return Some(served);
        }
    }
    None
}
