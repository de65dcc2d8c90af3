//! fs/nfs/file.c: where NFS asks whether what is cached is still the file, and where it sends what is dirty.

use super::{Era, Nfs};
use crate::linux::{FolioId, Linux, Map, Scheme, append, buffered_write, folios, munmap};
use crate::sim::Guard;
use crate::{Event, Job};
use launder_oracle::{Call, Errno, Host, Range, Reply, Value, Who};

impl Scheme for Nfs {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    async fn invalidate(&self, host: Host, folios: std::ops::Range<u32>) -> Result<(), Errno> {
        self.linux.invalidate_inode_pages2_range(host, folios).await
    }

    async fn open(&self, who: Who) -> Reply {
        self.open_file(who).await
    }

    async fn close(&self, who: Who) -> Reply {
        self.flush_and_release(who).await
    }

    async fn lock(&self, who: Who) -> Reply {
        self.setlk(who).await
    }

    /// do_unlk(): what of nfs_wb_all() fails is told at fsync.
    async fn unlock(&self, who: Who) -> Reply {
        self.wb_all(self.linux.process(who).host).await;
        self.linux.give_up_lock(who);
        Reply::Ok
    }

    /// nfs_file_mmap(): the mapping agrees with the file as it is now, and faults never ask again.
    async fn mmap(&self, who: Who, private: bool, range: Option<Range>) -> Reply {
        let process = self.linux.process(who);
        let range = range.unwrap_or(Range::new(0, self.linux.sim.capacity()));
        if range.is_empty() {
            return Reply::Err(Errno::EINVAL);
        }
        if let Err(errno) = self.revalidate_mapping(process.host, who).await {
            return Reply::Err(errno);
        }
        process.map().set(Some(Map { private, range }));
        Reply::Ok
    }

    async fn munmap(&self, who: Who) -> Reply {
        let reply = munmap(&self.linux, who).await;
        if !self.linux.process(who).open().get() {
            self.clear_open_context(who).await;
        }
        reply
    }

    async fn read(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        let host = self.linux.process(who).host;
        let _i_rwsem = match self.era {
            Era::Launder => Some(self.nfs(host).io_mode.start_read().await),
            Era::Void => None,
        };
        self.revalidate_mapping(host, who).await?;
        self.linux.filemap_read(who, range).await
    }

    async fn read_direct(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        match self.era {
            // "if (!count) goto out;"
            _ if range.is_empty() => Ok(Vec::new()),
            Era::Launder => self.direct_read(who, range).await,
            Era::Void => self.direct_read_void(who, range).await,
        }
    }

    /// nfs_file_write(): no GETATTR, and what comes of nfs_clear_invalid_mapping() is not looked at.
    async fn start_write(&self, who: Who) -> Guard<'_> {
        let host = self.linux.process(who).host;
        let _ = self.clear_invalid_mapping(host).await;
        self.nfs(host).io_mode.start_write().await
    }

    /// nfs_file_write(): in 2.6.9 whoever writes is taken to ask first, as one who reads; that older kernels did was read, and that
    /// 7d52e86274e0 (June 2005) brought the rule for O_APPEND, not 2.6.9's own text. In 6.18 who writes past the end asks for it,
    /// if it is not known, fc9dc401899a.
    async fn pwrite(&self, who: Who, range: Range) -> Reply {
        let process = self.linux.process(who);
        let inode = self.linux.inode(process.host);
        let asked = match self.era {
            Era::Void => self.revalidate_mapping(process.host, who).await,
            Era::Launder if range.start > inode.size().get() => {
                self.revalidate_file_size(process.host, who).await
            }
            Era::Launder => Ok(()),
        };
        if let Err(errno) = asked {
            return Reply::Err(errno);
        }
        let since = inode.wb_err.sample();
        let reply = buffered_write(self, who, range).await;
        self.told_of_room(who, since, reply).await
    }

    async fn pwrite_direct(&self, who: Who, range: Range) -> Reply {
        match self.era {
            Era::Launder => self.direct_write(who, range).await,
            Era::Void => self.direct_write_void(who, range).await,
        }
    }

    /// "O_APPEND implies that we must revalidate the file length", if it is not known; there is none with O_DIRECT,
    /// nfs_check_flags().
    async fn append(&self, who: Who, cells: u32, direct: bool) -> Reply {
        let host = self.linux.process(who).host;
        if direct {
            return Reply::Err(Errno::ENOSYS);
        }
        if let Err(errno) = self.revalidate_file_size(host, who).await {
            return Reply::Err(errno);
        }
        let since = self.linux.inode(host).wb_err.sample();
        let reply = append(self, who, cells, false).await;
        self.told_of_room(who, since, reply).await
    }

    async fn write_folio(
        &self,
        who: Who,
        index: u32,
        part: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        self.begin_write_end(who, index, part, value).await
    }

    async fn ftruncate(&self, who: Who, size: u32) -> Reply {
        self.setattr(who, size).await
    }

    /// nfs42_proc_fallocate(), nfs42_proc_deallocate(): what is dirty goes first, and what of that fails only errseq tells.
    async fn fallocate(&self, who: Who, call: &Call, range: Range) -> Reply {
        let host = self.linux.process(who).host;
        drop(self.nfs(host).io_mode.start_write().await);
        if matches!(call, Call::Punch(_) | Call::Zero(_)) {
            self.linux.met(host, folios(range), Event::Punch);
        }
        self.wb_all(host).await;
        let _ = self.linux.inode(host).wb_err.check_flag();
        self.linux.fallocate(who, call, range).await
    }

    async fn before_page_mkwrite(&self, who: Who, _: FolioId) {
        let host = self.linux.process(who).host;
        if self.era == Era::Launder && !self.linux.sim.bug("no_invalidating_bit") {
            self.linux.sim.wait_free(self.nfs(host).invalidating).await;
        }
    }

    /// nfs_flush_incompatible(): what another open context has dirtied is written back first.
    async fn page_mkwrite(&self, who: Who, id: FolioId) -> Result<(), Errno> {
        let inode = self.linux.inode(self.linux.process(who).host);
        while inode.folio(id).dirty && inode.folio(id).writer != who {
            if self.linux.clear_dirty_for_io(inode.host, id).await {
                let _ = self.linux.launder(inode.host, id).await;
            }
        }
        Ok(())
    }

    /// There is no such request without delegations.
    async fn notify(&self, _: Host, _: Range) -> Reply {
        Reply::Err(Errno::ENOSYS)
    }

    fn crashed(&self, host: Host) {
        self.linux.inode(host).attr_valid().set(true);
        self.nfs(host).forget();
    }

    async fn work(&self, job: Job) {
        match self.direct_write_of(job) {
            Some(write) => self.carry_out(write).await,
            None => self.linux.work(job).await,
        }
    }
}

impl Nfs {
    /// nfs_file_write(), at its end: that writeback has found no room since it began it tells at once, having written back the rest.
    async fn told_of_room(&self, who: Who, since: u32, reply: Reply) -> Reply {
        let process = self.linux.process(who);
        let wb_err = &self.linux.inode(process.host).wb_err;
        if self.era == Era::Launder
            && let Err(Errno::EDQUOT | Errno::EFBIG | Errno::ENOSPC) = wb_err.check(since)
        {
            self.wb_all(process.host).await;
            if let Err(errno) = wb_err.check_and_advance(&process.since) {
                return Reply::Err(errno);
            }
        }
        reply
    }
}
