//! A subject: a file system of the running kernel, on a disk that fails when it is told to.

use super::super::rig::{Standing, wire};
use super::super::{Answer, named};
use super::format::Format;
use super::mounted::Blocks;
use super::rig::Rig;
use crate::sim::{Lock, Named};
use crate::{Known, Sim, Subject};
use launder_oracle::{Call, Contract, Host, Reply, Who};
use rustix::io::Errno;
use std::cell::Cell;
use std::marker::PhantomData;
use std::rc::Rc;

/// A file system, how it is made, and what is known of it.
pub trait FileSystem: 'static {
    /// [`Subject::NAME`]
    const NAME: &'static str;
    /// [`Subject::SOURCE`]
    const SOURCE: &'static str;
    /// [`Subject::KNOWN`]
    const KNOWN: &'static [&'static [Known]];
    /// Its name for mount(2), and after `mkfs.`.
    const TYPE: &'static str;
    /// What mkfs(8) is told; `UUID` stands for a UUID.
    const MAKE: &'static [&'static str];
    /// What mount(2) is told.
    const OPTIONS: &'static str = "";
    /// How it tells its own blocks from those of files.
    const FORMAT: Format;
    /// Bytes of the disk.
    const BYTES: u64;
}

/// A file system of the kernel that runs this.
pub struct KernelBlock<F: FileSystem> {
    sim: Sim,
    rig: Rc<Rig>,
    lock: Lock,
    locked: Cell<[bool; 3]>,
    file_system: PhantomData<F>,
}

impl<F: FileSystem> Subject for KernelBlock<F> {
    const NAME: &'static str = F::NAME;
    const SOURCE: &'static str = F::SOURCE;
    const CONTRACT: Contract = Contract::LINUX;
    const KNOWN: &'static [&'static [Known]] = F::KNOWN;
    type Ground = Blocks<F>;

    fn new(sim: &Sim, blocks: &Blocks<F>) -> KernelBlock<F> {
        let rig = blocks.rig();
        if sim.records_steps() {
            // If somebody has gone, so will the case.
            let _ = rig.order(format_args!("begin 1")).and_then(|_| rig.drive(format_args!("record 1")));
        }
        let lock = sim.new_advisory_lock(Named { what: "lock of the file", host: Host::A, number: None });
        KernelBlock { sim: sim.clone(), rig, lock, locked: Cell::default(), file_system: PhantomData }
    }

    fn knows(call: &Call) -> bool {
        matches!(
            call,
            Call::FailWrite(..)
                | Call::FailRead(..)
                | Call::ShortWrite(_)
                | Call::Drop(_)
                | Call::Pread { .. }
                | Call::Writeback(..)
                | Call::Reclaim(..)
        )
    }

    fn has_two_hosts() -> bool {
        false
    }

    async fn call(&self, who: Who, call: Call) -> Reply {
        let answer = match (who, call) {
            (Who::Nature, Call::Writeback(..) | Call::Reclaim(..)) => self.make(who, call),
            (Who::Nature, _) => self.arm(call),
            (Who::Server, _) => self.spared(who, call),
            (_, Call::Lock) => self.lock(who).await,
            (_, call) => self.make(who, call),
        };
        if self.rig.is_hung() {
            self.sim.say(format_args!("{who} is in {}", self.rig.stack()));
            loop {
                self.sim.park().await;
            }
        }
        if self.sim.records_steps() {
            self.tell_requests();
        }
        if matches!(call, Call::Close) || matches!(call, Call::Unlock) && answer.is_ok() {
            self.give_up_lock(who);
        }
        answer.unwrap_or_else(|errno| named(&self.sim, errno))
    }
}

impl<F: FileSystem> KernelBlock<F> {
    fn make(&self, who: Who, call: Call) -> Answer {
        let number = self.sim.value().number().unwrap_or(0);
        let said = self.rig.drive(format_args!("call {number} {who} {call}"))?;
        let (answer, witness) = said.split_once('\n').unwrap_or((&said, ""));
        if !witness.is_empty() {
            self.sim.say(format_args!("{witness}"));
        }
        wire::parse(answer)
    }

    fn arm(&self, call: Call) -> Answer {
        match self.rig.order(format_args!("arm {call}"))?.as_str() {
            "ok" => Ok(Reply::Ok),
            _ => Err(Errno::PROTO),
        }
    }

    /// The third party reads what is on the disk: a fault is not for it. That a folio could not be written back it may be
    /// told, once, as is everybody who reads around the cache.
    fn spared(&self, who: Who, call: Call) -> Answer {
        self.rig.order(format_args!("spare 1"))?;
        let answer = match self.make(who, call) {
            Err(Errno::IO) => self.make(who, call),
            answer => answer,
        };
        self.rig.order(format_args!("spare 0"))?;
        answer
    }

    fn tell_requests(&self) {
        // Where the server has gone there is nothing to tell.
        let log = self.rig.order(format_args!("log")).unwrap_or_default();
        log.lines().skip(1).for_each(|line| self.sim.say(format_args!("{line}")));
    }

    /// All processes are one thread of the driver's, which must not block: they wait in the simulator, and then take the lock.
    async fn lock(&self, who: Who) -> Answer {
        wire::parse(&self.rig.drive(format_args!("open {who}"))?)?;
        if !self.locked.get()[who.index()] {
            self.sim.lock(self.lock).await.keep();
            self.set_locked(who, true);
        }
        let answer = self.make(who, Call::Lock);
        if answer.is_err() {
            self.give_up_lock(who);
        }
        answer
    }

    fn give_up_lock(&self, who: Who) {
        if who.host().is_some() && self.locked.get()[who.index()] {
            self.set_locked(who, false);
            self.sim.release(self.lock);
        }
    }

    fn set_locked(&self, who: Who, locked: bool) {
        let mut all = self.locked.get();
        all[who.index()] = locked;
        self.locked.set(all);
    }
}
