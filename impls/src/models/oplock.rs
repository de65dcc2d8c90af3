//! An oplock of cifs: while a host has it, it caches; when the server breaks it, what is dirty is flushed and what is cached
//! goes before the break is acknowledged, and from then on the host reads past its cache. It writes through it all the same.

use super::Model;
use super::filemap_invalidate_inode::{
    APPENDED_BESIDE_ANOTHER, STORED_UNDER_A_DIRECT_WRITE, flushed_elsewhere, ignored,
};
use super::launder_folio::{PUNCHED_UNDER_A_STORE, PUNCHED_UNDER_A_STORE_THAT_IS_LOST};
use crate::linux::{
    Dirty, IoMode, Linux, Scheme, Ways, append, buffered_write, folios, mmap, open, splice_write,
    unbuffered_write, written,
};
use crate::sim::{Guard, Lock, Named, Shared};
use crate::{Bug, Event, Job, Known, Sim, step};
use launder_oracle::{Contract, Errno, Host, Kind, Range, Reply, Symptom, Value, Who};

/// fs/smb/client, 6.18.
pub struct Oplock {
    linux: Linux,
    hosts: [Client; 2],
}

/// cifsInodeInfo
struct Client {
    io_mode: IoMode,
    /// CIFS_CACHE_READ() and CIFS_CACHE_WRITE(): it has a lease to read and write.
    caches: Shared<bool>,
    /// CIFS_INODE_PENDING_WRITERS, and CIFS_INODE_PENDING_OPLOCK_BREAK: shared by writers through the cache.
    pending: Lock,
}

impl Model for Oplock {
    const NAME: &'static str = "oplock";
    const SOURCE: &'static str = "fs/smb/client/file.c, cifs_oplock_break(), 6.18: wait for writers, downgrade, flush, wait, zap, acknowledge";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[
        Bug {
            name: "ack_before_zap",
            source: "58e9fee13e57 \"[GFS2] Invalidate cache at correct point\" (2.6.26): the lock was given up before the cache was invalidated",
            case: "ack-before-zap.case",
        },
        Bug {
            name: "downconvert_no_unmap",
            source: "7f4a2a97e324 \"ocfs2: always unmap in ocfs2_data_convert_worker()\" (2.6.20)",
            case: "downconvert-no-unmap.case",
        },
        Bug {
            name: "use_imp",
            source: "257fb1f15d72 \"CIFS: Use invalidate_inode_pages2 instead of invalidate_remote_inode\" (2.6.39)",
            case: "oplock-use-imp.case",
        },
    ];
    const KNOWN: &'static [&'static [Known]] = &[&[
        PUNCHED_UNDER_A_STORE,
        PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
        mapped(Kind::StaleRead, &["pread", "mread", "pread direct"], "mapped-without-an-oplock.case"),
        mapped(Kind::LostWrite, &["mwrite"], "mapped-without-an-oplock-and-written-back.case"),
        mapped(Kind::Resurrected, &["mwrite", "mread"], "mapped-without-an-oplock-and-resurrected.case"),
        ignored(Kind::StaleRead, "direct-write-under-a-folio-that-stays.case"),
        ignored(Kind::SilentError, "direct-write-under-a-folio-that-stays-and-is-written-back.case"),
        ignored(Kind::Leaked, "direct-write-under-a-folio-that-stays-and-is-copied.case"),
        ignored(Kind::LostWrite, "failed-release-is-ignored-by-a-lock.case"),
        ignored(Kind::Resurrected, "failed-release-is-ignored-by-a-lock-after-a-truncate.case"),
        revived(Kind::LostWrite, "written-through-the-cache-without-an-oplock.case"),
        revived(Kind::Resurrected, "written-through-the-cache-without-an-oplock-and-resurrected.case"),
        revived(Kind::StaleRead, "written-through-the-cache-without-an-oplock-after-an-error.case"),
        STORED_UNDER_A_DIRECT_WRITE,
        APPENDED_BESIDE_ANOTHER,
        flushed_elsewhere(Kind::LostWrite),
        flushed_elsewhere(Kind::StaleRead),
    ]];
    type Scheme = Oplock;

    fn scheme(sim: &Sim) -> Oplock {
        let ways = Ways { dirty: Dirty::Stay, ..Ways::default() };
        let linux = Linux::new(sim, ways);
        let client = |host| Client {
            io_mode: IoMode::new(sim, linux.inode(host)),
            caches: sim.shared(true),
            pending: sim.new_lock(Named { what: "pending writers", host, number: None }),
        };
        Oplock { hosts: Host::ALL.map(client), linux }
    }
}

const fn mapped(kind: Kind, one_of: &'static [&'static str], case: &'static str) -> Known {
    let hazard = "H4: a host without an oplock reads past its cache, but not through its mappings; H13";
    Known { symptom: Symptom::Broken(kind), words: &["mmap", "notify"], one_of, hazard, case }
}

const fn revived(kind: Kind, case: &'static str) -> Known {
    let hazard = "H3, found by launder: since 6.10 a host without an oplock, which reads past its cache, writes through it, and what \
        has become stale there goes with it to the server";
    Known {
        symptom: Symptom::Broken(kind),
        words: &["notify"],
        one_of: &["pwrite", "append", "copy"],
        hazard,
        case,
    }
}

impl Scheme for Oplock {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    /// cifs_revalidate_mapping(), at open and at lock.
    async fn invalidate(&self, host: Host, _: std::ops::Range<u32>) -> Result<(), Errno> {
        self.zap(host, 0..u32::MAX).await
    }

    /// The server gives who opens the file a new oplock.
    async fn open(&self, who: Who) -> Reply {
        let reply = open(self, who).await;
        if reply == Reply::Ok {
            self.client(who).caches.set(true);
        }
        reply
    }

    /// cifs_file_strict_mmap(): without an oplock what is cached goes first.
    async fn mmap(&self, who: Who, private: bool, range: Option<Range>) -> Reply {
        if !self.client(who).caches.get()
            && let Err(errno) = self.zap(self.linux.process(who).host, 0..u32::MAX).await
        {
            return Reply::Err(errno);
        }
        mmap(&self.linux, who, private, range)
    }

    /// cifs_strict_readv(): without an oplock "we need to read from the server all the time".
    async fn read(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        match self.client(who).caches.get() {
            true => self.linux.netfs_buffered_read(&self.client(who).io_mode, who, range).await,
            false => self.read_direct(who, range).await,
        }
    }

    async fn read_direct(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        self.linux.netfs_unbuffered_read(&self.client(who).io_mode, who, range).await
    }

    /// netfs_start_io_write(), in cifs_writev(); d6a77668a708 "netfs: Downgrade i_rwsem for a buffered write" (6.12).
    async fn start_write(&self, who: Who) -> Guard<'_> {
        self.client(who).io_mode.start_write().await.downgrade()
    }

    async fn start_direct_write(&self, who: Who) -> Result<Guard<'_>, Errno> {
        self.linux.netfs_start_io_direct(&self.client(who).io_mode, self.linux.process(who).host).await
    }

    /// cifs_strict_writev(), between cifs_get_writer() and cifs_put_writer(). Without an oplock, too, it goes through the cache, by
    /// netfs_file_write_iter(), since 3ee1a1fc3981 "cifs: Cut over to using netfslib" (6.10); cifs_user_writev() went past it.
    async fn pwrite(&self, who: Who, range: Range) -> Reply {
        let _writer = self.linux.sim.lock_shared(self.client(who).pending).await;
        buffered_write(self, who, range).await
    }

    /// A file that is opened with O_DIRECT has cifs_file_direct_ops: its writers are not counted.
    async fn append(&self, who: Who, cells: u32, direct: bool) -> Reply {
        if direct {
            return append(self, who, cells, true).await;
        }
        let _writer = self.linux.sim.lock_shared(self.client(who).pending).await;
        append(self, who, cells, false).await
    }

    async fn pwrite_direct_locked(&self, who: Who, range: Range, value: Value) -> Reply {
        self.unbuffered_write(who, range, range, value).await
    }

    async fn append_direct_locked(&self, who: Who, range: Range, value: Value) -> Reply {
        let pos = self.linux.process(who).pos.get();
        self.unbuffered_write(who, range, Range::new(pos, pos + range.len()), value).await
    }

    async fn splice_write(&self, who: Who, range: Range, values: &[Value]) -> Result<u32, Errno> {
        let _writer = self.linux.sim.lock_shared(self.client(who).pending).await;
        splice_write(self, who, range, values).await
    }

    /// cifs_oplock_break(); its end is the acknowledgement, which is sent whatever could not be flushed or dropped. Stores
    /// through a mapping are no pending writers.
    async fn notify(&self, host: Host, _: Range) -> Reply {
        let (linux, client) = (&self.linux, &self.hosts[host.index()]);
        let _break = linux.sim.lock(client.pending).await;
        client.caches.set(false);
        linux.inode(host).invalidate_attributes();
        step!(linux.sim, "{host}: the oplock is downgraded");
        linux.fdatawrite(host, 0..u32::MAX).await;
        linux.fdatawait(host, 0..u32::MAX).await;
        if linux.sim.bug("ack_before_zap") {
            linux.sim.spawn(host, Job(ZAP + host.index() as u32));
        } else {
            self.discard(host).await;
        }
        Reply::Ok
    }

    fn crashed(&self, host: Host) {
        self.hosts[host.index()].io_mode.forget();
    }

    async fn work(&self, job: Job) {
        match job.0.checked_sub(ZAP) {
            Some(host) => self.discard(Host::ALL[host as usize]).await,
            None => self.linux.work(job).await,
        }
    }
}

/// The number from which on work is that of a break that was acknowledged too early.
const ZAP: u32 = u32::MAX - 1;

impl Oplock {
    fn client(&self, who: Who) -> &Client {
        &self.hosts[self.linux.process(who).host.index()]
    }

    async fn unbuffered_write(&self, who: Who, range: Range, before: Range, value: Value) -> Reply {
        let zap = self.zap(self.linux.process(who).host, folios(before));
        written(range, unbuffered_write(self, who, range, before, |_| value, zap).await)
    }

    /// What a break discards: cifs_zap_mapping().
    async fn discard(&self, host: Host) {
        let linux = &self.linux;
        if linux.sim.bug("use_imp") {
            linux.invalidate_mapping_pages(host, 0..u32::MAX).await;
        } else if linux.sim.bug("downconvert_no_unmap") {
            self.remove_clean(host).await;
        } else {
            let _ = self.zap(host, 0..u32::MAX).await;
        }
    }

    /// filemap_invalidate_inode(): what is dirty again stays, and nobody is told.
    async fn zap(&self, host: Host, indices: std::ops::Range<u32>) -> Result<(), Errno> {
        let linux = &self.linux;
        let inode = linux.inode(host);
        let indices = indices.start..indices.end.min(inode.end());
        let _invalidate = linux.sim.lock(inode.invalidate_lock).await;
        linux.met(host, indices.clone(), Event::Invalidate);
        linux.unmap(host, indices.clone()).await;
        linux.fdatawrite(host, indices.clone()).await;
        if linux.invalidate_inode_pages2_range(host, indices).await.is_err() {
            linux.sim.say(format_args!("{host}: folios stay, and nobody is told"));
        }
        inode.wb_err.check_flag()
    }

    /// As ocfs2 did it: nothing is unmapped.
    async fn remove_clean(&self, host: Host) {
        let inode = self.linux.inode(host);
        for id in (0..inode.end()).filter_map(|index| inode.find(index)) {
            let _folio = self.linux.sim.lock(inode.lock(id)).await;
            self.linux.sim.wait_free(inode.writeback(id)).await;
            if inode.folio(id).attached && !inode.folio(id).dirty {
                self.linux.remove(host, id).await;
            }
        }
    }
}
