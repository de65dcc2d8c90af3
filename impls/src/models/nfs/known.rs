//! The promises that NFS is known to break, and what makes it.

use crate::Known;
use crate::models::launder_folio::{PUNCHED_UNDER_A_STORE, PUNCHED_UNDER_A_STORE_THAT_IS_LOST};
use launder_oracle::{Kind, Symptom};

/// Each with its case.
pub const KNOWN: &[Known] = &[
    taken_for_the_own(Kind::StaleRead, "own-write-hides-a-change.case"),
    taken_for_the_own(Kind::StaleRead, "change-taken-for-the-own-is-not-read.case"),
    taken_for_the_own(Kind::LostWrite, "change-taken-for-the-own-is-overwritten.case"),
    taken_for_the_own(Kind::SilentError, "change-taken-for-the-own-and-a-fault.case"),
    taken_for_the_own(Kind::WrongSize, "change-taken-for-the-own-and-the-size.case"),
    taken_for_the_own(Kind::Resurrected, "change-taken-for-the-own-resurrects.case"),
    taken_for_the_own(Kind::Leaked, "change-taken-for-the-own-and-a-store-past-the-end.case"),
    forgotten(Kind::StaleRead, "invalidation-fails-once-and-is-forgotten.case"),
    forgotten(Kind::LostWrite, "invalidation-fails-and-a-stale-folio-is-written-back.case"),
    forgotten(Kind::SilentError, "invalidation-fails-and-nothing-is-said.case"),
    forgotten(Kind::Resurrected, "invalidation-fails-and-resurrects.case"),
    forgotten(Kind::Leaked, "invalidation-fails-and-is-copied.case"),
    told_by_write(Kind::LostWrite, "told-by-write-and-not-by-fsync.case"),
    told_by_write(Kind::StaleRead, "told-by-write-and-read.case"),
    told_by_write(Kind::SilentError, "told-by-write-and-closed.case"),
    told_by_write(Kind::WrongSize, "told-by-write-and-the-size.case"),
    told_by_write(Kind::Leaked, "told-by-write-and-copied.case"),
    submitted(Kind::LostWrite, "laundered-after-a-direct-write-is-submitted.case"),
    submitted(Kind::StaleRead, "laundered-after-a-direct-write-is-submitted-is-read.case"),
    submitted(Kind::SilentError, "laundered-after-a-direct-write-and-a-fault.case"),
    submitted(Kind::Leaked, "direct-write-beyond-a-store-past-the-end.case"),
    Known {
        symptom: Symptom::Broken(Kind::StaleRead),
        words: &["mwrite", "pread direct"],
        one_of: &[],
        hazard: "H10: a direct read in direct mode does not see what was stored through a mapping",
        case: "direct-read-in-direct-mode-misses-a-store.case",
    },
    fallocated(Kind::StaleRead, "fallocate-past-an-end-that-is-not-known.case"),
    fallocated(Kind::LostWrite, "fallocate-past-an-end-that-is-not-known-is-written-back.case"),
    unsized_truncate(Kind::WrongSize, "truncate-to-a-size-that-is-no-longer.case"),
    unsized_truncate(Kind::Resurrected, "truncate-to-a-size-that-is-no-longer-resurrects.case"),
    unsized_truncate(Kind::Leaked, "size-that-is-no-longer-and-a-store.case"),
    PASSED,
    Known {
        symptom: Symptom::Broken(Kind::Leaked),
        words: &["mwrite"],
        one_of: &["fail write", "deny", "drop", "short write"],
        hazard: "what stores leave past the end is not zeroed where a third party makes the file longer",
        case: "change-that-is-asked-for-after-a-failed-write.case",
    },
    Known {
        words: &["ftruncate", "mmap"],
        ..unsized_truncate(Kind::SpuriousError, "truncate-to-a-size-that-is-no-longer-and-a-load.case")
    },
    Known {
        symptom: Symptom::Broken(Kind::WrongSize),
        words: &["ftruncate", "mwrite"],
        one_of: &[],
        hazard: "H1: what is stored between the SETATTR of ftruncate(2) and i_size is written back, and the file grows again",
        case: "stored-between-setattr-and-i-size.case",
    },
    PUNCHED_UNDER_A_STORE,
    Known { case: "punched-under-a-store-that-is-lost-on-nfs.case", ..PUNCHED_UNDER_A_STORE_THAT_IS_LOST },
    Known {
        symptom: Symptom::Broken(Kind::Resurrected),
        words: &["ftruncate", "mwrite"],
        one_of: &[],
        hazard: "H1: what is stored while ftruncate(2) is under way is written back, and the file grows again",
        case: "stored-between-setattr-and-the-truncate-resurrected.case",
    },
];

const fn taken_for_the_own(kind: Kind, case: &'static str) -> Known {
    let hazard = "H21: while the file is open for writing, any change is taken for the own";
    Known { symptom: Symptom::Broken(kind), words: &["open"], one_of: &[], hazard, case }
}

const fn forgotten(kind: Kind, case: &'static str) -> Known {
    let hazard = "H8: release fails, the folio stays, and that it is stale has been forgotten";
    let one_of = &["lock", "open", "pwrite direct"];
    Known { symptom: Symptom::Broken(kind), words: &["fail release"], one_of, hazard, case }
}

const fn told_by_write(kind: Kind, case: &'static str) -> Known {
    let hazard = "H15: an error of writeback that write(2) has told of, fsync(2) does not tell of";
    let one_of = &["pwrite", "append"];
    Known { symptom: Symptom::Broken(kind), words: &["fail write"], one_of, hazard, case }
}

const fn submitted(kind: Kind, case: &'static str) -> Known {
    let hazard =
        "H5: folios are invalidated as soon as a direct write is submitted, not before and not after it";
    Known { symptom: Symptom::Broken(kind), words: &["mwrite", "pwrite direct"], one_of: &[], hazard, case }
}

const fn fallocated(kind: Kind, case: &'static str) -> Known {
    let hazard = "H21, found by launder: a fallocate past an i_size that is known to be old zeroes what a third party wrote there";
    let one_of = &["fallocate", "zero"];
    Known { symptom: Symptom::Broken(kind), words: &["lock"], one_of, hazard, case }
}

const fn unsized_truncate(kind: Kind, case: &'static str) -> Known {
    let hazard =
        "H21: an i_size that is known to be old is believed: by ftruncate(2), and while anything is dirty";
    let one_of = &["lock", "fail write", "deny", "drop", "short write"];
    Known { symptom: Symptom::Broken(kind), words: &["ftruncate"], one_of, hazard, case }
}

/// What was read tells of no size.
const PASSED: Known = Known {
    words: &["ftruncate", "pread"],
    one_of: &["fsync", "fdatasync", "close", "unlock", "writeback", "reclaim"],
    ..unsized_truncate(Kind::WrongSize, "truncate-to-a-size-that-a-whole-folio-has-passed.case")
};

/// Those of 2.6.9.
pub const KNOWN_2_6_9: &[Known] = &[
    stored(Kind::StaleRead, "fsync-that-asks-no-page-table.case"),
    stored(Kind::Resurrected, "fsync-that-asks-no-page-table-and-a-truncate.case"),
    stored(Kind::LostWrite, "zapped-page-that-is-not-uptodate.case"),
    stored(Kind::SilentError, "zapped-page-that-is-not-uptodate-and-a-fault.case"),
    stored(Kind::WrongSize, "msynced-between-setattr-and-i-size.case"),
    Known {
        symptom: Symptom::Broken(Kind::Leaked),
        words: &["mwrite"],
        one_of: GROWS,
        hazard: "H7, found by launder: what stores leave past the end is not zeroed where the file grows",
        case: "stored-past-the-end-of-2-6-9.case",
    },
    taken_for_the_own(Kind::StaleRead, "own-write-hides-a-change.case"),
    taken_for_the_own(Kind::LostWrite, "change-taken-for-a-write-under-way-is-overwritten.case"),
    taken_for_the_own(Kind::WrongSize, "change-taken-for-the-own-and-the-size.case"),
    taken_for_the_own(Kind::Resurrected, "change-taken-for-a-write-under-way-resurrects.case"),
    taken_for_the_own(Kind::SilentError, "change-taken-for-a-write-under-way-and-a-fault.case"),
    taken_for_the_own(Kind::Leaked, "change-taken-for-the-own-and-copied.case"),
    cleaned(Kind::LostWrite, "written-to-between-flush-and-invalidation.case"),
    cleaned(Kind::SilentError, "written-to-between-flush-and-invalidation-and-a-fault.case"),
    cleaned(Kind::StaleRead, "written-to-between-flush-and-invalidation-and-read.case"),
    cleaned(Kind::Leaked, "written-to-between-flush-and-invalidation-and-copied.case"),
    forgotten(Kind::StaleRead, "invalidation-fails-once-and-is-forgotten.case"),
    forgotten(Kind::LostWrite, "page-that-stays-is-written-back.case"),
    forgotten(Kind::SilentError, "invalidation-fails-and-nothing-is-said.case"),
    forgotten(Kind::Resurrected, "invalidation-fails-and-resurrects.case"),
    forgotten(Kind::Leaked, "invalidation-fails-and-is-copied.case"),
    unsized_truncate(Kind::WrongSize, "truncate-to-a-size-that-is-no-longer.case"),
    unsized_truncate(Kind::Resurrected, "truncate-to-a-size-that-is-no-longer-resurrects.case"),
    PASSED,
    Known {
        words: &["ftruncate", "pread"],
        one_of: &[],
        ..unsized_truncate(Kind::Resurrected, "truncate-to-a-size-that-another-has-passed.case")
    },
    Known {
        words: &["ftruncate", "mmap"],
        ..unsized_truncate(Kind::SpuriousError, "truncate-to-a-size-that-is-no-longer-and-a-load.case")
    },
];

const fn cleaned(kind: Kind, case: &'static str) -> Known {
    let hazard = "H1: what is written between the flush and invalidate_inode_pages2(), which says that a mapped page is clean";
    let one_of = &["pwrite", "append", "copy"];
    Known { symptom: Symptom::Broken(kind), words: &["mread"], one_of, hazard, case }
}

/// What makes a file longer.
const GROWS: &[&str] =
    &["pwrite", "pwrite direct", "append", "append direct", "ftruncate", "fallocate", "zero", "copy"];

const fn stored(kind: Kind, case: &'static str) -> Known {
    let hazard = "H7, H10: a store that only a page table knows of is missed, and comes with stale neighbours when it is zapped";
    Known { symptom: Symptom::Broken(kind), words: &["mwrite"], one_of: &[], hazard, case }
}
