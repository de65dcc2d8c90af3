//! The places between which visibility flows, and the table of which call takes stock of and tells which: the contract.

use super::script::Op;
use launder_oracle::{Call, Contract, Direct, Host, Hosts, Maps, Msync, Notify, Open, Who};

/// Where something may be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Host(Host),
    Mapping(Who),
    Server,
    System,
}

impl Place {
    /// How many places there are.
    pub const COUNT: usize = 7;

    /// Its index among all.
    pub fn index(self) -> usize {
        match self {
            Place::Host(host) => host.index(),
            Place::Mapping(who) => 2 + who.index(),
            Place::Server => 5,
            Place::System => 6,
        }
    }
}

/// What `op` takes stock of at its beginning, and what it tells at its return.
pub fn flow(contract: &Contract, op: &Op) -> (Vec<Place>, Vec<Place>) {
    let (mut from, mut to) = alone(contract, op);
    let gains_nothing = op.call.is_mapped() && contract.maps != Maps::Unified
        || op.call.is_direct() && contract.direct == Direct::None;
    let counts = !from.is_empty() || !to.is_empty();
    if contract.hosts == Hosts::Coherent && counts && !gains_nothing {
        from.push(Place::System);
        to.push(Place::System);
    }
    (from, to)
}

/// Those of `to` that a write by itself goes through: the cache, the mapping, or the server alone; and the system.
pub fn own_way(contract: &Contract, op: &Op, to: &[Place]) -> Vec<Place> {
    if op.host().is_some() && op.call.is_direct() && contract.direct == Direct::None {
        // Where direct calls agree with the cache, the server is not told either.
        return Vec::new();
    }
    let server_alone = op.host().is_none();
    let mapping_alone = op.call.is_mapped() && contract.maps != Maps::Unified;
    let mine = |place: &&Place| match place {
        Place::System => true,
        Place::Server => server_alone,
        Place::Mapping(_) => mapping_alone,
        Place::Host(_) => !server_alone && !mapping_alone,
    };
    to.iter().filter(mine).copied().collect()
}

fn alone(contract: &Contract, op: &Op) -> (Vec<Place>, Vec<Place>) {
    match op.who {
        Who::Nature => (vec![], vec![]),
        // Of a private mapping nothing is the file's.
        _ if op.private && matches!(op.call, Call::Msync(..)) => (vec![], vec![]),
        Who::Server => servers(contract, &op.call),
        who => processes(contract, who, &op.call),
    }
}

fn servers(contract: &Contract, call: &Call) -> (Vec<Place>, Vec<Place>) {
    match call {
        Call::Notify(host, _) if contract.notify == Notify::Honoured => {
            (vec![Place::Server], vec![Place::Host(*host)])
        }
        Call::Notify(host, _) => (vec![], vec![Place::Host(*host)]),
        Call::Deny(_) | Call::Allow(_) => (vec![], vec![]),
        _ => (vec![Place::Server], vec![Place::Server]),
    }
}

fn processes(contract: &Contract, who: Who, call: &Call) -> (Vec<Place>, Vec<Place>) {
    let host = Place::Host(who.host().expect("a process"));
    let mapping = Place::Mapping(who);
    match call {
        _ if call.is_direct() => direct(contract, host, call),
        Call::Mread(_) | Call::Mwrite(_) if contract.maps == Maps::Unified => (vec![host], vec![host]),
        Call::Mread(_) | Call::Mwrite(_) => (vec![mapping], vec![mapping]),
        Call::Mmap { .. } | Call::Munmap => (vec![mapping, host], vec![mapping, host]),
        Call::Msync(Msync::Async, _) | Call::MadviseDontneed(_) | Call::FadviseDontneed(_) => {
            (vec![], vec![])
        }
        Call::Msync(..) if contract.maps == Maps::Remap => (vec![mapping], vec![host, Place::Server]),
        Call::Msync(..) => (vec![mapping, host], vec![host, Place::Server, mapping]),
        Call::Fsync | Call::Fdatasync | Call::Close | Call::Unlock => (vec![host], vec![host, Place::Server]),
        Call::Open | Call::Lock if contract.open == Open::Fresh => (vec![host, Place::Server], vec![host]),
        _ => (vec![host], vec![host]),
    }
}

fn direct(contract: &Contract, host: Place, call: &Call) -> (Vec<Place>, Vec<Place>) {
    match (contract.direct, call) {
        (Direct::None, _) => (vec![Place::Server], vec![Place::Server]),
        (_, Call::Pread { .. }) => (vec![host, Place::Server], vec![Place::Server]),
        _ => (vec![host, Place::Server], vec![host, Place::Server]),
    }
}
