//! Hazards, and who is known to show them.

use super::{Explanation, Part, Shown, Shows};
use crate::Planted;
use launder_impls::{HAZARDS, Hazard};
use launder_oracle::{Kind, Symptom};

pub(super) const SORT: &str = "a hazard";

/// Hazards that no known broken promise is named for, and a case that shows each.
const UNNAMED: [(&str, &str, &str, Shows); 3] = [
    ("H11", "direct-read-after-a-mapped-store.case", "direct-io-2.6.9-shoot-down", Shows::Steps),
    (
        "H12",
        "ordered-direct-and-mapped-writes.case",
        "direct-io-2.6.9",
        Shows::Symptom(Symptom::Broken(Kind::LostWrite)),
    ),
    ("H22", "nuke-invalidates.case", "afs-nuke+nuke_invalidates", Shows::Symptom(Symptom::Stuck)),
];

pub(super) fn all() -> Vec<Explanation> {
    HAZARDS.iter().map(of).collect()
}

fn of(hazard: &Hazard) -> Explanation {
    let mut explanation = Explanation::new(hazard.name, SORT, hazard.says);
    explanation.source = Some(hazard.source.into());
    // What is claimed, and of whom, each with a case.
    let mut claims: Vec<(&str, Vec<Shown>)> = Vec::new();
    for planted in Planted::models() {
        for known in planted.card.known().filter(|known| known.hazards().any(|it| it.name == hazard.name)) {
            let shown = Shown::of(known.case, planted, Shows::Symptom(known.symptom));
            match claims.iter_mut().find(|(claim, _)| *claim == known.hazard) {
                Some((_, all)) if all.iter().any(|it| it.subject.card.name == planted.card.name) => {}
                Some((_, all)) => all.push(shown),
                None => claims.push((known.hazard, vec![shown])),
            }
        }
    }
    explanation.parts = claims.into_iter().map(|(says, shown)| Part { says: says.into(), shown }).collect();
    let first = explanation.parts.first().and_then(|part| part.shown.first().cloned());
    explanation.shown.extend(first.or_else(|| unnamed(hazard.name)));
    explanation
}

fn unnamed(name: &str) -> Option<Shown> {
    let (_, case, subject, shows) = UNNAMED.into_iter().find(|(hazard, ..)| *hazard == name)?;
    Some(Shown::of(case, subject.parse().expect("a subject"), shows))
}
