//! A subject that is ready to be asked, and the contract that it is held to.

use crate::{Planted, Random};
use launder_impls::sim::{Holds, Schedule};
use launder_impls::{Case, Known, Met, Ready, Run, Sim, Watched};
use launder_oracle::{Call, Contract, Trace, Verdict, judge};
use std::path::PathBuf;

/// A subject that is ready, on this thread, and its contract.
///
/// ```
/// use launder_fuzz::{Outcome, Trial};
/// use launder_impls::Case;
///
/// let trial = Trial::open("flush-and-wait".parse()?, &[], None)?;
/// let case = Case::parse("a1 pwrite 0..1\na1 fsync\n")?;
/// let Outcome::Judged(trace, verdict) = trial.of(&case) else { panic!("a model runs everywhere") };
/// assert!(verdict.violations().is_empty(), "{trace}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Trial {
    /// The subject.
    pub planted: Planted,
    /// What it is held to.
    pub contract: Contract,
    possible: Met,
    sim: Sim,
    ready: Box<dyn Ready>,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out, and judged.
    Judged(Trace, Verdict),
    /// It was not carried out: why.
    Skipped(String),
}

impl Trial {
    /// Makes the subject ready, in the directories `at` if it is a real one, held to `contract` or to its own.
    ///
    /// # Errors
    /// Why this machine cannot run it.
    pub fn open(planted: Planted, at: &[PathBuf], contract: Option<Contract>) -> Result<Trial, String> {
        let sim = Sim::new();
        sim.plant(planted.bug);
        let ready = planted.card.prepare(at)?;
        let contract = contract.unwrap_or(planted.card.contract);
        Ok(Trial { planted, contract, possible: planted.card.possible(), sim, ready })
    }

    /// A subject that was made ready elsewhere, asked under the name and held to the contract of this one, or to `contract`.
    pub fn on(planted: Planted, ready: Box<dyn Ready>, contract: Option<Contract>) -> Trial {
        let contract = contract.unwrap_or(planted.card.contract);
        Trial { planted, contract, possible: planted.card.possible(), sim: Sim::new(), ready }
    }

    /// Makes a model ready to be asked as its twin is, where a hold delays the reply to the n-th request that a call causes; nothing
    /// for a model that has no such twin.
    pub fn as_twin(planted: Planted) -> Option<Trial> {
        let ready = planted.card.prepare_as_twin()?;
        let (contract, possible) = (planted.card.contract, planted.card.possible());
        let sim = Sim::new();
        sim.plant(planted.bug);
        Some(Trial { planted, contract, possible, sim, ready })
    }

    /// Whether traces name the steps, for a reader, from now on.
    pub fn record_steps(&self, recording: bool) {
        self.sim.record_steps(recording);
    }

    /// Whether the subject knows a word of the third party or of nature.
    pub fn knows(&self, call: &Call) -> bool {
        self.ready.knows(call)
    }

    /// The promises that the subject is known to break where it stands.
    pub fn known(&self) -> impl Iterator<Item = &'static Known> + Clone {
        self.planted.card.known().filter(|known| self.ready.may_break(known))
    }

    /// Whether the subject has a host `b`.
    pub fn has_two_hosts(&self) -> bool {
        self.ready.has_two_hosts()
    }

    /// The random cases of a seed that the subject can carry out.
    pub fn random(&self, seed: u64) -> Random {
        let random = Random::new(seed, |call| self.knows(call));
        if self.has_two_hosts() { random } else { random.on_one_host() }
    }

    /// Puts the case to the subject and judges the trace.
    pub fn of(&self, case: &Case) -> Outcome {
        match self.ready.run(&self.sim, case, &mut Holds) {
            Run::Trace(trace) => {
                let verdict = judge(&self.contract, &trace);
                Outcome::Judged(trace, verdict)
            }
            Run::Skipped(why) => Outcome::Skipped(why),
            Run::Abandoned => Outcome::Skipped("given up".into()),
        }
    }

    /// How many cases the subject wants to be told of before they are put.
    pub fn looks_ahead(&self) -> usize {
        self.ready.looks_ahead()
    }

    /// These are likely to be put after the next, in this order: the subject may begin with them.
    pub fn expect(&self, cases: &[Case]) {
        self.ready.expect(&self.sim, cases);
    }

    /// Puts the case to the subject, its trace naming the steps, this once, and judges it.
    pub fn with_steps(&self, case: &Case) -> Outcome {
        let before = self.sim.records_steps();
        self.record_steps(true);
        let outcome = self.of(case);
        self.record_steps(before);
        outcome
    }

    /// Which states of folios met which events in the run before.
    pub fn met(&self) -> Met {
        self.sim.met() & self.possible
    }

    /// What the caches and the server held in the run before, if its trace names the steps and the subject says so.
    pub fn watched(&self) -> Watched {
        self.sim.take_watched()
    }

    /// The verdict on the case, if it was carried out.
    pub fn verdict(&self, case: &Case) -> Option<Verdict> {
        match self.of(case) {
            Outcome::Judged(_, verdict) => Some(verdict),
            Outcome::Skipped(_) => None,
        }
    }

    /// Puts the case to the subject by another schedule than its holds, or by one that watches them.
    pub fn run_by(&self, case: &Case, schedule: &mut dyn Schedule) -> Run {
        self.ready.run(&self.sim, case, schedule)
    }
}
