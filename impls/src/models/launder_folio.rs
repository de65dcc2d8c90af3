//! invalidate_inode_pages2() with ->launder_folio: each folio is locked, unmapped, laundered and removed without the lock
//! being dropped.

use super::Model;
use crate::linux::{Linux, Scheme, Ways};
use crate::{Bug, Known, Sim};
use launder_oracle::{Contract, Errno, Host, Kind, Symptom};
use std::ops::Range;

/// The scheme that the kernel has had since 2.6.20, as of 6.18.
pub struct LaunderFolio {
    linux: Linux,
}

impl Model for LaunderFolio {
    const NAME: &'static str = "launder-folio";
    const SOURCE: &'static str = "mm/truncate.c, invalidate_inode_pages2_range(), 6.18; e3db7691e9f3 (2.6.20): \"write out a dirty page without releasing the page lock\"";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[
        Bug {
            name: "wb_skip",
            source: "b066a48c9532 \"prevent cifs_writepages() from skipping unwritten pages\" (2.6.28)",
            case: "wb-skip.case",
        },
        Bug {
            name: "no_launder",
            source: "e3db7691e9f3 \"NFS: Fix race in nfs_release_page()\" (2.6.20)",
            case: "no-launder.case",
        },
        Bug {
            name: "iip2_stop_on_error",
            source: "7b965e0884ce \"invalidate_inode_pages2_range() should not exit early\" (2.6.21)",
            case: "iip2-stop-on-error.case",
        },
        Bug {
            name: "iip2_ret_overwritten",
            source: "0dd1334faf7e \"fix invalidate_inode_pages2_range() to not clear ret\" (2.6.26)",
            case: "iip2-ret-overwritten.case",
        },
        Bug {
            name: "fault_unlocked_install",
            source: "d00806b18315 \"mm: fix fault vs invalidate race for linear mappings\" (2.6.23)",
            case: "fault-unlocked-install.case",
        },
        Bug {
            name: "dio_no_post_inval",
            source: "bdb76ef5a4bc \"dio: fix cache invalidation after sync writes\" (2.6.24)",
            case: "dio-no-post-inval.case",
        },
        Bug {
            name: "ignore_pre_inval_busy",
            source: "60263d5889e6 \"iomap: fall back to buffered writes for invalidation failures\"",
            case: "ignore-pre-inval-busy.case",
        },
        Bug {
            name: "late_tlb_flush_zap",
            source: "1cf35d47712d \"mm: split 'tlb_flush_mmu()' into tlb flushing and memory freeing parts\" (3.15)",
            case: "late-tlb-flush-zap.case",
        },
        Bug {
            name: "dio_fallback_no_sync",
            source: "fb5527e68d49 \"direct-io: sync and invalidate file region when falling back to buffered write\" (2.6.19)",
            case: "dio-fallback-no-sync.case",
        },
        Bug {
            name: "dirty_outside_lock",
            source: "79352894b285 \"mm: fix clear_page_dirty_for_io vs fault race\" (2.6.23)",
            case: "dirty-outside-lock.case",
        },
        Bug {
            name: "mkwrite_no_mapping_check",
            source: "netfs_page_mkwrite() did not check folio->mapping; the fix names 102a7e2c598c",
            case: "mkwrite-no-mapping-check.case",
        },
    ];
    const KNOWN: &'static [&'static [Known]] = &[
        STALE_FOLIO_WRITTEN_BACK,
        &[
            STALE_FOLIO_PUNCHED,
            STALE_FOLIO_STORED_PAST,
            STALE_FOLIO_COPIED,
            PUNCHED_UNDER_A_STORE,
            PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
        ],
        FAULT_ASKS_FOR_NO_SIZE,
        &[TOLD_AS_EIO],
    ];
    type Scheme = LaunderFolio;

    fn scheme(sim: &Sim) -> LaunderFolio {
        LaunderFolio { linux: Linux::new(sim, Ways::default()) }
    }
}

/// A folio that cannot be released stays, and a direct write that then falls back to the cache has it written back whole.
/// Found by launder.
pub(super) const STALE_FOLIO_WRITTEN_BACK: &[Known] = &[
    stale(Kind::SilentError, "direct-write-over-a-folio-that-stays.case"),
    stale(Kind::LostWrite, "direct-write-over-a-folio-that-stays-in-vain.case"),
    stale(Kind::StaleRead, "direct-write-over-a-folio-that-stays-is-read.case"),
    stale(Kind::WrongSize, "direct-write-over-a-folio-that-stays-and-a-truncate.case"),
];

/// What was punched is in it, too.
pub(super) const STALE_FOLIO_PUNCHED: Known =
    stale(Kind::Resurrected, "direct-write-over-a-folio-that-stays-and-a-punch.case");

/// And the file is longer again than it is.
pub(super) const STALE_FOLIO_STORED_PAST: Known = Known {
    words: &["fail release", "ftruncate", "mwrite"],
    ..stale(Kind::Leaked, "direct-write-over-a-folio-that-stays-and-a-store-past-the-end.case")
};

/// filemap_fault() looks at i_size, as it was when somebody last asked.
pub(super) const FAULT_ASKS_FOR_NO_SIZE: &[Known] = &[
    unasked(Kind::WrongSize, "fault-asks-for-no-size.case"),
    unasked(Kind::Leaked, "fault-asks-for-no-size-and-what-is-stored-stays.case"),
];

const fn unasked(kind: Kind, case: &'static str) -> Known {
    let hazard =
        "H21, found by launder: a page fault does not ask for the size, after a notification neither";
    let words = &["ftruncate", "mwrite", "notify"];
    Known { symptom: Symptom::Broken(kind), words, one_of: &[], hazard, case }
}

/// And what it holds may be copied.
pub(super) const STALE_FOLIO_COPIED: Known = Known {
    words: &["copy", "fail release"],
    ..stale(Kind::Leaked, "direct-write-over-a-folio-that-stays-and-is-copied.case")
};

/// fuse_file_fallocate() drops what is cached after the server has punched, and nothing keeps a store from dirtying it meanwhile.
pub(super) const PUNCHED_UNDER_A_STORE: Known = Known {
    symptom: Symptom::Broken(Kind::Resurrected),
    words: &["mwrite"],
    one_of: &["punch", "zero"],
    hazard: "H4, found by launder: a store dirties a folio of which the server has just punched a part",
    case: "punched-under-a-store.case",
};

/// And the store may go with the folio.
pub(super) const PUNCHED_UNDER_A_STORE_THAT_IS_LOST: Known = Known {
    symptom: Symptom::Broken(Kind::LostWrite),
    case: "punched-under-a-store-that-is-lost.case",
    ..PUNCHED_UNDER_A_STORE
};

/// kiocb_invalidate_post_direct_write() looks at no error: dio_warn_stale_pagecache() records EIO.
pub(super) const TOLD_AS_EIO: Known = Known {
    symptom: Symptom::Broken(Kind::SpuriousError),
    words: &["mwrite", "pwrite direct"],
    one_of: &["fail write", "short write", "drop", "deny"],
    hazard: "H5, found by launder: what cannot be laundered after a direct write is told as EIO, whatever the error was",
    case: "error-of-laundering-is-told-as-eio.case",
};

/// What a direct write could not drop is stale, and fsync(2) would have said so.
pub(super) const STALE_AFTER_A_CRASH: Known = Known {
    words: &["crash", "fail release"],
    ..stale(Kind::StaleRead, "folio-comes-back-under-a-direct-write-and-a-crash.case")
};

const fn stale(kind: Kind, case: &'static str) -> Known {
    let hazard = "H8: release fails, the folio stays, and is stale";
    let one_of = &["pwrite direct", "append direct"];
    Known { symptom: Symptom::Broken(kind), words: &["fail release"], one_of, hazard, case }
}

impl Scheme for LaunderFolio {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    async fn invalidate(&self, host: Host, folios: Range<u32>) -> Result<(), Errno> {
        self.linux.invalidate_inode_pages2_range(host, folios).await
    }
}
