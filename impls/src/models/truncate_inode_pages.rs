//! truncate_inode_pages_range() as a means of invalidation: it empties the cache for certain, of what is dirty too, and zeroes
//! what of a folio the range has.

use super::Model;
use super::launder_folio::{
    FAULT_ASKS_FOR_NO_SIZE, PUNCHED_UNDER_A_STORE, PUNCHED_UNDER_A_STORE_THAT_IS_LOST, STALE_FOLIO_PUNCHED,
    STALE_FOLIO_STORED_PAST, STALE_FOLIO_WRITTEN_BACK, TOLD_AS_EIO,
};
use crate::linux::{Linux, Scheme, Ways};
use crate::{Known, Sim};
use launder_oracle::{Contract, Errno, Host, Kind, Range, Reply, Symptom};

/// What filemap_invalidate_inode() was made of in 6.10, without the flush before it.
pub struct TruncateInodePages {
    linux: Linux,
}

impl Model for TruncateInodePages {
    const NAME: &'static str = "truncate-inode-pages";
    const SOURCE: &'static str = "mm/truncate.c, truncate_inode_pages_range(), 6.18; Trond Myklebust, 27 Mar 2024: it \"will require \
        any caller to grab several locks in order to prevent data loss through races with write system calls\"";
    const CONTRACT: Contract = Contract::FUSE;
    const TWIN: Option<&'static str> = Some("path");
    const KNOWN: &'static [&'static [Known]] = KNOWN;
    type Scheme = TruncateInodePages;

    fn scheme(sim: &Sim) -> TruncateInodePages {
        TruncateInodePages { linux: Linux::new(sim, Ways::default()) }
    }
}

const fn truncated(kind: Kind, case: &'static str) -> Known {
    let hazard = "H1, H6: what is dirty is dropped, and the part of a folio zeroed";
    Known { symptom: Symptom::Broken(kind), words: &["notify"], one_of: &[], hazard, case }
}

const KNOWN: &[&[Known]] = &[
    &[
        truncated(Kind::LostWrite, "dirty-folio-is-truncated.case"),
        truncated(Kind::StaleRead, "dirty-folio-is-truncated-and-read.case"),
        truncated(Kind::SilentError, "dirty-folio-is-truncated-and-an-error.case"),
        truncated(Kind::WrongSize, "dirty-folio-is-truncated-at-the-end.case"),
        truncated(Kind::SpuriousError, "dirty-folio-is-truncated-and-accessed.case"),
        truncated(Kind::Leaked, "dirty-folio-is-truncated-and-copied.case"),
        Known {
            one_of: &["ftruncate", "punch", "zero"],
            ..truncated(Kind::Resurrected, "dirty-folio-is-truncated-and-copied-over-a-punch.case")
        },
    ],
    STALE_FOLIO_WRITTEN_BACK,
    &[
        STALE_FOLIO_PUNCHED,
        STALE_FOLIO_STORED_PAST,
        PUNCHED_UNDER_A_STORE,
        PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
    ],
    FAULT_ASKS_FOR_NO_SIZE,
    &[TOLD_AS_EIO],
];

impl Scheme for TruncateInodePages {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    /// What open(2) and locks invalidate is laundered, as before.
    async fn invalidate(&self, host: Host, folios: std::ops::Range<u32>) -> Result<(), Errno> {
        self.linux.invalidate_inode_pages2_range(host, folios).await
    }

    /// The range that the server names, as it is.
    async fn notify(&self, host: Host, range: Range) -> Reply {
        self.linux.inode(host).invalidate_attributes();
        self.linux.truncate_inode_pages_range(host, range).await;
        Reply::Ok
    }
}
