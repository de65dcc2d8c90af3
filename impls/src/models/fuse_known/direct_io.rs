//! What is broken where reads and writes go past the page cache (FOPEN_DIRECT_IO), and not otherwise.

use super::{APPENDS, BUFFERED_WRITES, known};
use crate::Known;
use launder_oracle::Kind::{LostWrite, SilentError, WrongSize};

/// With its case.
pub const DIRECT_IO: &[Known] = &[known(
    APPENDS,
    WrongSize,
    &["append"],
    &["pread", "mread"],
    "append-of-direct-io-asks-for-no-size.case",
)];

/// Each with its case.
pub const DURING_A_DIRECT_WRITE: &[Known] = &[
    known(DURING, LostWrite, &["mwrite"], BUFFERED_WRITES, "store-during-a-write-of-direct-io.case"),
    known(
        DURING,
        SilentError,
        &["mwrite"],
        BUFFERED_WRITES,
        "store-during-a-write-of-direct-io-without-an-error.case",
    ),
];

const DURING: &str = "a folio that a mapping brings back during the WRITE is old, and is written back as a whole, before b359af8275a9 \
     \"fuse: Invalidate the page cache after FOPEN_DIRECT_IO write\" (6.19)";
