//! What names a finding: its symptom, and the words of the calls of the shrunk case.

use launder_impls::{Case, Known};
use launder_oracle::{Kind, Symptom};
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

    /// The first of these known broken promises that it shows: as it is known, or with another face.
    pub fn known(
        &self,
        known: impl IntoIterator<Item = &'static Known, IntoIter: Clone>,
    ) -> Option<&'static Known> {
        let known = known.into_iter();
        let shows =
            |symptom: Symptom| known.clone().find(|known| known.symptom == symptom && self.has_words(known));
        let faces = FACES.iter().filter(|face| {
            Symptom::Broken(face.kind) == self.symptom && face.words.iter().all(|words| self.has_any(words))
        });
        let other = |face: &Face| face.of.iter().find_map(|kind| shows(Symptom::Broken(*kind)));
        shows(self.symptom).or_else(|| faces.filter_map(other).next())
    }

    fn has_words(&self, known: &Known) -> bool {
        known.words.iter().all(|word| self.words.contains(word))
            && (known.one_of.is_empty() || self.has_any(known.one_of))
    }

    fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.words.contains(word))
    }
}

/// What the kind of a broken promise becomes by another word: the judge names it by who comes to see what, not by its cause.
struct Face {
    kind: Kind,
    /// One word of each of these makes the difference.
    words: &'static [&'static [&'static str]],
    of: &'static [Kind],
}

const FACES: [Face; 4] = [
    // A write that is lost is lost silently once anything has failed, be it elsewhere.
    Face { kind: Kind::SilentError, words: &[FAULTS], of: &[Kind::LostWrite] },
    // What is stale, or an old end, may be what a call that failed would have left: it passes for that, and is missed later.
    Face {
        kind: Kind::LostWrite,
        words: &[FAULTS, &["copy", "ftruncate", "punch", "zero"]],
        of: &[Kind::StaleRead, Kind::WrongSize],
    },
    // What replaced the value that is seen was no write, but removed it.
    Face {
        kind: Kind::Resurrected,
        words: &[ZEROES],
        of: &[Kind::StaleRead, Kind::LostWrite, Kind::SilentError],
    },
    // What was stale, or lost, had been copied on to a cell of which it never was.
    Face {
        kind: Kind::Leaked,
        words: &[&["copy"]],
        of: &[Kind::StaleRead, Kind::LostWrite, Kind::SilentError, Kind::Resurrected],
    },
];

const ZEROES: &[&str] = &["ftruncate", "punch", "zero"];
const FAULTS: &[&str] = &["fail write", "fail read", "short write", "drop", "deny", "crash", "fail release"];

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.symptom, self.words.join(", "))
    }
}
