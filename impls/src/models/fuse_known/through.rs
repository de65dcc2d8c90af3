//! What a cache breaks that writes through, whose size is the server's.

use super::{MAPPED, STAYS_CACHED, STAYS_MAPPED, cut, known, short};
use crate::Known;
use launder_oracle::Kind::{Leaked, Resurrected, SpuriousError, StaleRead, WrongSize};

/// Each with its case.
pub const THROUGH: &[Known] = &[
    known(STAYS_MAPPED, WrongSize, &["ftruncate"], MAPPED, "short-read-unmaps-nothing.case"),
    short(Leaked, "short-write-of-writeback-and-a-write-through.case"),
    known(
        STAYS_CACHED,
        Resurrected,
        &["ftruncate", "mread"],
        &[],
        "short-read-unmaps-nothing-and-a-truncate.case",
    ),
    cut(StaleRead, "failed-direct-write-cuts-the-file-under-another.case"),
];

/// The same where an open is promised to find the server's size.
pub const OPENED_UNDER_A_WRITE: &[Known] = &[
    known(
        "H21: fuse_change_attributes() believes no size while a write makes the file longer, and generic_write_checks() asks for none",
        WrongSize,
        &["append", "open"],
        &[],
        "open-while-a-write-makes-the-file-longer.case",
    ),
    known(
        "H21, found by launder: what GETATTR says of the size under a write that moves the end (FUSE_I_SIZE_UNSTABLE) is \
         not believed, and a page fault does not ask again",
        SpuriousError,
        &["open"],
        MAPPED,
        "open-under-a-write-that-moves-the-end.case",
    ),
    known(
        "H21, found by launder: what GETATTR says of the size under a fallocate (FUSE_I_SIZE_UNSTABLE) is not believed",
        WrongSize,
        &["open", "pread"],
        &["fallocate", "zero"],
        "open-under-a-write-and-a-read-under-a-fallocate.case",
    ),
    known(
        "H21, found by launder: what LOOKUP and GETATTR say of the size is not believed where a write has met them \
         (FUSE_I_SIZE_UNSTABLE, attr_version)",
        WrongSize,
        &["open", "pread", "pwrite"],
        &[],
        "open-under-a-write-and-a-read-under-another.case",
    ),
];
