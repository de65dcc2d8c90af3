//! What names a finding: its symptom, and the words of the calls of the shrunk case.

use crate::{Fields, WORDS};
use launder_impls::{Case, Known};
use launder_oracle::{Kind, Symptom};
use std::cmp::Ordering;
use std::fmt;
use std::sync::LazyLock;

/// What names a finding. Of a shrunk case its words are few; of another it is only rough.
///
/// A hunt holds one for each finding and lane, and compares it with that of each run that goes wrong: so it is two machine words.
///
/// ```
/// use launder_fuzz::{Signature, Symptom};
/// use launder_impls::Case;
/// use launder_oracle::Kind;
///
/// let case = Case::parse("a1 mwrite 0..1\nserver notify a 0..4\na1 mwrite 1..2\n")?;
/// let signature = Signature::of(Symptom::Broken(Kind::LostWrite), &case);
/// assert_eq!(signature.to_string(), "lost-write: mwrite, notify");
/// # Ok::<(), launder_oracle::TextError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    /// What is wrong.
    pub symptom: Symptom,
    /// A bit for each of the words of the calls, by the alphabet: two orders of the same words are one finding.
    words: u64,
}

/// The words of all calls, once each, by the alphabet. Tags are below 64, and so there are no more words than bits.
static ALL: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut all: Vec<_> = WORDS.iter().map(|word| word.ask(&Fields::NONE).1.word()).collect();
    all.sort_unstable();
    all.dedup();
    all
});

impl Signature {
    /// The signature of what is wrong with this case.
    pub fn of(symptom: Symptom, case: &Case) -> Signature {
        let bit = |word| 1 << ALL.binary_search(&word).expect("every call has its word");
        let words = case.asks.iter().map(|ask| bit(ask.call.word())).fold(0, |all, bit: u64| all | bit);
        Signature { symptom, words }
    }

    /// The words of the calls, once each, by the alphabet.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + use<> {
        let words = self.words;
        ALL.iter().enumerate().filter(move |(at, _)| words >> at & 1 == 1).map(|(_, word)| *word)
    }

    /// Whether a case with the other signature may show no more than one with this does: it has all its words.
    pub fn covers(&self, other: &Signature) -> bool {
        self.symptom == other.symptom && self.words & other.words == self.words
    }

    /// The first of these known broken promises that it shows: as it is known, or with another face.
    pub fn known(
        &self,
        known: impl IntoIterator<Item = &'static Known, IntoIter: Clone>,
    ) -> Option<&'static Known> {
        let known = known.into_iter();
        let faces = FACES.iter().filter(|face| {
            Symptom::Broken(face.kind) == self.symptom && face.words.iter().all(|words| self.has_any(words))
        });
        let other = |face: &Face| {
            let (known, of) = (known.clone().filter(|known| face.is_of(known)), face.of);
            of.iter().find_map(|kind| self.shown(Symptom::Broken(*kind), known.clone()))
        };
        self.shown(self.symptom, known.clone()).or_else(|| faces.filter_map(other).next())
    }

    /// The first of these of a symptom whose words it has.
    fn shown(
        &self,
        symptom: Symptom,
        mut known: impl Iterator<Item = &'static Known>,
    ) -> Option<&'static Known> {
        known.find(|known| known.symptom == symptom && self.has_words(known))
    }

    fn has_words(&self, known: &Known) -> bool {
        known.words.iter().all(|word| self.has_any(&[word]))
            && (known.one_of.is_empty() || self.has_any(known.one_of))
    }

    fn has_any(&self, words: &[&str]) -> bool {
        self.words().any(|word| words.contains(&word))
    }
}

/// What the kind of a broken promise becomes by another word: the judge names it by who comes to see what, not by its cause.
struct Face {
    kind: Kind,
    /// One word of each of these makes the difference.
    words: &'static [&'static [&'static str]],
    of: &'static [Kind],
    /// Of what is known by one of these words, if there are any: it is about them.
    about: &'static [&'static str],
}

impl Face {
    fn is_of(&self, known: &Known) -> bool {
        let mut words = known.words.iter().chain(known.one_of);
        self.about.is_empty() || words.any(|word| self.about.contains(word))
    }
}

const FACES: [Face; 5] = [
    // A write that is lost is lost silently once anything has failed, be it elsewhere.
    Face { kind: Kind::SilentError, words: &[FAULTS], of: &[Kind::LostWrite], about: &[] },
    // What is stale, or an old end, may be what a call that failed would have left: it passes for that, and is missed later.
    Face {
        kind: Kind::LostWrite,
        words: &[FAULTS, &["copy", "ftruncate", "punch", "zero"]],
        of: &[Kind::StaleRead, Kind::WrongSize],
        about: &[],
    },
    // What a punch has taken along is missed by who reads it before anybody else.
    Face { kind: Kind::StaleRead, words: &[READS, HOLES], of: &[Kind::LostWrite], about: HOLES },
    // What replaced the value that is seen was no write, but removed it.
    Face {
        kind: Kind::Resurrected,
        words: &[ZEROES],
        of: &[Kind::StaleRead, Kind::LostWrite, Kind::SilentError],
        about: &[],
    },
    // What was stale, or lost, had been copied on to a cell of which it never was.
    Face {
        kind: Kind::Leaked,
        words: &[&["copy"]],
        of: &[Kind::StaleRead, Kind::LostWrite, Kind::SilentError, Kind::Resurrected],
        about: &[],
    },
];

const READS: &[&str] = &["pread", "pread direct", "mread"];
const HOLES: &[&str] = &["punch", "zero"];
const ZEROES: &[&str] = &["ftruncate", "punch", "zero"];
const FAULTS: &[&str] = &["fail write", "fail read", "short write", "drop", "deny", "crash", "fail release"];

impl Ord for Signature {
    fn cmp(&self, other: &Signature) -> Ordering {
        self.symptom.cmp(&other.symptom).then_with(|| self.words().cmp(other.words()))
    }
}

impl PartialOrd for Signature {
    fn partial_cmp(&self, other: &Signature) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.symptom, self.words().collect::<Vec<_>>().join(", "))
    }
}
