//! What a cache breaks that writes back, with writeback_cache: the size is the kernel's.

use super::{DIRECT_WRITES, OPENED, READS, STAYS, cut, known, short};
use crate::Known;
use launder_oracle::Kind::{Resurrected, SilentError, StaleRead, WrongSize};

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
    known(
        OPENED,
        Resurrected,
        &["fail release", "ftruncate", "open"],
        &[],
        "open-whose-invalidation-nobody-asks-for-after-a-truncate.case",
    ),
];
