//! What names a finding: its symptom, and the words of the calls of the shrunk case.

use launder_impls::{Case, Known};
use launder_oracle::{Kind, Unanswered, Verdict};
use std::fmt;

/// What is wrong with a trace, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Symptom {
    /// A promise was broken.
    Broken(Kind),
    /// Calls wait for each other.
    Stuck,
    /// Calls go on for ever.
    Endless,
}

impl Symptom {
    /// What is wrong, once each, in the order in which the verdict has it.
    pub fn of(verdict: &Verdict) -> Vec<Symptom> {
        let mut symptoms = Vec::new();
        match verdict {
            Verdict::Forbidden(violations) => {
                for violation in violations {
                    let symptom = Symptom::Broken(violation.kind);
                    if !symptoms.contains(&symptom) {
                        symptoms.push(symptom);
                    }
                }
            }
            Verdict::Unanswered(Unanswered::Stuck) => symptoms.push(Symptom::Stuck),
            Verdict::Unanswered(Unanswered::Endless) => symptoms.push(Symptom::Endless),
            Verdict::Allowed | Verdict::Unknown => {}
        }
        symptoms
    }

    /// Whether this is among what is wrong.
    pub fn is_in(self, verdict: &Verdict) -> bool {
        match (self, verdict) {
            (Symptom::Broken(kind), Verdict::Forbidden(violations)) => {
                violations.iter().any(|v| v.kind == kind)
            }
            (Symptom::Stuck, Verdict::Unanswered(Unanswered::Stuck)) => true,
            (Symptom::Endless, Verdict::Unanswered(Unanswered::Endless)) => true,
            _ => false,
        }
    }

    /// Its name in text and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Symptom::Broken(kind) => kind.name(),
            Symptom::Stuck => "stuck",
            Symptom::Endless => "endless",
        }
    }
}

impl fmt::Display for Symptom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What names a finding. Of a shrunk case its words are few; of another it is only rough.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature {
    /// What is wrong.
    pub symptom: Symptom,
    /// The words of the calls, once each, by the alphabet: two orders of the same words are one finding.
    pub words: Vec<&'static str>,
}

impl Signature {
    /// The signature of what is wrong with this case.
    pub fn of(symptom: Symptom, case: &Case) -> Signature {
        let mut words: Vec<_> = case.asks.iter().map(|ask| ask.call.word()).collect();
        words.sort_unstable();
        words.dedup();
        Signature { symptom, words }
    }

    /// Whether a case with the other signature may show no more than one with this does: it has all its words.
    pub fn covers(&self, other: &Signature) -> bool {
        self.symptom == other.symptom && self.words.iter().all(|word| other.words.contains(word))
    }

    /// The first of these known broken promises that it shows.
    pub fn known(&self, known: &'static [Known]) -> Option<&'static Known> {
        let shows = |known: &&Known| {
            self.symptom == Symptom::Broken(known.kind)
                && known.words.iter().all(|word| self.words.contains(word))
        };
        known.iter().find(shows)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.symptom, self.words.join(", "))
    }
}
