//! The parts of the JSON that several commands share.

use launder_oracle::{Unanswered, VIOLATIONS, Verdict};
use serde::Serialize;

/// Many runs.
#[derive(Serialize)]
pub struct Runs {
    pub runs: Vec<Entry>,
}

/// One case put to one subject, or one trace held against one contract.
#[derive(Default, Serialize)]
pub struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    pub verdict: &'static str,
    pub violations: Vec<Violation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interleavings: Option<u64>,
    /// Runs that `explore` gave up because they would have repeated another but for the order of moves that commute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeats: Option<u64>,
    /// Whether exploring stopped at its bound, or judging at the most violations that it lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// A shrunk case, or one with the holds that exploring found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// Why a verdict is unknown.
pub const UNKNOWN: &str = "it would take longer than the judge may";

/// Whether it lists as many violations as one may, and there may be more.
pub fn is_full(verdict: &Verdict) -> bool {
    verdict.violations().len() >= VIOLATIONS
}

/// A broken promise.
#[derive(Serialize)]
pub struct Violation {
    pub kind: &'static str,
    pub cell: Option<u32>,
    pub write: Option<u32>,
    pub at: u32,
    pub why: String,
}

impl Entry {
    /// The verdict, and what is held against whom.
    pub fn judged(self, verdict: &Verdict) -> Entry {
        let violations = verdict.violations().iter().map(|violation| Violation {
            kind: violation.kind.name(),
            cell: violation.cell,
            write: violation.write,
            at: violation.at,
            why: violation.why.clone(),
        });
        let why = match verdict {
            Verdict::Unanswered(Unanswered::Stuck) => Some("stuck".into()),
            Verdict::Unanswered(Unanswered::Endless) => Some("endless".into()),
            Verdict::Unknown => Some(UNKNOWN.into()),
            _ => self.why,
        };
        let more = is_full(verdict).then_some(true).or(self.more);
        Entry { verdict: verdict.name(), violations: violations.collect(), why, more, ..self }
    }

    /// Was not carried out.
    pub fn skipped(self, why: String) -> Entry {
        Entry { verdict: "skipped", why: Some(why), ..self }
    }

    /// Could not even be read.
    pub fn error(self, why: String) -> Entry {
        Entry { verdict: "error", why: Some(why), ..self }
    }
}
