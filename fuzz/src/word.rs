//! Every word of a case, with its frozen number, and what it is filled in with.

use launder_oracle::{Call, Errno, Host, Msync, Range, Who};

/// What a word is filled in with; each takes what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The process that calls, or that is denied or allowed.
    pub who: Who,
    /// The host that is notified, written back, reclaimed or crashed.
    pub host: Host,
    /// The cells.
    pub range: Range,
    /// A size, a number of cells, a place to copy to, or a count of requests.
    pub number: u32,
    /// The error that is injected.
    pub errno: Errno,
}

impl Fields {
    /// The fields of a word that needs none.
    pub const NONE: Fields = Fields {
        who: Who::A1,
        host: Host::A,
        range: Range { start: 0, end: 0 },
        number: 0,
        errno: Errno::EIO,
    };

    /// The fields that `who`'s `call` is filled in with; those that it does not need are as in [`Fields::NONE`].
    pub fn of(who: Who, call: &Call) -> Fields {
        let mut fields = Fields::NONE;
        if who.host().is_some() {
            fields.who = who;
        }
        match *call {
            Call::Pread { range, .. }
            | Call::Pwrite { range, .. }
            | Call::Mmap { range: Some(range), .. }
            | Call::Mread(range)
            | Call::Mwrite(range)
            | Call::Msync(_, range)
            | Call::MadviseDontneed(range)
            | Call::Fallocate(range)
            | Call::Punch(range)
            | Call::Zero(range)
            | Call::FadviseDontneed(range) => fields.range = range,
            Call::Append { cells: number, .. }
            | Call::Ftruncate(number)
            | Call::ShortWrite(number)
            | Call::Drop(number)
            | Call::Swap(number)
            | Call::FailRelease(number) => fields.number = number,
            Call::Copy { from, to } => (fields.range, fields.number) = (from, to),
            Call::Notify(host, range) | Call::Writeback(host, range) | Call::Reclaim(host, range) => {
                (fields.host, fields.range) = (host, range);
            }
            Call::Deny(who) | Call::Allow(who) => fields.who = who,
            Call::Crash(host) => fields.host = host,
            Call::FailWrite(errno, count) | Call::FailRead(errno, count) => {
                (fields.errno, fields.number) = (errno, count);
            }
            Call::Open
            | Call::Close
            | Call::Mmap { range: None, .. }
            | Call::Munmap
            | Call::Fsync
            | Call::Fdatasync
            | Call::Lock
            | Call::Unlock => {}
        }
        fields
    }
}

/// Who says a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// A process.
    Process,
    /// The third party.
    Server,
    /// Nature.
    Nature,
}

/// A word of a case.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// Its number in a corpus, which never changes and is never given to another word.
    pub tag: u8,
    /// Who says it.
    pub speaker: Speaker,
    /// How often random cases have it, to begin with.
    pub weight: u32,
    /// The call, filled in.
    pub call: fn(&Fields) -> Call,
}

impl Word {
    /// The ask: who says the word, and the call, filled in.
    pub fn ask(&self, fields: &Fields) -> (Who, Call) {
        let who = match self.speaker {
            Speaker::Process => fields.who,
            Speaker::Server => Who::Server,
            Speaker::Nature => Who::Nature,
        };
        (who, (self.call)(fields))
    }

    /// The word of `who`'s `call`.
    pub fn of(who: Who, call: &Call) -> Option<&'static Word> {
        let fields = Fields::of(who, call);
        WORDS.iter().find(|word| word.ask(&fields) == (who, *call))
    }
}

macro_rules! words {
    ($($tag:literal $speaker:ident $weight:literal $call:expr;)*) => {
        /// Every word, by its tag. Tags below 64 that are missing here are free for words to come.
        pub const WORDS: &[Word] =
            &[$(Word { tag: $tag, speaker: Speaker::$speaker, weight: $weight, call: $call }),*];
    };
}

words! {
     0 Process  4 |_| Call::Open;
     1 Process  4 |_| Call::Close;
     2 Process 24 |with| Call::Pread { direct: false, range: with.range };
     3 Process  8 |with| Call::Pread { direct: true, range: with.range };
     4 Process 24 |with| Call::Pwrite { direct: false, range: with.range };
     5 Process  8 |with| Call::Pwrite { direct: true, range: with.range };
     6 Process  6 |with| Call::Append { direct: false, cells: with.number };
     7 Process  2 |with| Call::Append { direct: true, cells: with.number };
     8 Process  8 |_| Call::Mmap { private: false, range: None };
     9 Process  1 |with| Call::Mmap { private: false, range: Some(with.range) };
    10 Process  1 |_| Call::Mmap { private: true, range: None };
    11 Process  1 |with| Call::Mmap { private: true, range: Some(with.range) };
    12 Process  3 |_| Call::Munmap;
    13 Process 18 |with| Call::Mread(with.range);
    14 Process 20 |with| Call::Mwrite(with.range);
    15 Process  8 |with| Call::Msync(Msync::Sync, with.range);
    16 Process  2 |with| Call::Msync(Msync::Async, with.range);
    17 Process  4 |with| Call::Msync(Msync::Invalidate, with.range);
    18 Process  4 |with| Call::MadviseDontneed(with.range);
    19 Process 10 |_| Call::Fsync;
    20 Process  4 |_| Call::Fdatasync;
    21 Process 10 |with| Call::Ftruncate(with.number);
    22 Process  4 |with| Call::Fallocate(with.range);
    23 Process  6 |with| Call::Punch(with.range);
    24 Process  4 |with| Call::Zero(with.range);
    25 Process  6 |with| Call::FadviseDontneed(with.range);
    26 Process  4 |with| Call::Copy { from: with.range, to: with.number };
    27 Process  4 |_| Call::Lock;
    28 Process  4 |_| Call::Unlock;
    29 Server   6 |with| Call::Pread { direct: false, range: with.range };
    30 Server  14 |with| Call::Pwrite { direct: false, range: with.range };
    31 Server   5 |with| Call::Ftruncate(with.number);
    32 Server  16 |with| Call::Notify(with.host, with.range);
    33 Server   3 |with| Call::Deny(with.who);
    34 Server   2 |with| Call::Allow(with.who);
    35 Nature  12 |with| Call::Writeback(with.host, with.range);
    36 Nature   8 |with| Call::Reclaim(with.host, with.range);
    37 Nature   2 |with| Call::Crash(with.host);
    38 Nature   4 |with| Call::FailWrite(with.errno, with.number);
    39 Nature   2 |with| Call::FailRead(with.errno, with.number);
    40 Nature   2 |with| Call::ShortWrite(with.number);
    41 Nature   2 |with| Call::Drop(with.number);
    42 Nature   2 |with| Call::Swap(with.number);
    43 Nature   6 |with| Call::FailRelease(with.number);
}
