//! fs/afs/file.c: where AFS asks whether what is cached is still the file, and what there is that it does not know.

use super::{Afs, Era};
use crate::linux::{FolioId, Linux, Scheme, append, buffered_write, folios, mmap, munmap};
use crate::{Event, Job};
use launder_oracle::{Call, Errno, Host, Range, Reply, Value, Who};

impl Scheme for Afs {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    /// Only callbacks and afs_validate() do.
    async fn invalidate(&self, _: Host, _: std::ops::Range<u32>) -> Result<(), Errno> {
        Ok(())
    }

    /// The third party is a client of the server too: callbacks are broken before it is answered. Writeback is the file system's own.
    /// copy_file_range(2) came with 4.5.
    async fn own_way(&self, who: Who, call: Call) -> Option<Reply> {
        match (who, call) {
            (Who::Server, Call::Pwrite { range, .. }) => {
                Host::ALL.into_iter().for_each(|host| {
                    self.linux.met(host, folios(range), Event::ThirdPartyWrite);
                });
                self.linux.server.third_party_write(range).await;
            }
            (Who::Server, Call::Ftruncate(size)) => self.linux.server.third_party_truncate(size).await,
            (Who::Nature, Call::Writeback(host, range)) => {
                self.start_writeback(host, folios(range)).await;
                return Some(Reply::Ok);
            }
            (Who::Nature, Call::Reclaim(host, range)) => {
                self.reclaim(host, range).await;
                return Some(Reply::Ok);
            }
            (_, Call::Copy { .. }) if self.era != Era::Keys => return Some(Reply::Err(Errno::ENOSYS)),
            _ => return None,
        }
        self.break_callbacks(None).await;
        Some(Reply::Ok)
    }

    /// afs_open()
    async fn open(&self, who: Who) -> Reply {
        let process = self.linux.process(who);
        // do_dentry_open() takes f_wb_err first.
        let since = self.linux.inode(process.host).wb_err.sample();
        if let Err(errno) = self.validate(process.host, who).await {
            return Reply::Err(errno);
        }
        process.since.set(since);
        process.open().set(true);
        self.cache_wb_key(who);
        Reply::Ok
    }

    /// There is no ->flush(): what is dirty is written back by ->release(), once nothing maps the file through this descriptor either,
    /// and nobody hears of its error; in 2.6.22 it is not written back at all.
    async fn close(&self, who: Who) -> Reply {
        let process = self.linux.process(who);
        process.open().set(false);
        self.linux.give_up_lock(who);
        if process.map().get().is_none() {
            self.release(who).await;
        }
        Reply::Ok
    }

    /// afs_do_setlk(): "Again, make sure we've got a callback on this file". It does so before it asks for the lock as well, and heeds
    /// the error of that alone; here there is one validation, which is heeded. There are no locks in 2.6.22.
    async fn lock(&self, who: Who) -> Reply {
        if self.era != Era::Keys {
            return Reply::Err(Errno::ENOSYS);
        }
        let held = self.linux.set_lock(who).await;
        match self.validate(self.linux.process(who).host, who).await {
            Ok(()) => Reply::Ok,
            Err(errno) => {
                if !held {
                    self.linux.give_up_lock(who);
                }
                Reply::Err(errno)
            }
        }
    }

    /// afs_do_unlk(): "Flush all pending writes before doing anything with locks." What of that fails is told nobody.
    async fn unlock(&self, who: Who) -> Reply {
        if self.era != Era::Keys {
            return Reply::Err(Errno::ENOSYS);
        }
        let _ = self.fsync(who, 0..u32::MAX).await;
        self.linux.give_up_lock(who);
        Reply::Ok
    }

    async fn sync(&self, who: Who, indices: std::ops::Range<u32>) -> Result<(), Errno> {
        self.fsync(who, indices).await
    }

    /// generic_file_readonly_mmap(), in 2.6.22: no mapping that is shared and might be written to, EINVAL there. What AFS does not
    /// know is answered ENOSYS here.
    async fn mmap(&self, who: Who, private: bool, range: Option<Range>) -> Reply {
        match self.era {
            Era::Record if !private => Reply::Err(Errno::ENOSYS),
            _ => mmap(&self.linux, who, private, range),
        }
    }

    async fn munmap(&self, who: Who) -> Reply {
        let reply = munmap(&self.linux, who).await;
        if !self.linux.process(who).open().get() {
            self.release(who).await;
        }
        reply
    }

    /// afs_file_read_iter(); in 2.6.22 generic_file_aio_read(), which asks nobody.
    async fn read(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        self.validate_before_use(who).await?;
        self.linux.filemap_read(who, range).await
    }

    /// open(2), "The filesystem does not support the O_DIRECT flag."
    async fn read_direct(&self, _: Who, _: Range) -> Result<Vec<Value>, Errno> {
        Err(Errno::ENOSYS)
    }

    async fn pwrite(&self, who: Who, range: Range) -> Reply {
        match self.validate_before_use(who).await {
            Ok(()) => buffered_write(self, who, range).await,
            Err(errno) => {
                self.linux.sim.value();
                Reply::Err(errno)
            }
        }
    }

    async fn pwrite_direct(&self, _: Who, _: Range) -> Reply {
        self.linux.sim.value();
        Reply::Err(Errno::ENOSYS)
    }

    async fn append(&self, who: Who, cells: u32, direct: bool) -> Reply {
        let refused = if direct { Err(Errno::ENOSYS) } else { self.validate_before_use(who).await };
        match refused {
            Ok(()) => append(self, who, cells, false).await,
            Err(errno) => {
                self.linux.sim.value();
                Reply::Err(errno)
            }
        }
    }

    async fn write_folio(
        &self,
        who: Who,
        index: u32,
        part: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        match self.era {
            Era::Keys => self.write_begin_end(who, index, part, value).await,
            Era::Record | Era::Nuke => self.prepare_commit_write(who, index, part, value).await,
        }
    }

    async fn start_writeback(&self, host: Host, indices: std::ops::Range<u32>) {
        let _ = self.writepages(host, indices, false).await;
    }

    async fn ftruncate(&self, who: Who, size: u32) -> Reply {
        self.setattr(who, size).await
    }

    /// There is no ->fallocate().
    async fn fallocate(&self, _: Who, _: &Call, _: Range) -> Reply {
        Reply::Err(Errno::ENOSYS)
    }

    /// afs_vm_map_pages(), since 5.15. ->fault() asks nobody.
    async fn map_pages(&self, who: Who, _index: u32) -> Result<(), Errno> {
        self.validate_before_use(who).await
    }

    /// afs_page_mkwrite(): whatever comes of afs_validate(), and the fault holds a reference to the page, so that it is not zapped.
    async fn before_page_mkwrite(&self, who: Who, _: FolioId) {
        let _ = self.validate_before_use(who).await;
    }

    async fn page_mkwrite(&self, who: Who, id: FolioId) -> Result<(), Errno> {
        match self.era {
            Era::Keys => Ok(()),
            Era::Record | Era::Nuke => self.page_mkwrite_keyed(who, id).await,
        }
    }

    /// The server breaks a callback; until 4.15 what is to be done about that is done by a work of its own.
    async fn notify(&self, host: Host, _: Range) -> Reply {
        self.break_callback(host).await;
        if self.era != Era::Keys {
            self.broken_callback_work(host).await;
        }
        Reply::Ok
    }

    fn crashed(&self, host: Host) {
        self.forget(host);
    }

    async fn work(&self, job: Job) {
        self.broken_callback_work(Host::ALL[job.0 as usize]).await;
    }
}

impl Afs {
    /// 3978d8165239 "afs: Add missing vnode validation checks" (5.15)
    async fn validate_before_use(&self, who: Who) -> Result<(), Errno> {
        match self.era {
            Era::Keys => self.validate(self.linux.process(who).host, who).await,
            Era::Record | Era::Nuke => Ok(()),
        }
    }

    /// afs_release()
    async fn release(&self, who: Who) {
        if self.era == Era::Keys {
            let _ = self.fsync(who, 0..u32::MAX).await;
            self.prune_wb_keys(self.linux.process(who).host);
        }
    }
}
