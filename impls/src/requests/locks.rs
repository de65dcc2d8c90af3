//! The lock of the file on each host: who wants it waits for it here, for a kernel's own wait could not be cut short.

use crate::Sim;
use crate::sim::{Lock, Named};
use launder_oracle::{Call, Host, Who};
use std::cell::Cell;

/// Who has the file open, and who holds its lock.
pub struct Locks {
    locks: [Lock; 2],
    open: Cell<[bool; 3]>,
    locked: Cell<[bool; 3]>,
}

impl Locks {
    /// Nobody holds any.
    pub fn new(sim: &Sim, open: [bool; 3]) -> Locks {
        let lock = |host| sim.new_advisory_lock(Named { what: "lock of the file", host, number: None });
        Locks { locks: Host::ALL.map(lock), open: Cell::new(open), locked: Cell::default() }
    }

    /// fcntl(2), F_OFD_SETLK, is called once nobody else of the host holds the lock. Whether it is to be called at all: not of a
    /// file that is closed.
    pub async fn wait(&self, sim: &Sim, who: Who) -> bool {
        let open = self.open.get()[who.index()];
        if open && !self.locked.get()[who.index()] {
            sim.lock(self.of(who)).await.keep();
            set(&self.locked, who, true);
        }
        open
    }

    /// A call has been answered.
    pub fn replied(&self, sim: &Sim, who: Who, call: Call, done: bool) {
        match call {
            Call::Open if done => set(&self.open, who, true),
            Call::Close => set(&self.open, who, false),
            _ => {}
        }
        let gives_up = match call {
            Call::Lock => !done,
            Call::Unlock => done,
            Call::Close => true,
            _ => false,
        };
        if gives_up && self.locked.get()[who.index()] {
            set(&self.locked, who, false);
            sim.release(self.of(who));
        }
    }

    fn of(&self, who: Who) -> Lock {
        self.locks[who.host().map_or(0, Host::index)]
    }
}

/// Sets what is true of a process.
pub fn set(cells: &Cell<[bool; 3]>, who: Who, value: bool) {
    let mut all = cells.get();
    all[who.index()] = value;
    cells.set(all);
}
