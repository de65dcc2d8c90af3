//! What locks do not do, where they are promised to: fcntl(2) is each kernel's own affair.

use super::known;
use crate::Known;
use launder_oracle::Kind::{self, Leaked, LostWrite, Resurrected, SilentError, SpuriousError, WrongSize};

/// Each with its case.
pub const LOCKS: &[Known] = &[
    lock(Leaked, "lock-of-one-kernel-and-a-store.case"),
    lock(LostWrite, "lock-of-one-kernel-and-a-store-past-the-end.case"),
    lock(Resurrected, "lock-of-one-kernel-and-a-store-after-a-truncate.case"),
    lock(SilentError, "lock-of-one-kernel-and-a-store-without-an-error.case"),
];

/// What the size that is not fetched breaks where reads and writes go past the page cache, too.
pub const LOCKED_SIZE: &[Known] = &[
    lock(SpuriousError, "lock-of-one-kernel-and-a-load.case"),
    lock(WrongSize, "lock-of-one-kernel-and-the-size.case"),
];

pub(super) const fn lock(kind: Kind, case: &'static str) -> Known {
    let hazard = "H21: without FUSE_POSIX_LOCKS locks are each kernel's own, and neither flush nor fetch";
    known(hazard, kind, &[], &["lock", "unlock"], case)
}
