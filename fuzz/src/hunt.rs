//! A hunt for what one subject breaks: counts verdicts, shrinks what is new, and keeps one finding a signature.

use crate::found::Found;
use crate::shrink::shrink_ahead;
use crate::{Finding, Matrix, Outcome, Signature, Symptom, Trial, shrink};
use launder_impls::{Case, Met};
use launder_oracle::{Trace, Verdict};
use std::sync::Arc;

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
#[derive(Debug, Default)]
pub struct Hunt {
    /// How the runs ended.
    pub counts: Counts,
    /// What they met.
    pub matrix: Matrix,
    /// What they showed, and in how many of them: what decides whether a case is news, and so not shared.
    seen: Vec<(Signature, u64)>,
    /// The findings themselves, which are.
    found: Arc<Found>,
}

impl Hunt {
    /// A hunt of its own for the same subject, whose findings are kept with those of this one: what it finds out is still to be
    /// added to this.
    pub fn beside(&self) -> Hunt {
        Hunt { found: Arc::clone(&self.found), ..Hunt::default() }
    }

    /// What was found, once a signature, in their order.
    pub fn findings(&self) -> impl Iterator<Item = Finding> {
        self.findings_that(|_| true)
    }

    /// The findings with the signatures that are asked for.
    pub(crate) fn findings_that(&self, are: impl FnMut(&Signature) -> bool) -> impl Iterator<Item = Finding> {
        self.found.signatures().into_iter().filter(are).filter_map(|signature| self.found.get(&signature))
    }

    /// Puts one more case to the subject, the `number`th, and returns what it met.
    pub fn put(&mut self, trial: &Trial, case: &Case, number: u64) -> Met {
        let outcome = trial.of(case);
        let met = trial.met();
        self.matrix.count(met);
        let Outcome::Judged(trace, verdict) = outcome else {
            self.counts.count(None);
            return met;
        };
        self.counts.count(Some(&verdict));
        for symptom in Symptom::of(&verdict) {
            self.show(trial, case, symptom, number, &trace);
        }
        met
    }

    /// A case showed a symptom, in the run that is given: finds out whether that is news.
    pub fn show(&mut self, trial: &Trial, case: &Case, symptom: Symptom, number: u64, trace: &Trace) {
        if self.may_be_news(case, symptom) {
            self.keep(shrunk(trial, case, symptom, number, trace.clone()));
        }
    }

    /// Whether it is worth shrinking.
    ///
    /// A case that has all words of an earlier finding most likely shows that one again, and shrinking takes as long as a
    /// hundred runs: of such cases only the first, second, fourth, eighth … is shrunk.
    pub(crate) fn may_be_news(&mut self, case: &Case, symptom: Symptom) -> bool {
        let rough = Signature::of(symptom, case);
        let covering = self.seen.iter_mut().find(|(seen, _)| seen.covers(&rough));
        covering.is_none_or(|(_, times)| {
            *times += 1;
            times.is_power_of_two()
        })
    }

    /// Keeps a finding that a run showed.
    pub fn keep(&mut self, finding: Finding) {
        self.saw(finding.signature, 1);
        self.found.keep(&finding);
    }

    fn saw(&mut self, signature: Signature, times: u64) {
        match self.seen.iter_mut().find(|(seen, _)| *seen == signature) {
            Some((_, before)) => *before += times,
            None => self.seen.push((signature, times)),
        }
    }

    /// Adds what another hunt for the same subject found out.
    pub fn add(&mut self, other: Hunt) {
        self.counts.add(&other.counts);
        self.matrix.add(&other.matrix);
        other.seen.iter().for_each(|(signature, times)| self.saw(*signature, *times));
        self.seen.sort_unstable();
        if !Arc::ptr_eq(&self.found, &other.found) {
            other.findings().for_each(|finding| self.found.keep(&finding));
        }
    }

    /// Adds what came next: so many runs had been made by then as are counted here.
    pub(crate) fn add_next(&mut self, next: Hunt) {
        next.found.come_after(self.counts.runs);
        self.add(next);
    }
}

/// Shrinks a case into a finding. In the run that `shown` is of, the case showed the symptom.
pub(crate) fn shrunk(trial: &Trial, case: &Case, symptom: Symptom, runs: u64, mut shown: Trace) -> Finding {
    let shows = |outcome| match outcome {
        Outcome::Judged(trace, verdict) if symptom.is_in(&verdict) => Some(trace),
        _ => None,
    };
    // The last case that is taken is the one that is returned: `shown` is a run of it.
    let mut still = |case: &Case| shows(trial.of(case)).map(|run| shown = run).is_some();
    let case = match trial.looks_ahead() {
        0 => shrink(case, &mut still),
        ahead => shrink_ahead(case, ahead, &mut |cases| trial.expect(cases), &mut still),
    };
    let is_real = !trial.planted.is_model();
    let trace = is_real.then(|| shows(trial.with_steps(&case)).unwrap_or(shown));
    let signature = Signature::of(symptom, &case);
    let (known, contract) = (signature.known(trial.known()), trial.contract);
    Finding { signature, known, case, contract, runs, trace }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LANES, Random};
    use launder_oracle::Contract;
    use std::collections::BTreeSet;

    /// Findings of so many signatures, as large as shrunk ones are.
    fn findings(count: usize) -> Vec<Finding> {
        let random = Random::new(11, |_| true);
        let mut signatures = BTreeSet::new();
        let finding = |number| {
            let case = random.case_of(number, 5);
            let signature = Signature::of(Symptom::Stuck, &case);
            signatures.insert(signature).then_some(Finding {
                signature,
                known: None,
                case,
                contract: Contract::LINUX,
                runs: number,
                trace: None,
            })
        };
        (0..).filter_map(finding).take(count).collect()
    }

    #[test]
    fn a_finding_that_all_lanes_come_upon_costs_some_two_hundred_bytes() {
        let findings = findings(1_000);
        let mut hunt = Hunt::default();
        let mut lanes = Vec::new();
        lanes.resize_with(LANES as usize, || hunt.beside());
        let cost = allocation_counter::measure(|| {
            for finding in &findings {
                lanes.iter_mut().for_each(|lane| lane.keep(finding.clone()));
            }
        });
        let each = cost.bytes_current / 1_000;
        assert!((100..270).contains(&each), "{each} bytes");
        lanes.into_iter().for_each(|lane| hunt.add(lane));
        assert_eq!(hunt.findings().count(), 1_000);
        assert!(hunt.seen.iter().all(|(_, times)| *times == LANES), "and each is known to all of them");
    }
}
