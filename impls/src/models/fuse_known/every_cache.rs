//! What is broken whether the cache writes through or back.

use super::locks::lock;
use super::{GROWS, PAST_THE_END, cut, known, short};
use crate::Known;
use launder_oracle::Kind::{LostWrite, Resurrected, SilentError, StaleRead, WrongSize};

/// Each with its case.
pub const EVERY_CACHE: &[Known] = &[
    short(LostWrite, "short-write-of-writeback-and-a-crash.case"),
    Known {
        words: &["copy", "short write"],
        one_of: &["ftruncate", "punch", "zero"],
        ..short(Resurrected, "short-write-of-writeback-is-copied-over-a-punch.case")
    },
    known(PAST_THE_END, Resurrected, &["mwrite"], GROWS, "stored-past-the-end-of-fuse-that-was-cut.case"),
    cut(LostWrite, "failed-direct-write-cuts-the-file-that-it-does-not-know.case"),
    cut(SilentError, "failed-direct-write-cuts-the-file-silently.case"),
    Known {
        words: &["append direct"],
        ..cut(SilentError, "failed-direct-append-cuts-the-file-silently.case")
    },
    cut(WrongSize, "failed-direct-write-cuts-the-file-that-grew.case"),
    lock(StaleRead, "unlock-of-one-kernel.case"),
];
