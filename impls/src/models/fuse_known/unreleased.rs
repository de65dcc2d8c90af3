//! What a folio breaks that is not released. Models are told not to; no kernel lets us say so.

use super::{DIRECT_WRITES, ZEROED, known};
use crate::Known;
use launder_oracle::Kind::{self, LostWrite, Resurrected, SilentError, StaleRead};

/// Whether the cache writes through or back, each with its case.
pub const UNRELEASED: &[Known] = &[
    known(
        STAYS,
        StaleRead,
        &["fail release"],
        DIRECT_WRITES,
        "folio-that-stays-after-a-direct-write-and-a-crash.case",
    ),
    known(OPENED, StaleRead, &["fail release", "open"], &[], "open-whose-invalidation-nobody-asks-for.case"),
];

/// Over a cache that writes through.
pub const UNRELEASED_THROUGH: &[Known] = &[known(
    STAYS,
    SilentError,
    &["fail release", "mwrite"],
    DIRECT_WRITES,
    "folio-that-stays-after-a-direct-write-and-is-stored-to.case",
)];

/// A size that is fetched while what a direct write has left to the cache is written through.
pub const UNRELEASED_UNLOCKED: &[Known] = &[known(
    ZEROED,
    SilentError,
    &["ftruncate", "pread"],
    &["pwrite", "append", "pwrite direct", "append direct"],
    "write-through-and-a-size-that-is-fetched-without-an-error.case",
)];

/// Over one that writes back.
pub const UNRELEASED_WRITEBACK: &[Known] = &[
    known(
        STAYS,
        SilentError,
        &["fail release"],
        DIRECT_WRITES,
        "folio-that-stays-after-a-direct-write-is-written-back.case",
    ),
    known(
        OPENED,
        Resurrected,
        &["fail release", "ftruncate", "open"],
        &[],
        "open-whose-invalidation-nobody-asks-for-after-a-truncate.case",
    ),
];

/// 6.18 sends a direct write whose folio stays through the cache, other than by writeback.
pub const UNRELEASED_GOES_THROUGH: &[Known] = &[known(
    "H8, found by launder: a direct write whose folio stays goes through the cache, is seen there before the server has it, and \
         comes after what the server has written then",
    LostWrite,
    &["fail release"],
    DIRECT_WRITES,
    "direct-write-that-goes-through-the-cache-and-comes-late.case",
)];

/// With FUSE_NOTIFY_INVAL_INODE, whatever is beneath it.
pub const UNRELEASED_NOTIFIED: &[Known] = &[
    ignored(StaleRead, "notification-whose-failure-nobody-asks-for.case"),
    ignored(Resurrected, "failed-release-is-ignored-and-punched.case"),
    ignored(SilentError, "notification-whose-failure-nobody-asks-for-and-a-store.case"),
];

const fn ignored(kind: Kind, case: &'static str) -> Known {
    let hazard = "H8: fuse_reverse_inval_inode() ignores what invalidate_inode_pages2_range() says";
    known(hazard, kind, &["fail release", "notify"], &[], case)
}

const STAYS: &str = "H8: release fails, the folio stays, and is stale";
const OPENED: &str = "H8: fuse_open() ignores what invalidate_inode_pages2() says";
