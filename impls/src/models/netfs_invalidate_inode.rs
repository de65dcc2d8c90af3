//! netfs_invalidate_inode(): the whole cache is unmapped and truncated under i_mmap_rwsem, flushed before that or not.

use super::Model;
use super::filemap_invalidate_inode::ignored;
use super::launder_folio::{PUNCHED_UNDER_A_STORE, PUNCHED_UNDER_A_STORE_THAT_IS_LOST};
use super::older_known::{EXPOSED, EXPOSED_ON_A_SERVER};
use crate::linux::{Dirty, Linux, Scheme, Tail, Ways, unbuffered_write, written};
use crate::{Event, Known, Sim, step};
use launder_oracle::{Contract, Errno, Host, Kind, Loser, Range, Reply, Symptom, Value, Who};

/// With `flush` true.
pub struct NetfsInvalidateInode {
    linux: Linux,
    /// What it is called with when the server says that somebody else changed the file.
    flush: bool,
}

impl Model for NetfsInvalidateInode {
    const NAME: &'static str = "netfs-invalidate-inode";
    const SOURCE: &'static str = "David Howells, [RFC PATCH] mm, netfs: Provide a means of invalidation without using launder_folio, 27 March 2024: \"Set to write back rather than simply invalidate\"";
    const CONTRACT: Contract = Contract::FUSE;
    const KNOWN: &'static [&'static [Known]] = &[RACES, EXPOSED, EXPOSED_ON_A_SERVER];
    type Scheme = NetfsInvalidateInode;

    fn scheme(sim: &Sim) -> NetfsInvalidateInode {
        NetfsInvalidateInode::new(sim, true)
    }
}

/// With `flush` false where the server sends an invalidation; with true where the host itself asks for one.
pub struct NetfsInvalidateInodeDiscard;

impl Model for NetfsInvalidateInodeDiscard {
    const NAME: &'static str = "netfs-invalidate-inode-discard";
    const SOURCE: &'static str = NetfsInvalidateInode::SOURCE;
    const CONTRACT: Contract = Contract { loser: Loser::Local, ..Contract::FUSE };
    const KNOWN: &'static [&'static [Known]] = &[
        RACES,
        &[
            discarded(Kind::LostWrite, "discarded-though-nobody-else-wrote.case"),
            discarded(Kind::StaleRead, "discarded-and-read.case"),
            discarded(Kind::SilentError, "discarded-without-an-error.case"),
            discarded(Kind::WrongSize, "discarded-at-the-end.case"),
            discarded(Kind::Leaked, "discarded-and-copied.case"),
            discarded(Kind::Resurrected, "discarded-and-copied-over-a-punch.case"),
            discarded(Kind::SpuriousError, "discarded-and-mapped.case"),
        ],
        EXPOSED,
        EXPOSED_ON_A_SERVER,
    ];
    type Scheme = NetfsInvalidateInode;

    fn scheme(sim: &Sim) -> NetfsInvalidateInode {
        NetfsInvalidateInode::new(sim, false)
    }
}

/// What comes of holding i_mmap_rwsem, which stops nobody who should be stopped.
const RACES: &[Known] = &[
    unlocked(Kind::LostWrite, "written-between-flush-and-truncate.case"),
    unlocked(Kind::StaleRead, "written-between-flush-and-truncate-and-read.case"),
    unlocked(Kind::SilentError, "written-between-flush-and-truncate-without-an-error.case"),
    unlocked(Kind::WrongSize, "written-between-flush-and-truncate-at-the-end.case"),
    unlocked(Kind::Leaked, "written-between-flush-and-truncate-and-copied.case"),
    unlocked(Kind::SpuriousError, "written-between-flush-and-truncate-and-mapped.case"),
    Known {
        symptom: Symptom::Stuck,
        words: &["mmap"],
        one_of: &["notify", "lock", "open", "pwrite direct", "append direct"],
        hazard: "H4: a folio that is mapped again is unmapped or written back by who holds i_mmap_rwsem",
        case: "mapped-again-under-i-mmap-rwsem.case",
    },
    ignored(Kind::StaleRead, "folio-comes-back-under-a-direct-write.case"),
    ignored(Kind::SilentError, "folio-comes-back-under-a-direct-write-and-is-written-back.case"),
    ignored(Kind::LostWrite, "folio-comes-back-under-a-direct-write-and-a-refusal.case"),
    PUNCHED_UNDER_A_STORE,
    PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
];

const fn unlocked(kind: Kind, case: &'static str) -> Known {
    let hazard = "H1, H6: what is dirtied between the flush and the truncation goes with the folio";
    let one_of = &["notify", "lock", "open", "pwrite direct", "append direct"];
    Known { symptom: Symptom::Broken(kind), words: &[], one_of, hazard, case }
}

const fn discarded(kind: Kind, case: &'static str) -> Known {
    let hazard = "H2: what is dirty is discarded, whatever else was written and wherever";
    Known { symptom: Symptom::Broken(kind), words: &["notify"], one_of: &[], hazard, case }
}

impl Scheme for NetfsInvalidateInode {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    /// By open and lock, which hold no lock against writes.
    async fn invalidate(&self, host: Host, _: std::ops::Range<u32>) -> Result<(), Errno> {
        self.netfs_invalidate_inode(host, true).await
    }

    /// By the server, which holds none either.
    async fn notify(&self, host: Host, _: Range) -> Reply {
        self.linux.inode(host).invalidate_attributes();
        let result = self.netfs_invalidate_inode(host, self.flush).await;
        result.map_or_else(Reply::Err, |()| Reply::Ok)
    }

    /// By a direct write, which holds i_rwsem: "The caller must hold a lock on the inode sufficient to prevent ->write_iter()
    /// from dirtying more folios."
    async fn pwrite_direct_locked(&self, who: Who, range: Range, value: Value) -> Reply {
        let host = self.linux.process(who).host;
        written(
            range,
            unbuffered_write(self, who, range, range, |_| value, self.netfs_invalidate_inode(host, true))
                .await,
        )
    }
}

impl NetfsInvalidateInode {
    fn new(sim: &Sim, flush: bool) -> NetfsInvalidateInode {
        // Of 6.8.
        let ways = Ways { dirty: Dirty::Stay, tail: Tail::Exposed, ..Ways::default() };
        NetfsInvalidateInode { linux: Linux::new(sim, ways), flush }
    }

    /// What is written or mapped again between its steps it does not see: no fault takes i_mmap_rwsem, and write(2) takes
    /// i_rwsem, which only some callers hold.
    async fn netfs_invalidate_inode(&self, host: Host, flush: bool) -> Result<(), Errno> {
        let linux = &self.linux;
        let inode = linux.inode(host);
        if inode.has_folios() {
            let _i_mmap = linux.sim.lock(inode.i_mmap_rwsem).await;
            step!(linux.sim, "{host}: i_mmap_rwsem is held for writing");
            linux.met(host, 0..inode.end(), Event::Invalidate);
            linux.unmap_locked(host, 0..inode.end()).await;
            if flush {
                linux.fdatawrite(host, 0..u32::MAX).await;
            }
            linux.truncate_inode_pages_range(host, Range::new(0, linux.sim.capacity())).await;
        }
        inode.wb_err.check_flag()
    }
}
