//! What a run met: the states that folios were in when something happened to them, as a set of pairs.

use launder_oracle::{Call, Errno, Host, Range};
use std::fmt;
use std::ops::{BitAnd, BitOr};
use std::str::FromStr;

/// A state of a folio in one host's cache. The first five exclude each other; of the rest it may be in several besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is none, or one that is not uptodate and that nothing has been put into.
    Absent,
    /// Uptodate, and neither dirty nor under writeback.
    Clean,
    /// To be written back, as far as the folio or its buffer knows; not under writeback.
    Dirty,
    /// Dirty again while it is under writeback.
    Redirtied,
    /// Under writeback, and not dirty: until the reply, also where PG_writeback ends before that.
    Writeback,
    /// Not uptodate, and yet something is in it: it was written to, its buffer is valid, or all of it was valid once.
    Partly,
    /// Mapped by an entry through which a store faults.
    ReadOnly,
    /// Mapped by an entry through which stores go, and dirty, as the folio or the entry knows.
    Stored,
    /// Locked by somebody else than who looks, or referenced beyond the cache and page tables.
    Busy,
    /// It, or a part of it, lies past the end of the file as the host knows it.
    PastEnd,
}

impl State {
    /// All of them.
    pub const ALL: [State; 10] = {
        use State::*;
        [Absent, Clean, Dirty, Redirtied, Writeback, Partly, ReadOnly, Stored, Busy, PastEnd]
    };

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            State::Absent => "absent",
            State::Clean => "clean",
            State::Dirty => "dirty",
            State::Redirtied => "redirtied",
            State::Writeback => "under writeback",
            State::Partly => "partly uptodate",
            State::ReadOnly => "mapped read-only",
            State::Stored => "mapped and dirty",
            State::Busy => "pinned or busy",
            State::PastEnd => "past the end",
        }
    }
}

/// Something that happens to folios: it meets each when it comes to look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The scheme's own: of all at its start, where it begins with something for all; and of each when it comes to that.
    Invalidate,
    /// The server's notification comes to the host.
    Notify,
    /// The third party writes on the server, behind the back of each host.
    ThirdPartyWrite,
    /// The file becomes shorter here, by ftruncate(2) or as the server says.
    Truncate,
    /// fallocate(2) is to punch a hole, or to zero.
    Punch,
    /// A read that goes past the cache.
    DirectRead,
    /// A write that goes past the cache.
    DirectWrite,
    /// The reply to a WRITE of writeback or laundering is processed, and is good.
    WritebackOk,
    /// The same, and it is an error.
    WritebackFailed,
    /// ->release_folio() says no.
    ReleaseFailed,
    /// The host crashes; what its own processes had locked no longer is.
    Crash,
}

impl Event {
    /// All of them.
    pub const ALL: [Event; 11] = {
        use Event::*;
        [
            Invalidate,
            Notify,
            ThirdPartyWrite,
            Truncate,
            Punch,
            DirectRead,
            DirectWrite,
            WritebackOk,
            WritebackFailed,
            ReleaseFailed,
            Crash,
        ]
    };

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Event::Invalidate => "invalidate",
            Event::Notify => "notify",
            Event::ThirdPartyWrite => "third-party write",
            Event::Truncate => "truncate",
            Event::Punch => "punch",
            Event::DirectRead => "direct read",
            Event::DirectWrite => "direct write",
            Event::WritebackOk => "writeback ok",
            Event::WritebackFailed => "writeback failed",
            Event::ReleaseFailed => "release failed",
            Event::Crash => "crash",
        }
    }

    /// The word of the third party or of nature without which it does not happen.
    pub fn word(self) -> Option<Call> {
        let nothing = Range::new(0, 0);
        match self {
            Event::Notify => Some(Call::Notify(Host::A, nothing)),
            Event::ThirdPartyWrite => Some(Call::Pwrite { direct: false, range: nothing }),
            Event::WritebackFailed => Some(Call::FailWrite(Errno::EIO, 1)),
            Event::ReleaseFailed => Some(Call::FailRelease(1)),
            Event::Crash => Some(Call::Crash(Host::A)),
            _ => None,
        }
    }
}

/// Some states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct States(u16);

impl States {
    /// This one, if it is so.
    pub fn only(state: State, so: bool) -> States {
        States(u16::from(so) << state as u16)
    }

    /// All.
    pub const ALL: States = States((1 << State::ALL.len()) - 1);
}

impl From<State> for States {
    fn from(state: State) -> States {
        States::only(state, true)
    }
}

impl BitOr for States {
    type Output = States;

    fn bitor(self, other: States) -> States {
        States(self.0 | other.0)
    }
}

/// A set of pairs of a state and an event.
///
/// ```
/// use launder_impls::met::States;
/// use launder_impls::{Event, Met, State};
///
/// let met = Met::of(States::only(State::Dirty, true), Event::Notify);
/// assert!(met.has(State::Dirty, Event::Notify) && met.count() == 1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Met(u128);

impl Met {
    /// The event met these states.
    pub fn of(states: States, event: Event) -> Met {
        Met(u128::from(states.0) << (event as usize * State::ALL.len()))
    }

    /// All pairs of these events.
    pub fn all(of: impl Fn(Event) -> bool) -> Met {
        Event::ALL
            .into_iter()
            .filter(|event| of(*event))
            .fold(Met::default(), |all, event| all | Met::of(States::ALL, event))
    }

    /// Whether the pair is one of them.
    pub fn has(self, state: State, event: Event) -> bool {
        self & Met::of(state.into(), event) != Met::default()
    }

    /// Its pairs, event by event.
    pub fn pairs(self) -> impl Iterator<Item = (State, Event)> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some((State::ALL[bit % State::ALL.len()], Event::ALL[bit / State::ALL.len()]))
        })
    }

    /// How many pairs it has.
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// Those that the other has not.
    pub fn without(self, other: Met) -> Met {
        Met(self.0 & !other.0)
    }
}

impl BitOr for Met {
    type Output = Met;

    fn bitor(self, other: Met) -> Met {
        Met(self.0 | other.0)
    }
}

impl BitAnd for Met {
    type Output = Met;

    fn bitand(self, other: Met) -> Met {
        Met(self.0 & other.0)
    }
}

/// The pairs with commas between: `dirty × crash, clean × notify`.
impl fmt::Display for Met {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (state, event)) in self.pairs().enumerate() {
            write!(f, "{}{} × {}", if at == 0 { "" } else { ", " }, state.name(), event.name())?;
        }
        Ok(())
    }
}

impl FromStr for Met {
    type Err = String;

    fn from_str(text: &str) -> Result<Met, String> {
        let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| read_pair(pair).ok_or_else(|| format!("{pair}: no state × event")))
            .try_fold(Met::default(), |met, pair| Ok(met | pair?))
    }
}

fn read_pair(text: &str) -> Option<Met> {
    let (state, event) = text.split_once(" × ")?;
    let state = State::ALL.into_iter().find(|known| known.name() == state)?;
    let event = Event::ALL.into_iter().find(|known| known.name() == event)?;
    Some(Met::of(state.into(), event))
}
