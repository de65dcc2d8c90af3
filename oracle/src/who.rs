//! Who asks: the processes, the third party, and nature; and the hosts that the processes run on.

use std::fmt;

/// A host: it has one page cache, which its processes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// The host of `a1` and `a2`.
    A,
    /// The host of `b1`.
    B,
}

impl Host {
    /// Both hosts.
    pub const ALL: [Host; 2] = [Host::A, Host::B];

    /// Its place in a table of hosts.
    pub fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Host::A => "a",
            Host::B => "b",
        })
    }
}

/// Who makes a call.
///
/// ```
/// use launder_oracle::{Host, Who};
///
/// assert_eq!(Who::named("b1").and_then(Who::host), Some(Host::B));
/// assert_eq!(Who::Server.host(), None, "the third party goes through no cache");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// The first process, and user, of host `a`.
    A1,
    /// The second process, and user, of host `a`.
    A2,
    /// The process of host `b`.
    B1,
    /// The third party: it changes the file behind everyone's back.
    Server,
    /// What happens to a system: writeback, reclaim, faults, crashes.
    Nature,
}

impl Who {
    /// Everyone.
    pub const ALL: [Who; 5] = [Who::A1, Who::A2, Who::B1, Who::Server, Who::Nature];
    /// The processes.
    pub const PROCESSES: [Who; 3] = [Who::A1, Who::A2, Who::B1];

    /// The host that a process runs on.
    pub fn host(self) -> Option<Host> {
        const HOSTS: [Option<Host>; 5] = [Some(Host::A), Some(Host::A), Some(Host::B), None, None];
        HOSTS[self as usize]
    }

    /// Its place in a table of everyone.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The one of this name.
    pub fn named(word: &str) -> Option<Who> {
        Who::ALL.into_iter().find(|who| who.name() == word)
    }

    /// The name in a case or trace.
    pub fn name(self) -> &'static str {
        match self {
            Who::A1 => "a1",
            Who::A2 => "a2",
            Who::B1 => "b1",
            Who::Server => "server",
            Who::Nature => "nature",
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
