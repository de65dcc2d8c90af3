//! The server: the file's one authoritative copy, and the requests that change it.

mod change;
mod faults;
mod read;
mod third_party;
mod told;
mod write;

use self::faults::{Faults, take_one};
use super::Holes;
use super::recovery::Recovery;
use crate::sim::{Guard, Lock, Named, Shared, SharedRef};
use crate::{Sim, reply, step};
use launder_oracle::{Errno, FOLIO, Host, Range, Value, Who};

/// The server.
pub struct Server {
    sim: Sim,
    file: SharedRef<File>,
    faults: SharedRef<Faults>,
    post_op: [Shared<Fattr>; 2],
    thread: Lock,
    holes: Holes,
    device: bool,
    recovery: Recovery,
}

struct File {
    cells: Vec<Value>,
    /// Of which cells something was written, and be it zeroes: the others are holes, or blocks that are not written yet.
    written: Vec<bool>,
    size: u32,
    change: u32,
}

/// What the server says of the file with a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fattr {
    /// The change attribute: RFC 8881, 5.8.1.4, "a value [...] that the client can use to determine if file data, directory
    /// contents, or attributes of the object have been modified". Grows with every change.
    pub change: u32,
    /// The size, in cells.
    pub size: u32,
}

/// What a request does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Request {
    Read,
    Write,
    /// A write of writeback.
    Writeback,
    /// Changes or asks for attributes or extents.
    Other,
    /// Needs no permission: stat(2), "No permissions are required on the file itself".
    Free,
}

impl Server {
    /// The file of the run's case. It reads requests from a `device`, /dev/fuse, or is sent them.
    pub fn new(sim: &Sim, holes: Holes, device: bool) -> Server {
        let capacity = sim.capacity() as usize;
        let (cells, written) = (vec![Value::ZERO; capacity], vec![false; capacity]);
        let file = File { cells, written, size: sim.cells(), change: 0 };
        let thread = sim.new_lock(Named { what: "the server's only thread", host: Host::A, number: None });
        Server {
            sim: sim.clone(),
            file: sim.shared_ref(file),
            faults: sim.shared_ref(Faults::default()),
            post_op: Host::ALL.map(|_| sim.shared(Fattr::default())),
            thread,
            recovery: Recovery::new(sim),
            holes,
            device,
        }
    }

    /// What it would say of the file now.
    pub fn fattr(&self) -> Fattr {
        let file = self.file.borrow();
        Fattr { change: file.change, size: file.size }
    }

    /// What it said of the file with the last reply to a request of `host` that changed it.
    pub fn post_op(&self, host: Host) -> Fattr {
        self.post_op[host.index()].get()
    }

    /// The size of the file.
    pub fn size(&self) -> u32 {
        self.file.borrow().size
    }

    /// A request is sent, and comes to be executed, or does not.
    async fn admit(
        &self,
        from: Host,
        user: Who,
        request: Request,
        name: &str,
        range: Range,
    ) -> Result<(), Errno> {
        step!(self.sim, "{from}: {name} {range} is sent");
        self.reach(user, request, name, range).await
    }

    /// A request comes to be executed, or does not.
    async fn reach(&self, user: Who, request: Request, name: &str, range: Range) -> Result<(), Errno> {
        if self.sim.bug("notify_in_the_serving_thread") || self.sim.bug("inval_in_completion") {
            drop(self.sim.lock(self.thread).await);
        }
        self.recovery.wait(&self.sim, user).await;
        let swapped = self.faults.borrow().swap > 0 && take_one(&mut self.faults.borrow_mut().swap);
        if swapped {
            self.sim.say(format_args!("server: {name} {range} waits for others to overtake it"));
            self.sim.step_aside().await;
        }
        let blocks = Range::new(range.start / FOLIO * FOLIO, range.end.next_multiple_of(FOLIO));
        let asks = self.holes == Holes::Read || request != Request::Read || !self.is_hole(blocks);
        match asks.then(|| self.fault(user, request)).flatten() {
            None => Ok(()),
            Some(errno) => {
                let of_writeback = request == Request::Writeback;
                reply!(self.sim, of_writeback, "server: {name} {range} fails: {errno}");
                Err(errno)
            }
        }
    }

    /// kthreadd reclaims memory of the host, and does nothing else until that is done.
    pub fn reclaim(&self, host: Host) -> impl Future<Output = Option<Guard<'_>>> {
        self.recovery.reclaim(&self.sim, host)
    }

    /// The only thread that serves requests, where the subject is broken in the way of this name.
    pub async fn serving_thread(&self, bug: &str) -> Option<Guard<'_>> {
        match self.sim.bug(bug) {
            true => Some(self.sim.lock(self.thread).await),
            false => None,
        }
    }

    /// A request that needs no permission and changes nothing, and whose reply nobody looks at.
    pub async fn idle(&self, user: Who, name: &str) {
        if self.sim.goes_by_requests() {
            let asked = self.reach(user, Request::Free, name, Range::new(0, 0)).await;
            debug_assert!(asked.is_ok(), "no fault is of a request that needs no permission");
            self.sim.say(format_args!("server: {name} is executed"));
            self.sim.idle_reply().await;
        }
    }

    /// OPEN, which changes nothing.
    pub async fn open(&self, from: Host, user: Who) -> Result<(), Errno> {
        self.admit(from, user, Request::Other, "OPEN", Range::new(0, 0)).await?;
        if self.sim.goes_by_requests() {
            self.sim.say(format_args!("server: OPEN is executed"));
            self.sim.idle_reply().await;
        }
        Ok(())
    }
}

impl File {
    /// These cells are zero, and have no block.
    fn free(&mut self, cells: std::ops::Range<usize>) {
        self.cells[cells.clone()].fill(Value::ZERO);
        self.written[cells].fill(false);
    }

    fn copy(&self, start: u32, cells: &mut [Value]) {
        for (cell, value) in (start..).zip(cells) {
            *value = if cell < self.size { self.cells[cell as usize] } else { Value::ZERO };
        }
    }
}
