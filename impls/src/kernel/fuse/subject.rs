//! A subject: the kernel's client of FUSE, with one set of options.

use super::client::Client;
use super::mount::Mount;
use super::options::Options;
use crate::{Ask, Bug, Case, Ground, Known, Sim, Subject};
use launder_oracle::{Call, Contract, Reply, Who};
use std::marker::PhantomData;
use std::ops::Deref;
use std::path::PathBuf;

/// The options of a mount, and what is promised and known of the kernel under them.
pub trait Set: 'static {
    /// [`Subject::NAME`]
    const NAME: &'static str;
    /// [`Subject::SOURCE`]
    const SOURCE: &'static str;
    /// [`Subject::CONTRACT`]
    const CONTRACT: Contract = Contract::FUSE;
    /// [`Subject::KNOWN`]
    const KNOWN: &'static [&'static [Known]];
    /// [`Subject::BUGS`]
    const BUGS: &'static [Bug] = &[];
    /// The options.
    const OPTIONS: Options;
}

/// A mount with the options of a set.
pub struct Mounted<S: Set>(Mount, PhantomData<S>);

impl<S: Set> Deref for Mounted<S> {
    type Target = Mount;

    fn deref(&self) -> &Mount {
        &self.0
    }
}

impl<S: Set> Ground for Mounted<S> {
    fn prepare(_: &[PathBuf]) -> Result<Mounted<S>, String> {
        Ok(Mounted(Mount::new(S::OPTIONS)?, PhantomData))
    }

    fn begin(&self, case: &Case) -> Result<(), String> {
        self.0.begin(case)
    }

    fn end(&self) -> Result<(), String> {
        self.0.end()
    }
}

/// The kernel that runs this, and a server that we script: what does not hang on the set is compiled once, and not for each.
pub struct KernelFuse<S: Set>(Client, PhantomData<S>);

impl<S: Set> Subject for KernelFuse<S> {
    const NAME: &'static str = S::NAME;
    const SOURCE: &'static str = S::SOURCE;
    const CONTRACT: Contract = S::CONTRACT;
    const KNOWN: &'static [&'static [Known]] = S::KNOWN;
    const BUGS: &'static [Bug] = S::BUGS;
    type Ground = Mounted<S>;

    fn new(sim: &Sim, mounted: &Mounted<S>) -> KernelFuse<S> {
        KernelFuse(Client::new(sim, mounted), PhantomData)
    }

    /// A host is a mount of the kernel that runs us, and cannot crash without us: a connection that is cut fails the calls on it for
    /// good, where after a crash they would begin anew with what the server has. Nor can we say when a folio is not released.
    fn knows(call: &Call) -> bool {
        !matches!(call, Call::Crash(_) | Call::FailRelease(_))
    }

    fn call(&self, who: Who, call: Call) -> impl Future<Output = Reply> {
        self.0.call(who, call)
    }

    fn settles(&self, asks: &[Ask]) {
        self.0.settles(asks);
    }

    fn wait(&self) -> bool {
        self.0.wait()
    }
}
