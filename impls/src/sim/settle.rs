//! What a runner asks after the last ask, so that nothing stays in a cache: unlock, munmap, fsync, close for each process
//! that took part, reclaim for each of their hosts, and the server's read of everything.

use crate::Ask;
use launder_oracle::{Call, Host, Range, Reply, Who};

/// What the processes hold, as far as the replies tell: sets of what follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing([u8; Who::ALL.len()]);

const TOOK_PART: u8 = 1;
const OPEN: u8 = 2;
const MAPPED: u8 = 4;
const LOCKED: u8 = 8;

impl Standing {
    pub fn new() -> Standing {
        Standing([OPEN; Who::ALL.len()])
    }

    pub fn called(&mut self, who: Who) {
        self.0[who.index()] |= TOOK_PART;
    }

    // Constants of a table, not branches: which call comes next is as random as the case.
    pub fn replied(&mut self, who: Who, call: &Call, reply: &Reply) {
        let (gone, there_if_done) = match call {
            Call::Open => (0, OPEN),
            // close(2) and munmap(2) take effect even where they report an error of writeback.
            Call::Close => (OPEN, 0),
            Call::Mmap { .. } => (0, MAPPED),
            Call::Munmap => (MAPPED, 0),
            Call::Lock => (0, LOCKED),
            Call::Unlock => (LOCKED, 0),
            _ => (0, 0),
        };
        let there = if *reply == Reply::Ok { there_if_done } else { 0 };
        let held = &mut self.0[who.index()];
        *held = *held & !gone | there;
        if let Call::Crash(host) = call {
            for who in Who::PROCESSES.into_iter().filter(|who| who.host() == Some(*host)) {
                self.0[who.index()] &= TOOK_PART;
            }
        }
    }

    fn has(&self, who: Who, held: u8) -> bool {
        self.0[who.index()] & held != 0
    }

    /// The asks that settle this.
    pub fn settle(&self, capacity: u32) -> Vec<Ask> {
        let everything = Range::new(0, capacity);
        let mut asks = Vec::with_capacity(16);
        for who in Who::PROCESSES.into_iter().filter(|who| self.has(*who, TOOK_PART)) {
            let steps =
                [(LOCKED, Call::Unlock), (MAPPED, Call::Munmap), (OPEN, Call::Fsync), (OPEN, Call::Close)];
            let due = steps.into_iter().filter(|(held, _)| self.has(who, *held));
            asks.extend(due.map(|(_, call)| Ask::new(who, call)));
        }
        for host in Host::ALL {
            let took_part = |who: &Who| self.has(*who, TOOK_PART) && who.host() == Some(host);
            if Who::PROCESSES.iter().any(took_part) {
                asks.push(Ask::new(Who::Nature, Call::Reclaim(host, everything)));
            }
        }
        asks.push(Ask::new(Who::Server, Call::Pread { direct: false, range: everything }));
        asks
    }
}
