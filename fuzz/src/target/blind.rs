//! A target that hunts one planted bug blind: it notes the first case that shows it, and how many it took.

use crate::Planted;
use crate::detector::Detector;
use launder_impls::Case;
use launder_oracle::{Unanswered, Verdict};
use std::fs;
use std::path::{Path, PathBuf};

/// Cases, put to a model with a bug until one shows it.
pub struct Blind {
    detector: Detector,
    file: PathBuf,
    put: u64,
    found: bool,
}

impl Blind {
    /// Hunts this bug, and writes to `file` when it is found.
    ///
    /// # Panics
    /// If the subject is real: only models can have bugs planted.
    pub fn new(planted: Planted, file: PathBuf) -> Blind {
        Blind { detector: Detector::open(planted), file, put: 0, found: false }
    }

    /// Puts one more case; none any more once the bug is found. Says whether the case is worth building on.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub fn put(&mut self, case: &Case) -> bool {
        if self.found {
            return true;
        }
        self.put += 1;
        let Some(verdict) = self.detector.broken.verdict(case) else { return true };
        if self.detector.news(case, &verdict).is_some() {
            self.found = true;
            fs::write(&self.file, format!("{}\n{case}", self.put)).expect("the file can be written");
        }
        verdict != Verdict::Unanswered(Unanswered::Endless)
    }
}

/// How many cases it took, and the one that showed the bug; none if it was not found.
pub fn read_found(file: &Path) -> Option<(u64, Case)> {
    let text = fs::read_to_string(file).ok()?;
    let (put, case) = text.split_once('\n')?;
    Some((put.parse().ok()?, Case::parse(case).ok()?))
}
