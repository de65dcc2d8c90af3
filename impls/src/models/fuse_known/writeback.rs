//! What a cache breaks that writes back, with writeback_cache: the size is the kernel's.

use super::{READS, cut, known, short};
use crate::Known;
use launder_oracle::Kind::{StaleRead, WrongSize};

/// Each with its case.
pub const WRITEBACK: &[Known] = &[
    short(WrongSize, "short-write-of-writeback-and-the-size.case"),
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
        READS,
        StaleRead,
        &["pread direct", "pwrite"],
        &[],
        "direct-read-of-what-was-written-while-it-flushed.case",
    ),
];
