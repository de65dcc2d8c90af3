//! The verdict on a trace, with a witness for everything that is held against it.

use std::fmt;

/// What the oracle says of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The contract allows everything that was said.
    Allowed,
    /// The contract forbids something that was said.
    Forbidden(Vec<Violation>),
    /// Nothing that was said is forbidden, but not every call was answered.
    Unanswered(Unanswered),
    /// The judge ran out of budget.
    Unknown,
}

/// Why calls were not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// They wait for each other.
    Stuck,
    /// They go on for ever.
    Endless,
}

/// A broken promise, and who can see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which promise.
    pub kind: Kind,
    /// The cell that shows it, if one does.
    pub cell: Option<u32>,
    /// The write that it is about: the one that was lost or should have been seen, or the one that was seen.
    pub write: Option<u32>,
    /// The line of the trace that shows it, from 1.
    pub at: u32,
    /// A witness that a person can follow.
    pub why: String,
}

/// The kinds of broken promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A read saw what a write that it knows of had replaced.
    StaleRead,
    /// The server was left with what a write that it had been told of had replaced.
    LostWrite,
    /// A value that a truncate, a punch or a zeroing had removed came back.
    Resurrected,
    /// A read saw one part of a write and, of another part, what the write had replaced.
    Torn,
    /// Bytes that nobody wrote, that are from the future, or that lie past the end.
    Leaked,
    /// A write was lost after a fault, and its writer, who had the file open, was told nothing.
    SilentError,
    /// An error for which there was no fault.
    SpuriousError,
    /// A size that the file did not have.
    WrongSize,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 8] = [
        Kind::StaleRead,
        Kind::LostWrite,
        Kind::Resurrected,
        Kind::Torn,
        Kind::Leaked,
        Kind::SilentError,
        Kind::SpuriousError,
        Kind::WrongSize,
    ];

    /// Its name in text and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Kind::StaleRead => "stale-read",
            Kind::LostWrite => "lost-write",
            Kind::Resurrected => "resurrected",
            Kind::Torn => "torn",
            Kind::Leaked => "leaked",
            Kind::SilentError => "silent-error",
            Kind::SpuriousError => "spurious-error",
            Kind::WrongSize => "wrong-size",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Verdict {
    /// Its name in text and JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Allowed => "allowed",
            Verdict::Forbidden(_) => "forbidden",
            Verdict::Unanswered(_) => "unanswered",
            Verdict::Unknown => "unknown",
        }
    }

    /// What is held against the trace.
    pub fn violations(&self) -> &[Violation] {
        match self {
            Verdict::Forbidden(violations) => violations,
            _ => &[],
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {}): {}", self.kind, self.at, self.why)
    }
}
