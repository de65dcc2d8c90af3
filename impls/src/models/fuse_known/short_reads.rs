//! What a READ that is shorter than what was asked leaves behind, where the file is not dropped for it: with FUSE_AUTO_INVAL_DATA it is.

use super::{MAPPED, READS, STAYS_CACHED, STAYS_MAPPED, known};
use crate::Known;
use launder_oracle::Kind::{Leaked, Resurrected, StaleRead, WrongSize};

/// Whether the cache writes through or back, each with its case.
pub const SHORT_READS: &[Known] = &[
    known(READS, WrongSize, &["pread direct"], &[], "short-direct-read-and-a-hole.case"),
    known(READS, Resurrected, &["pread direct"], &[], "short-direct-read-goes-on-through-the-cache.case"),
];

/// Where the size is the server's.
pub const SHORT_READS_THROUGH: &[Known] = &[
    known(READS, StaleRead, &["pread direct", "ftruncate"], &[], "short-direct-read-of-an-older-folio.case"),
    known(STAYS_MAPPED, Leaked, &["ftruncate"], MAPPED, "short-read-unmaps-nothing-and-is-loaded.case"),
    known(
        STAYS_CACHED,
        Resurrected,
        &["ftruncate", "pread"],
        &[],
        "short-read-drops-nothing-and-a-truncate.case",
    ),
];
