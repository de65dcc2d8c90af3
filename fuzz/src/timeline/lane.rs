//! The lanes of a timeline.

use launder_impls::Holder;
use launder_oracle::{Host, Who};

/// Where something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// With a process: what it asks and is answered.
    Process(Who),
    /// In the page cache of a host.
    Cache(Host),
    /// On the server, the third party's calls included.
    Server,
    /// With nature.
    Nature,
}

impl Lane {
    /// All of them, in the order of columns: each host's processes before its cache.
    pub const ALL: [Lane; 7] = [
        Lane::Process(Who::A1),
        Lane::Process(Who::A2),
        Lane::Cache(Host::A),
        Lane::Process(Who::B1),
        Lane::Cache(Host::B),
        Lane::Server,
        Lane::Nature,
    ];

    /// That of who calls.
    pub fn of(who: Who) -> Lane {
        match who {
            Who::Server => Lane::Server,
            Who::Nature => Lane::Nature,
            process => Lane::Process(process),
        }
    }

    /// That of a step, and what is left to say of it there. Steps begin with where they happen, `a: folio 0 is removed`, or with
    /// whose call it is, ``a1's `fsync` waits for``. Others are nobody's: they stand with nature.
    pub fn of_step(step: &str) -> (Lane, &str) {
        let lane = |name: &str| match name {
            "a" => Some(Lane::Cache(Host::A)),
            "b" => Some(Lane::Cache(Host::B)),
            "server" => Some(Lane::Server),
            _ => None,
        };
        let split = step.split_once(": ").and_then(|(name, rest)| Some((lane(name)?, rest)));
        let caller =
            step.split_once("'s `").and_then(|(name, _)| Who::ALL.into_iter().find(|who| who.name() == name));
        split.unwrap_or((caller.map_or(Lane::Nature, Lane::of), step))
    }

    /// Its heading.
    pub fn name(self) -> &'static str {
        match self {
            Lane::Process(who) => who.name(),
            Lane::Cache(Host::A) => "a's cache",
            Lane::Cache(Host::B) => "b's cache",
            Lane::Server => "server",
            Lane::Nature => "nature",
        }
    }

    /// Who holds cells there.
    pub fn holder(self) -> Option<Holder> {
        match self {
            Lane::Cache(host) => Some(Holder::Cache(host)),
            Lane::Server => Some(Holder::Server),
            Lane::Process(_) | Lane::Nature => None,
        }
    }
}
