//! Where visibility flows: which call acquires and releases which clocks. This table *is* the contract.

use crate::clock::Channel;
use crate::{Call, Contract, Direct, Hosts, Maps, Notify, Open, Range, Who};
use std::ops::BitOr;

/// A place that has a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(u8);

impl Place {
    pub const COUNT: usize = 7;
    pub const A: Place = Place(0);
    pub const B: Place = Place(1);
    pub const SERVER: Place = Place(2);
    /// What the whole system knows, where hosts are coherent.
    pub const SYSTEM: Place = Place(6);

    pub fn host(host: crate::Host) -> Place {
        Place(host.index() as u8)
    }

    pub fn mapping(who: Who) -> Place {
        Place(3 + who.index() as u8)
    }

    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A set of places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places(u8);

impl Places {
    const HOSTS: Places = Places(0b11);
    const MAPPINGS: Places = Places(0b11_1000);

    pub fn with(self, place: Place) -> Places {
        Places(self.0 | 1 << place.0)
    }

    const fn one(place: Place) -> Places {
        Places(1 << place.0)
    }

    pub fn without(self, place: Place) -> Places {
        Places(self.0 & !(1 << place.0))
    }

    pub fn has(self, place: Place) -> bool {
        self.0 & 1 << place.0 != 0
    }

    /// Those of them that know all that comes before in a chain of this channel.
    pub fn of_chain(self, who: Who, channel: Channel) -> Places {
        let mut places = match channel {
            Channel::Host => Places(self.0 & Places::HOSTS.0),
            // Of a direct write the server would not know either, did such writes agree with the cache.
            Channel::Server if who.host().is_some() => NONE,
            Channel::Server => Places(self.0 & 1 << Place::SERVER.0),
            Channel::Mapping => Places(self.0 & Places::MAPPINGS.0),
        };
        if self.has(Place::SYSTEM) {
            places = places.with(Place::SYSTEM);
        }
        places
    }

    pub fn has_mapping(self) -> bool {
        self.0 & Places::MAPPINGS.0 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn but(self, others: Places) -> Places {
        Places(self.0 & !others.0)
    }

    /// Those that are not `place`, where that is a set of one.
    pub fn but_if_one(self, place: Places) -> Places {
        if place.0.count_ones() == 1 { self.but(place) } else { self }
    }

    pub fn iter(mut self) -> impl Iterator<Item = Place> {
        std::iter::from_fn(move || {
            let place = self.0.trailing_zeros();
            self.0 &= self.0.wrapping_sub(1);
            (place < 8).then_some(Place(place as u8))
        })
    }
}

const NONE: Places = Places(0);
const SERVER: Places = Places::one(Place::SERVER);

impl BitOr for Places {
    type Output = Places;

    fn bitor(self, others: Places) -> Places {
        Places(self.0 | others.0)
    }
}

/// For which cells a call acquires and releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Those that it names, or writes.
    Cells(Range),
    /// All.
    All,
}

/// What a call acquires when it begins and releases when it returns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flow {
    pub acquires: Places,
    pub releases: Places,
    pub scope: Scope,
    pub channel: Channel,
}

impl Flow {
    /// That of a call that moves nothing.
    pub const NOTHING: Flow = Flow {
        acquires: NONE,
        releases: NONE,
        scope: Scope::Cells(Range { start: 0, end: 0 }),
        channel: Channel::Server,
    };

    /// The same without places that know nothing which another that stays does not: a mapping that agrees with its host's page
    /// cache is told what that is told, and so is a system what its parts are, but for a server that direct calls tell alone.
    pub fn in_brief(mut self, contract: &Contract) -> Flow {
        let mut spared = Places::default();
        if contract.maps == Maps::Unified {
            spared = Places::MAPPINGS;
        }
        if self.acquires.has(Place::SYSTEM) {
            spared = Places(spared.0 | Places::HOSTS.0);
            if contract.direct != Direct::None {
                spared = spared.with(Place::SERVER);
            }
        }
        self.acquires = self.acquires.but(spared);
        self.releases = self.releases.but(spared);
        self
    }
}

/// The table.
pub(super) fn flow(contract: &Contract, who: Who, call: &Call) -> Flow {
    let mut flow = match who.host() {
        Some(host) => of_process(contract, who, Place::host(host), call),
        None => of_server(contract, call),
    };
    let unseen = call.is_mapped() && contract.maps != Maps::Unified
        || call.is_direct() && contract.direct == Direct::None;
    let moves = !flow.acquires.is_empty() || !flow.releases.is_empty();
    if contract.hosts == Hosts::Coherent && moves && !unseen {
        flow.acquires = flow.acquires.with(Place::SYSTEM);
        flow.releases = flow.releases.with(Place::SYSTEM);
    }
    flow
}

fn of_process(contract: &Contract, who: Who, host: Place, call: &Call) -> Flow {
    let (host, mapping) = (Places::one(host), Places::one(Place::mapping(who)));
    let remap = contract.maps == Maps::Remap;
    let (acquires, releases, channel) = match call {
        Call::Pread { direct: true, .. } => match contract.direct {
            Direct::None => (SERVER, SERVER, Channel::Server),
            _ => (host | SERVER, SERVER, Channel::Server),
        },
        Call::Pwrite { direct: true, .. } | Call::Append { direct: true, .. } => match contract.direct {
            Direct::None => (SERVER, SERVER, Channel::Server),
            _ => (host | SERVER, host | SERVER, Channel::Host),
        },
        Call::Mread(_) | Call::Mwrite(_) => match contract.maps {
            Maps::Unified => (host, host, Channel::Host),
            _ => (mapping, mapping, Channel::Mapping),
        },
        Call::Mmap { .. } | Call::Munmap => (mapping | host, mapping | host, Channel::Host),
        Call::Msync(crate::Msync::Async, _) => (NONE, NONE, Channel::Host),
        Call::Msync(..) if remap => (mapping, host | SERVER, Channel::Host),
        Call::Msync(..) => (mapping | host, host | SERVER | mapping, Channel::Host),
        Call::Fsync | Call::Fdatasync | Call::Close | Call::Unlock => (host, host | SERVER, Channel::Host),
        Call::Open | Call::Lock => match contract.open {
            Open::Fresh => (host | SERVER, host, Channel::Host),
            Open::Cached => (host, host, Channel::Host),
        },
        Call::FadviseDontneed(_) | Call::MadviseDontneed(_) => (NONE, NONE, Channel::Host),
        _ => (host, host, Channel::Host),
    };
    Flow { acquires, releases, scope: scope(call), channel }
}

fn of_server(contract: &Contract, call: &Call) -> Flow {
    let (acquires, releases) = match call {
        Call::Notify(host, _) => match contract.notify {
            Notify::Honoured => (SERVER, Places::one(Place::host(*host))),
            Notify::Ignored => (NONE, NONE),
        },
        Call::Pread { .. } | Call::Pwrite { .. } | Call::Ftruncate(_) => (SERVER, SERVER),
        _ => (NONE, NONE),
    };
    Flow { acquires, releases, scope: scope(call), channel: Channel::Server }
}

/// For which cells it does.
pub(super) fn scope(call: &Call) -> Scope {
    match *call {
        Call::Pread { range, .. }
        | Call::Mread(range)
        | Call::Mmap { range: Some(range), .. }
        | Call::Msync(_, range)
        | Call::Copy { from: range, .. }
        | Call::Mwrite(range)
        | Call::Notify(_, range) => Scope::Cells(range),
        Call::Open
        | Call::Close
        | Call::Lock
        | Call::Unlock
        | Call::Fsync
        | Call::Fdatasync
        | Call::Munmap
        | Call::Mmap { range: None, .. } => Scope::All,
        _ => Scope::Cells(Range::new(0, 0)),
    }
}
