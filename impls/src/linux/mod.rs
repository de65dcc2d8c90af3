//! The parts of the Linux page cache that the models share: folios and page tables, the read, write, fault, writeback,
//! truncate and direct I/O paths, errseq; and the server.
//!
//! The code follows mm/filemap.c, mm/memory.c, mm/truncate.c and fs/fuse/file.c of 6.18, in their order and with their names.
//! What a scheme does otherwise it says in its [`Scheme`].

mod buffers;
mod contents;
mod direct;
mod disk;
mod errseq;
mod fadvise;
mod fault;
mod folio;
mod fuse;
mod inode;
mod invalidate;
mod io_mode;
mod met;
mod netfs;
mod process;
mod read;
mod reclaim;
mod recovery;
mod server;
mod syscall;
mod temporary;
mod truncate;
mod truncate_pages;
mod ways;
mod write;
mod writeback;
mod zero_point;

pub use direct::{read as direct_read, read_after as direct_read_after, write as direct_write};
pub use folio::{Cells, Folio, FolioId};
pub use fuse::{Fuse, call as fuse_call, perform_write};
pub use inode::Inode;
pub use io_mode::IoMode;
pub use netfs::unbuffered_write;
pub use process::{Map, Process};
pub use server::{Fattr, Server};
pub use syscall::{call, mmap, munmap, open};
pub use ways::{
    Advice, Buffers, Dirty, Errors, Holes, InVain, Locks, Mkwrite, Payload, Requests, Size, Stable, Store,
    Tail, Tracking, Ways, WriteThrough, Writeback, Zap, ZeroPoint,
};
pub use write::{append, pwrite as buffered_write, splice_write, written};

use crate::sim::{Guard, Lock, Named, Shared, SharedRef};
use crate::{Job, Sim};
use launder_oracle::{Call, Errno, FOLIO, Host, Range, Reply, Value, Who};

/// What one scheme does in its own way.
#[allow(async_fn_in_trait)] // a run is one thread
pub trait Scheme: Sized {
    /// The parts that it shares with others.
    fn linux(&self) -> &Linux;

    /// Drops the folios of these indices from the host's cache: the scheme itself.
    async fn invalidate(&self, host: Host, folios: std::ops::Range<u32>) -> Result<(), Errno>;

    /// Answers a call in the scheme's own way; nothing where it goes the common way.
    async fn own_way(&self, _who: Who, _call: Call) -> Option<Reply> {
        None
    }

    /// What a direct write does to the cache before it and after it.
    fn invalidate_for_direct(
        &self,
        host: Host,
        folios: std::ops::Range<u32>,
    ) -> impl Future<Output = Result<(), Errno>> {
        self.invalidate(host, folios)
    }

    /// The part of a write(2) that lies in one folio: how many cells were written.
    async fn write_folio(
        &self,
        who: Who,
        index: u32,
        part: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        self.linux().write_folio_begin_end(who, index, part, value).await.map(|()| part.len())
    }

    /// open(2), of a process that has the file not open.
    fn open(&self, who: Who) -> impl Future<Output = Reply> {
        syscall::open(self, who)
    }

    /// close(2)
    fn close(&self, who: Who) -> impl Future<Output = Reply> {
        syscall::close(self, who)
    }

    /// fcntl(2), F_SETLKW of the whole file.
    fn lock(&self, who: Who) -> impl Future<Output = Reply> {
        syscall::lock(self, who)
    }

    /// fcntl(2), F_UNLCK
    fn unlock(&self, who: Who) -> impl Future<Output = Reply> {
        syscall::unlock(self, who)
    }

    /// fsync(2) of these folios, and what msync(2), close(2) and an unlock do of it.
    fn sync(&self, who: Who, indices: std::ops::Range<u32>) -> impl Future<Output = Result<(), Errno>> {
        self.linux().sync(who, indices)
    }

    /// mmap(2), of a process that has no mapping.
    async fn mmap(&self, who: Who, private: bool, range: Option<Range>) -> Reply {
        syscall::mmap(self.linux(), who, private, range)
    }

    /// munmap(2), of a process that has a mapping.
    fn munmap(&self, who: Who) -> impl Future<Output = Reply> {
        syscall::munmap(self.linux(), who)
    }

    /// read(2)
    fn read(&self, who: Who, range: Range) -> impl Future<Output = Result<Vec<Value>, Errno>> {
        self.linux().filemap_read(who, range)
    }

    /// read(2) of a descriptor with O_DIRECT.
    fn read_direct(&self, who: Who, range: Range) -> impl Future<Output = Result<Vec<Value>, Errno>> {
        direct::read(self.linux(), who, range)
    }

    /// What a write through the cache does before it may begin, and the lock under which it goes on.
    async fn start_write(&self, who: Who) -> Guard<'_> {
        let linux = self.linux();
        linux.sim.lock(linux.inode(linux.process(who).host).i_rwsem).await
    }

    /// What a write past the cache does before it may begin, and the lock under which it goes on.
    async fn start_direct_write(&self, who: Who) -> Result<Guard<'_>, Errno> {
        Ok(self.start_write(who).await)
    }

    /// pwrite(2)
    fn pwrite(&self, who: Who, range: Range) -> impl Future<Output = Reply> {
        write::pwrite(self, who, range)
    }

    /// pwrite(2) of a descriptor with O_DIRECT.
    fn pwrite_direct(&self, who: Who, range: Range) -> impl Future<Output = Reply> {
        direct::write(self, who, range)
    }

    /// What a direct write, or append, does under i_rwsem.
    fn pwrite_direct_locked(&self, who: Who, range: Range, value: Value) -> impl Future<Output = Reply> {
        direct::write_locked(self, who, range, value)
    }

    /// What a direct append does under i_rwsem, if it is not that.
    fn append_direct_locked(&self, who: Who, range: Range, value: Value) -> impl Future<Output = Reply> {
        self.pwrite_direct_locked(who, range, value)
    }

    /// write(2) with O_APPEND.
    fn append(&self, who: Who, cells: u32, direct: bool) -> impl Future<Output = Reply> {
        write::append(self, who, cells, direct)
    }

    /// The write of copy_file_range(2): how many cells were written.
    fn splice_write(
        &self,
        who: Who,
        range: Range,
        values: &[Value],
    ) -> impl Future<Output = Result<u32, Errno>> {
        write::splice_write(self, who, range, values)
    }

    /// ->writepages(), WB_SYNC_NONE: what is dirty of these folios begins to be written back, but for what is under writeback.
    async fn start_writeback(&self, host: Host, indices: std::ops::Range<u32>) {
        self.linux().fdatawrite_none(host, indices).await;
    }

    /// ftruncate(2)
    fn ftruncate(&self, who: Who, size: u32) -> impl Future<Output = Reply> {
        self.linux().ftruncate(who, size)
    }

    /// fallocate(2) and its modes.
    fn fallocate(&self, who: Who, call: &Call, range: Range) -> impl Future<Output = Reply> {
        self.linux().fallocate(who, call, range)
    }

    /// ->map_pages(), which do_read_fault() tries before ->fault() of this index: what is asked before a folio that is cached is
    /// mapped, and those that are mapped around it.
    async fn map_pages(&self, _who: Who, _index: u32) -> Result<(), Errno> {
        Ok(())
    }

    /// What ->page_mkwrite() does, or waits for, before it locks the folio.
    async fn before_page_mkwrite(&self, _who: Who, _folio: FolioId) {}

    /// What ->page_mkwrite() does with the folio, which is locked and not under writeback, before `who` dirties it.
    async fn page_mkwrite(&self, _who: Who, _folio: FolioId) -> Result<(), Errno> {
        Ok(())
    }

    /// The server's invalidation comes to a host.
    fn notify(&self, host: Host, range: Range) -> impl Future<Output = Reply> {
        syscall::notify(self, host, range)
    }

    /// The host has crashed.
    fn crashed(&self, _host: Host) {}

    /// Carries out work that was spawned.
    fn work(&self, job: Job) -> impl Future<Output = ()> {
        self.linux().work(job)
    }
}

/// Two hosts with a page cache each, their processes, and the server.
pub struct Linux {
    /// The simulator.
    pub sim: Sim,
    /// The server.
    pub server: Server,
    /// How it is set up.
    pub ways: Ways,
    inodes: [Inode; 2],
    processes: [Process; 3],
    /// The folios of requests of writeback, and whether one is the last of its request.
    flights: SharedRef<Vec<(Host, FolioId, bool)>>,
    write_files: fuse::WriteFiles,
    reads: fuse::Reads,
    failing_releases: Shared<u32>,
    temporary: temporary::Pages,
    file_locks: [Lock; 2],
}

impl Linux {
    /// A file that is on the server and in no cache.
    pub fn new(sim: &Sim, ways: Ways) -> Linux {
        Linux {
            write_files: fuse::WriteFiles::new(sim, &ways),
            reads: fuse::Reads::new(sim),
            server: Server::new(sim, ways.holes, ways.is_fuse()),
            ways,
            sim: sim.clone(),
            inodes: Host::ALL.map(|host| Inode::new(sim, host, ways.store)),
            processes: Who::PROCESSES.map(|who| Process::new(sim, who)),
            flights: sim.shared_ref(Vec::new()),
            failing_releases: sim.shared(0),
            temporary: temporary::Pages::new(sim),
            file_locks: Host::ALL
                .map(|host| sim.new_advisory_lock(Named { what: "fcntl lock", host, number: None })),
        }
    }

    /// The host's inode.
    pub fn inode(&self, host: Host) -> &Inode {
        &self.inodes[host.index()]
    }

    /// A process.
    pub fn process(&self, who: Who) -> &Process {
        &self.processes[who.index()]
    }

    /// The processes of a host.
    pub fn processes(&self, host: Host) -> impl Iterator<Item = &Process> {
        // Two run on host a, and come first.
        let (of_a, of_b) = self.processes.split_at(2);
        [of_a, of_b][host.index()].iter()
    }

    /// The lock of fcntl(2) that a process of the host takes.
    fn file_lock(&self, host: Host) -> Lock {
        match self.ways.locks {
            Locks::Server => self.file_locks[0],
            Locks::Kernel => self.file_locks[host.index()],
        }
    }

    /// Carries out a request that was spawned: a READ, or writeback.
    pub async fn work(&self, job: Job) {
        if self.read_row(job).await {
            return;
        }
        if self.ways.writeback == Writeback::TemporaryPages {
            return self.write_out_temporary_pages(job).await;
        }
        let (host, id, last) = self.flights.borrow()[job.0 as usize];
        if self.ways.writeback == Writeback::Iomap && !last {
            let row: Vec<FolioId> = {
                let rest = &self.flights.borrow()[job.0 as usize..];
                let end = rest.iter().position(|(.., last)| *last).unwrap_or(0);
                rest[..=end].iter().map(|(_, id, _)| *id).collect()
            };
            return self.write_out_row(host, &row).await;
        }
        self.write_out(host, id).await;
    }
}

/// The indices of the folios that a range of cells touches.
pub fn folios(range: Range) -> std::ops::Range<u32> {
    let start = range.start / FOLIO;
    start..if range.is_empty() { start } else { range.end.div_ceil(FOLIO) }
}

/// The cells of a folio.
pub fn cells_of(index: u32) -> Range {
    Range::new(index * FOLIO, (index + 1) * FOLIO)
}

/// The cells that two ranges share.
pub fn overlap(one: Range, other: Range) -> Range {
    let start = one.start.max(other.start);
    Range::new(start, one.end.min(other.end).max(start))
}
