//! Which errors there is a reason for.

use super::Judge;
use super::ops::{Op, Outcome};
use crate::{Call, Contract, Errno, Kind, Loser, Violation, Who};

/// What has been injected so far.
#[derive(Default)]
pub(super) struct Faults {
    errnos: Vec<Errno>,
    /// When the first fault was injected.
    pub first: Option<u32>,
    /// Who has written behind others' backs, where the contract lets the others lose.
    writers: Vec<Who>,
}

impl Faults {
    pub fn begin(&mut self, op: &Op, contract: &Contract) {
        use Errno::*;
        let writes = (op.writes_data() || op.zeroes()) && !op.private;
        if contract.loser != Loser::Nobody && writes && !self.writers.contains(&op.who) {
            self.writers.push(op.who);
        }
        let errnos: &[Errno] = match op.call {
            Call::FailWrite(errno, _) | Call::FailRead(errno, _) => &[errno],
            Call::Drop(_) | Call::ShortWrite(_) | Call::Crash(_) => &[EIO],
            Call::Deny(_) => &[EACCES, EPERM, ENOKEY, EKEYREJECTED, EKEYREVOKED, EKEYEXPIRED],
            Call::FailRelease(_) => &[EIO, EBUSY],
            _ => return,
        };
        self.first.get_or_insert(op.start);
        for errno in errnos {
            if !self.errnos.contains(errno) {
                self.errnos.push(*errno);
            }
        }
    }
}

impl Judge<'_> {
    /// A call returned an error, or SIGBUS: there must be a fault, or a size, that explains it.
    pub(super) fn check_error(&mut self, place: u32) {
        let op = self.ops[place as usize];
        let explained = match op.outcome {
            Outcome::Failed(Some(errno)) => {
                let foreign = |writer: &Who| writer.host() != op.who.host();
                let conflict = op.call.is_sync() && self.faults.writers.iter().any(foreign);
                errno.is_refusal() || conflict || self.faults.errnos.contains(&errno)
            }
            Outcome::Failed(None) => match op.call {
                Call::Mread(range) | Call::Mwrite(range) => {
                    self.faults.first.is_some() || self.may_be_past_the_end(place, range).unwrap_or(true)
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
        self.accuse(Violation { kind: Kind::SpuriousError, cell: None, write, at, why });
    }
}
