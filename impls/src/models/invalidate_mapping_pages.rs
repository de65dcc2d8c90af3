//! invalidate_mapping_pages() as a means of coherency, which it is not: folios that are mapped, dirty, under writeback or locked
//! stay.

use super::Model;
use super::launder_folio::{
    FAULT_ASKS_FOR_NO_SIZE, PUNCHED_UNDER_A_STORE, PUNCHED_UNDER_A_STORE_THAT_IS_LOST, STALE_FOLIO_COPIED,
    STALE_FOLIO_PUNCHED, STALE_FOLIO_STORED_PAST, STALE_FOLIO_WRITTEN_BACK, TOLD_AS_EIO,
};
use crate::linux::{Linux, Scheme, Ways};
use crate::{Bug, Known, Sim};
use launder_oracle::{Contract, Errno, Host, Kind, Symptom};
use std::ops::Range;

/// What FUSE did until 2.6.24, and AFS for files until 6.8, as invalidate_remote_inode().
pub struct InvalidateMappingPages {
    linux: Linux,
}

impl Model for InvalidateMappingPages {
    const NAME: &'static str = "invalidate-mapping-pages";
    const SOURCE: &'static str = "mm/truncate.c, invalidate_mapping_pages(): \"Invalidate all clean, unlocked cache of one inode\"; \
        as a file system used it before b10099792b62 \"fuse: fix page invalidation\" (2.6.24)";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[Bug {
        name: "ipages_no_ref_recheck",
        source: "016eb4a0ed06 \"[PATCH] invalidate_complete_page() race fix\" (2.6.18)",
        case: "ipages-no-ref-recheck.case",
    }];
    const KNOWN: &'static [&'static [Known]] = KNOWN;
    type Scheme = InvalidateMappingPages;

    fn scheme(sim: &Sim) -> InvalidateMappingPages {
        InvalidateMappingPages { linux: Linux::new(sim, Ways::default()) }
    }
}

const COHERENCE: &[&str] = &["notify", "lock", "open"];

const fn stays(what: Kind, word: &'static [&'static str], hazard: &'static str, case: &'static str) -> Known {
    Known { symptom: Symptom::Broken(what), words: word, one_of: COHERENCE, hazard, case }
}

const fn mapped(kind: Kind, case: &'static str) -> Known {
    stays(kind, &["mmap"], "H20, H21: a folio that is mapped stays, and is stale", case)
}

const fn locked(kind: Kind, case: &'static str) -> Known {
    stays(kind, &[], "H21: a folio that is locked, or dirty, stays, and is stale", case)
}

const fn unreleased(kind: Kind, case: &'static str) -> Known {
    stays(kind, &["fail release"], "H8: a folio that is not released stays, and is stale", case)
}

/// That it is advice shows wherever coherency was wanted.
const KNOWN: &[&[Known]] = &[
    &[
        mapped(Kind::StaleRead, "mapped-folio-survives-the-advice.case"),
        mapped(Kind::LostWrite, "mapped-folio-survives-the-advice-and-is-written-back.case"),
        mapped(Kind::WrongSize, "mapped-folio-survives-a-truncate.case"),
        mapped(Kind::Resurrected, "mapped-folio-survives-a-truncate-and-is-stored-to.case"),
        mapped(Kind::Leaked, "mapped-folio-survives-a-truncate-and-leaks.case"),
        mapped(Kind::SilentError, "mapped-folio-survives-the-advice-and-an-error.case"),
        locked(Kind::StaleRead, "locked-folio-survives-the-advice.case"),
        locked(Kind::SilentError, "locked-folio-survives-the-advice-and-an-error.case"),
        locked(Kind::LostWrite, "locked-folio-survives-the-advice-and-is-written-back.case"),
        locked(Kind::Leaked, "locked-folio-survives-the-advice-and-is-copied.case"),
        unreleased(Kind::StaleRead, "folio-that-is-not-released-survives-the-advice.case"),
        unreleased(Kind::LostWrite, "folio-that-is-not-released-survives-and-is-copied.case"),
        unreleased(Kind::Resurrected, "folio-that-is-not-released-survives-a-truncate.case"),
        unreleased(Kind::SilentError, "folio-that-is-not-released-survives-and-is-copied.case"),
    ],
    STALE_FOLIO_WRITTEN_BACK,
    &[
        STALE_FOLIO_PUNCHED,
        STALE_FOLIO_STORED_PAST,
        PUNCHED_UNDER_A_STORE,
        PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
        STALE_FOLIO_COPIED,
    ],
    FAULT_ASKS_FOR_NO_SIZE,
    &[TOLD_AS_EIO],
];

impl Scheme for InvalidateMappingPages {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    /// It fails for no folio that stays: it is advice.
    async fn invalidate(&self, host: Host, folios: Range<u32>) -> Result<(), Errno> {
        self.linux.invalidate_mapping_pages(host, folios).await;
        Ok(())
    }

    async fn invalidate_for_direct(&self, host: Host, folios: Range<u32>) -> Result<(), Errno> {
        self.linux.invalidate_inode_pages2_range(host, folios).await
    }
}
