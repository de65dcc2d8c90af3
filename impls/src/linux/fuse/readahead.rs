//! Readahead: fuse_readahead() sends a READ for each row of folios that lie side by side and are not in the cache.

use crate::linux::{FolioId, Linux, folios};
use crate::sim::SharedRef;
use crate::{Job, Sim, step};
use launder_oracle::{FOLIO, Host, Range, Who};
use std::ops::Range as Indices;

/// READs that nobody waits for but by the locks of their folios: FUSE_ASYNC_READ. By their jobs; nothing where one is done.
pub(in crate::linux) struct Reads(SharedRef<Vec<Option<Read>>>);

/// Folios that lie side by side were added one after the other: so were their ids.
#[derive(Clone, Copy)]
struct Read {
    host: Host,
    who: Who,
    first: FolioId,
    count: u32,
}

impl Read {
    fn row(self) -> impl Iterator<Item = FolioId> {
        (self.first.0..self.first.0 + self.count).map(FolioId)
    }
}

/// The first job that is a READ.
const FIRST: u32 = 1 << 31;

impl Linux {
    /// force_page_cache_ra(), page_cache_ra_unbounded(): READs of the folios of these indices that are not in the cache, up to the
    /// end of the file. Where one fails its folios are not uptodate, and who wants them reads each for itself.
    ///
    /// Which folios are missing is seen before anybody waits: of several READs each is on its way before the first has a reply. By
    /// steps they follow each other, and who reads goes on after the last; so it does where nobody delays a reply, for the server has
    /// answered them all before it runs again.
    pub(in crate::linux) async fn force_page_cache_ra(&self, host: Host, who: Who, indices: Indices<u32>) {
        let inode = self.inode(host);
        let end = indices.end.min(inode.size().get().div_ceil(FOLIO));
        let _invalidate = self.sim.lock_shared(inode.invalidate_lock).await;
        let (mut index, mut jobs) = (indices.start, 0..0);
        while index < end {
            let count = (index..end).take_while(|index| inode.find(*index).is_none()).count() as u32;
            let row = index..index + count;
            index = row.end + u32::from(row.is_empty());
            let first = row.map(|index| self.add_locked(host, index, who)).reduce(|first, _| first);
            let Some(first) = first else { continue };
            let Job(job) = self.reads.add(Read { host, who, first, count });
            jobs = if jobs.is_empty() { job..job + 1 } else { jobs.start..job + 1 };
        }
        let one_by_one = jobs.len() == 1 || !self.sim.goes_by_requests() || self.sim.is_undisturbed();
        for job in jobs {
            match one_by_one {
                true => self.fuse_send_readpages(Job(job)).await,
                false => self.sim.spawn(host, Job(job)),
            }
        }
    }

    /// A new folio, which nobody else can have locked.
    fn add_locked(&self, host: Host, index: u32, who: Who) -> FolioId {
        let inode = self.inode(host);
        let id = inode.add(&self.sim, index, who);
        self.sim.take(inode.lock(id));
        id
    }

    /// Carries out a READ that was spawned, if the job is one.
    pub(in crate::linux) async fn read_row(&self, job: Job) -> bool {
        let is_read = job.0 >= FIRST;
        if is_read {
            self.fuse_send_readpages(job).await;
        }
        is_read
    }

    /// fuse_send_readpages(), fuse_readpages_end()
    async fn fuse_send_readpages(&self, job: Job) {
        let Some(read) = self.reads.of(job) else { return };
        let Read { host, who, first, count } = read;
        let inode = self.inode(host);
        let first = inode.index(first);
        let range = Range::new(first * FOLIO, (first + count) * FOLIO);
        if !self.sim.bug("read_overtakes_write") {
            for index in folios(range) {
                self.wait_on_temporary_page(host, index).await;
            }
        }
        let version = inode.attr_version().get();
        if let Ok((cells, end)) = self.server.read_and_end(host, who, range).await {
            self.short_read(host, version, range, end);
            for (id, cells) in read.row().zip(cells.chunks_exact(FOLIO as usize)) {
                inode.change(id, |folio| {
                    folio.cells.copy_from_slice(cells);
                    folio.uptodate = true;
                    folio.base = Some(folio.cells);
                });
                step!(self.sim, "{host}: folio {} is uptodate: {cells:?}", inode.index(id));
            }
        }
        self.end_read(job);
    }

    /// The folios of a READ are unlocked, if that has not been done.
    fn end_read(&self, job: Job) {
        if let Some(read) = self.reads.take(job) {
            read.row().for_each(|id| self.sim.release(self.inode(read.host).lock(id)));
        }
    }

    /// The host has crashed.
    pub(in crate::linux) fn forget_reads(&self, host: Host) {
        for job in self.reads.of_host(host) {
            self.end_read(job);
        }
    }
}

impl Reads {
    /// None so far.
    pub fn new(sim: &Sim) -> Reads {
        Reads(sim.shared_ref(Vec::new()))
    }

    fn add(&self, read: Read) -> Job {
        let mut reads = self.0.borrow_mut();
        reads.push(Some(read));
        Job(FIRST + reads.len() as u32 - 1)
    }

    fn of(&self, job: Job) -> Option<Read> {
        self.0.borrow()[(job.0 - FIRST) as usize]
    }

    fn take(&self, job: Job) -> Option<Read> {
        self.0.borrow_mut()[(job.0 - FIRST) as usize].take()
    }

    fn of_host(&self, host: Host) -> Vec<Job> {
        let reads = self.0.borrow();
        let jobs = (FIRST..).zip(reads.iter());
        jobs.filter(|(_, read)| read.as_ref().is_some_and(|read| read.host == host))
            .map(|(job, _)| Job(job))
            .collect()
    }
}
