//! What FUSE is known to break, weakness by weakness; the models put their lists together from these.

use crate::Known;
use launder_oracle::Kind::{
    self, Leaked, LostWrite, Resurrected, SilentError, SpuriousError, StaleRead, WrongSize,
};
use launder_oracle::Symptom;

type Words = &'static [&'static str];

const FAULTS: Words = &["fail write", "short write", "drop", "deny"];
const DIRECT_WRITES: Words = &["pwrite direct", "append direct"];
const MAPPED: Words = &["mread", "mwrite"];
const GROWS: Words =
    &["ftruncate", "pwrite", "append", "fallocate", "zero", "copy", "pwrite direct", "append direct"];

const fn known(hazard: &'static str, kind: Kind, words: Words, one_of: Words, case: &'static str) -> Known {
    Known { symptom: Symptom::Broken(kind), words, one_of, hazard, case }
}

/// fcntl(2) is each kernel's own affair.
pub(super) const LOCKS: &[Known] = &[
    lock(Leaked, "lock-of-one-kernel-and-a-store.case"),
    lock(LostWrite, "lock-of-one-kernel-and-a-store-past-the-end.case"),
    lock(Resurrected, "lock-of-one-kernel-and-a-store-after-a-truncate.case"),
    lock(SilentError, "lock-of-one-kernel-and-a-store-without-an-error.case"),
    lock(SpuriousError, "lock-of-one-kernel-and-a-load.case"),
    lock(StaleRead, "unlock-of-one-kernel.case"),
    lock(WrongSize, "lock-of-one-kernel-and-the-size.case"),
];

const fn lock(kind: Kind, case: &'static str) -> Known {
    let hazard = "H21: without FUSE_POSIX_LOCKS locks are each kernel's own, and neither flush nor fetch";
    known(hazard, kind, &[], &["lock", "unlock"], case)
}

/// A WRITE of writeback that is short.
pub(super) const SHORT_WRITES: &[Known] = &[
    short(LostWrite, "short-write-of-writeback-and-a-crash.case"),
    short(SilentError, "short-write-of-writeback-is-read-directly.case"),
    short(StaleRead, "short-write-of-writeback-is-read-directly.case"),
    Known {
        words: &["copy", "short write"],
        one_of: &["ftruncate", "punch", "zero"],
        ..short(Resurrected, "short-write-of-writeback-is-copied-over-a-punch.case")
    },
];

/// The same where the server has something else there.
pub(super) const SHORT_WRITES_THROUGH: &[Known] =
    &[short(Leaked, "short-write-of-writeback-and-a-write-through.case")];

/// The same where writeback makes the file longer.
pub(super) const SHORT_WRITES_BACK: &[Known] =
    &[short(WrongSize, "short-write-of-writeback-and-the-size.case")];

const fn short(kind: Kind, case: &'static str) -> Known {
    let hazard = "found by launder: fuse_writepage_end() does not look at how much was written";
    known(hazard, kind, &["short write"], &[], case)
}

/// O_DIRECT and the size of the file.
pub(super) const DIRECT_SIZES: &[Known] = &[
    known(APPENDS, WrongSize, &["append direct"], &[], "direct-append-asks-for-no-size.case"),
    known(READS, WrongSize, &["pread direct"], &[], "short-direct-read-and-a-hole.case"),
    known(READS, Resurrected, &["pread direct"], &[], "short-direct-read-goes-on-through-the-cache.case"),
];

/// The same where the cache is older than what was written directly.
pub(super) const DIRECT_SIZES_THROUGH: &[Known] = &[
    known(READS, StaleRead, &["pread direct", "ftruncate"], &[], "short-direct-read-of-an-older-folio.case"),
    known(STAYS_MAPPED, WrongSize, &["ftruncate"], MAPPED, "short-read-unmaps-nothing.case"),
    known(STAYS_MAPPED, Leaked, &["ftruncate"], MAPPED, "short-read-unmaps-nothing-and-is-loaded.case"),
    known(
        "found by launder: fuse_read_update_size() leaves what lies past the end, and so does a truncate to that size",
        Resurrected,
        &["ftruncate", "pread"],
        &[],
        "short-read-drops-nothing-and-a-truncate.case",
    ),
];

/// An open whose reply is not believed, for a write is under way.
pub(super) const OPENS_THROUGH: &[Known] = &[
    known(
        "H21: fuse_change_attributes() believes no size while a write makes the file longer, and generic_write_checks() asks for none",
        WrongSize,
        &["append", "open"],
        &[],
        "open-while-a-write-makes-the-file-longer.case",
    ),
    known(
        "H21, found by launder: what GETATTR says of the size under a write that moves the end (FUSE_I_SIZE_UNSTABLE) is \
         not believed, and a page fault does not ask again",
        SpuriousError,
        &["open"],
        MAPPED,
        "open-under-a-write-that-moves-the-end.case",
    ),
    known(
        "H21, found by launder: what GETATTR says of the size under a fallocate (FUSE_I_SIZE_UNSTABLE) is not believed",
        WrongSize,
        &["open", "pread"],
        &["fallocate", "zero"],
        "open-under-a-write-and-a-read-under-a-fallocate.case",
    ),
];

const STAYS_MAPPED: &str =
    "found by launder: fuse_read_update_size() leaves what lies past the end in the cache, mapped";
const APPENDS: &str = "H21: generic_write_checks() takes the size as it is known here";
const READS: &str = "found by launder: a direct read that is short goes on through the cache, and asks for no size inside the file";

/// What stores leave past the end.
pub(super) const PAST_THE_END: &[Known] = &[
    known(TAIL, Leaked, &["mwrite"], GROWS, "stored-past-the-end-of-fuse.case"),
    known(TAIL, Resurrected, &["mwrite"], GROWS, "stored-past-the-end-of-fuse-that-was-cut.case"),
];

const TAIL: &str =
    "what stores leave past the end is not zeroed before the file grows (52aecaee1c26 and its kin)";

/// A direct write that fails to make the file longer.
pub(super) const FAILED_DIRECT_WRITES: &[Known] = &[
    cut(LostWrite, "failed-direct-write-cuts-the-file-that-it-does-not-know.case"),
    cut(SilentError, "failed-direct-write-cuts-the-file-silently.case"),
    Known {
        words: &["append direct"],
        ..cut(SilentError, "failed-direct-append-cuts-the-file-silently.case")
    },
    cut(WrongSize, "failed-direct-write-cuts-the-file-that-grew.case"),
];

/// The same where it may have fetched the size.
pub(super) const FAILED_DIRECT_WRITES_THROUGH: &[Known] =
    &[cut(StaleRead, "failed-direct-write-cuts-the-file-under-another.case")];

/// The same where the size is the kernel's.
pub(super) const FAILED_DIRECT_WRITES_BACK: &[Known] =
    &[cut(StaleRead, "failed-direct-write-cuts-the-file-that-is-read.case")];

const fn cut(kind: Kind, case: &'static str) -> Known {
    let hazard = "found by launder: fuse_direct_IO() truncates to the size that it knows where a WRITE past that fails";
    known(hazard, kind, &["pwrite direct"], FAULTS, case)
}

/// copy_file_range(2) and stores beside its target.
pub(super) const COPIES: &[Known] = &[
    copy(LostWrite, "copy-and-a-store-beside-it.case"),
    copy(StaleRead, "copy-and-a-store-beside-it-is-read.case"),
    copy(SilentError, "copy-and-a-store-beside-it-without-an-error.case"),
];

const fn copy(kind: Kind, case: &'static str) -> Known {
    let hazard =
        "H1: what is stored to a folio after it was flushed goes with it when the server has copied to it";
    known(hazard, kind, &["copy", "mwrite"], &[], case)
}

/// A punch, after which a store comes before the cache is dropped, or zeroed.
pub(super) const PUNCHES: &[Known] = &[
    punched(Resurrected, "stored-while-the-server-punches.case"),
    punched(LostWrite, "stored-after-the-server-has-punched.case"),
    punched(StaleRead, "stored-after-the-server-has-punched-is-read.case"),
    punched(SilentError, "stored-after-the-server-has-punched-without-an-error.case"),
];

const fn punched(kind: Kind, case: &'static str) -> Known {
    let hazard = "H4, found by launder: fuse_file_fallocate() keeps no store away between the server's punch and its own";
    known(hazard, kind, &["mwrite"], &["punch", "zero"], case)
}

/// A folio that cannot be released.
pub(super) const RELEASES: &[Known] = &[
    known(
        STAYS,
        StaleRead,
        &["fail release"],
        DIRECT_WRITES,
        "folio-that-stays-after-a-direct-write-and-a-crash.case",
    ),
    known(OPENED, StaleRead, &["fail release", "open"], &[], "open-whose-invalidation-nobody-asks-for.case"),
];

/// The same, where it is written back.
pub(super) const RELEASES_BACK: &[Known] = &[known(
    STAYS,
    SilentError,
    &["fail release"],
    DIRECT_WRITES,
    "folio-that-stays-after-a-direct-write-is-written-back.case",
)];

const OPENED: &str = "H8: fuse_open() ignores what invalidate_inode_pages2() says";

const STAYS: &str = "H8: release fails, the folio stays, and is stale";

/// A notification, whatever is beneath it.
pub(super) const NOTIFICATIONS: &[Known] = &[
    known(
        IGNORED,
        StaleRead,
        &["fail release", "notify"],
        &[],
        "notification-whose-failure-nobody-asks-for.case",
    ),
    known(
        IGNORED,
        Resurrected,
        &["fail release", "notify"],
        &[],
        "failed-release-is-ignored-and-punched.case",
    ),
    known(
        IGNORED,
        SilentError,
        &["fail release", "notify"],
        &[],
        "notification-whose-failure-nobody-asks-for-and-a-store.case",
    ),
    known(
        FAULT_ASKS,
        LostWrite,
        &["notify", "mwrite"],
        &[],
        "size-of-the-kernel-and-a-store-past-the-end.case",
    ),
    known(
        FAULT_ASKS,
        SilentError,
        &["notify", "mwrite"],
        &[],
        "size-of-the-kernel-and-a-store-past-the-end-without-an-error.case",
    ),
    known(FAULT_ASKS, SpuriousError, &["notify"], MAPPED, "size-of-the-kernel-and-a-notification.case"),
];

const IGNORED: &str = "H8: fuse_reverse_inval_inode() ignores what invalidate_inode_pages2_range() says";
const FAULT_ASKS: &str = "H21: a page fault does not ask for the size, after a notification neither";

/// A notification over a cache that writes through.
pub(super) const NOTIFICATIONS_THROUGH: &[Known] = &[
    known(APPENDS, WrongSize, &["append", "notify"], &[], "append-after-a-notification.case"),
    known(
        FAULT_ASKS,
        StaleRead,
        &["notify", "mwrite"],
        &[],
        "size-of-the-kernel-and-a-store-past-the-end-is-read.case",
    ),
    known(
        "found by launder: fuse_read_update_size() does not believe a short READ that a notification overtook",
        WrongSize,
        &["notify"],
        &["pread", "mread"],
        "short-read-while-notified.case",
    ),
    known(
        "found by launder: fuse_read_update_size() does not believe a short READ that a notification overtook",
        LostWrite,
        &["notify", "pread"],
        FAULTS,
        "short-read-while-notified-after-a-failed-write.case",
    ),
    known(AGAIN, StaleRead, &["notify"], &["pwrite", "append"], "notified-while-writing-through.case"),
];

/// A notification over a cache whose size is the kernel's.
pub(super) const NOTIFICATIONS_BACK: &[Known] = &[
    known(OWN, LostWrite, &["notify"], &[], "size-of-the-kernel-and-what-the-server-had.case"),
    known(OWN, StaleRead, &["notify"], &[], "size-of-the-kernel-and-what-the-server-had.case"),
    known(OWN, WrongSize, &["notify"], &[], "size-of-the-kernel-and-a-store.case"),
    known(OWN, Leaked, &["mwrite", "notify"], &[], "size-of-the-kernel-and-a-store.case"),
    known(
        OWN,
        Leaked,
        &["mread", "notify"],
        &[],
        "size-of-the-kernel-and-a-load-past-the-end-after-a-notification.case",
    ),
    known(
        OWN,
        Resurrected,
        &["ftruncate", "notify"],
        &[],
        "size-of-the-kernel-and-a-truncate-to-it-after-a-notification.case",
    ),
];

/// With writeback_cache the size is the kernel's.
pub(super) const KERNELS_SIZE: &[Known] = &[
    known(
        READS,
        StaleRead,
        &["pread direct", "ftruncate"],
        &[],
        "short-direct-read-of-an-older-folio-after-an-fsync.case",
    ),
    known(OWN, SpuriousError, &["open"], MAPPED, "size-of-the-kernel-and-an-open.case"),
    known(
        OPENED,
        Resurrected,
        &["fail release", "ftruncate", "open"],
        &[],
        "open-whose-invalidation-nobody-asks-for-after-a-truncate.case",
    ),
    known(
        OWN,
        StaleRead,
        &["ftruncate", "open"],
        &["append", "pwrite"],
        "size-of-the-kernel-and-a-folio-past-the-end.case",
    ),
    known(OWN, Resurrected, &["ftruncate", "open"], &[], "size-of-the-kernel-and-a-truncate-to-it.case"),
    known(OWN, Leaked, &["open"], MAPPED, "size-of-the-kernel-and-a-load-past-the-end.case"),
    known(OWN, LostWrite, &["open"], &[], "size-of-the-kernel-and-an-append.case"),
    known(OWN, SilentError, &["open"], &[], "size-of-the-kernel-and-an-append-without-an-error.case"),
    known(OWN, WrongSize, &["open"], &[], "size-of-the-kernel-and-a-read-after-an-open.case"),
];

const OWN: &str = "H21: fuse_change_attributes() with writeback_cache: the server's size is not trusted";

/// Before 4f06dd92b5d0 a failed WRITE stayed in the cache, and one on its way was seen there as well.
pub(super) const STAYS_UPTODATE: &[Known] = &[
    failed(Leaked, "write-through-fails-in-an-uptodate-folio-that-is-copied.case"),
    failed(LostWrite, "write-through-is-seen-and-fails.case"),
    failed(Resurrected, "write-through-fails-in-an-uptodate-folio-past-the-end.case"),
    failed(SilentError, "write-through-fails-in-an-uptodate-folio-without-an-error.case"),
    failed(StaleRead, "write-through-fails-in-an-uptodate-folio.case"),
    known(
        OVERTAKEN,
        StaleRead,
        &["pread direct", "pwrite"],
        &["pread", "mread"],
        "write-through-is-seen-and-read-directly.case",
    ),
];

const fn failed(kind: Kind, case: &'static str) -> Known {
    let hazard = "H14: new data of a failed WRITE stay in a clean folio that is uptodate";
    known(hazard, kind, &["pwrite"], FAULTS, case)
}

/// Since then an uptodate folio is unlocked during the WRITE, and not uptodate if that fails, though it be mapped or dirty.
pub(super) const UNLOCKED: &[Known] = &[
    known(
        AGAIN,
        StaleRead,
        &["pread", "pwrite"],
        &[],
        "write-through-and-a-folio-that-goes-with-the-size.case",
    ),
    known(MAPPED_STALE, StaleRead, &["mwrite"], FAULTS, "write-through-to-a-mapped-folio-fails.case"),
    known(MAPPED_STALE, SilentError, &["mwrite"], FAULTS, "write-through-to-a-mapped-folio-fails.case"),
    known(
        MAPPED_STALE,
        LostWrite,
        &["mwrite"],
        FAULTS,
        "write-through-to-a-mapped-folio-fails-and-its-writer-is-told.case",
    ),
    known(SEEN, LostWrite, &["mread"], FAULTS, "write-through-to-a-mapped-folio-fails-and-is-seen.case"),
    known(
        SEEN,
        StaleRead,
        &["mread"],
        FAULTS,
        "write-through-to-a-mapped-folio-fails-and-is-read-again.case",
    ),
    known(SEEN, SilentError, &["mread"], FAULTS, "write-through-to-a-mapped-folio-fails-and-is-copied.case"),
    known(
        UNORDERED,
        LostWrite,
        &["mwrite", "writeback"],
        &["pwrite", "append"],
        "write-through-overtaken-by-writeback.case",
    ),
    known(
        UNORDERED,
        SilentError,
        &["mwrite", "writeback"],
        &["pwrite", "append"],
        "write-through-overtaken-by-writeback-without-an-error.case",
    ),
    known(
        OVERTAKEN,
        StaleRead,
        &["pread direct"],
        &["pwrite", "append"],
        "write-through-and-a-direct-read.case",
    ),
    known(
        AGAIN,
        StaleRead,
        &["open"],
        &["pwrite", "append"],
        "write-through-and-a-folio-that-is-read-again.case",
    ),
    known(
        AGAIN,
        LostWrite,
        &["mwrite", "open"],
        &["pwrite", "append"],
        "write-through-and-a-folio-that-is-stored-to-again.case",
    ),
    known(
        AGAIN,
        SilentError,
        &["mwrite", "open"],
        &["pwrite", "append"],
        "write-through-and-a-folio-that-is-stored-to-again-without-an-error.case",
    ),
    known(
        ZEROED,
        SilentError,
        &["ftruncate", "pread"],
        &["pwrite", "append", "pwrite direct", "append direct"],
        "write-through-and-a-size-that-is-fetched-without-an-error.case",
    ),
    known(
        ZEROED,
        LostWrite,
        &["mwrite"],
        &["pwrite", "append"],
        "write-through-and-an-end-that-is-zeroed.case",
    ),
    known(
        ZEROED,
        StaleRead,
        &["mwrite"],
        &["pwrite", "append"],
        "write-through-and-an-end-that-is-zeroed-is-read.case",
    ),
];

const UNORDERED: &str = "H16: two WRITEs of one folio, of which the first is executed last";
const OVERTAKEN: &str = "H18: a direct read during the WRITE";
const MAPPED_STALE: &str = "H17, H20: the folio that is read again was dirty through a mapping";
const AGAIN: &str = "found by launder: a folio that is dropped during the WRITE is read again, without it";
const SEEN: &str = "H20: who maps a folio that is not uptodate sees what failed";
const ZEROED: &str = "found by launder: what is being written, and taken for past the end, is zeroed";

/// Who asks the flags of the mapping is told another error. The kernels that were seen to do so are 6.18.
pub(super) const NAMES_OF_ERRORS: &[Known] = &[
    nameless("fail write", "error-of-a-store-loses-its-name.case"),
    nameless("deny", "refusal-of-a-store-loses-its-name.case"),
];

/// The same of a temporary page that an fsync sends and, for the error of an earlier one, does not wait for: the close after it asks.
pub(super) const NAMES_OF_LATER_ERRORS: &[Known] = &[
    Known {
        one_of: WRITTEN_EARLIER,
        ..nameless("fail write", "error-of-a-later-temporary-page-loses-its-name.case")
    },
    Known {
        one_of: WRITTEN_EARLIER,
        ..nameless("deny", "refusal-of-a-later-temporary-page-loses-its-name.case")
    },
];

const WRITTEN_EARLIER: Words = &["reclaim", "fadvise dontneed", "writeback"];

const fn nameless(word: &'static str, case: &'static str) -> Known {
    let words: Words = match word.as_bytes() {
        b"deny" => &["deny"],
        _ => &["fail write"],
    };
    known(LOSES_ITS_NAME, SpuriousError, words, WHO_IS_TOLD, case)
}

/// Who asks the flags: fuse_flush(), fuse_vma_close(), and who writes back before the server is to copy,
/// to punch, or to be reached directly.
const WHO_IS_TOLD: &[&str] = &[
    "close",
    "mmap",
    "munmap",
    "copy",
    "punch",
    "zero",
    "fallocate",
    "pread direct",
    "pwrite direct",
    "append direct",
];

const LOSES_ITS_NAME: &str = "found by launder: mapping_set_error() keeps of an error only whether it was ENOSPC, and \
    filemap_check_errors() says EIO of all others";
