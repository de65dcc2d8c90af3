//! What direct I/O of 2.6 is known for: most of it stands in the thread "zap_pte_range should not mark non-uptodate pages dirty".

use crate::Known;
use launder_oracle::{Kind, Symptom};

const DIRECT: &[&str] = &["pwrite direct", "append direct"];

/// A page that cannot be released stays, with what a direct write has replaced on the disk: "as far as try_to_release_page cannot
/// fail on non-mapped pages, otherwise it would lose coherency".
const fn unreleased(kind: Kind, case: &'static str) -> Known {
    let hazard = "H8: try_to_release_page() fails, the page stays, and is stale";
    Known { symptom: Symptom::Broken(kind), words: &["fail release"], one_of: DIRECT, hazard, case }
}

pub(super) const UNRELEASED: &[Known] = &[unreleased(Kind::StaleRead, "page-that-is-not-released.case")];

/// 2.6.9 tells nobody: a write is lost without an error, or with one that is another's.
pub(super) const UNRELEASED_AND_SILENT: &[Known] = &[
    unreleased(Kind::SilentError, "page-that-is-not-released-is-written-to.case"),
    unreleased(Kind::LostWrite, "page-that-is-not-released-and-an-error-that-is-told.case"),
];

/// 2.6.11 says EIO, and the data are on the disk.
pub(super) const UNRELEASED_AND_REPORTED: &[Known] =
    &[unreleased(Kind::LostWrite, "page-that-is-not-released-is-written-to.case")];

/// A page that is mapped is said not to be uptodate, and stays mapped.
const fn mapped(kind: Kind, hazard: &'static str, case: &'static str) -> Known {
    Known { symptom: Symptom::Broken(kind), words: &["mmap"], one_of: DIRECT, hazard, case }
}

const H7: &str = "H7: zap_pte_range() makes a page dirty that is not uptodate, and stale";
const H9: &str = "H9: PG_uptodate is cleared, and the buffer is as uptodate, and as dirty, as it was";
const H20: &str =
    "H20: a page that is not uptodate stays mapped, is seen, stored to, and read again over that";
const DROPPED: &str =
    "H7, as proposed: what was stored to a page that is not uptodate is dropped, and nobody is told";

pub(super) const MAPPED_ON_EXT3: &[Known] = &[
    mapped(Kind::StaleRead, H9, "mapped-page-is-not-read-again.case"),
    mapped(Kind::LostWrite, H9, "dirty-buffer-of-a-clean-page.case"),
    mapped(Kind::LostWrite, H7, "dirty-entry-of-a-page-that-is-not-uptodate.case"),
    mapped(Kind::SilentError, H7, "dirty-entry-of-a-page-and-an-error.case"),
    mapped(Kind::Leaked, H7, "dirty-entry-of-a-page-past-the-end.case"),
    mapped(Kind::Resurrected, H9, "mapped-page-and-a-truncate-that-failed.case"),
];

pub(super) const MAPPED_AND_ZAPPED: &[Known] = &[
    mapped(Kind::LostWrite, H7, "dirty-entry-of-a-page-that-is-not-uptodate.case"),
    mapped(Kind::Leaked, H7, "dirty-entry-of-a-page-past-the-end.case"),
    mapped(Kind::StaleRead, H20, "mapped-page-that-is-not-uptodate-is-seen.case"),
    mapped(Kind::LostWrite, H20, "refill-of-a-mapped-page-overwrites-a-store.case"),
];

pub(super) const MAPPED_AND_DROPPED: &[Known] = &[
    mapped(Kind::LostWrite, DROPPED, "store-to-a-page-that-is-not-uptodate-is-dropped.case"),
    mapped(Kind::SilentError, DROPPED, "store-to-a-page-that-is-not-uptodate-and-an-error.case"),
    mapped(Kind::Leaked, H20, "past-the-end-of-a-page-that-is-not-uptodate.case"),
    mapped(Kind::StaleRead, H20, "mapped-page-that-is-not-uptodate-is-seen.case"),
    mapped(Kind::LostWrite, H20, "refill-of-a-mapped-page-overwrites-a-store.case"),
];

/// A direct read writes back what is dirty, and looks at no page table: "the dirty bit in the pte would be simply ignored by O_DIRECT".
const fn unread(kind: Kind, words: &'static [&'static str], case: &'static str) -> Known {
    let hazard = "H10: a direct read does not see what only page tables know to be dirty";
    Known { symptom: Symptom::Broken(kind), words, one_of: &[], hazard, case }
}

pub(super) const UNREAD: &[Known] =
    &[unread(Kind::StaleRead, &["mwrite", "pread direct"], "dirty-entries-and-a-direct-read.case")];

/// While a truncate is under way.
pub(super) const UNREAD_UNDER_A_TRUNCATE: &[Known] = &[
    unread(
        Kind::Resurrected,
        &["mwrite", "pread direct", "ftruncate"],
        "dirty-entries-and-a-truncate-under-way.case",
    ),
    // What is stale passes for what the truncate has left, and what is written under it for written after it.
    unread(
        Kind::LostWrite,
        &["mwrite", "pread direct", "ftruncate"],
        "dirty-entries-and-a-write-under-a-truncate.case",
    ),
];

/// So does fsync(2), until folio_mkclean() came with 2.6.19. Found by launder.
const fn unsynced(kind: Kind, case: &'static str) -> Known {
    let one_of = &["crash", "fail write", "fail read", "fail release", "drop", "short write"];
    let hazard = "fsync(2) does not write back what only page tables know to be dirty";
    Known { symptom: Symptom::Broken(kind), words: &["mwrite"], one_of, hazard, case }
}

pub(super) const UNSYNCED: &[Known] = &[
    unsynced(Kind::LostWrite, "dirty-entries-and-fsync.case"),
    unsynced(Kind::StaleRead, "dirty-entries-fsync-and-an-error.case"),
    unsynced(Kind::SilentError, "dirty-entries-fsync-and-an-error-nobody-hears.case"),
];

/// 2.6.11 says EIO where it could not drop a page that a store has brought back, though the data are on the disk.
const fn came_between(kind: Kind, case: &'static str) -> Known {
    let hazard =
        "H5, H8: a mapping brings the page back before the direct write ends, which then fails with -EIO";
    Known { symptom: Symptom::Broken(kind), words: &["mwrite"], one_of: DIRECT, hazard, case }
}

pub(super) const CAME_BETWEEN: &[Known] = &[
    came_between(Kind::SpuriousError, "direct-write-and-a-store-that-comes-between.case"),
    came_between(Kind::LostWrite, "direct-write-that-a-store-fails-leaves-a-stale-page.case"),
    came_between(Kind::StaleRead, "direct-write-that-a-store-fails-leaves-a-stale-page-that-is-read.case"),
];

/// Until 2.6.23 a fault maps a page that is not locked, and 2.6.11 asks of no page that it does not find mapped who is about to map it.
pub(super) const MAPPED_WHEN_GONE: &[Known] = &[Known {
    symptom: Symptom::Broken(Kind::StaleRead),
    words: &["mmap", "mread"],
    one_of: DIRECT,
    hazard: "H4: do_no_page() maps a page that was not mapped when invalidate_inode_pages2() removed it",
    case: "fault-that-maps-a-page-that-is-gone.case",
}];
