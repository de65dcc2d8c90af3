//! Falsified traces: one reply of a true one is replaced by another that it might have been.

use launder_oracle::{Call, Errno, Reply, Trace, Value, What, Who};
use rand::{Rng, RngExt};

/// `trace` with one reply falsified; nothing where it has none to falsify.
pub fn falsify(random: &mut impl Rng, trace: &Trace) -> Option<Trace> {
    let spots = spots(trace);
    let spot = *spots.get(random.random_range(0..spots.len().max(1)))?;
    let numbers = numbers_before(trace, trace.events.len());
    let mut false_trace = trace.clone();
    let What::Reply(_, reply) = &mut false_trace.events[spot].what else { return None };
    *reply = match reply.clone() {
        Reply::Got(mut values) => {
            let cell = random.random_range(0..values.len());
            values[cell] = other_value(random, values[cell], numbers);
            Reply::Got(values)
        }
        Reply::At(cell) => Reply::At(if random.random() { cell + 1 } else { cell.saturating_sub(1) }),
        _ => Reply::Err(Errno::ENOSPC),
    };
    (false_trace != *trace).then_some(false_trace)
}

/// The replies that can be falsified: those that show something, and now and then a plain success.
fn spots(trace: &Trace) -> Vec<usize> {
    let mut busy: [Option<Call>; Who::ALL.len()] = [None; Who::ALL.len()];
    let mut spots = Vec::new();
    for (spot, event) in trace.events.iter().enumerate() {
        match &event.what {
            What::Call(who, call) => busy[who.index()] = Some(*call),
            What::Reply(who, reply) => {
                let call = busy[who.index()];
                let shows = matches!(reply, Reply::Got(values) if !values.is_empty());
                let syncs = *reply == Reply::Ok && call.is_some_and(|call| call.is_sync()) && spot % 8 == 0;
                if shows || syncs || matches!(reply, Reply::At(_)) {
                    spots.push(spot);
                }
            }
            What::Step(_) => {}
        }
    }
    spots
}

fn numbers_before(trace: &Trace, spot: usize) -> u32 {
    let calls = trace.events[..spot].iter();
    calls.filter(|event| matches!(&event.what, What::Call(_, call) if call.is_numbered())).count() as u32
}

fn other_value(random: &mut impl Rng, value: Value, numbers: u32) -> Value {
    for _ in 0..8 {
        let other = match random.random_range(0..10) {
            0 => Value::END,
            1 => Value::FOREIGN,
            2..4 => Value::ZERO,
            _ => Value::of(random.random_range(1..=numbers + 1)),
        };
        if other != value {
            return other;
        }
    }
    value
}
