//! What writing through broke before 4f06dd92b5d0: a failed WRITE stayed in the cache, and one on its way was seen there as well.

use super::{FAULTS, OVERTAKEN, known};
use crate::Known;
use launder_oracle::Kind::{self, Leaked, LostWrite, Resurrected, SilentError, StaleRead};

/// Each with its case.
pub const STAYS_UPTODATE: &[Known] = &[
    failed(Leaked, "write-through-fails-in-an-uptodate-folio-that-is-copied.case"),
    failed(LostWrite, "write-through-is-seen-and-fails.case"),
    failed(Resurrected, "write-through-fails-in-an-uptodate-folio-past-the-end.case"),
    failed(SilentError, "write-through-fails-in-an-uptodate-folio-without-an-error.case"),
    failed(StaleRead, "write-through-fails-in-an-uptodate-folio.case"),
    known(
        FAILED,
        LostWrite,
        &["append", "fail release"],
        FAULTS,
        "append-that-fails-in-an-uptodate-folio.case",
    ),
    known(
        OVERTAKEN,
        StaleRead,
        &["pread direct", "pwrite"],
        &["pread", "mread"],
        "write-through-is-seen-and-read-directly.case",
    ),
];

const FAILED: &str = "H14: new data of a failed WRITE stay in a clean folio that is uptodate";

const fn failed(kind: Kind, case: &'static str) -> Known {
    known(FAILED, kind, &["pwrite"], FAULTS, case)
}
