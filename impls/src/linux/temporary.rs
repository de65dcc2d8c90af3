//! Writeback of FUSE from 3.15 to 6.15: what is written is copied to a temporary page, and the folio is not under writeback
//! while the WRITE is under way. Who must not overtake it waits for the request: fuse_wait_on_page_writeback().
//!
//! A folio is dirtied only by who has waited for the request of its index. So no request is ever chained to another as its
//! auxiliary one here, and fuse_writepage_need_send() never finds the folio in one: that takes direct I/O into a mapping of the file,
//! 8b284dc47291 "fuse: writepages: handle same page rewrites", and the words of a case have no such call.

use super::{Cells, FolioId, Linux, Writeback};
use crate::sim::{Lock, Named, SharedRef};
use crate::{Event, Job, Sim, step};
use launder_oracle::{FOLIO, Host, Range, Who};

/// fi->writepages: the requests that are filled, queued or under way.
pub(super) struct Pages {
    /// By their jobs; nothing where one is done.
    requests: SharedRef<Vec<Option<Request>>>,
    /// For each host and index: held while there is a request.
    waits: SharedRef<Vec<(Host, u32, Lock)>>,
}

impl Pages {
    pub fn new(sim: &Sim) -> Pages {
        Pages { requests: sim.shared_ref(Vec::new()), waits: sim.shared_ref(Vec::new()) }
    }
}

/// Copies of folios that lie side by side, and one WRITE of them.
#[derive(Clone)]
struct Request {
    host: Host,
    /// Of the first folio.
    index: u32,
    copies: Vec<Cells>,
    writer: Who,
    state: State,
}

/// How far a request has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// It is being filled with the copies: what they are of is under writeback.
    Filling,
    /// It is on fi->queued_writes, while a truncate or an fsync lets none be sent.
    Queued,
    /// It holds fi->writectr, and is cropped to the size that the file had when it was sent.
    Sent(u32),
}

/// The request that one fuse_writepages() is filling: struct fuse_fill_wb_data.
pub(super) struct Filling {
    job: Job,
    originals: Vec<FolioId>,
}

impl Request {
    /// The indices of its folios.
    fn folios(&self) -> std::ops::Range<u32> {
        self.index..self.index + self.copies.len() as u32
    }
}

impl Linux {
    fn temporary_page_wait(&self, host: Host, index: u32) -> Option<Lock> {
        let waits = self.temporary.waits.borrow();
        waits.iter().find(|it| (it.0, it.1) == (host, index)).map(|it| it.2)
    }

    /// fuse_wait_on_page_writeback()
    pub async fn wait_on_temporary_page(&self, host: Host, index: u32) {
        if self.ways.writeback != Writeback::TemporaryPages {
            return;
        }
        if let Some(wait) = self.temporary_page_wait(host, index) {
            self.sim.wait_free(wait).await;
        }
    }

    /// fuse_range_is_writeback()
    pub(super) fn is_range_in_flight(&self, host: Host, indices: std::ops::Range<u32>) -> bool {
        let requests = self.temporary.requests.borrow();
        let meets = |it: &Request| it.index < indices.end && indices.start < it.folios().end;
        requests.iter().flatten().any(|it| it.host == host && meets(it))
    }

    /// fuse_writepages_fill(): the folio, which is locked and clean, goes under writeback, and is copied to the request that is being
    /// filled, after that was sent if the folio is not its next one, fuse_writepage_need_send().
    pub(super) fn add_temporary_page(&self, host: Host, id: FolioId, filling: &mut Option<Filling>) {
        let inode = self.inode(host);
        let before = filling.as_ref().and_then(|it| it.originals.last());
        if before.is_some_and(|before| inode.index(*before) + 1 != inode.index(id)) {
            self.send_temporary_pages(host, filling);
        }
        self.sim.take(inode.writeback(id));
        let begin = || Filling { job: self.new_request(host, id), originals: Vec::new() };
        let Filling { job, originals } = filling.get_or_insert_with(begin);
        originals.push(id);
        self.copy_to_request(host, id, *job);
    }

    /// fuse_writepages_send(): nothing that was copied is under writeback any more when this returns.
    pub(super) fn send_temporary_pages(&self, host: Host, filling: &mut Option<Filling>) {
        let Some(Filling { job, originals }) = filling.take() else { return };
        self.queue_request(host, job);
        self.sim.spawn(host, job);
        originals.into_iter().for_each(|id| self.sim.release(self.inode(host).writeback(id)));
    }

    /// fuse_writepage_locked(): the folio, which is locked and clean, in a request of its own. It is not under writeback any more when
    /// this returns.
    pub(super) fn queue_temporary_page(&self, host: Host, id: FolioId) -> Job {
        let job = self.new_request(host, id);
        self.copy_to_request(host, id, job);
        self.queue_request(host, job);
        job
    }

    /// A request, in the tree, that begins with this folio, which is copied to it next.
    fn new_request(&self, host: Host, id: FolioId) -> Job {
        let folio = self.inode(host).folio(id);
        let writer = self.write_file(host).unwrap_or(folio.writer);
        let mut requests = self.temporary.requests.borrow_mut();
        let (index, copies, state) = (folio.index, Vec::new(), State::Filling);
        requests.push(Some(Request { host, index, copies, writer, state }));
        Job(requests.len() as u32 - 1)
    }

    fn copy_to_request(&self, host: Host, id: FolioId, job: Job) {
        let folio = self.inode(host).folio(id);
        let wait = self.temporary_page_wait(host, folio.index).unwrap_or_else(|| {
            let lock = self.sim.new_lock(Named { what: "request of folio", host, number: Some(folio.index) });
            self.temporary.waits.borrow_mut().push((host, folio.index, lock));
            lock
        });
        self.sim.take(wait);
        let mut requests = self.temporary.requests.borrow_mut();
        requests[job.0 as usize].iter_mut().for_each(|it| it.copies.push(folio.cells));
    }

    /// It is sent, if no truncate or fsync forbids it.
    fn queue_request(&self, host: Host, job: Job) {
        let mut requests = self.temporary.requests.borrow_mut();
        requests[job.0 as usize].iter_mut().for_each(|it| it.state = self.sent_or_queued(host));
    }

    fn sent_or_queued(&self, host: Host) -> State {
        let inode = self.inode(host);
        let sent = self.sim.try_take_shared(inode.nowrite).then(|| State::Sent(inode.size().get()));
        sent.unwrap_or(State::Queued)
    }

    /// fuse_flush_writepages(): what was queued is sent now.
    pub(super) fn flush_temporary_pages(&self, host: Host) {
        let mut requests = self.temporary.requests.borrow_mut();
        let queued = |it: &&mut Request| it.host == host && it.state == State::Queued;
        for request in requests.iter_mut().flatten().filter(queued) {
            request.state = self.sent_or_queued(host);
        }
    }

    /// One WRITE of temporary pages, cropped to the size that the file has when it is sent, fuse_send_writepage(), to
    /// fuse_writepage_end(): its error is that of all of them.
    pub(super) async fn write_out_temporary_pages(&self, job: Job) {
        let at = job.0 as usize;
        let Some(request) = self.temporary.requests.borrow()[at].clone() else { return };
        let (host, folios) = (request.host, request.folios());
        let inode = self.inode(host);
        let size = self.wait_until_sent(host, at).await;
        let start = folios.start * FOLIO;
        let range = Range::new(start, (folios.end * FOLIO).min(size).max(start));
        if !range.is_empty() {
            let payload =
                |cell: u32| request.copies[((cell - start) / FOLIO) as usize][(cell % FOLIO) as usize];
            let result = self.server.write(host, request.writer, range, payload).await;
            let outcome = if result.is_ok() { Event::WritebackOk } else { Event::WritebackFailed };
            self.met(host, folios.clone(), outcome);
            if let Err(errno) = result {
                inode.wb_err.set(errno);
            }
        }
        self.end_request(at);
        match folios.len() {
            1 => step!(self.sim, "{host}: the request of folio {} has ended", folios.start),
            _ => step!(self.sim, "{host}: the request of folios {folios:?} has ended"),
        }
    }

    /// The size of the file when the request is sent; none, if the host has crashed.
    async fn wait_until_sent(&self, host: Host, at: usize) -> u32 {
        let state = || self.temporary.requests.borrow()[at].as_ref().map(|it| it.state);
        let size = self.inode(host).size();
        if state() == Some(State::Queued) {
            let nowrite = self.sim.lock_shared(self.inode(host).nowrite).await;
            if state() == Some(State::Queued) {
                let mut requests = self.temporary.requests.borrow_mut();
                requests[at].iter_mut().for_each(|it| it.state = State::Sent(size.get()));
                nowrite.keep();
            }
        }
        if let Some(State::Sent(size)) = state() { size } else { 0 }
    }

    fn end_request(&self, at: usize) {
        let request = self.temporary.requests.borrow_mut()[at].take();
        let Some(request) = request else { return };
        if let State::Sent(_) = request.state {
            self.sim.release_shared(self.inode(request.host).nowrite);
        }
        let waits = request.folios().filter_map(|index| self.temporary_page_wait(request.host, index));
        waits.for_each(|wait| self.sim.release(wait));
    }

    /// The host has crashed.
    pub(super) fn forget_temporary_pages(&self, host: Host) {
        let mine = |request: &Option<Request>| request.as_ref().is_some_and(|it| it.host == host);
        let count = self.temporary.requests.borrow().len();
        let ended = (0..count).filter(|at| mine(&self.temporary.requests.borrow()[*at]));
        ended.for_each(|at| self.end_request(at));
    }
}
