//! What FUSE_NOTIFY_INVAL_INODE breaks.

use super::{AGAIN, APPENDS, BUFFERED_WRITES, FAULTS, MAPPED, OWN, ZEROED, known};
use crate::Known;
use launder_oracle::Kind::{
    self, Leaked, LostWrite, Resurrected, SilentError, SpuriousError, StaleRead, WrongSize,
};

/// Whatever is beneath it, each with its case.
pub const NOTIFIED: &[Known] = &[
    stored(LostWrite, "size-of-the-kernel-and-a-store-past-the-end.case"),
    stored(SilentError, "size-of-the-kernel-and-a-store-past-the-end-without-an-error.case"),
    known(
        "H21, found by launder: what GETATTR says of the size is not believed where a notification has overtaken it \
         (attr_version)",
        WrongSize,
        &["notify", "pread direct"],
        &[],
        "notification-overtakes-the-size.case",
    ),
];

/// Whether reads and writes go through the page cache or past it.
pub const NOTIFIED_FAULTS: &[Known] =
    &[known(FAULT_ASKS, SpuriousError, &["notify"], MAPPED, "size-of-the-kernel-and-a-notification.case")];

/// Where the size is the server's, through the page cache or past it.
pub const NOTIFIED_APPENDS: &[Known] =
    &[known(APPENDS, WrongSize, &["append", "notify"], &[], "append-after-a-notification.case")];

/// Over a cache that writes through.
pub const NOTIFIED_THROUGH: &[Known] = &[
    stored(StaleRead, "size-of-the-kernel-and-a-store-past-the-end-is-read.case"),
    known(AGAIN, StaleRead, &["notify"], BUFFERED_WRITES, "notified-while-writing-through.case"),
    known(
        ZEROED,
        LostWrite,
        &["ftruncate", "notify", "pwrite"],
        &["open", "pread", "pread direct"],
        "write-through-and-a-size-that-is-fetched-after-a-notification.case",
    ),
];

/// The same where a read asks for no attributes, which would drop what is cached.
pub const NOTIFIED_SHORT_READS: &[Known] = &[
    known(SHORT_READ, WrongSize, &["notify"], &["pread", "mread"], "short-read-while-notified.case"),
    known(
        SHORT_READ,
        LostWrite,
        &["notify", "pread"],
        FAULTS,
        "short-read-while-notified-after-a-failed-write.case",
    ),
];

/// Over a cache whose size is the kernel's.
pub const NOTIFIED_WRITEBACK: &[Known] = &[
    known(OWN, LostWrite, &["notify"], &[], "size-of-the-kernel-and-what-the-server-had.case"),
    known(OWN, StaleRead, &["notify"], &[], "size-of-the-kernel-and-what-the-server-had.case"),
    known(OWN, WrongSize, &["notify"], &[], "size-of-the-kernel-and-a-store.case"),
    known(OWN, Leaked, &["mwrite", "notify"], &[], "size-of-the-kernel-and-a-store.case"),
    known(
        OWN,
        Leaked,
        &["mread", "notify"],
        &[],
        "size-of-the-kernel-and-a-load-past-the-end-after-a-notification.case",
    ),
    known(
        OWN,
        Resurrected,
        &["ftruncate", "notify"],
        &[],
        "size-of-the-kernel-and-a-truncate-to-it-after-a-notification.case",
    ),
];

const fn stored(kind: Kind, case: &'static str) -> Known {
    known(FAULT_ASKS, kind, &["notify", "mwrite"], &[], case)
}

const FAULT_ASKS: &str = "H21: a page fault does not ask for the size, after a notification neither";
const SHORT_READ: &str =
    "found by launder: fuse_read_update_size() does not believe a short READ that a notification overtook";
