//! filemap_invalidate_inode(): unmap, flush and discard under invalidate_lock, which stops who would bring a folio into the
//! cache, and nobody who uses one that is there.

use super::Model;
use super::launder_folio::{PUNCHED_UNDER_A_STORE, PUNCHED_UNDER_A_STORE_THAT_IS_LOST};
use super::older_known::{EXPOSED, EXPOSED_ON_A_SERVER};
use crate::linux::{Dirty, IoMode, Linux, Scheme, Tail, Ways, ZeroPoint, folios, unbuffered_write, written};
use crate::sim::{Guard, Lock, Named};
use crate::{Bug, Event, Known, Sim};
use launder_oracle::{Contract, Errno, Host, Kind, Range, Reply, Symptom, Value, Who};

/// Of 6.11 and later, where what is dirty again stays.
pub struct FilemapInvalidateInode {
    linux: Linux,
    discard: Discard,
    inodes: [Inode; 2],
}

/// netfs_inode
struct Inode {
    io_mode: IoMode,
    /// afs_vnode.validate_lock
    validate_lock: Lock,
}

/// How it discards.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Discard {
    /// truncate_inode_pages_range()
    Truncate,
    /// invalidate_inode_pages2_range(), whose result is ignored.
    Iip2,
}

impl Model for FilemapInvalidateInode {
    const NAME: &'static str = "filemap-invalidate-inode";
    const SOURCE: &'static str = "mm/filemap.c, filemap_invalidate_inode(), 6.18; c26096ee0278 \"mm: Fix filemap_invalidate_inode() to use invalidate_inode_pages2_range()\" (6.11, 6.10.9)";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[
        Bug {
            name: "fii_truncate",
            source: "c26096ee0278 \"mm: Fix filemap_invalidate_inode() to use invalidate_inode_pages2_range()\" (6.11)",
            case: "fii-truncate.case",
        },
        Bug {
            name: "zero_point_stale",
            source: "61ea6b3a3104 \"cifs: Fix setting of zero_point after DIO write\"",
            case: "zero-point-stale.case",
        },
        Bug {
            name: "release_dirty",
            source: "7dfc8f0c6144 \"netfs: Fix netfs_release_folio() to say no if folio dirty\"; the kernel lost what it held when a large folio was split, here it is lost when a folio is reclaimed",
            case: "release-dirty.case",
        },
        Bug {
            name: "srvop_no_flush",
            source: "91d1dfae4649 \"cifs: Fix FALLOC_FL_ZERO_RANGE to preflush buffered part of target region\"",
            case: "srvop-no-flush.case",
        },
        Bug {
            name: "validate_lock",
            source: "fs/afs, 6.10 to 6.19: afs_validate() holds validate_lock for writing while the data are zapped, and afs_writepages() takes it for reading",
            case: "validate-lock.case",
        },
    ];
    const KNOWN: &'static [&'static [Known]] = &[&[
        ignored(Kind::StaleRead, "failed-release-is-ignored.case"),
        ignored(Kind::LostWrite, "failed-release-is-ignored-and-written-back.case"),
        ignored(Kind::SilentError, "failed-release-is-ignored-without-an-error.case"),
        ignored(Kind::Resurrected, "failed-release-is-ignored-and-punched.case"),
        ignored(Kind::Leaked, "failed-release-is-ignored-and-copied.case"),
        PUNCHED_UNDER_A_STORE,
        PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
        STORED_UNDER_A_DIRECT_WRITE,
        APPENDED_BESIDE_ANOTHER,
        BEYOND_ZERO_POINT,
        flushed_elsewhere(Kind::LostWrite),
        flushed_elsewhere(Kind::StaleRead),
    ]];
    type Scheme = FilemapInvalidateInode;

    fn scheme(sim: &Sim) -> FilemapInvalidateInode {
        FilemapInvalidateInode::new(sim, Discard::Iip2)
    }
}

/// As merged, in 6.10.
pub struct FilemapInvalidateInode6_10;

impl Model for FilemapInvalidateInode6_10 {
    const NAME: &'static str = "filemap-invalidate-inode-6.10";
    const SOURCE: &'static str =
        "74e797d79cf1 \"mm: Provide a means of invalidation without using launder_folio\" (6.10)";
    const CONTRACT: Contract = Contract::FUSE;
    const KNOWN: &'static [&'static [Known]] = &[
        &[
            dropped(Kind::LostWrite, "written-between-flush-and-truncate.case"),
            dropped(Kind::LostWrite, "stored-between-flush-and-truncate.case"),
            dropped(Kind::StaleRead, "written-between-flush-and-truncate-and-read.case"),
            dropped(Kind::SilentError, "written-between-flush-and-truncate-without-an-error.case"),
            dropped(Kind::WrongSize, "written-between-flush-and-truncate-at-the-end.case"),
            dropped(Kind::Leaked, "written-between-flush-and-truncate-and-copied.case"),
            dropped(Kind::SpuriousError, "written-between-flush-and-truncate-and-mapped.case"),
            ignored(Kind::StaleRead, "direct-write-under-a-folio-that-stays.case"),
            ignored(Kind::SilentError, "direct-write-under-a-folio-that-stays-and-is-written-back.case"),
            ignored(
                Kind::Resurrected,
                "direct-write-under-a-folio-that-stays-and-a-punch-that-is-refused.case",
            ),
            PUNCHED_UNDER_A_STORE,
            PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
            APPENDED_BESIDE_ANOTHER,
            BEYOND_ZERO_POINT,
        ],
        EXPOSED,
        EXPOSED_ON_A_SERVER,
    ];
    type Scheme = FilemapInvalidateInode;

    fn scheme(sim: &Sim) -> FilemapInvalidateInode {
        FilemapInvalidateInode::new(sim, Discard::Truncate)
    }
}

/// Any call that invalidates.
const INVALIDATES: &[&str] = &["notify", "lock", "open", "pwrite direct", "append direct"];

/// The folio that stays is stale, and whoever invalidated thinks it gone.
pub(super) const fn ignored(kind: Kind, case: &'static str) -> Known {
    let hazard = "H8: release fails, the folio stays, and is stale; what the invalidation answers is ignored";
    Known { symptom: Symptom::Broken(kind), words: &["fail release"], one_of: INVALIDATES, hazard, case }
}

const fn dropped(kind: Kind, case: &'static str) -> Known {
    let hazard = "H1, H6: what is dirtied between the flush and the truncation goes with the folio";
    Known { symptom: Symptom::Broken(kind), words: &[], one_of: INVALIDATES, hazard, case }
}

/// What a store has made dirty again stays, with what was stored past the end.
pub(super) const STORED_UNDER_A_DIRECT_WRITE: Known = Known {
    symptom: Symptom::Broken(Kind::Leaked),
    words: &["mwrite"],
    one_of: &["pwrite direct", "append direct"],
    hazard: "H4, found by launder: a folio that a store keeps under a direct write that makes the file longer keeps what was stored \
        past the end",
    case: "stored-past-the-end-under-a-direct-write.case",
};

/// What is dirty at the end of the file is neither written back nor dropped by an append past the cache.
pub(super) const fn flushed_elsewhere(kind: Kind) -> Known {
    Known {
        symptom: Symptom::Broken(kind),
        words: &["append direct"],
        one_of: &["pwrite", "append", "mwrite", "copy"],
        hazard: "netfs_unbuffered_write_iter(): an append past the cache flushes and invalidates where the descriptor stands, and \
            not where it goes",
        case: "direct-append-flushes-where-the-descriptor-stands.case",
    }
}

/// Two that take the end of the file for theirs.
pub(super) const APPENDED_BESIDE_ANOTHER: Known = Known {
    symptom: Symptom::Broken(Kind::WrongSize),
    words: &[],
    one_of: &["append direct"],
    hazard: "found by launder: who appends past the cache shares i_rwsem, and two find the end of the file at one place",
    case: "direct-appends-share-i-rwsem.case",
};

const BEYOND_ZERO_POINT: Known = Known {
    symptom: Symptom::Broken(Kind::StaleRead),
    words: &["notify", "pread", "pwrite"],
    one_of: &["zero", "fallocate", "ftruncate"],
    hazard: "found by launder: a read that a notification meets still takes for zeroes what lies beyond zero_point",
    case: "zero-point-of-a-read-that-a-notification-meets.case",
};

impl Scheme for FilemapInvalidateInode {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    /// cifs_zap_mapping(), afs_zap_data(): the whole file.
    async fn invalidate(&self, host: Host, _: std::ops::Range<u32>) -> Result<(), Errno> {
        let _validate = match self.linux.sim.bug("validate_lock") {
            true => Some(self.linux.sim.lock(self.netfs(host).validate_lock).await),
            false => None,
        };
        self.filemap_invalidate_inode(host, Range::new(0, self.linux.sim.capacity())).await
    }

    async fn read(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        self.linux.netfs_buffered_read(self.io_mode(who), who, range).await
    }

    async fn read_direct(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        self.linux.netfs_unbuffered_read(self.io_mode(who), who, range).await
    }

    /// netfs_start_io_write(); d6a77668a708 "netfs: Downgrade i_rwsem for a buffered write" (6.12) lets reads go on beside it.
    async fn start_write(&self, who: Who) -> Guard<'_> {
        let i_rwsem = self.io_mode(who).start_write().await;
        match self.discard {
            Discard::Truncate => i_rwsem,
            Discard::Iip2 => i_rwsem.downgrade(),
        }
    }

    async fn start_direct_write(&self, who: Who) -> Result<Guard<'_>, Errno> {
        self.linux.netfs_start_io_direct(self.io_mode(who), self.linux.process(who).host).await
    }

    async fn pwrite_direct_locked(&self, who: Who, range: Range, value: Value) -> Reply {
        self.unbuffered_write(who, range, range, value).await
    }

    async fn append_direct_locked(&self, who: Who, range: Range, value: Value) -> Reply {
        let pos = self.linux.process(who).pos.get();
        self.unbuffered_write(who, range, Range::new(pos, pos + range.len()), value).await
    }

    fn crashed(&self, host: Host) {
        self.netfs(host).io_mode.forget();
    }
}

impl FilemapInvalidateInode {
    fn new(sim: &Sim, discard: Discard) -> FilemapInvalidateInode {
        let tail = match discard {
            Discard::Truncate => Tail::ExposedUntilWritten,
            Discard::Iip2 => Tail::Zeroed,
        };
        let ways = Ways { dirty: Dirty::Stay, zero_point: ZeroPoint::Kept, tail, ..Ways::default() };
        let linux = Linux::new(sim, ways);
        let inode = |host| Inode {
            io_mode: IoMode::new(sim, linux.inode(host)),
            validate_lock: sim.new_lock(Named { what: "validate_lock", host, number: None }),
        };
        FilemapInvalidateInode { inodes: Host::ALL.map(inode), linux, discard }
    }

    fn netfs(&self, host: Host) -> &Inode {
        &self.inodes[host.index()]
    }

    fn io_mode(&self, who: Who) -> &IoMode {
        &self.netfs(self.linux.process(who).host).io_mode
    }

    async fn unbuffered_write(&self, who: Who, range: Range, before: Range, value: Value) -> Reply {
        let host = self.linux.process(who).host;
        let invalidate = self.filemap_invalidate_inode(host, before);
        written(range, unbuffered_write(self, who, range, before, |_| value, invalidate).await)
    }

    /// With `flush` true.
    async fn filemap_invalidate_inode(&self, host: Host, range: Range) -> Result<(), Errno> {
        let linux = &self.linux;
        let inode = linux.inode(host);
        if inode.has_folios() {
            let _invalidate = linux.sim.lock(inode.invalidate_lock).await;
            linux.met(host, folios(range), Event::Invalidate);
            linux.unmap(host, folios(range)).await;
            self.fdatawrite(host, range).await;
            if self.discard == Discard::Truncate || linux.sim.bug("fii_truncate") {
                linux.truncate_inode_pages_range(host, range).await;
            } else if linux.invalidate_inode_pages2_range(host, folios(range)).await.is_err() {
                linux.sim.say(format_args!("{host}: folios of {range} stay, and nobody is told"));
            }
        }
        inode.wb_err.check_flag()
    }

    /// filemap_fdatawrite_wbc(), which comes to ->writepages() where there are dirty folios.
    async fn fdatawrite(&self, host: Host, range: Range) {
        let inode = self.linux.inode(host);
        let dirty = |index: u32| inode.find(index).is_some_and(|id| inode.folio(id).dirty);
        let _validate = match self.linux.sim.bug("validate_lock") && folios(range).any(dirty) {
            true => Some(self.linux.sim.lock_shared(self.netfs(host).validate_lock).await),
            false => None,
        };
        self.linux.fdatawrite(host, folios(range)).await;
    }
}
