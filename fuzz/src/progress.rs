//! How far a campaign is: for those who watch, for who keeps its findings as they come, and whether it is to stop.

use crate::{Finding, Hunt, Planted, Signature};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Is told of a finding when it comes.
type Told = Box<dyn Fn(&Planted, &Finding) + Send + Sync>;

/// What was told, by the subject and its bug.
type Known = BTreeMap<(&'static str, Option<&'static str>), BTreeSet<Signature>>;

/// How far a campaign is, and whether it is to stop.
#[derive(Default)]
pub struct Progress {
    /// Runs so far.
    pub runs: AtomicU64,
    /// Whether it is to stop.
    pub stop: AtomicBool,
    found: Mutex<Known>,
    told: Option<Told>,
}

impl Progress {
    /// Tells of each finding when it comes, once a subject and signature: whoever is killed later has kept it by then.
    pub fn telling(told: impl Fn(&Planted, &Finding) + Send + Sync + 'static) -> Progress {
        Progress { told: Some(Box::new(told)), ..Progress::default() }
    }

    /// Findings so far, once a subject and signature.
    pub fn findings(&self) -> usize {
        self.found.lock().map_or(0, |found| found.values().map(BTreeSet::len).sum())
    }

    /// Whether it is to stop.
    pub fn stopped(&self) -> bool {
        self.stop.load(Relaxed)
    }

    /// Tells of what a hunt for this subject has found since it was told of last.
    pub fn tell(&self, planted: &Planted, hunt: &Hunt) {
        let Ok(mut found) = self.found.lock() else { return };
        let found = found.entry((planted.card.name, planted.bug)).or_default();
        let mut new: Vec<_> = hunt.findings_that(|signature| found.insert(*signature)).collect();
        // What came first is told first.
        new.sort_by_key(|finding| finding.runs);
        if let Some(told) = &self.told {
            new.iter().for_each(|finding| told(planted, finding));
        }
    }
}
