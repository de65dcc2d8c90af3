//! What names a finding: its symptom, and the words of the calls of the shrunk case.

use launder_impls::{Case, Known};
use launder_oracle::Symptom;
use std::fmt;

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
    pub fn known(&self, known: impl IntoIterator<Item = &'static Known>) -> Option<&'static Known> {
        let has = |word: &&str| self.words.contains(word);
        known.into_iter().find(|known| {
            let some = known.one_of.is_empty() || known.one_of.iter().any(has);
            self.symptom == known.symptom && known.words.iter().all(has) && some
        })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.symptom, self.words.join(", "))
    }
}
