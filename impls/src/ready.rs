//! A subject, whichever it is, made ready on this thread.
//!
//! Behind a table of functions, so that each subject is compiled once, here, and not in each crate that asks one: it is asked a
//! case at a time, and such a call costs nothing.

use crate::sim::Schedule;
use crate::{Case, Ground, Known, Met, Run, Sim, Subject, run};
use launder_oracle::Call;
use std::path::PathBuf;

/// A subject that can be asked.
pub trait Ready {
    /// Whether it knows a word of the third party or of nature.
    fn knows(&self, call: &Call) -> bool;

    /// Whether it has a host `b`.
    fn has_two_hosts(&self) -> bool;

    /// Whether it may break this promise, of those that it is known to break, where it stands.
    fn may_break(&self, _known: &Known) -> bool {
        true
    }

    /// Puts a case to it.
    fn run(&self, sim: &Sim, case: &Case, schedule: &mut dyn Schedule) -> Run;

    /// How many cases it wants to be told of before they are put.
    fn looks_ahead(&self) -> usize {
        0
    }

    /// These are likely to be put after the next, in this order: it may begin with them.
    fn expect(&self, _sim: &Sim, _cases: &[Case]) {}
}

/// Makes a subject ready in these directories, or says why this machine cannot run it.
type Prepare = fn(&[PathBuf]) -> Result<Box<dyn Ready>, String>;

/// How a subject is made ready, and what else is asked of its type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vtable {
    pub prepare: Prepare,
    pub possible: fn() -> Met,
    pub is_model: bool,
    pub directories: usize,
    pub type_name: fn() -> &'static str,
}

impl Vtable {
    pub const fn of<S: Subject>() -> Vtable {
        Vtable {
            prepare: |at| Ok(Box::new(On::<S>(S::Ground::prepare(at)?))),
            possible: || Met::all(S::meets),
            is_model: !S::Ground::IS_REAL,
            directories: S::Ground::DIRECTORIES,
            type_name: std::any::type_name::<S>,
        }
    }
}

/// A subject on its ground.
struct On<S: Subject>(S::Ground);

impl<S: Subject> Ready for On<S> {
    fn knows(&self, call: &Call) -> bool {
        S::knows(call)
    }

    fn has_two_hosts(&self) -> bool {
        S::has_two_hosts() && self.0.has_two_hosts()
    }

    fn may_break(&self, known: &Known) -> bool {
        S::may_break(&self.0, known)
    }

    fn run(&self, sim: &Sim, case: &Case, schedule: &mut dyn Schedule) -> Run {
        run::<S>(sim, &self.0, case, schedule)
    }
}
