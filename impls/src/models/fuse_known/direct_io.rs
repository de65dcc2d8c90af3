//! What is broken where reads and writes go past the page cache (FOPEN_DIRECT_IO), and not otherwise.

use super::{APPENDS, known};
use crate::Known;
use launder_oracle::Kind::WrongSize;

/// Each with its case.
pub const DIRECT_IO: &[Known] = &[known(
    APPENDS,
    WrongSize,
    &["append"],
    &["pread", "mread"],
    "append-of-direct-io-asks-for-no-size.case",
)];
