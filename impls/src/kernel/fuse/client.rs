//! The calls of a case, made on a mount of the kernel's client of FUSE.

use super::super::rig::{Standing, wire};
use super::super::{Answer, named};
use super::asking::Asking;
use super::mount::{File, Mount};
use super::nature::Told;
use crate::requests::locks::set;
use crate::requests::{Locks, wake};
use crate::{Ask, Sim};
use launder_oracle::{Call, Host, Range, Reply, Who};
use rustix::io::Errno;
use std::cell::Cell;
use std::rc::Rc;

/// The planted bug that a handler of requests notifies.
pub const IN_HANDLER: &str = "notify_in_the_serving_thread";

/// The kernel that runs this, and a server that we script.
pub struct Client {
    pub sim: Sim,
    pub asking: Rc<Asking>,
    pub file: File,
    locks: Locks,
    mapped: Cell<[bool; 3]>,
    pub swaps: Cell<bool>,
    pub settling: Cell<bool>,
}

impl Client {
    /// Its file has been laid out on the mount.
    pub fn new(sim: &Sim, mount: &Mount) -> Client {
        let (asking, file) = mount.take();
        // If the server has gone, so will the case.
        if sim.records_steps()
            && let Some(who) = file.later.take()
        {
            let _ = asking.begin_one(who, &file.begins);
        }
        let _ = asking.record(sim.records_steps());
        let locks = Locks::new(sim, file.open);
        Client {
            sim: sim.clone(),
            asking,
            file,
            locks,
            mapped: Cell::default(),
            swaps: Cell::default(),
            settling: Cell::default(),
        }
    }

    /// Makes a call.
    pub async fn call(&self, who: Who, call: Call) -> Reply {
        let last = self.is_last();
        let answer = match self.file.plan.step() {
            true => self.ask_ordered(who, call).await,
            false => self.ask_now(who, call).await,
        };
        match call {
            Call::Mmap { .. } if answer.is_ok() => set(&self.mapped, who, true),
            Call::Munmap => set(&self.mapped, who, false),
            Call::Reclaim(host, _) | Call::Writeback(host, _) => {
                let mut natures = self.asking.natures.get();
                natures[host.index()] = !(last && answer.is_ok());
                self.asking.natures.set(natures);
            }
            _ => {}
        }
        if who.host().is_some() {
            self.locks.replied(&self.sim, who, call, answer.is_ok());
        }
        answer.unwrap_or_else(|errno| named(&self.sim, errno))
    }

    /// What is asked from here on settles.
    pub fn settles(&self, asks: &[Ask]) {
        self.settling.set(true);
        self.file.plan.settles(asks);
        if self.file.plan.foretold().is_some_and(|who| !asks.ends_with(&self.lasts(who))) {
            // It cannot be; if it were, others would have been asked than are answered.
            let _ = self.asking.note::<()>(Err(Errno::PROTO));
        }
    }

    /// Waits for what has not been answered; whether something has come.
    pub fn wait(&self) -> bool {
        let moved = self.asking.wait().unwrap_or(false);
        if moved {
            wake(&self.sim, &*self.asking);
        } else if self.asking.is_hung() && self.sim.records_steps() {
            self.asking.stacks().into_iter().for_each(|stack| self.sim.say(format_args!("{stack}")));
        }
        moved
    }

    async fn ask_now(&self, who: Who, call: Call) -> Answer {
        match (who, call) {
            (Who::Server, Call::Notify(host, range)) => self.ask(who, &self.notification(host, range)).await,
            (Who::Server, _) => self.order(who, call),
            (Who::Nature, Call::Reclaim(host, range)) => {
                self.unmap(host, range);
                self.ask(who, &self.said(who, call, 0)).await
            }
            (Who::Nature, Call::Writeback(..)) => self.ask(who, &self.said(who, call, 0)).await,
            (Who::Nature, _) => {
                self.swaps.set(self.swaps.get() || matches!(call, Call::Swap(_)));
                self.order(who, call)
            }
            (_, Call::Lock) if !self.locks.wait(&self.sim, who).await => Err(Errno::BADF),
            _ => {
                let number = self.sim.value().number().unwrap_or(0);
                let orders = self.row(who).unwrap_or_else(|| self.said(who, call, number));
                self.ask(who, &self.after_begin(orders)?).await
            }
        }
    }

    /// An order to make a call.
    pub(super) fn said(&self, who: Who, call: Call, number: u32) -> String {
        match (who, call) {
            (Who::Nature, Call::Reclaim(host, _) | Call::Writeback(host, _)) => {
                self.said_of_nature(host, call)
            }
            (Who::Server, _) => format!("call {number} {who} {call}"),
            // Its requests are seen, and answered before it is.
            (_, Call::FadviseDontneed(_)) if !self.is_alone() => format!("beside {number} {call}"),
            _ => format!("call {number} {call}"),
        }
    }

    /// Orders to the only process of a case, which is to open the file first, if it has not.
    fn after_begin(&self, orders: String) -> Result<String, Errno> {
        let File { later, begins, .. } = &self.file;
        match later.take() {
            Some(who) if !self.is_alone() => self.asking.begin_one(who, begins).map(|()| orders),
            Some(_) => {
                self.asking.begins();
                Ok(format!("{begins}\n{orders}"))
            }
            None => Ok(orders),
        }
    }

    /// Whether a call of nature's is the last on its host, and nobody can meet it.
    fn is_last(&self) -> bool {
        self.settling.get() && self.is_alone()
    }

    /// An order to nature's process.
    fn said_of_nature(&self, host: Host, call: Call) -> String {
        let File { ino, cells, open, .. } = self.file;
        let word = match self.is_alone() {
            true if self.settling.get() || self.file.plan.foretold().is_some() => "last",
            true => "call",
            false => "beside",
        };
        // Where no process has one nature's has a path of its own.
        let path = self.asking.path(host, open).unwrap_or("-".into());
        Told::new(ino, path, self.sim.capacity(), cells).order(word, call)
    }

    /// An order to the server, which asks nothing of the kernel.
    fn order(&self, who: Who, call: Call) -> Answer {
        let number = self.sim.value().number().unwrap_or(0);
        self.asking.moves(who)?;
        wire::parse(&self.asking.order(format_args!("call {number} {who} {call}"))?)
    }

    /// FUSE_NOTIFY_INVAL_INODE of these bytes; of none of them, that is of attributes alone, where the range is empty
    /// (fs/fuse/inode.c, fuse_reverse_inval_inode(): `if (offset >= 0)`).
    fn notification(&self, host: Host, range: Range) -> String {
        let bytes = self.file.cells.bytes(range);
        let (start, len) = match bytes.is_empty() {
            true => (-1, 0),
            false => (bytes.start as i64, (bytes.end - bytes.start) as i64),
        };
        let how = if self.sim.bug(IN_HANDLER) { "handler" } else { "thread" };
        format!("{how} {} {} {start} {len}", host.index(), self.file.ino)
    }

    /// The pages of a range leave the page tables of all processes of the host that are in no call.
    fn unmap(&self, host: Host, range: Range) {
        let bytes = self.file.cells.folios(range);
        // If somebody has died, the case counts for nothing.
        let _ = self.asking.moves(Who::Nature);
        for who in Who::PROCESSES.into_iter().filter(|who| who.host() == Some(host)) {
            if self.mapped.get()[who.index()] && !self.asking.is_busy(who) {
                // What cannot be unmapped stays in the cache, as the reply says then.
                let _ = self.asking.unmap(who, bytes.clone());
            }
        }
    }
}
