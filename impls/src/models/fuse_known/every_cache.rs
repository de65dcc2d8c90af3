//! What is broken whether the cache writes through or back.

use super::{APPENDS, DIRECT_WRITES, OPENED, READS, STAYS, Words, cut, known, nameless, short};
use crate::Known;
use launder_oracle::Kind::{
    self, Leaked, LostWrite, Resurrected, SilentError, SpuriousError, StaleRead, WrongSize,
};

/// Each with its case.
pub const EVERY_CACHE: &[Known] = &[
    lock(Leaked, "lock-of-one-kernel-and-a-store.case"),
    lock(LostWrite, "lock-of-one-kernel-and-a-store-past-the-end.case"),
    lock(Resurrected, "lock-of-one-kernel-and-a-store-after-a-truncate.case"),
    lock(SilentError, "lock-of-one-kernel-and-a-store-without-an-error.case"),
    lock(SpuriousError, "lock-of-one-kernel-and-a-load.case"),
    lock(StaleRead, "unlock-of-one-kernel.case"),
    lock(WrongSize, "lock-of-one-kernel-and-the-size.case"),
    nameless(&["fail write"], "error-of-a-store-loses-its-name.case"),
    nameless(&["deny"], "refusal-of-a-store-loses-its-name.case"),
    short(LostWrite, "short-write-of-writeback-and-a-crash.case"),
    short(SilentError, "short-write-of-writeback-is-read-directly.case"),
    short(StaleRead, "short-write-of-writeback-is-read-directly.case"),
    Known {
        words: &["copy", "short write"],
        one_of: &["ftruncate", "punch", "zero"],
        ..short(Resurrected, "short-write-of-writeback-is-copied-over-a-punch.case")
    },
    known(APPENDS, WrongSize, &["append direct"], &[], "direct-append-asks-for-no-size.case"),
    known(READS, WrongSize, &["pread direct"], &[], "short-direct-read-and-a-hole.case"),
    known(READS, Resurrected, &["pread direct"], &[], "short-direct-read-goes-on-through-the-cache.case"),
    known(PAST_THE_END, Leaked, &["mwrite"], GROWS, "stored-past-the-end-of-fuse.case"),
    known(PAST_THE_END, Resurrected, &["mwrite"], GROWS, "stored-past-the-end-of-fuse-that-was-cut.case"),
    cut(LostWrite, "failed-direct-write-cuts-the-file-that-it-does-not-know.case"),
    cut(SilentError, "failed-direct-write-cuts-the-file-silently.case"),
    Known {
        words: &["append direct"],
        ..cut(SilentError, "failed-direct-append-cuts-the-file-silently.case")
    },
    cut(WrongSize, "failed-direct-write-cuts-the-file-that-grew.case"),
    copy(LostWrite, "copy-and-a-store-beside-it.case"),
    copy(StaleRead, "copy-and-a-store-beside-it-is-read.case"),
    copy(SilentError, "copy-and-a-store-beside-it-without-an-error.case"),
    punched(Resurrected, "stored-while-the-server-punches.case"),
    punched(LostWrite, "stored-after-the-server-has-punched.case"),
    punched(StaleRead, "stored-after-the-server-has-punched-is-read.case"),
    punched(SilentError, "stored-after-the-server-has-punched-without-an-error.case"),
    known(
        STAYS,
        StaleRead,
        &["fail release"],
        DIRECT_WRITES,
        "folio-that-stays-after-a-direct-write-and-a-crash.case",
    ),
    known(OPENED, StaleRead, &["fail release", "open"], &[], "open-whose-invalidation-nobody-asks-for.case"),
];

/// fcntl(2) is each kernel's own affair.
const fn lock(kind: Kind, case: &'static str) -> Known {
    let hazard = "H21: without FUSE_POSIX_LOCKS locks are each kernel's own, and neither flush nor fetch";
    known(hazard, kind, &[], &["lock", "unlock"], case)
}

const PAST_THE_END: &str =
    "what stores leave past the end is not zeroed before the file grows (52aecaee1c26 and its kin)";
const GROWS: Words =
    &["ftruncate", "pwrite", "append", "fallocate", "zero", "copy", "pwrite direct", "append direct"];

/// copy_file_range(2) and stores beside its target.
const fn copy(kind: Kind, case: &'static str) -> Known {
    let hazard =
        "H1: what is stored to a folio after it was flushed goes with it when the server has copied to it";
    known(hazard, kind, &["copy", "mwrite"], &[], case)
}

/// A punch, after which a store comes before the cache is dropped, or zeroed.
const fn punched(kind: Kind, case: &'static str) -> Known {
    let hazard = "H4, found by launder: fuse_file_fallocate() keeps no store away between the server's punch and its own";
    known(hazard, kind, &["mwrite"], &["punch", "zero"], case)
}
