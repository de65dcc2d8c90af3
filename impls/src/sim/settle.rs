//! What a runner asks after the last ask, so that nothing stays in a cache: unlock, munmap, fsync, close for each process
//! that took part, reclaim for each of their hosts, and the server's read of everything.

use crate::Ask;
use launder_oracle::{Call, Host, Range, Reply, Who};

/// What the processes hold, as far as the replies tell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    took_part: [bool; 3],
    open: [bool; 3],
    mapped: [bool; 3],
    locked: [bool; 3],
}

impl Standing {
    pub fn new() -> Standing {
        Standing { took_part: [false; 3], open: [true; 3], mapped: [false; 3], locked: [false; 3] }
    }

    pub fn called(&mut self, who: Who) {
        if who.host().is_some() {
            self.took_part[who.index()] = true;
        }
    }

    pub fn replied(&mut self, who: Who, call: &Call, reply: &Reply) {
        if let Call::Crash(host) = call {
            for who in Who::PROCESSES.into_iter().filter(|who| who.host() == Some(*host)) {
                self.open[who.index()] = false;
                self.mapped[who.index()] = false;
                self.locked[who.index()] = false;
            }
        }
        if who.host().is_none() {
            return;
        }
        let (who, done) = (who.index(), *reply == Reply::Ok);
        match call {
            Call::Open if done => self.open[who] = true,
            // close(2) and munmap(2) take effect even where they report an error of writeback.
            Call::Close => self.open[who] = false,
            Call::Mmap { .. } if done => self.mapped[who] = true,
            Call::Munmap => self.mapped[who] = false,
            Call::Lock if done => self.locked[who] = true,
            Call::Unlock => self.locked[who] = false,
            _ => {}
        }
    }

    /// The asks that settle this.
    pub fn settle(&self, capacity: u32) -> Vec<Ask> {
        let everything = Range::new(0, capacity);
        let mut asks = Vec::with_capacity(16);
        for who in Who::PROCESSES.into_iter().filter(|who| self.took_part[who.index()]) {
            let at = who.index();
            let steps = [
                (self.locked[at], Call::Unlock),
                (self.mapped[at], Call::Munmap),
                (self.open[at], Call::Fsync),
                (self.open[at], Call::Close),
            ];
            asks.extend(steps.into_iter().filter(|(due, _)| *due).map(|(_, call)| Ask::new(who, call)));
        }
        for host in Host::ALL {
            let took_part = |who: &Who| self.took_part[who.index()] && who.host() == Some(host);
            if Who::PROCESSES.iter().any(took_part) {
                asks.push(Ask::new(Who::Nature, Call::Reclaim(host, everything)));
            }
        }
        asks.push(Ask::new(Who::Server, Call::Pread { direct: false, range: everything }));
        asks
    }
}
