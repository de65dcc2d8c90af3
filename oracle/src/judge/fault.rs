//! Which errors there is a reason for.

use super::Judge;
use super::ops::{Op, Outcome};
use crate::clock::Time;
use crate::{Call, Contract, Errno, Kind, Lines, Loser, Violation, Who};

/// The errors that there is a reason for, a bit a number.
#[derive(Clone, Copy, Default)]
pub(super) struct Reasons([u64; 3]);

impl Reasons {
    /// A call begins: if it is a fault, there is a reason for what it makes calls answer.
    #[inline(always)]
    pub fn begin(&mut self, call: &Call) {
        use Errno::*;
        let errnos: &[Errno] = match *call {
            Call::FailWrite(errno, 1..) | Call::FailRead(errno, 1..) => &[errno],
            Call::Drop(1..) | Call::ShortWrite(1..) | Call::Crash(_) => &[EIO],
            Call::Deny(_) => &[EACCES, EPERM, ENOKEY, EKEYREJECTED, EKEYREVOKED, EKEYEXPIRED],
            Call::FailRelease(1..) => &[EIO, EBUSY],
            _ => &[],
        };
        for errno in errnos {
            let (word, bit) = place(*errno);
            self.0[word] |= bit;
        }
    }

    /// Whether there is one for this.
    pub fn explain(self, errno: Errno) -> bool {
        errno.is_refusal() || self.has(errno)
    }

    /// Whether some fault leads to this.
    pub fn has(self, errno: Errno) -> bool {
        let (word, bit) = place(errno);
        self.0[word] & bit != 0
    }

    /// Whether anything was injected.
    pub fn is_any(self) -> bool {
        self.0 != [0; 3]
    }
}

fn place(errno: Errno) -> (usize, u64) {
    let number = errno as usize;
    (number / 64, 1 << (number % 64))
}

/// What has been injected so far.
#[derive(Default)]
pub(super) struct Faults {
    pub reasons: Reasons,
    /// When the first fault was injected.
    pub first: Option<u32>,
    /// Who has written behind others' backs, where the contract lets the others lose.
    writers: [bool; Who::ALL.len()],
}

impl Faults {
    pub fn begin(&mut self, op: &Op, contract: &Contract) {
        let writes = (op.writes_data() || op.zeroes()) && !op.private;
        self.writers[op.who.index()] |= contract.loser != Loser::Nobody && writes;
        if op.may_have_happened() {
            self.reasons.begin(&op.call);
        }
        if self.reasons.is_any() {
            self.first.get_or_insert(op.start);
        }
    }

    /// Whether somebody who is not on the caller's host has written behind its back.
    fn may_conflict(&self, who: Who) -> bool {
        Who::ALL.into_iter().any(|writer| self.writers[writer.index()] && writer.host() != who.host())
    }
}

impl<T: Time> Judge<'_, T> {
    /// A call returned an error, or SIGBUS: there must be a fault, or a size, that explains it.
    pub(super) fn check_error(&mut self, place: u32) {
        let op = self.ops[place as usize];
        let explained = match op.outcome {
            Outcome::Failed(Some(errno)) => {
                self.faults.reasons.explain(errno) || op.call.is_sync() && self.faults.may_conflict(op.who)
            }
            Outcome::Failed(None) => match op.call {
                // What goes through it is not of the file.
                Call::Mread(_) | Call::Mwrite(_) if op.private => true,
                Call::Mread(range) | Call::Mwrite(range) => {
                    self.faults.reasons.is_any() || self.may_be_past_the_end(place, range).unwrap_or(true)
                }
                _ => true,
            },
            _ => true,
        };
        if explained {
            return;
        }
        let error = match op.outcome {
            Outcome::Failed(Some(errno)) => errno.name(),
            _ => "SIGBUS",
        };
        let why = format!("{}'s `{}` answered {error}, and nothing had failed", op.who, op.call);
        let at = self.line(op.end);
        let write = (op.number > 0).then_some(op.number);
        let lines = Lines { shows: Some(self.line(op.start)), ..Lines::default() };
        self.accuse(Violation { kind: Kind::SpuriousError, cell: None, write, at, why, lines });
    }
}
