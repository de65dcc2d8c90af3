//! The server: the file's one authoritative copy, and the requests that change it.

use super::disk::BLOCK;
use super::recovery::Recovery;
use super::{Cells, Holes};
use crate::sim::{Guard, Lock, Named, Shared, SharedRef};
use crate::{Sim, reply, step};
use launder_oracle::{Call, Errno, FOLIO, Host, Range, Value, Who};

/// The server.
pub struct Server {
    sim: Sim,
    file: SharedRef<File>,
    faults: SharedRef<Faults>,
    post_op: [Shared<Fattr>; 2],
    thread: Lock,
    holes: Holes,
    recovery: Recovery,
}

struct File {
    cells: Vec<Value>,
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

/// What nature and the server do to the next requests.
#[derive(Default)]
struct Faults {
    fail_write: Option<(Errno, u32)>,
    fail_read: Option<(Errno, u32)>,
    short_write: u32,
    drop: u32,
    swap: u32,
    denied: [bool; 3],
}

impl Faults {
    /// Whether any request may fail.
    fn fail_requests(&self) -> bool {
        self.fail_write.is_some() || self.fail_read.is_some() || self.drop > 0 || self.denied.contains(&true)
    }
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
    /// The file of the run's case.
    pub fn new(sim: &Sim, holes: Holes) -> Server {
        let file = File { cells: vec![Value::ZERO; sim.capacity() as usize], size: sim.cells(), change: 0 };
        let thread = sim.new_lock(Named { what: "the server's only thread", host: Host::A, number: None });
        Server {
            sim: sim.clone(),
            file: sim.shared_ref(file),
            faults: sim.shared_ref(Faults::default()),
            post_op: Host::ALL.map(|_| sim.shared(Fattr::default())),
            thread,
            recovery: Recovery::new(sim),
            holes,
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

    /// What nature and the third party do to requests: whether `call` is that.
    pub fn arm(&self, call: &Call) -> bool {
        let mut faults = self.faults.borrow_mut();
        match *call {
            Call::FailWrite(errno, count) => faults.fail_write = Some((errno, count)),
            Call::FailRead(errno, count) => faults.fail_read = Some((errno, count)),
            Call::ShortWrite(count) => faults.short_write = count,
            Call::Drop(count) => faults.drop = count,
            Call::Swap(count) => faults.swap = count,
            Call::Deny(who) => faults.denied[who.index()] = true,
            Call::Allow(who) => faults.denied[who.index()] = false,
            _ => return false,
        }
        true
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

    fn fault(&self, user: Who, request: Request) -> Option<Errno> {
        if request == Request::Free || !self.faults.borrow().fail_requests() {
            return None;
        }
        let mut faults = self.faults.borrow_mut();
        if faults.denied.get(user.index()) == Some(&true) {
            return Some(Errno::EACCES);
        }
        if request != Request::Other && take_one(&mut faults.drop) {
            self.recovery.request_is_lost(user);
            return Some(Errno::EIO);
        }
        let failing = match request {
            Request::Read => &mut faults.fail_read,
            Request::Write | Request::Writeback => &mut faults.fail_write,
            Request::Other | Request::Free => return None,
        };
        let (errno, count) = failing.as_mut()?;
        take_one(count).then_some(*errno)
    }

    /// READ of a folio. What lies past the end is zero.
    pub async fn read_folio(&self, from: Host, user: Who, index: u32) -> Result<Cells, Errno> {
        self.read_folio_and_end(from, user, index).await.map(|(cells, _)| cells)
    }

    /// The same, and where the file ended.
    pub async fn read_folio_and_end(&self, from: Host, user: Who, index: u32) -> Result<(Cells, u32), Errno> {
        let range = super::cells_of(index);
        self.admit(from, user, Request::Read, "READ", range).await?;
        let mut cells = [Value::ZERO; FOLIO as usize];
        self.file.borrow().copy(range.start, &mut cells);
        let end = self.size();
        reply!(self.sim, false, "server: READ {range} is executed");
        Ok((cells, end))
    }

    /// READ of any cells, and where the file ended. What lies past the end is zero.
    pub async fn read_and_end(
        &self,
        from: Host,
        user: Who,
        range: Range,
    ) -> Result<(Vec<Value>, u32), Errno> {
        self.admit(from, user, Request::Read, "READ", range).await?;
        let mut cells = vec![Value::ZERO; range.len() as usize];
        self.file.borrow().copy(range.start, &mut cells);
        let end = self.size();
        reply!(self.sim, false, "server: READ {range} is executed");
        Ok((cells, end))
    }

    /// READ of any cells.
    pub async fn read(&self, from: Host, user: Who, range: Range) -> Result<Vec<Value>, Errno> {
        self.admit(from, user, Request::Read, "READ", range).await?;
        let mut cells = vec![Value::ZERO; range.len() as usize];
        self.file.borrow().copy(range.start, &mut cells);
        reply!(self.sim, false, "server: READ {range} is executed");
        Ok(cells)
    }

    /// READ of any cells by somebody who goes past the page cache: the reply says where the file ends.
    pub async fn read_to_end(&self, from: Host, user: Who, range: Range) -> Result<Vec<Value>, Errno> {
        self.admit(from, user, Request::Read, "READ", range).await?;
        let cells = self.third_party_read(range, 0);
        reply!(self.sim, false, "server: READ {range} is executed");
        Ok(cells)
    }

    /// WRITE: `payload` is read when the request is executed, as the kernel passes pages by reference. Returns how many
    /// cells were written.
    pub fn write(
        &self,
        from: Host,
        user: Who,
        range: Range,
        payload: impl Fn(u32) -> Value,
    ) -> impl Future<Output = Result<u32, Errno>> {
        self.write_for(Request::Write, from, user, range, u32::MAX, payload)
    }

    /// WRITE of writeback, of cells of which those from `size` on are past the end, and do not make the file longer.
    pub fn write_within(
        &self,
        from: Host,
        user: Who,
        range: Range,
        size: u32,
        payload: impl Fn(u32) -> Value,
    ) -> impl Future<Output = Result<u32, Errno>> {
        self.write_for(Request::Writeback, from, user, range, size, payload)
    }

    async fn write_for(
        &self,
        request: Request,
        from: Host,
        user: Who,
        range: Range,
        size: u32,
        payload: impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        self.admit(from, user, request, "WRITE", range).await?;
        self.execute_write(from, request, range, size, payload).await
    }

    async fn execute_write(
        &self,
        from: Host,
        request: Request,
        range: Range,
        size: u32,
        payload: impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        let shortens = range.len() > 1 && self.faults.borrow().short_write > 0;
        let short = shortens && take_one(&mut self.faults.borrow_mut().short_write);
        let written = if short { range.len() / 2 } else { range.len() };
        let done = Range::new(range.start, range.start + written);
        self.store(done, size, payload);
        self.post_op[from.index()].set(self.fattr());
        let of_writeback = request == Request::Writeback;
        reply!(self.sim, of_writeback, "server: WRITE {range} is executed, {written} cells");
        Ok(written)
    }

    /// The same of FUSE, where the payload is copied when the server reads the request from /dev/fuse: it may execute first
    /// what it has read after it.
    pub async fn write_as_read(
        &self,
        from: Host,
        user: Who,
        range: Range,
        payload: impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        step!(self.sim, "{from}: WRITE {range} is sent");
        let cells: Vec<Value> = range.cells().map(payload).collect();
        step!(self.sim, "server: WRITE {range} is read from /dev/fuse");
        self.reach(user, Request::Write, "WRITE", range).await?;
        let payload = |cell: u32| cells[(cell - range.start) as usize];
        self.execute_write(from, Request::Write, range, u32::MAX, payload).await
    }

    /// READ of any cells, which ends where the file does.
    pub async fn read_short(&self, from: Host, user: Who, range: Range) -> Result<Vec<Value>, Errno> {
        self.admit(from, user, Request::Read, "READ", range).await?;
        let mut cells = vec![Value::ZERO; range.len() as usize];
        self.file.borrow().copy(range.start, &mut cells);
        cells.truncate(self.size().saturating_sub(range.start) as usize);
        reply!(self.sim, false, "server: READ {range} is executed");
        Ok(cells)
    }

    /// COPY_FILE_RANGE within the file: how many cells were copied.
    pub async fn copy(&self, from: Host, user: Who, source: Range, to: u32) -> Result<u32, Errno> {
        self.admit(from, user, Request::Other, "COPY_FILE_RANGE", source).await?;
        let inside = Range::new(source.start, source.end.min(self.size()).max(source.start));
        let mut cells = vec![Value::ZERO; inside.len() as usize];
        self.file.borrow().copy(inside.start, &mut cells);
        self.store(Range::new(to, to + inside.len()), u32::MAX, |cell| cells[(cell - to) as usize]);
        reply!(
            self.sim,
            false,
            "server: COPY_FILE_RANGE {source} to {to} is executed, {} cells",
            inside.len()
        );
        Ok(inside.len())
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

    fn store(&self, range: Range, size: u32, payload: impl Fn(u32) -> Value) {
        if range.is_empty() {
            return;
        }
        let mut file = self.file.borrow_mut();
        if file.cells.len() < range.end as usize {
            // A subject that is broken on purpose may send it to where no call of the case reaches.
            file.cells.resize(range.end as usize, Value::ZERO);
        }
        range.cells().for_each(|cell| file.cells[cell as usize] = payload(cell));
        file.change += 1;
        file.size = file.size.max(range.end.min(size));
    }

    /// GETATTR: the size.
    pub async fn getattr(&self, from: Host, user: Who) -> Result<u32, Errno> {
        self.getattr_and_change(from, user).await.map(|fattr| fattr.size)
    }

    /// GETATTR: all that it says of the file.
    pub async fn getattr_and_change(&self, from: Host, user: Who) -> Result<Fattr, Errno> {
        let nothing = Range::new(0, 0);
        self.admit(from, user, Request::Other, "GETATTR", nothing).await?;
        let fattr = self.fattr();
        reply!(self.sim, false, "server: GETATTR is executed: {} cells", fattr.size);
        Ok(fattr)
    }

    /// GETATTR, or a LOOKUP, that is refused to nobody: the size.
    pub async fn stat(&self, from: Host, user: Who) -> u32 {
        let asked = self.admit(from, user, Request::Free, "GETATTR", Range::new(0, 0)).await;
        debug_assert!(asked.is_ok(), "no fault is of a request that needs no permission");
        let size = self.size();
        reply!(self.sim, false, "server: GETATTR is executed: {size} cells");
        size
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

    /// SETATTR, FALLOCATE and its modes, for a process of `from`.
    pub async fn change(&self, from: Host, user: Who, call: &Call) -> Result<(), Errno> {
        let range = match *call {
            Call::Ftruncate(size) => Range::new(size, self.sim.capacity().max(size)),
            Call::Punch(range) | Call::Zero(range) | Call::Fallocate(range) => range,
            _ => return Err(Errno::ENOSYS),
        };
        self.admit(from, user, Request::Other, call.word(), range).await?;
        self.apply(call, range);
        self.post_op[from.index()].set(self.fattr());
        reply!(self.sim, false, "server: {call} is executed");
        Ok(())
    }

    fn apply(&self, call: &Call, range: Range) {
        let mut file = self.file.borrow_mut();
        file.change += 1;
        let zeroed = overlap(range, &file.cells);
        match *call {
            Call::Ftruncate(size) => {
                file.cells[zeroed].fill(Value::ZERO);
                file.size = size;
            }
            Call::Punch(_) => file.cells[zeroed].fill(Value::ZERO),
            Call::Zero(_) => {
                file.cells[zeroed].fill(Value::ZERO);
                file.size = file.size.max(range.end);
            }
            _ => file.size = file.size.max(range.end),
        }
    }

    /// Truncates as a file system does its blocks: that of the new end keeps what lies beyond it.
    pub async fn truncate_blocks(&self, from: Host, user: Who, size: u32) -> Result<(), Errno> {
        let freed = Range::new(size.next_multiple_of(BLOCK), self.sim.capacity().max(size) + BLOCK);
        self.admit(from, user, Request::Other, "truncate", freed).await?;
        self.apply(&Call::Ftruncate(size), freed);
        reply!(self.sim, false, "server: the blocks {freed} are free");
        Ok(())
    }

    /// Whether nothing but zeroes is stored there: a hole, or blocks that are not written yet.
    pub fn is_hole(&self, range: Range) -> bool {
        let cells = &self.file.borrow().cells;
        cells[overlap(range, cells)].iter().all(|value| *value == Value::ZERO)
    }

    /// Blocks are to be found for a hole: whether there are any.
    pub fn allocate(&self) -> Result<(), Errno> {
        if self.faults.borrow().fail_write.is_none() {
            return Ok(());
        }
        match self.faults.borrow_mut().fail_write.as_mut() {
            Some((errno @ (Errno::ENOSPC | Errno::EDQUOT), count)) => {
                if take_one(count) {
                    Err(*errno)
                } else {
                    Ok(())
                }
            }
            _ => Ok(()),
        }
    }

    /// The file is as long as this at least.
    pub fn extend(&self, end: u32) {
        let mut file = self.file.borrow_mut();
        file.size = file.size.max(end);
    }

    /// The third party reads a file that has these cells at least.
    pub fn third_party_read(&self, range: Range, least: u32) -> Vec<Value> {
        let file = self.file.borrow();
        let cells = range.cells().map(|cell| match cell < file.size.max(least) {
            true => file.cells[cell as usize],
            false => Value::END,
        });
        cells.collect()
    }

    /// The third party writes.
    pub async fn third_party_write(&self, range: Range) {
        let value = self.sim.value();
        self.store(range, u32::MAX, |_| value);
        step!(self.sim, "server: the third party writes {range}");
    }

    /// The third party truncates.
    pub async fn third_party_truncate(&self, size: u32) {
        self.apply(&Call::Ftruncate(size), Range::new(size, self.sim.capacity().max(size)));
        step!(self.sim, "server: the third party truncates to {size}");
    }
}

impl File {
    fn copy(&self, start: u32, cells: &mut [Value]) {
        for (cell, value) in (start..).zip(cells) {
            *value = if cell < self.size { self.cells[cell as usize] } else { Value::ZERO };
        }
    }
}

fn overlap(range: Range, cells: &[Value]) -> std::ops::Range<usize> {
    let end = cells.len().min(range.end as usize);
    (range.start as usize).min(end)..end
}

fn take_one(count: &mut u32) -> bool {
    let some = *count > 0;
    *count -= u32::from(some);
    some
}
