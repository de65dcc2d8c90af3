//! A model with a planted bug beside the same without it: what the one shows and the other does not.

use crate::{Planted, Symptom, Trial};
use launder_impls::Case;
use launder_oracle::Verdict;

/// A model with a bug, and without.
pub(crate) struct Detector {
    pub broken: Trial,
    whole: Trial,
}

impl Detector {
    /// # Panics
    /// If the subject is real: only models can have bugs planted.
    pub fn open(planted: Planted) -> Detector {
        let open = |planted| Trial::open(planted, &[], None).expect("a model runs everywhere");
        Detector { broken: open(planted), whole: open(Planted { bug: None, ..planted }) }
    }

    /// The first symptom in this verdict on the model with the bug that the one without does not show in the same case.
    pub fn news(&self, case: &Case, verdict: &Verdict) -> Option<Symptom> {
        let is_news = |symptom: &Symptom| !self.whole.verdict(case).is_some_and(|it| symptom.is_in(&it));
        Symptom::of(verdict).into_iter().find(is_news)
    }

    /// The first symptom of the bug that the case shows.
    pub fn shown(&self, case: &Case) -> Option<Symptom> {
        self.news(case, &self.broken.verdict(case)?)
    }
}
