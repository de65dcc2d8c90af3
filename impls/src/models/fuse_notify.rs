//! FUSE_NOTIFY_INVAL_INODE: the server has the kernel drop what it caches, fuse_reverse_inval_inode().

use super::Model;
use super::fuse_known::{
    NOTIFIED_OVER_BACK, NOTIFIED_OVER_THROUGH, NOTIFIED_SHORT_READS, UNRELEASED_NOTIFIED,
};
use super::fuse_write_through::{self, FusePerformWrite};
use super::fuse_writeback::{self, FuseWritebackCache};
use super::together::together;
use crate::linux::Writeback;
use crate::{Bug, Known, Sim};
use launder_oracle::Contract;

/// Over a writeback cache.
pub struct FuseNotify;

impl Model for FuseNotify {
    const NAME: &'static str = "fuse-notify";
    const SOURCE: &'static str = "fs/fuse/inode.c, fuse_reverse_inval_inode(), 6.18, with writeback_cache; Miklos Szeredi, 19 Mar 2024";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[
        Bug {
            name: "use_imp",
            source: "b10099792b62 \"fuse: fix page invalidation\" (2.6.24)",
            case: "use-imp.case",
        },
        Bug {
            name: "notify_in_the_serving_thread",
            source: "libfuse, fuse_lowlevel.h, fuse_lowlevel_notify_inval_inode(): \"must not be called in the execution path of a related filesystem operation\"",
            case: "notify-in-the-serving-thread.case",
        },
    ];
    const KNOWN: &'static [&'static [Known]] = KNOWN;
    const TWIN: Option<&'static str> = Some("kernel-fuse-writeback");
    type Scheme = FuseWritebackCache;

    fn scheme(sim: &Sim) -> FuseWritebackCache {
        FuseWritebackCache::new(sim, Writeback::Iomap)
    }
}

/// Over a cache that writes through.
pub struct FuseNotifyWriteThrough;

impl Model for FuseNotifyWriteThrough {
    const NAME: &'static str = "fuse-notify-write-through";
    const SOURCE: &'static str = "fs/fuse/inode.c, fuse_reverse_inval_inode(), 6.18, without writeback_cache";
    const CONTRACT: Contract = Contract::FUSE;
    const KNOWN: &'static [&'static [Known]] = KNOWN_THROUGH;
    const TWIN: Option<&'static str> = Some("kernel-fuse");
    type Scheme = FusePerformWrite;

    fn scheme(sim: &Sim) -> FusePerformWrite {
        FusePerformWrite::new(sim)
    }
}

/// What a notification over a writeback cache is known to break.
const KNOWN: &[&[Known]] = together!(fuse_writeback::KNOWN, NOTIFIED_OVER_BACK, &[UNRELEASED_NOTIFIED]);

/// What one over a cache that writes through is known to break.
const KNOWN_THROUGH: &[&[Known]] =
    together!(fuse_write_through::KNOWN, NOTIFIED_OVER_THROUGH, &[NOTIFIED_SHORT_READS, UNRELEASED_NOTIFIED]);
