//! What is wrong with a trace, in a word: of what findings are counted.

use crate::{Kind, Unanswered, Verdict};
use std::fmt;

/// What is wrong with a trace, in a word.
///
/// ```
/// use launder_oracle::{Contract, Kind, Symptom, Trace, judge};
///
/// let trace = Trace::parse("a1 > pwrite 0..1\na1 < ok\na1 > pread 0..1\na1 < got 0\nend quiet\n")?;
/// let symptoms = Symptom::of(&judge(&Contract::LINUX, &trace));
/// assert_eq!(symptoms, [Symptom::Broken(Kind::StaleRead)]);
/// assert_eq!(symptoms[0].name(), "stale-read");
/// # Ok::<(), launder_oracle::TextError>(())
/// ```
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
            Symptom::Stuck => Unanswered::Stuck.name(),
            Symptom::Endless => Unanswered::Endless.name(),
        }
    }

    /// What it means, and by what rule.
    pub fn says(self) -> &'static str {
        match self {
            Symptom::Broken(kind) => kind.says(),
            Symptom::Stuck => Unanswered::Stuck.says(),
            Symptom::Endless => Unanswered::Endless.says(),
        }
    }

    /// Each.
    pub fn all() -> impl Iterator<Item = Symptom> {
        Kind::ALL.into_iter().map(Symptom::Broken).chain([Symptom::Stuck, Symptom::Endless])
    }
}

impl fmt::Display for Symptom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
