//! Writeback of FUSE from 3.15 to 6.15: what is written is copied to a temporary page, and the folio is not under writeback
//! while the WRITE is under way. Who must not overtake it waits for the request: fuse_wait_on_page_writeback().
//!
//! A folio is dirtied only by who has waited for the request of its index. So no request is ever chained to another as its
//! auxiliary one here: that takes direct I/O into a mapping of the file, 8b284dc47291 "fuse: writepages: handle same page
//! rewrites", and the words of a case have no such call.

use super::{Cells, Folio, FolioId, Linux, Writeback, cells_of, overlap};
use crate::sim::{Lock, Named, SharedRef};
use crate::{Event, Job, Sim, step};
use launder_oracle::{FOLIO, Host, Range, Who};

/// fi->writepages: the requests that are queued or under way.
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

#[derive(Clone, Copy)]
struct Request {
    host: Host,
    index: u32,
    cells: Cells,
    writer: Who,
    /// The size of the file when it was sent, to which it is cropped. It holds fi->writectr then; until then it is queued.
    sent: Option<u32>,
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
        requests.iter().flatten().any(|it| it.host == host && indices.contains(&it.index))
    }

    /// fuse_writepages_fill(), fuse_writepages_send(): the folio, which is locked and clean, is copied, and is not under
    /// writeback any more when this returns.
    pub(super) fn send_temporary_page(&self, host: Host, id: FolioId) {
        let job = self.queue_temporary_page(host, id);
        self.sim.spawn(host, job);
    }

    /// The copy, in the tree of requests; and sent, if no truncate or fsync forbids it.
    pub(super) fn queue_temporary_page(&self, host: Host, id: FolioId) -> Job {
        let folio = self.inode(host).folio(id);
        let wait = self.temporary_page_wait(host, folio.index).unwrap_or_else(|| {
            let lock = self.sim.new_lock(Named { what: "request of folio", host, number: Some(folio.index) });
            self.temporary.waits.borrow_mut().push((host, folio.index, lock));
            lock
        });
        self.sim.take(wait);
        let inode = self.inode(host);
        let sent = self.sim.try_take_shared(inode.nowrite).then(|| inode.size().get());
        let mut requests = self.temporary.requests.borrow_mut();
        let Folio { index, cells, .. } = folio;
        let writer = self.write_file(host).unwrap_or(folio.writer);
        requests.push(Some(Request { host, index, cells, writer, sent }));
        Job(requests.len() as u32 - 1)
    }

    /// fuse_flush_writepages(): what was queued is sent now.
    pub(super) fn flush_temporary_pages(&self, host: Host) {
        let mut requests = self.temporary.requests.borrow_mut();
        let inode = self.inode(host);
        for request in requests.iter_mut().flatten().filter(|it| it.host == host && it.sent.is_none()) {
            request.sent = self.sim.try_take_shared(inode.nowrite).then(|| inode.size().get());
        }
    }

    /// One WRITE of a temporary page, cropped to the size that the file has when it is sent, to fuse_writepage_end().
    pub(super) async fn write_out_temporary_page(&self, job: Job) {
        let at = job.0 as usize;
        let Some(Request { host, index, cells, writer, .. }) = self.temporary.requests.borrow()[at] else {
            return;
        };
        let inode = self.inode(host);
        let sent = || self.temporary.requests.borrow()[at].and_then(|it| it.sent);
        if sent().is_none() {
            let nowrite = self.sim.lock_shared(inode.nowrite).await;
            if sent().is_none() {
                self.temporary.requests.borrow_mut()[at]
                    .iter_mut()
                    .for_each(|it| it.sent = Some(inode.size().get()));
                nowrite.keep();
            }
        }
        let range = overlap(cells_of(index), Range::new(0, sent().unwrap_or(0)));
        if !range.is_empty() {
            let payload = |cell: u32| cells[(cell % FOLIO) as usize];
            let result = self.server.write(host, writer, range, payload).await;
            let outcome = if result.is_ok() { Event::WritebackOk } else { Event::WritebackFailed };
            self.met(host, index..index + 1, outcome);
            if let Err(errno) = result {
                inode.wb_err.set(errno);
            }
        }
        self.end_temporary_page(at);
        step!(self.sim, "{host}: the request of folio {index} has ended");
    }

    fn end_temporary_page(&self, at: usize) {
        let request = self.temporary.requests.borrow_mut()[at].take();
        let Some(Request { host, index, sent, .. }) = request else { return };
        if sent.is_some() {
            self.sim.release_shared(self.inode(host).nowrite);
        }
        if let Some(wait) = self.temporary_page_wait(host, index) {
            self.sim.release(wait);
        }
    }

    /// The host has crashed.
    pub(super) fn forget_temporary_pages(&self, host: Host) {
        let mine = |request: &Option<Request>| request.is_some_and(|it| it.host == host);
        let count = self.temporary.requests.borrow().len();
        let ended = (0..count).filter(|at| mine(&self.temporary.requests.borrow()[*at]));
        ended.for_each(|at| self.end_temporary_page(at));
    }
}
