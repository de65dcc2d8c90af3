//! What to do when the server says that a third party changed what is dirty here: the four policies that David Howells names.
//!
//! 19 March 2024: "if you write your dirty data back, you may corrupt the file on the server, losing the third party changes;
//! if you write back your entire copy of the file, you might avoid corrupting the file, but completely obliterate the third
//! party changes; if you discard your changes, you lose those instead"; or else "the user asked how they want to handle the
//! divergence".

use super::Model;
use super::launder_folio::{
    FAULT_ASKS_FOR_NO_SIZE, PUNCHED_UNDER_A_STORE, PUNCHED_UNDER_A_STORE_THAT_IS_LOST, STALE_AFTER_A_CRASH,
    STALE_FOLIO_COPIED, STALE_FOLIO_PUNCHED, STALE_FOLIO_STORED_PAST, STALE_FOLIO_WRITTEN_BACK, TOLD_AS_EIO,
};
use crate::linux::{Cells, FolioId, Linux, Payload, Scheme, Ways, direct_read, folios};
use crate::sim::{Lock, Named, Shared};
use crate::{Event, Known, Sim, step};
use launder_oracle::Divergence as Granule;
use launder_oracle::{Contract, Errno, Host, Kind, Loser, Range, Reply, Symptom, Value, Who};

/// The scheme of all four.
pub struct Divergence {
    linux: Linux,
    policy: Policy,
    /// Held while the whole copy is written back.
    copying: [Lock; 2],
    /// How often a folio has been frozen.
    freezes: Shared<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Policy {
    DirtyBytes,
    WholeCopy,
    Discard,
    Ask,
}

const SOURCE: &str =
    "David Howells, Re: [RFC PATCH] mm: Replace ->launder_folio() with flush and wait, 19 March 2024";

/// Only what was written here is written back.
pub struct DivergenceDirtyBytes;

impl Model for DivergenceDirtyBytes {
    const NAME: &'static str = "divergence-dirty-bytes";
    const SOURCE: &'static str = SOURCE;
    const CONTRACT: Contract = Contract { divergence: Granule::Byte, ..Contract::FUSE };
    const KNOWN: &'static [&'static [Known]] = &[&[
        whole_folio(Kind::LostWrite, "store-dirties-the-whole-folio.case"),
        whole_folio(Kind::StaleRead, "store-dirties-the-whole-folio-and-a-read.case"),
        whole_folio(Kind::SilentError, "store-dirties-the-whole-folio-without-an-error.case"),
        whole_folio(Kind::Resurrected, "store-dirties-the-whole-folio-and-a-punch.case"),
        whole_folio(Kind::Leaked, "store-dirties-the-whole-folio-and-a-copy.case"),
        whole_folio(Kind::WrongSize, "store-dirties-the-whole-folio-and-a-truncate.case"),
        STALE_AFTER_A_CRASH,
        TOLD_AS_EIO,
    ]];
    type Scheme = Divergence;

    fn scheme(sim: &Sim) -> Divergence {
        Divergence::new(sim, Payload::DirtyCells, Policy::DirtyBytes)
    }
}

/// The whole file, as it is cached here, is written back, and kept.
pub struct DivergenceWholeCopy;

impl Model for DivergenceWholeCopy {
    const NAME: &'static str = "divergence-whole-copy";
    const SOURCE: &'static str = SOURCE;
    const CONTRACT: Contract = Contract { divergence: Granule::File, ..Contract::FUSE };
    const KNOWN: &'static [&'static [Known]] = &[
        STALE_FOLIO_WRITTEN_BACK,
        &[
            STALE_FOLIO_PUNCHED,
            STALE_FOLIO_STORED_PAST,
            STALE_FOLIO_COPIED,
            PUNCHED_UNDER_A_STORE,
            PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
            FELL_BACK,
            TOLD_AS_EIO,
            gone_over(Kind::LostWrite, "whole-copy-goes-over-a-direct-write.case"),
            gone_over(Kind::StaleRead, "whole-copy-goes-over-a-direct-write-and-is-read.case"),
            Known { case: "fault-under-way-asks-for-no-size.case", ..FAULT_ASKS_FOR_NO_SIZE[0] },
            Known {
                case: "fault-under-way-asks-for-no-size-and-what-is-stored-stays.case",
                ..FAULT_ASKS_FOR_NO_SIZE[1]
            },
        ],
    ];
    type Scheme = Divergence;

    fn scheme(sim: &Sim) -> Divergence {
        Divergence::new(sim, Payload::Folio, Policy::WholeCopy)
    }
}

/// What was written here is dropped, of folios in which the third party wrote.
pub struct DivergenceDiscard;

impl Model for DivergenceDiscard {
    const NAME: &'static str = "divergence-discard";
    const SOURCE: &'static str = SOURCE;
    const CONTRACT: Contract = Contract { loser: Loser::Local, ..Contract::FUSE };
    const KNOWN: &'static [&'static [Known]] = &[
        STALE_FOLIO_WRITTEN_BACK,
        FAULT_ASKS_FOR_NO_SIZE,
        &[
            Known { case: "direct-write-over-a-folio-that-stays-and-a-cut.case", ..STALE_FOLIO_PUNCHED },
            STALE_FOLIO_COPIED,
            PUNCHED_UNDER_A_STORE,
            PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
            TOLD_AS_EIO,
            Known {
                symptom: Symptom::Broken(Kind::WrongSize),
                words: &["append", "notify"],
                one_of: &[],
                hazard: "H2: what was appended is dropped for a third party's, and the file is short again under an append",
                case: "discarded-under-another-append.case",
            },
            taken_for_theirs(Kind::LostWrite, "punched-under-a-store-is-taken-for-a-third-party.case"),
            taken_for_theirs(
                Kind::SilentError,
                "punched-under-a-store-is-taken-for-a-third-party-without-an-error.case",
            ),
            taken_for_theirs(
                Kind::StaleRead,
                "punched-under-a-store-is-taken-for-a-third-party-and-read.case",
            ),
        ],
    ];
    type Scheme = Divergence;

    fn scheme(sim: &Sim) -> Divergence {
        Divergence::new(sim, Payload::Folio, Policy::Discard)
    }
}

/// Both versions are kept until somebody syncs, who is told.
pub struct DivergenceAsk;

impl Model for DivergenceAsk {
    const NAME: &'static str = "divergence-ask";
    const SOURCE: &'static str = SOURCE;
    const CONTRACT: Contract = Contract { loser: Loser::Reported, ..Contract::FUSE };
    const KNOWN: &'static [&'static [Known]] = &[
        FAULT_ASKS_FOR_NO_SIZE,
        &[
            PUNCHED_UNDER_A_STORE,
            PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
            taken_for_theirs(Kind::SpuriousError, "punched-under-a-store-is-taken-for-a-third-party.case"),
            TOLD_AS_EIO,
            STALE_AFTER_A_CRASH,
            punched(Kind::LostWrite, "frozen-folio-is-punched.case"),
            punched(Kind::SilentError, "frozen-folio-is-punched-without-an-error.case"),
            punched(Kind::WrongSize, "frozen-folio-is-punched-under-the-end.case"),
            stays(Kind::StaleRead, "direct-write-over-a-folio-that-stays-and-is-frozen.case"),
            stays(Kind::LostWrite, "direct-write-over-a-folio-that-stays-and-is-frozen-under-a-store.case"),
            stays(Kind::WrongSize, "direct-write-over-a-folio-that-stays-and-is-frozen-past-the-end.case"),
            stays(Kind::SpuriousError, "own-direct-write-taken-for-a-third-party.case"),
            failed(Kind::SpuriousError, "own-write-that-failed-taken-for-a-third-party.case"),
            back(Kind::SpuriousError, "own-direct-write-under-a-folio-that-comes-back.case"),
        ],
    ];
    type Scheme = Divergence;

    fn scheme(sim: &Sim) -> Divergence {
        Divergence::new(sim, Payload::DirtyCells, Policy::Ask)
    }
}

const FELL_BACK: Known = Known {
    symptom: Symptom::Broken(Kind::Leaked),
    words: &["fail release", "ftruncate"],
    one_of: &["pwrite direct", "append direct"],
    hazard: "H8: release fails, a direct write goes through the folio, which is written back whole, and the file is longer",
    case: "direct-write-that-falls-back-writes-a-whole-folio.case",
};

const fn gone_over(kind: Kind, case: &'static str) -> Known {
    let hazard =
        "H5, found by launder: a folio comes back under a direct write, which the whole copy then goes over";
    let one_of = &["pwrite direct", "append direct"];
    Known { symptom: Symptom::Broken(kind), words: &["notify"], one_of, hazard, case }
}

const fn whole_folio(kind: Kind, case: &'static str) -> Known {
    let hazard = "H3, H4: which cells of a folio a store changed nobody knows, and it is written back whole";
    Known { symptom: Symptom::Broken(kind), words: &["mwrite"], one_of: &[], hazard, case }
}

const fn taken_for_theirs(kind: Kind, case: &'static str) -> Known {
    let hazard = "H4: what a store under a punch has brought back is taken for a third party's";
    let one_of = &["punch", "zero"];
    Known { symptom: Symptom::Broken(kind), words: &["mwrite", "notify"], one_of, hazard, case }
}

const fn punched(kind: Kind, case: &'static str) -> Known {
    let hazard = "found by launder: what is frozen is not written back before a punch drops it, and the file stays short";
    let one_of = &["pwrite", "append"];
    Known { symptom: Symptom::Broken(kind), words: &["notify", "punch"], one_of, hazard, case }
}

const fn failed(kind: Kind, case: &'static str) -> Known {
    let hazard = "H2, found by launder: what the server did not take of the host's own writes is taken for a third party's";
    let one_of = &["fail write", "drop", "short write"];
    Known { symptom: Symptom::Broken(kind), words: &["notify"], one_of, hazard, case }
}

const fn stays(kind: Kind, case: &'static str) -> Known {
    let hazard = "H8: release fails, the folio stays under a direct write, and is frozen though it is stale";
    let one_of = &["pwrite direct", "append direct"];
    Known { symptom: Symptom::Broken(kind), words: &["fail release", "notify"], one_of, hazard, case }
}

const fn back(kind: Kind, case: &'static str) -> Known {
    let hazard = "H5, found by launder: a folio comes back under a direct write, which is then taken for a third party's";
    let one_of = &["pwrite direct", "append direct"];
    Known { symptom: Symptom::Broken(kind), words: &["notify"], one_of, hazard, case }
}

impl Scheme for Divergence {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    async fn invalidate(&self, host: Host, folios: std::ops::Range<u32>) -> Result<(), Errno> {
        loop {
            self.decide(host).await;
            let freezes = self.freezes.get();
            let result = self.linux.invalidate_inode_pages2_range(host, folios.clone()).await;
            // What was frozen meanwhile, and so did not go, another may have decided, or dropped, already.
            let may_go_now = result.is_err() && self.freezes.get() != freezes;
            if !self.is_asked(host) && !may_go_now {
                return result;
            }
        }
    }

    async fn sync(&self, who: Who, indices: std::ops::Range<u32>) -> Result<(), Errno> {
        let host = self.linux.process(who).host;
        loop {
            drop(self.linux.sim.lock_shared(self.copying[host.index()]).await);
            self.decide(host).await;
            self.linux.sync(who, indices.clone()).await?;
            if !self.is_asked(host) {
                return Ok(());
            }
        }
    }

    async fn read_direct(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        self.decide(self.linux.process(who).host).await;
        direct_read(&self.linux, who, range).await
    }

    async fn notify(&self, host: Host, range: Range) -> Reply {
        self.linux.inode(host).invalidate_attributes();
        let result = match self.policy {
            Policy::DirtyBytes => self.linux.invalidate_inode_pages2_range(host, folios(range)).await,
            Policy::WholeCopy => self.write_whole_copy(host, folios(range)).await,
            Policy::Discard | Policy::Ask => self.compare(host, folios(range)).await,
        };
        result.map_or_else(Reply::Err, |()| Reply::Ok)
    }
}

impl Divergence {
    fn new(sim: &Sim, payload: Payload, policy: Policy) -> Divergence {
        let lock = |host| sim.new_lock(Named { what: "copy of the file", host, number: None });
        let linux = Linux::new(sim, Ways { payload, ..Ways::default() });
        Divergence { linux, policy, copying: Host::ALL.map(lock), freezes: sim.shared(0) }
    }

    /// Whatever is in the cache becomes what the server has, if any of it is dirty; nobody truncates or punches meanwhile, and who
    /// syncs waits.
    async fn write_whole_copy(&self, host: Host, told: std::ops::Range<u32>) -> Result<(), Errno> {
        let linux = &self.linux;
        let inode = linux.inode(host);
        linux.met(host, 0..inode.end(), Event::Invalidate);
        linux.unmap(host, 0..inode.end()).await;
        let _copying = linux.sim.lock(self.copying[host.index()]).await;
        let _invalidate = linux.sim.lock_shared(inode.invalidate_lock).await;
        let dirty = |index: u32| inode.find(index).is_some_and(|id| inode.folio(id).dirty);
        if !(0..inode.end()).any(dirty) {
            return linux.invalidate_inode_pages2_range(host, told).await;
        }
        for index in 0..inode.end() {
            let Some(id) = inode.find(index) else { continue };
            let _folio = linux.sim.lock(inode.lock(id)).await;
            linux.sim.wait_free(inode.writeback(id)).await;
            if inode.folio(id).attached && inode.folio(id).uptodate {
                inode.change(id, |folio| folio.mark_all_dirty());
                linux.clear_dirty_for_io(host, id).await;
                linux.launder(host, id).await?;
            }
        }
        Ok(())
    }

    /// Each folio goes as from invalidate_inode_pages2(), but for those that are dirty and in which the server has other than
    /// it had.
    async fn compare(&self, host: Host, told: std::ops::Range<u32>) -> Result<(), Errno> {
        let inode = self.linux.inode(host);
        for index in told.start..told.end.min(inode.end()) {
            self.linux.met(host, index..index + 1, Event::Invalidate);
            let Some(id) = inode.find(index) else { continue };
            if !self.has_diverged(host, id).await? {
                self.linux.invalidate_inode_pages2_range(host, index..index + 1).await?;
            }
        }
        Ok(())
    }

    /// Reads what the server has of a folio that is dirty here, and does what the policy says where that is not what it had.
    async fn has_diverged(&self, host: Host, id: FolioId) -> Result<bool, Errno> {
        let linux = &self.linux;
        let inode = linux.inode(host);
        let _invalidate = linux.sim.lock_shared(inode.invalidate_lock).await;
        let _folio = linux.sim.lock(inode.lock(id)).await;
        linux.sim.wait_free(inode.writeback(id)).await;
        let index = inode.index(id);
        if linux.is_mapped(host, id) {
            linux.unmap(host, index..index + 1).await;
        }
        let folio = inode.folio(id);
        if !folio.attached || !folio.dirty && folio.theirs.is_none() {
            return Ok(false);
        }
        let theirs = linux.server.read_folio(host, folio.writer, index).await?;
        let diverged = folio.theirs.is_some() || folio.base.is_some_and(|base| base != theirs);
        match self.policy {
            Policy::Ask if diverged => self.freeze(host, id, theirs).await,
            _ if diverged => linux.remove(host, id).await,
            _ => {}
        }
        Ok(diverged)
    }

    /// Both versions are kept: the process's, which it goes on to see and change, and the server's.
    async fn freeze(&self, host: Host, id: FolioId, theirs: Cells) {
        let inode = self.linux.inode(host);
        self.freezes.set(self.freezes.get() + 1);
        inode.change(id, |folio| {
            if folio.theirs.replace(theirs).is_none() {
                (folio.dirty, folio.written) = (false, 0);
            }
        });
        let index = inode.index(id);
        step!(self.linux.sim, "{host}: folio {index} is frozen, the server has {theirs:?}");
    }

    /// Whether a folio waits for a decision.
    fn is_asked(&self, host: Host) -> bool {
        let inode = self.linux.inode(host);
        (0..inode.end()).filter_map(|index| inode.find(index)).any(|id| inode.folio(id).theirs.is_some())
    }

    /// What waits for a decision is decided: who syncs is told that theirs it is, but for what was written since.
    async fn decide(&self, host: Host) {
        let linux = &self.linux;
        let inode = linux.inode(host);
        for index in 0..inode.end() {
            let Some(id) = inode.find(index).filter(|id| inode.folio(*id).theirs.is_some()) else { continue };
            let _folio = linux.sim.lock(inode.lock(id)).await;
            linux.unmap(host, index..index + 1).await;
            let Some(theirs) = inode.folio(id).theirs else { continue };
            inode.wb_err.set_unflagged(Errno::ESTALE);
            inode.invalidate_attributes();
            inode.change(id, |folio| folio.give_in(theirs));
            if !inode.folio(id).dirty {
                linux.remove(host, id).await;
            }
        }
    }
}
