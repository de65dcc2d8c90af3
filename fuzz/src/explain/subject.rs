//! Subjects, with all that is claimed and known of them, and each of their bugs.

use super::{Explanation, Part, Shown, Shows, contract};
use crate::Planted;
use launder_impls::Bug;

pub(super) fn all() -> Vec<Explanation> {
    let with_bugs = |planted: Planted| std::iter::once(of(planted)).chain(planted.bugs().filter_map(bug));
    Planted::all().flat_map(with_bugs).collect()
}

fn of(planted: Planted) -> Explanation {
    let card = planted.card;
    let about = card.about();
    let sort = if planted.is_model() { "a model" } else { "a real subject" };
    let mut explanation = Explanation::new(card.name, sort, about.scheme + "\n" + &about.variant);
    explanation.source = Some(card.source.into());
    let part = |says: String| Part { says, shown: Vec::new() };
    explanation.parts.push(part(format!("It promises `{}`:", card.promises())));
    explanation.parts.extend(contract::points(&card.contract).map(part));
    if let Some(twin) = card.twin {
        explanation.parts.push(part(format!("It must answer like {twin}, its twin.")));
    }
    explanation.parts.extend(known(planted));
    for bug in card.bugs {
        let broken = Planted { bug: Some(bug.name), ..planted };
        let shown = vec![Shown::of(bug.case, broken, Shows::Bug)];
        explanation.parts.push(Part { says: format!("+{}: {}", bug.name, bug.source), shown });
    }
    explanation.shown = explanation.cases().take(1).cloned().collect();
    explanation.shown.extend(keeps(planted).filter(|_| explanation.shown.is_empty()));
    explanation.command = explanation.shown.is_empty().then(|| format!("launder fuzz {planted} --runs 1000"));
    explanation
}

/// What it keeps that others are known to break, if there is a case for that.
fn keeps(planted: Planted) -> Option<Shown> {
    let (_, case) = KEEPS.into_iter().find(|(name, _)| *name == planted.card.name)?;
    Some(Shown::of(case, planted, Shows::Allowed))
}

/// Subjects of which no broken promise is known.
const KEEPS: [(&str, &str); 1] = [("kernel-xfs", "stored-past-the-end-and-a-direct-write.case")];

/// What it is known to break: what is claimed, and the cases that show it.
fn known(planted: Planted) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for known in planted.card.known() {
        let shown = Shown::of(known.case, planted, Shows::Symptom(known.symptom));
        let says = format!("Known to be broken: {}", known.hazard);
        match parts.iter_mut().find(|part| part.says == says) {
            Some(part) => part.shown.push(shown),
            None => parts.push(Part { says, shown: vec![shown] }),
        }
    }
    parts
}

fn bug(planted: Planted) -> Option<Explanation> {
    let name = planted.bug?;
    let Bug { source, case, .. } = *planted.card.bugs.iter().find(|bug| bug.name == name)?;
    let says = format!("{}, broken on purpose, as once it was or might have been.", planted.card.name);
    let mut explanation = Explanation::new(planted.to_string(), "a bug", says);
    explanation.source = Some(source.into());
    explanation.shown.push(Shown::of(case, planted, Shows::Bug));
    Some(explanation)
}
