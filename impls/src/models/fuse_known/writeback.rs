//! What a cache breaks that writes back, with writeback_cache: the size is the kernel's.

use super::{DIRECT_WRITES, MAPPED, OPENED, OWN, READS, STAYS, cut, known, short};
use crate::Known;
use launder_oracle::Kind::{
    Leaked, LostWrite, Resurrected, SilentError, SpuriousError, StaleRead, WrongSize,
};

/// Each with its case.
pub const WRITEBACK: &[Known] = &[
    short(WrongSize, "short-write-of-writeback-and-the-size.case"),
    known(
        STAYS,
        SilentError,
        &["fail release"],
        DIRECT_WRITES,
        "folio-that-stays-after-a-direct-write-is-written-back.case",
    ),
    cut(StaleRead, "failed-direct-write-cuts-the-file-that-is-read.case"),
    known(
        READS,
        StaleRead,
        &["pread direct", "ftruncate"],
        &[],
        "short-direct-read-of-an-older-folio-after-an-fsync.case",
    ),
    known(
        READS,
        StaleRead,
        &["append", "pread direct"],
        &[],
        "direct-read-of-what-is-in-the-cache-alone.case",
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
