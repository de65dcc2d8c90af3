//! A model: a scheme on the parts of Linux, set up as one kernel had it, and what is claimed and known of that.

use crate::contents::Contents;
use crate::linux::{Scheme, call};
use crate::{Bug, Event, Job, Known, Sim, Subject};
use launder_oracle::{Call, Contract, Reply, Who};

/// One scheme, or one variant of it.
pub trait Model: 'static {
    /// [`Subject::NAME`]
    const NAME: &'static str;
    /// [`Subject::SOURCE`]
    const SOURCE: &'static str;
    /// [`Subject::CONTRACT`]
    const CONTRACT: Contract;
    /// [`Subject::BUGS`]
    const BUGS: &'static [Bug] = &[];
    /// [`Subject::KNOWN`]
    const KNOWN: &'static [&'static [Known]] = &[];
    /// [`Subject::TWIN`]
    const TWIN: Option<&'static str> = None;

    /// [`Subject::knows`]
    fn knows(_call: &Call) -> bool {
        true
    }

    /// [`Subject::has_two_hosts`]
    fn has_two_hosts() -> bool {
        true
    }

    /// [`Subject::meets`]
    fn meets(event: Event) -> bool {
        event.word().is_none_or(|word| Self::knows(&word))
    }

    /// The scheme that it is, which variants share.
    type Scheme: Scheme;

    /// The scheme, as this variant has it, with a file that is in no cache.
    fn scheme(sim: &Sim) -> Self::Scheme;
}

/// The words that a file system on a disk of its host knows: nobody else reaches the file.
pub(super) fn is_of_nature(call: &Call) -> bool {
    use Call::*;
    matches!(
        call,
        Writeback(..)
            | Reclaim(..)
            | Crash(_)
            | FailWrite(..)
            | FailRead(..)
            | ShortWrite(_)
            | Drop(_)
            | Swap(_)
            | FailRelease(_)
    )
}

/// The subject that a model is.
pub struct Of<M: Model>(M::Scheme);

impl<M: Model> Subject for Of<M> {
    const NAME: &'static str = M::NAME;
    const SOURCE: &'static str = M::SOURCE;
    const CONTRACT: Contract = M::CONTRACT;
    const BUGS: &'static [Bug] = M::BUGS;
    const KNOWN: &'static [&'static [Known]] = M::KNOWN;
    const TWIN: Option<&'static str> = M::TWIN;
    type Ground = ();

    fn new(sim: &Sim, (): &()) -> Self {
        Of(M::scheme(sim))
    }

    fn knows(call: &Call) -> bool {
        M::knows(call)
    }

    fn has_two_hosts() -> bool {
        M::has_two_hosts()
    }

    fn meets(event: Event) -> bool {
        M::meets(event)
    }

    fn call(&self, who: Who, asked: Call) -> impl Future<Output = Reply> {
        call(&self.0, who, asked)
    }

    fn contents(&self) -> Option<Contents> {
        Some(self.0.linux().contents())
    }

    fn work(&self, job: Job) -> impl Future<Output = ()> {
        self.0.work(job)
    }
}
