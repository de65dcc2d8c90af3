//! Which states of folios met which events in a hunt: the matrix, as JSON and as text.

use crate::record::Met;
use launder_fuzz::{Hunted, matrix_table};
use launder_impls::{Event, State};

/// The matrix of a model: the cache of a real subject is not seen.
pub fn of(hunted: &Hunted) -> Option<Met> {
    let (met, possible) = (hunted.hunt.matrix.met(1), hunted.planted.card.possible());
    let missing = possible.without(met).pairs();
    let missing = missing.map(|(state, event)| format!("{} × {}", state.name(), event.name())).collect();
    let row = |state| Event::ALL.into_iter().map(|event| times_of(hunted, state, event)).collect();
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
pub fn text(hunted: &[Hunted]) -> String {
    let (models, real): (Vec<_>, Vec<_>) = hunted.iter().partition(|hunted| hunted.planted.is_model());
    let mut text = match models.as_slice() {
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
    for Hunted { planted, .. } in real {
        text += &format!("\n{planted} is real: what its cache holds is not seen, and it has no matrix\n");
    }
    text
}

fn times(hunted: &Hunted, state: State, event: Event) -> String {
    match times_of(hunted, state, event) {
        None => "-".into(),
        Some(0) => ".".into(),
        Some(times) => times.to_string(),
    }
}

fn times_of(hunted: &Hunted, state: State, event: Event) -> Option<u64> {
    let possible = hunted.planted.card.possible();
    possible.has(state, event).then(|| hunted.hunt.matrix.times(state, event))
}

/// All of them, or some, and of how many.
fn subjects_of(all: &[&Hunted], state: State, event: Event) -> String {
    let times: Vec<u64> = all.iter().filter_map(|hunted| times_of(hunted, state, event)).collect();
    match (times.iter().filter(|times| **times > 0).count(), times.len()) {
        (_, 0) => "-".into(),
        (0, _) => ".".into(),
        (met, of) if met == of => met.to_string(),
        (met, of) => format!("{met}/{of}"),
    }
}
