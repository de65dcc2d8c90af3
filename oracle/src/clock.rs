//! What is known of the writes to one register: for each chain of writes, how far.
//!
//! A chain is what one caller writes through one channel: each of its writes knows all that came before it in the chain, so
//! one number says which of them are known.

use crate::Who;

/// What a call goes through, so that calls of one caller through one channel are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// The page cache of the caller's host.
    Host,
    /// The caller's mapping, where it does not agree with the page cache by itself.
    Mapping,
    /// The server alone.
    Server,
}

/// A chain of writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chain(u8);

/// How many chains there are: of each process and of the server, one a channel.
pub(crate) const CHAINS: usize = 12;

impl Chain {
    pub fn of(who: Who, channel: Channel) -> Chain {
        Chain((who.index().min(3) * 3) as u8 + channel as u8)
    }

    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The host, or the server's place after the hosts, whose writes these are.
    pub fn home(self) -> usize {
        [0, 0, 1, SERVER_HOME][self.index() / 3]
    }
}

/// A set of chains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chains(u16);

impl Chains {
    pub fn add(&mut self, chain: Chain) {
        self.0 |= 1 << chain.0;
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are not of this host, or of the server.
    pub fn but(self, home: usize) -> Chains {
        Chains(self.0 & ![0b11_1111, 0b1_1100_0000, 0b1110_0000_0000][home])
    }

    /// Those of the server.
    pub fn of_server(self) -> Chains {
        Chains(self.0 & 0b1110_0000_0000)
    }

    /// Those of hosts.
    pub fn of_hosts(self) -> Chains {
        self.but(SERVER_HOME)
    }
}

impl Iterator for Chains {
    type Item = Chain;

    fn next(&mut self) -> Option<Chain> {
        let chain = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        (chain < 16).then_some(Chain(chain as u8))
    }
}

/// The place of the server after the hosts.
pub(crate) const SERVER_HOME: usize = 2;

/// A place in the trace, from 1; 0 is before it.
pub(crate) trait Time: Copy + Ord + Default {
    /// The place, which must not be beyond [`Time::LAST`].
    fn of(place: u32) -> Self;
    /// The last place that it can say.
    const LAST: u32;
}

/// Of short traces: a clock of such fits two registers of any processor.
impl Time for i16 {
    const LAST: u32 = i16::MAX as u32;

    fn of(place: u32) -> i16 {
        debug_assert!(place <= Self::LAST, "a clock of a short trace");
        place as i16
    }
}

impl Time for u32 {
    const LAST: u32 = u32::MAX;

    fn of(place: u32) -> u32 {
        place
    }
}

/// For each chain, the last write that is known: the place in the trace at which it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clock<T>([T; CHAINS]);

impl<T: Time> Clock<T> {
    /// Whether any write of the chain is known.
    pub fn knows_of(&self, chain: Chain) -> bool {
        self.0[chain.index()] > T::default()
    }

    pub fn knows(&self, chain: Chain, began: u32) -> bool {
        self.0[chain.index()] >= T::of(began)
    }

    pub fn learn(&mut self, chain: Chain, began: u32) {
        let known = &mut self.0[chain.index()];
        *known = (*known).max(T::of(began));
    }

    /// Does not know of this write of the chain, nor of what came after it there.
    pub fn forget(&mut self, chain: Chain, began: u32) {
        let known = &mut self.0[chain.index()];
        *known = (*known).min(T::of(began - 1));
    }

    /// What either knows.
    pub fn join(&mut self, other: &Clock<T>) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = (*mine).max(theirs);
        }
    }

    /// What both know.
    pub fn meet(&mut self, other: &Clock<T>) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = (*mine).min(theirs);
        }
    }
}
