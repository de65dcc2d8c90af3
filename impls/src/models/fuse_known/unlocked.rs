//! What writing through breaks since 4f06dd92b5d0: an uptodate folio is unlocked during the WRITE, and not uptodate if that fails,
//! though it be mapped or dirty.

use super::{AGAIN, BUFFERED_WRITES, FAULTS, OVERTAKEN, Words, ZEROED, known};
use crate::Known;
use launder_oracle::Kind::{self, Leaked, LostWrite, SilentError, StaleRead};

/// Each with its case.
pub const UNLOCKED: &[Known] = &[
    was_dirty(StaleRead, "write-through-to-a-mapped-folio-fails.case"),
    was_dirty(SilentError, "write-through-to-a-mapped-folio-fails.case"),
    was_dirty(LostWrite, "write-through-to-a-mapped-folio-fails-and-its-writer-is-told.case"),
    seen(LostWrite, "write-through-to-a-mapped-folio-fails-and-is-seen.case"),
    seen(StaleRead, "write-through-to-a-mapped-folio-fails-and-is-read-again.case"),
    seen(SilentError, "write-through-to-a-mapped-folio-fails-and-is-copied.case"),
    Known {
        one_of: &["fail write", "drop", "deny"],
        ..seen(Leaked, "second-write-through-fails-and-is-loaded.case")
    },
    unordered(LostWrite, "write-through-overtaken-by-writeback.case"),
    unordered(SilentError, "write-through-overtaken-by-writeback-without-an-error.case"),
    known(OVERTAKEN, StaleRead, &["pread direct"], BUFFERED_WRITES, "write-through-and-a-direct-read.case"),
    known(ZEROED, LostWrite, &["mwrite"], BUFFERED_WRITES, "write-through-and-an-end-that-is-zeroed.case"),
    known(
        ZEROED,
        StaleRead,
        &["mwrite"],
        BUFFERED_WRITES,
        "write-through-and-an-end-that-is-zeroed-is-read.case",
    ),
];

/// The same where another size drops what is cached.
pub const UNLOCKED_AND_SIZED: &[Known] = &[known(
    AGAIN,
    StaleRead,
    &["pread", "pwrite"],
    &[],
    "write-through-and-a-folio-that-goes-with-the-size.case",
)];

/// The same where an open drops what is cached: what a read finds then.
pub const UNLOCKED_AND_OPENED: &[Known] =
    &[again(StaleRead, &["open"], "write-through-and-a-folio-that-is-read-again.case")];

/// And what a store meets, which FUSE_AUTO_INVAL_DATA does not drop before.
pub const UNLOCKED_AND_STORED: &[Known] = &[
    again(LostWrite, &["mwrite", "open"], "write-through-and-a-folio-that-is-stored-to-again.case"),
    again(
        SilentError,
        &["mwrite", "open"],
        "write-through-and-a-folio-that-is-stored-to-again-without-an-error.case",
    ),
];

const fn was_dirty(kind: Kind, case: &'static str) -> Known {
    let hazard = "H17, H20: the folio that is read again was dirty through a mapping";
    known(hazard, kind, &["mwrite"], FAULTS, case)
}

const fn seen(kind: Kind, case: &'static str) -> Known {
    let hazard = "H20: who maps a folio that is not uptodate sees what failed";
    known(hazard, kind, &["mread"], FAULTS, case)
}

const fn unordered(kind: Kind, case: &'static str) -> Known {
    let hazard = "H16: two WRITEs of one folio, of which the first is executed last";
    known(hazard, kind, &["mwrite", "writeback"], BUFFERED_WRITES, case)
}

const fn again(kind: Kind, words: Words, case: &'static str) -> Known {
    known(AGAIN, kind, words, BUFFERED_WRITES, case)
}
