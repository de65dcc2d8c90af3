//! What a size breaks that is the kernel's, with writeback_cache, where an open is promised to find the server's.

use super::{MAPPED, OWN, known};
use crate::Known;
use launder_oracle::Kind::{
    Leaked, LostWrite, Resurrected, SilentError, SpuriousError, StaleRead, WrongSize,
};

/// Each with its case.
pub const OWN_SIZE: &[Known] = &[
    known(
        OWN,
        StaleRead,
        &["ftruncate", "open"],
        &["append", "pwrite"],
        "size-of-the-kernel-and-a-folio-past-the-end.case",
    ),
    known(OWN, Resurrected, &["ftruncate", "open"], &[], "size-of-the-kernel-and-a-truncate-to-it.case"),
    known(OWN, Leaked, &["open"], MAPPED, "size-of-the-kernel-and-a-load-past-the-end.case"),
    known(OWN, LostWrite, &["open"], &[], "size-of-the-kernel-and-an-append.case"),
    known(OWN, SilentError, &["open"], &[], "size-of-the-kernel-and-an-append-without-an-error.case"),
];

/// The same where reads and writes go past the page cache, too.
pub const OWN_SIZE_OPENED: &[Known] = &[
    known(OWN, SpuriousError, &["open"], MAPPED, "size-of-the-kernel-and-an-open.case"),
    known(OWN, WrongSize, &["open"], &[], "size-of-the-kernel-and-a-read-after-an-open.case"),
];
