//! The smallest trace, and the strongest contract, that still show a disagreement.

use launder_oracle::{
    Atomic, CELLS, Call, Contract, Direct, Divergence, Hosts, Loser, Maps, Notify, Open, Range, Reply, Trace,
    Value, What, Who,
};

/// Whether a trace, under a contract, still shows it.
pub type Shows<'f> = &'f dyn Fn(&Contract, &Trace) -> bool;

/// Shrinks both until nothing can go.
pub fn shrink(contract: Contract, trace: Trace, shows: Shows) -> (Contract, Trace) {
    let (mut contract, mut trace) = (contract, trace);
    loop {
        let shorter =
            shorter(&trace).into_iter().find(|shorter| is_one(shorter) && shows(&contract, shorter));
        let stronger = stronger(&contract).into_iter().find(|stronger| shows(stronger, &trace));
        match (shorter, stronger) {
            (None, None) => return (contract, trace),
            (Some(shorter), _) => trace = shorter,
            (None, Some(stronger)) => contract = stronger,
        }
    }
}

/// Whether it is a trace at all.
fn is_one(trace: &Trace) -> bool {
    Trace::parse(&trace.to_string()).is_ok()
}

fn stronger(contract: &Contract) -> Vec<Contract> {
    let axes = [
        Contract { hosts: Hosts::Coherent, ..*contract },
        Contract { open: Open::Fresh, ..*contract },
        Contract { notify: Notify::Honoured, ..*contract },
        Contract { maps: Maps::Unified, ..*contract },
        Contract { direct: Direct::Coherent, ..*contract },
        Contract { divergence: Divergence::Byte, ..*contract },
        Contract { loser: Loser::Nobody, ..*contract },
        Contract { atomic: Atomic::Call, ..*contract },
    ];
    axes.into_iter().filter(|stronger| stronger != contract).collect()
}

/// Each call, as the places of its beginning and of its reply.
fn calls(trace: &Trace) -> Vec<(usize, Option<usize>)> {
    let mut calls: Vec<(usize, Option<usize>)> = Vec::new();
    let mut busy = [0; Who::ALL.len()];
    for (place, event) in trace.events.iter().enumerate() {
        match &event.what {
            What::Call(who, _) => {
                busy[who.index()] = calls.len();
                calls.push((place, None));
            }
            What::Reply(who, _) => calls[busy[who.index()]].1 = Some(place),
            What::Step(_) => {}
        }
    }
    calls
}

fn shorter(trace: &Trace) -> Vec<Trace> {
    let calls = calls(trace);
    let mut all: Vec<Trace> = calls.iter().filter_map(|call| without(trace, *call)).collect();
    all.extend(calls.iter().flat_map(|call| narrower(trace, *call)));
    if trace.cells != CELLS {
        all.push(Trace { cells: CELLS, ..trace.clone() });
    }
    all
}

/// The trace without one call, its writes numbered anew.
fn without(trace: &Trace, (begun, over): (usize, Option<usize>)) -> Option<Trace> {
    let What::Call(_, call) = &trace.events[begun].what else { return None };
    let is_numbered = |what: &What| matches!(what, What::Call(_, call) if call.is_numbered());
    let number = trace.events[..=begun].iter().filter(|event| is_numbered(&event.what)).count() as u32;
    let mut shorter = trace.clone();
    for event in &mut shorter.events {
        let What::Reply(_, Reply::Got(values)) = &mut event.what else { continue };
        for value in values.iter_mut().filter(|_| call.is_numbered()) {
            match value.number() {
                Some(named) if named == number => return None,
                Some(named) if named > number => *value = Value::of(named - 1),
                _ => {}
            }
        }
    }
    over.map(|over| shorter.events.remove(over));
    shorter.events.remove(begun);
    Some(shorter)
}

/// The trace with one call a cell narrower, at either side.
fn narrower(trace: &Trace, (begun, over): (usize, Option<usize>)) -> Vec<Trace> {
    let What::Call(who, call) = &trace.events[begun].what else { return Vec::new() };
    let mut all = Vec::new();
    for left in [true, false] {
        let Some(less) = narrow(call, left) else { continue };
        let mut narrower = trace.clone();
        narrower.events[begun].what = What::Call(*who, less);
        if let Some(What::Reply(_, Reply::Got(values))) = over.map(|over| &mut narrower.events[over].what) {
            values.remove(if left { 0 } else { values.len() - 1 });
        }
        all.push(narrower);
    }
    all
}

fn narrow(call: &Call, left: bool) -> Option<Call> {
    let less = |range: &Range| match (range.len() > 1, left) {
        (false, _) => None,
        (true, true) => Some(Range::new(range.start + 1, range.end)),
        (true, false) => Some(Range::new(range.start, range.end - 1)),
    };
    Some(match call {
        Call::Pread { direct, range } => Call::Pread { direct: *direct, range: less(range)? },
        Call::Pwrite { direct, range } => Call::Pwrite { direct: *direct, range: less(range)? },
        Call::Mread(range) => Call::Mread(less(range)?),
        Call::Mwrite(range) => Call::Mwrite(less(range)?),
        Call::Punch(range) => Call::Punch(less(range)?),
        Call::Zero(range) => Call::Zero(less(range)?),
        Call::Copy { from, to } if !left => Call::Copy { from: less(from)?, to: *to },
        _ => return None,
    })
}
