//! Which states of folios met which events in a hunt: the matrix, as JSON and as text.

use crate::record::{Met, Subject};
use launder_fuzz::{Hunted, matrix_table};
use launder_impls::{Event, State};

/// The matrix of a model: the cache of a real subject is not seen.
pub fn of(hunted: &Hunted) -> Option<Met> {
    let (matrix, possible) = (&hunted.hunt.matrix, hunted.planted.card.possible());
    let met = matrix.met(1);
    let missing = possible.without(met).pairs();
    let missing = missing.map(|(state, event)| format!("{} × {}", state.name(), event.name())).collect();
    let times = |state, event| possible.has(state, event).then(|| matrix.times(state, event));
    let row = |state| Event::ALL.into_iter().map(|event| times(state, event)).collect();
    hunted.planted.is_model().then(|| Met {
        met: met.count(),
        of: possible.count(),
        missing,
        states: State::ALL.map(|state| state.name().to_string()).into(),
        events: Event::ALL.map(|event| event.name().to_string()).into(),
        times: State::ALL.into_iter().map(row).collect(),
    })
}

/// The matrix of one subject, or that of several.
pub fn text(subjects: &[Subject]) -> String {
    let met: Vec<&Met> = subjects.iter().filter_map(|subject| subject.matrix.as_ref()).collect();
    let mut text = match met.as_slice() {
        [] => String::new(),
        [one] => format!(
            "\nIn how many runs a state of a folio met an event (`-`: that cannot happen to this subject):\n\n{}",
            matrix_table(|state, event| times(one, state, event))
        ),
        all => format!(
            "\nIn how many of the subjects to which an event can happen it met a state of a folio:\n\n{}",
            matrix_table(|state, event| subjects_of(all, state, event))
        ),
    };
    for Subject { subject, .. } in subjects.iter().filter(|subject| subject.matrix.is_none()) {
        text += &format!("\n{subject} is real: what its cache holds is not seen, and it has no matrix\n");
    }
    text
}

fn times(met: &Met, state: State, event: Event) -> String {
    match times_of(met, state, event) {
        None => "-".into(),
        Some(0) => ".".into(),
        Some(times) => times.to_string(),
    }
}

fn times_of(met: &Met, state: State, event: Event) -> Option<u64> {
    met.times[state as usize][event as usize]
}

/// All of them, or some, and of how many.
fn subjects_of(all: &[&Met], state: State, event: Event) -> String {
    let times: Vec<u64> = all.iter().filter_map(|met| times_of(met, state, event)).collect();
    match (times.iter().filter(|times| **times > 0).count(), times.len()) {
        (_, 0) => "-".into(),
        (0, _) => ".".into(),
        (met, of) if met == of => met.to_string(),
        (met, of) => format!("{met}/{of}"),
    }
}
