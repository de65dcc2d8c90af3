//! 9p: every read(2) and write(2) is a request, and pages are cached for mappings alone; or everything is, and never asked for
//! again.

mod known;

#[cfg(all(target_os = "linux", feature = "kernel"))]
pub(crate) use known::{LOOSE, MMAP};

use super::Model;
use super::older_known::{EXPOSED, EXPOSED_ON_A_SERVER};
use super::together::together;
use crate::linux::{InVain, Linux, Scheme, Tail, Ways, append, buffered_write, folios, munmap};
use crate::sim::{Guard, Lock, Named};
use crate::{Event, Known, Sim, step};
use launder_oracle::{Call, Contract, Errno, Host, Maps, Open, Range, Reply, Value, Who};

/// cache=mmap
pub struct NinePMmap;

/// cache=loose
pub struct NinePLoose;

/// fs/9p, in one of its cache modes.
pub struct NineP {
    linux: Linux,
    /// cache=loose: read(2) and write(2) go through the page cache.
    loose: bool,
    /// Held shared where the kernel holds nothing.
    nothing: Lock,
}

/// What one client may expect, as nothing is promised to two: what a mapping stored is sent when it is closed.
const ONE_CLIENT: Contract = Contract { open: Open::Cached, ..Contract::NFS };

impl Model for NinePMmap {
    const NAME: &'static str = "nine-p";
    const SOURCE: &'static str =
        "fs/9p/vfs_file.c, cache=mmap, 5.15: v9fs_mmap_file_write_iter(), v9fs_mmap_vm_close()";
    const CONTRACT: Contract = ONE_CLIENT;
    const KNOWN: &'static [&'static [Known]] = &[known::MMAP];
    type Scheme = NineP;

    fn meets(event: Event) -> bool {
        event_is_known(event)
    }

    fn scheme(sim: &Sim) -> NineP {
        NineP::new(sim, false)
    }
}

impl Model for NinePLoose {
    const NAME: &'static str = "nine-p-loose";
    const SOURCE: &'static str = "fs/9p/vfs_file.c, cache=loose, 5.15: v9fs_cached_file_operations_dotl; Documentation/filesystems/9p.rst: \"no attempts are made at consistency\"";
    const CONTRACT: Contract = Contract { maps: Maps::Unified, ..ONE_CLIENT };
    const KNOWN: &'static [&'static [Known]] = together!(known::LOOSE, &[EXPOSED, EXPOSED_ON_A_SERVER]);
    type Scheme = NineP;

    fn meets(event: Event) -> bool {
        event_is_known(event)
    }

    fn scheme(sim: &Sim) -> NineP {
        NineP::new(sim, true)
    }
}

/// There are neither notifications nor holes.
fn event_is_known(event: Event) -> bool {
    !matches!(event, Event::Notify | Event::Punch)
}

impl NineP {
    fn new(sim: &Sim, loose: bool) -> NineP {
        let nothing = sim.new_lock(Named { what: "nothing", host: Host::A, number: None });
        let ways = Ways { in_vain: InVain::Stays, tail: Tail::Exposed, ..Ways::default() };
        NineP { linux: Linux::new(sim, ways), loose, nothing }
    }
}

impl Scheme for NineP {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    async fn invalidate(&self, host: Host, folios: std::ops::Range<u32>) -> Result<(), Errno> {
        self.linux.invalidate_inode_pages2_range(host, folios).await
    }

    /// v9fs_lookup_revalidate() asks for the attributes, but in loose mode; what is cached stays in either.
    async fn open(&self, who: Who) -> Reply {
        let process = self.linux.process(who);
        let inode = self.linux.inode(process.host);
        if !self.loose {
            match self.linux.server.getattr(process.host, who).await {
                Ok(size) => inode.set_size(size),
                Err(errno) => return Reply::Err(errno),
            }
        }
        process.since.set(inode.wb_err.sample());
        process.open().set(true);
        Reply::Ok
    }

    /// v9fs_dir_release(): nothing is written back.
    async fn close(&self, who: Who) -> Reply {
        self.linux.process(who).open().set(false);
        self.linux.give_up_lock(who);
        Reply::Ok
    }

    /// v9fs_file_lock_dotl()
    async fn lock(&self, who: Who) -> Reply {
        let host = self.linux.process(who).host;
        let _ = self.linux.write_and_wait(host, 0..u32::MAX).await;
        self.linux.invalidate_mapping_pages(host, 0..u32::MAX).await;
        self.linux.set_lock(who).await;
        Reply::Ok
    }

    async fn unlock(&self, who: Who) -> Reply {
        self.linux.give_up_lock(who);
        Reply::Ok
    }

    /// v9fs_mmap_vm_close(): what a shared mapping has stored is sent.
    async fn munmap(&self, who: Who) -> Reply {
        let process = self.linux.process(who);
        let map = process.map().get().filter(|map| !map.private && !self.loose);
        let reply = munmap(&self.linux, who).await;
        if let Some(map) = map {
            self.linux.fdatawrite(process.host, folios(map.range)).await;
            self.linux.fdatawait(process.host, folios(map.range)).await;
        }
        reply
    }

    /// v9fs_mmap_file_read_iter(): "TODO: Check if there are dirty pages"
    async fn read(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        match self.loose {
            true => self.linux.filemap_read(who, range).await,
            // netfs_unbuffered_read_iter(): of no bytes nobody is asked.
            false if range.is_empty() => Ok(Vec::new()),
            false => {
                let host = self.linux.process(who).host;
                self.linux.met(host, folios(range), Event::DirectRead);
                self.linux.server.read_to_end(host, who, range).await
            }
        }
    }

    async fn read_direct(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        match self.loose {
            true => crate::linux::direct_read(&self.linux, who, range).await,
            false => self.read(who, range).await,
        }
    }

    /// v9fs_file_write_iter() holds no lock.
    async fn start_write(&self, who: Who) -> Guard<'_> {
        let i_rwsem = self.linux.inode(self.linux.process(who).host).i_rwsem;
        match self.loose {
            true => self.linux.sim.lock(i_rwsem).await,
            false => self.linux.sim.lock_shared(self.nothing).await,
        }
    }

    async fn pwrite_direct(&self, who: Who, range: Range) -> Reply {
        match self.loose {
            true => crate::linux::direct_write(self, who, range).await,
            false => buffered_write(self, who, range).await,
        }
    }

    async fn append(&self, who: Who, cells: u32, direct: bool) -> Reply {
        append(self, who, cells, direct && self.loose).await
    }

    /// v9fs_file_write_iter(): the request; then invalidate_inode_pages2_range(), and what comes of that is not looked at.
    async fn write_folio(
        &self,
        who: Who,
        index: u32,
        part: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        if self.loose {
            return self.linux.write_folio_begin_end(who, index, part, value).await.map(|()| part.len());
        }
        let inode = self.linux.inode(self.linux.process(who).host);
        self.linux.met(inode.host, index..index + 1, Event::DirectWrite);
        let done = self.linux.server.write(inode.host, who, part, value).await?;
        let _ = self.invalidate(inode.host, index..index + 1).await;
        inode.extend(part.start + done);
        step!(self.linux.sim, "{}: {who}'s write of {part} has returned", inode.host);
        Ok(done)
    }

    async fn fallocate(&self, _: Who, _: &Call, _: Range) -> Reply {
        Reply::Err(Errno::ENOSYS)
    }

    /// There is no such request.
    async fn notify(&self, _: Host, _: Range) -> Reply {
        Reply::Err(Errno::ENOSYS)
    }

    fn crashed(&self, host: Host) {
        self.linux.inode(host).attr_valid().set(true);
    }
}
