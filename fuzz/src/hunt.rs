//! A hunt for what one subject breaks: counts verdicts, shrinks what is new, and keeps one finding a signature.

use crate::{Finding, Matrix, Outcome, Signature, Symptom, Trial, shrink};
use launder_impls::{Case, Met};
use launder_oracle::Verdict;

/// How many runs ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // each field counts the runs with the verdict of its name
pub struct Counts {
    pub runs: u64,
    pub allowed: u64,
    pub forbidden: u64,
    pub unanswered: u64,
    pub unknown: u64,
    pub skipped: u64,
}

impl Counts {
    /// Counts one more run; none is one that was skipped.
    pub fn count(&mut self, verdict: Option<&Verdict>) {
        self.runs += 1;
        *match verdict {
            Some(Verdict::Allowed) => &mut self.allowed,
            Some(Verdict::Forbidden(_)) => &mut self.forbidden,
            Some(Verdict::Unanswered(_)) => &mut self.unanswered,
            Some(Verdict::Unknown) => &mut self.unknown,
            None => &mut self.skipped,
        } += 1;
    }

    /// Adds the other's runs.
    pub fn add(&mut self, other: &Counts) {
        self.runs += other.runs;
        self.allowed += other.allowed;
        self.forbidden += other.forbidden;
        self.unanswered += other.unanswered;
        self.unknown += other.unknown;
        self.skipped += other.skipped;
    }
}

/// What was found out about one subject so far.
#[derive(Clone, Debug, Default)]
pub struct Hunt {
    /// How the runs ended.
    pub counts: Counts,
    /// What they met.
    pub matrix: Matrix,
    /// What they showed, once a signature.
    pub findings: Vec<Finding>,
}

impl Hunt {
    /// Puts one more case to the subject, the `number`th, and returns what it met.
    pub fn put(&mut self, trial: &Trial, case: &Case, number: u64) -> Met {
        let verdict = trial.verdict(case);
        let met = trial.met();
        self.matrix.count(met);
        self.counts.count(verdict.as_ref());
        for symptom in verdict.as_ref().map(Symptom::of).unwrap_or_default() {
            self.show(trial, case, symptom, number);
        }
        met
    }

    /// A case showed a symptom: finds out whether that is news.
    pub fn show(&mut self, trial: &Trial, case: &Case, symptom: Symptom, number: u64) {
        if self.may_be_news(case, symptom) {
            self.shrink(trial, case, symptom, number);
        }
    }

    /// Whether it is worth shrinking.
    ///
    /// A case that has all words of an earlier finding most likely shows that one again, and shrinking takes as long as a
    /// hundred runs: of such cases only the first, second, fourth, eighth … is shrunk.
    pub(crate) fn may_be_news(&mut self, case: &Case, symptom: Symptom) -> bool {
        let rough = Signature::of(symptom, case);
        let covering = self.findings.iter_mut().find(|finding| finding.signature.covers(&rough));
        covering.is_none_or(|covering| {
            covering.seen += 1;
            covering.seen.is_power_of_two()
        })
    }

    /// Shrinks the case, and keeps it.
    pub(crate) fn shrink(&mut self, trial: &Trial, case: &Case, symptom: Symptom, number: u64) {
        if let Some(finding) = shrunk(trial, case, symptom, number) {
            self.keep(finding);
        }
    }

    /// Keeps a finding, or the smaller of two of one signature.
    pub fn keep(&mut self, finding: Finding) {
        let same = self.findings.iter_mut().find(|known| known.signature == finding.signature);
        let Some(same) = same else { return self.findings.push(finding) };
        let (runs, seen) = (same.runs.min(finding.runs), same.seen + finding.seen);
        let size = |finding: &Finding| (finding.case.asks.len(), finding.case.to_string());
        if size(&finding) < size(same) {
            *same = finding;
        }
        (same.runs, same.seen) = (runs, seen);
    }

    /// Adds what another hunt for the same subject found out.
    pub fn add(&mut self, other: Hunt) {
        self.counts.add(&other.counts);
        self.matrix.add(&other.matrix);
        other.findings.into_iter().for_each(|finding| self.keep(finding));
        self.findings.sort_by(|a, b| a.signature.cmp(&b.signature));
    }
}

/// Shrinks a case that shows a symptom into a finding.
pub(crate) fn shrunk(trial: &Trial, case: &Case, symptom: Symptom, runs: u64) -> Option<Finding> {
    let case = shrink(case, &mut |case| trial.verdict(case).is_some_and(|verdict| symptom.is_in(&verdict)));
    let Outcome::Judged(trace, verdict) = trial.of(&case) else { return None };
    let signature = Signature::of(symptom, &case);
    let known = signature.known(trial.planted.card.known());
    let violation = verdict.violations().iter().find(|violation| Symptom::Broken(violation.kind) == symptom);
    let why = match violation {
        Some(violation) => format!("{}: {}", violation.kind, violation.why),
        None => format!("{symptom} after {} lines of its trace", trace.events.len()),
    };
    Some(Finding { signature, known, case, why, runs, seen: 1 })
}
