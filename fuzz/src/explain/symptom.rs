//! Kinds of broken promises, and verdicts.

use super::{Explanation, Shown, Shows};
use crate::Planted;
use launder_oracle::{Symptom, Verdict};

/// What no subject's promise is: a read that sees a part of a write shows it to who holds them to more.
const TORN: (&str, &str, &str) = ("write-is-seen-folio-by-folio.case", "launder-folio", "posix");

pub(super) fn all() -> Vec<Explanation> {
    let symptoms = Symptom::all().map(|symptom| {
        let sort =
            if matches!(symptom, Symptom::Broken(_)) { "a kind of broken promise" } else { UNANSWERED };
        let mut explanation = Explanation::new(symptom.name(), sort, symptom.says());
        explanation.shown.push(first(symptom));
        explanation
    });
    let verdicts = Verdict::WORDS.iter().map(|(word, says)| {
        let mut explanation = Explanation::new(*word, "a verdict", *says);
        explanation.shown.extend(example(word));
        // Nobody has seen `unknown`: a hunt counts how often it is said.
        explanation.command = explanation.shown.is_empty().then(|| "launder fuzz --runs 1000".into());
        explanation
    });
    symptoms.chain(verdicts).collect()
}

const UNANSWERED: &str = "why calls were not answered";

/// The first known broken promise of a model that is of this kind.
fn first(symptom: Symptom) -> Shown {
    let known = Planted::models().into_iter().find_map(|planted| {
        let known = planted.card.known().find(|known| known.symptom == symptom)?;
        Some(Shown::of(known.case, planted, Shows::Symptom(symptom)))
    });
    known.unwrap_or_else(|| {
        let (case, subject, contract) = TORN;
        let subject = subject.parse().expect("a subject");
        Shown { contract: Some(contract.into()), ..Shown::of(case, subject, Shows::Symptom(symptom)) }
    })
}

/// One case that has each verdict, but for `unknown`.
fn example(verdict: &str) -> Option<Shown> {
    let of = |subject: &str| subject.parse::<Planted>().expect("a subject");
    let case = "store-slips-into-the-window.case";
    Some(match verdict {
        "allowed" => Shown::of(case, of("launder-folio"), Shows::Allowed),
        "forbidden" => Shown::of(case, of("flush-and-wait"), Shows::Wrong),
        "unanswered" => Shown::of(case, of("netfs-invalidate-inode"), Shows::Symptom(Symptom::Stuck)),
        _ => return None,
    })
}
