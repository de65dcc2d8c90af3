//! Which states of folios met which events in a hunt: the matrix, as JSON and as text.

use super::told::Subject;
use launder_fuzz::{Hunted, Matrix, matrix_table};
use launder_impls::{Event, State};
use serde::Serialize;
use std::fmt;

/// The matrix of a subject.
#[derive(Serialize)]
pub struct Met {
    /// Pairs that were met.
    pub met: u32,
    /// Pairs of all states and of the events that can happen to the subject.
    pub of: u32,
    pub missing: Vec<String>,
    #[serde(skip)]
    possible: launder_impls::Met,
    #[serde(skip)]
    matrix: Matrix,
}

impl Met {
    /// Of a model: the cache of a real subject is not seen.
    pub fn of(hunted: &Hunted) -> Option<Met> {
        let (matrix, possible) = (hunted.hunt.matrix.clone(), hunted.planted.card.possible());
        let met = matrix.met(1);
        let missing = possible.without(met).pairs();
        let missing = missing.map(|(state, event)| format!("{} × {}", state.name(), event.name())).collect();
        hunted.planted.is_model().then_some(Met {
            met: met.count(),
            of: possible.count(),
            missing,
            possible,
            matrix,
        })
    }
}

impl fmt::Display for Met {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.met, self.of)
    }
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
    match (met.possible.has(state, event), met.matrix.times(state, event)) {
        (false, _) => "-".into(),
        (true, 0) => ".".into(),
        (true, times) => times.to_string(),
    }
}

/// All of them, or some, and of how many.
fn subjects_of(all: &[&Met], state: State, event: Event) -> String {
    let of = all.iter().filter(|met| met.possible.has(state, event)).count();
    let met = all.iter().filter(|met| met.matrix.times(state, event) > 0).count();
    match (met, of) {
        (_, 0) => "-".into(),
        (0, _) => ".".into(),
        (met, of) if met == of => met.to_string(),
        (met, of) => format!("{met}/{of}"),
    }
}
