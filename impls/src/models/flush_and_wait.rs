//! "mm: Replace ->launder_folio() with flush and wait": the folio lock is dropped while the range is flushed. As posted; with
//! what it lacked; and what its author proposed the day after, to flush first and leave in place what is dirty again.

use super::Model;
use super::launder_folio::{
    FAULT_ASKS_FOR_NO_SIZE, PUNCHED_UNDER_A_STORE, PUNCHED_UNDER_A_STORE_THAT_IS_LOST, STALE_FOLIO_COPIED,
    STALE_FOLIO_PUNCHED, STALE_FOLIO_STORED_PAST, STALE_FOLIO_WRITTEN_BACK,
};
use super::older_known::{EXPOSED, EXPOSED_ON_A_SERVER};
use super::together::together;
use crate::linux::{Dirty, FolioId, Linux, Scheme, Tail, Ways};
use crate::{Bug, Event, Known, Sim, step};
use launder_oracle::{Contract, Errno, Host, Kind, Symptom};
use std::ops::Range;

/// David Howells' RFC of 6 March 2024.
pub struct FlushAndWait {
    linux: Linux,
    flush: Flush,
}

/// When dirty folios are flushed.
enum Flush {
    /// When one is met; its lock is dropped for that, and what happened meanwhile is not looked at.
    AsPosted,
    /// When one is met; then it is looked at again.
    Recheck,
    /// Before any is invalidated.
    First,
}

impl Model for FlushAndWait {
    const NAME: &'static str = "flush-and-wait";
    const SOURCE: &'static str =
        "David Howells, [RFC PATCH] mm: Replace ->launder_folio() with flush and wait, 6 March 2024, on 6.8";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[
        Bug {
            name: "uncon_flush_err",
            source: "cea218054ad2 \"[CIFS] Fix potential data corruption when writing out cached dirty pages\" (2.6.24)",
            case: "uncon-flush-err.case",
        },
        Bug {
            name: "errseq_sample_at_open",
            source: "b4678df184b3 \"errseq: Always report a writeback error once\" (4.17)",
            case: "errseq-sample-at-open.case",
        },
    ];
    const KNOWN: &'static [&'static [Known]] = &[
        &[
            window(Symptom::Broken(Kind::LostWrite), "store-slips-into-the-window.case"),
            window(Symptom::Broken(Kind::StaleRead), "flushed-and-read-before-the-write-lands.case"),
            window(Symptom::Broken(Kind::SilentError), "flushed-and-read-back-without-an-error.case"),
            window(Symptom::Broken(Kind::Resurrected), "flushed-and-punched.case"),
            window(Symptom::Broken(Kind::WrongSize), "flushed-beyond-the-end-that-is-asked.case"),
            window(Symptom::Broken(Kind::Leaked), "flushed-and-copied.case"),
            window(Symptom::Broken(Kind::SpuriousError), "redirtied-in-the-window.case"),
            window(Symptom::Endless, "mapped-in-the-window.case"),
        ],
        STALE_FOLIO_WRITTEN_BACK,
        &[
            STALE_FOLIO_PUNCHED,
            STALE_FOLIO_STORED_PAST,
            PUNCHED_UNDER_A_STORE,
            PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
        ],
        FAULT_ASKS_FOR_NO_SIZE,
        EXPOSED,
        EXPOSED_ON_A_SERVER,
    ];
    type Scheme = FlushAndWait;

    fn scheme(sim: &Sim) -> FlushAndWait {
        FlushAndWait::new(sim, Dirty::Launder, Flush::AsPosted)
    }
}

/// The RFC with what it lacked once the folio is locked again.
pub struct FlushAndWaitRecheck;

impl Model for FlushAndWaitRecheck {
    const NAME: &'static str = "flush-and-wait-recheck";
    const SOURCE: &'static str = "the RFC of 6 March 2024, and after the folio is locked again what invalidate_inode_pages2_range() does of 6.18: its mapping is checked, PG_writeback is waited for, it is unmapped again";
    const CONTRACT: Contract = Contract::FUSE;
    const KNOWN: &'static [&'static [Known]] = WITHOUT_THE_WINDOW;
    type Scheme = FlushAndWait;

    fn scheme(sim: &Sim) -> FlushAndWait {
        FlushAndWait::new(sim, Dirty::Launder, Flush::Recheck)
    }
}

/// Flush, and then an invalidation that leaves in place what is dirty.
pub struct FlushAndWaitNoLaunder;

impl Model for FlushAndWaitNoLaunder {
    const NAME: &'static str = "flush-and-wait-no-launder";
    const SOURCE: &'static str = "David Howells, 19 Mar 2024: \"doing a flush and a non-laundering invalidate that leaves dirty pages in place ought to be fine\"; his second RFC, Kill ->launder_folio(), 7 March 2024";
    const CONTRACT: Contract = Contract::FUSE;
    const KNOWN: &'static [&'static [Known]] = together!(WITHOUT_THE_WINDOW, &[&[WRITTEN_BACK_WHOLE]]);
    type Scheme = FlushAndWait;

    fn scheme(sim: &Sim) -> FlushAndWait {
        FlushAndWait::new(sim, Dirty::Stay, Flush::First)
    }
}

/// And who was to write past the cache writes through it.
const WRITTEN_BACK_WHOLE: Known = Known {
    symptom: Symptom::Broken(Kind::WrongSize),
    words: &["mwrite"],
    one_of: &["pwrite direct", "append direct"],
    hazard: "H1, found by launder: what is dirtied after the flush of a direct write has this go through the cache, which writes back whole folios",
    case: "direct-write-over-a-folio-that-is-dirty-again.case",
};

/// What both are left with that do not lose what slips into the window.
const WITHOUT_THE_WINDOW: &[&[Known]] = &[
    &[BUSY, STALE_FOLIO_COPIED],
    STALE_FOLIO_WRITTEN_BACK,
    &[
        STALE_FOLIO_PUNCHED,
        STALE_FOLIO_STORED_PAST,
        PUNCHED_UNDER_A_STORE,
        PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
    ],
    FAULT_ASKS_FOR_NO_SIZE,
    EXPOSED,
    EXPOSED_ON_A_SERVER,
];

/// Nothing is lost, but who asked for the invalidation is told that it failed.
const BUSY: Known = Known {
    symptom: Symptom::Broken(Kind::SpuriousError),
    words: &[],
    one_of: &["notify", "lock", "open", "pwrite direct", "append direct"],
    hazard: "H1: what is dirtied between the flush and the removal makes the invalidation fail",
    case: "redirtied-in-the-window.case",
};

/// What comes of the window, whichever call invalidates.
const fn window(symptom: Symptom, case: &'static str) -> Known {
    let one_of = &["notify", "lock", "open", "pwrite direct", "append direct"];
    let hazard = "H1, H4: what is dirtied, or under writeback, between the flush and the removal";
    Known { symptom, words: &[], one_of, hazard, case }
}

impl Scheme for FlushAndWait {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    async fn invalidate(&self, host: Host, folios: Range<u32>) -> Result<(), Errno> {
        let linux = &self.linux;
        if let Flush::First = self.flush {
            linux.met(host, folios.clone(), Event::Invalidate);
            linux.write_and_wait(host, folios.clone()).await?;
            return linux.invalidate_inode_pages2_range(host, folios).await;
        }
        let inode = linux.inode(host);
        let mut result = Ok(());
        for index in folios.start..folios.end.min(inode.end()) {
            linux.met(host, index..index + 1, Event::Invalidate);
            let Some(id) = inode.find(index) else { continue };
            let mut folio = linux.sim.lock(inode.lock(id)).await;
            if !self.is_ready(host, id).await {
                continue;
            }
            if inode.folio(id).dirty {
                drop(folio);
                step!(linux.sim, "{host}: folio {index} is unlocked to be flushed");
                linux.fdatawrite(host, index..folios.end).await;
                folio = linux.sim.lock(inode.lock(id)).await;
                // As posted, PG_writeback is not waited for, nor are mappings of the window undone.
                if matches!(self.flush, Flush::Recheck) && !self.is_ready(host, id).await {
                    continue;
                }
            }
            let complete = inode.folio(id).attached && linux.release(host, id) && !inode.folio(id).dirty;
            if complete {
                linux.remove(host, id).await;
            } else {
                result = Err(Errno::EBUSY);
            }
            drop(folio);
        }
        result
    }
}

impl FlushAndWait {
    /// On 6.8.
    fn new(sim: &Sim, dirty: Dirty, flush: Flush) -> FlushAndWait {
        let ways = Ways { dirty, tail: Tail::Exposed, ..Ways::default() };
        FlushAndWait { linux: Linux::new(sim, ways), flush }
    }

    /// The folio, which is locked, is still in the cache; it is no longer under writeback, nor mapped.
    async fn is_ready(&self, host: Host, id: FolioId) -> bool {
        let linux = &self.linux;
        let inode = linux.inode(host);
        if !inode.folio(id).attached {
            return false;
        }
        linux.sim.wait_free(inode.writeback(id)).await;
        if linux.is_mapped(host, id) {
            let index = inode.index(id);
            linux.unmap(host, index..index + 1).await;
        }
        true
    }
}
