//! What is broken whether reads and writes go through the page cache or past it (FOPEN_DIRECT_IO): mappings have it all the same.

use super::{APPENDS, GROWS, PAST_THE_END, known, nameless, short};
use crate::Known;
use launder_oracle::Kind::{self, Leaked, LostWrite, Resurrected, SilentError, StaleRead, WrongSize};

/// Each with its case.
pub const EVERY_MODE: &[Known] = &[
    nameless(&["fail write"], "error-of-a-store-loses-its-name.case"),
    nameless(&["deny"], "refusal-of-a-store-loses-its-name.case"),
    short(SilentError, "short-write-of-writeback-is-read-directly.case"),
    short(StaleRead, "short-write-of-writeback-is-read-by-the-server.case"),
    known(APPENDS, WrongSize, &["append direct"], &[], "direct-append-asks-for-no-size.case"),
    known(PAST_THE_END, Leaked, &["mwrite"], GROWS, "stored-past-the-end-of-fuse.case"),
    copy(LostWrite, "copy-and-a-store-beside-it.case"),
    copy(StaleRead, "copy-and-a-store-beside-it-is-read.case"),
    copy(SilentError, "copy-and-a-store-beside-it-without-an-error.case"),
    punched(Resurrected, "stored-while-the-server-punches.case"),
    punched(LostWrite, "stored-after-the-server-has-punched.case"),
    punched(StaleRead, "stored-after-the-server-has-punched-is-read.case"),
    punched(SilentError, "stored-after-the-server-has-punched-without-an-error.case"),
];

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
