//! The sets of options that behave differently, and what the documents promise of each.
//!
//! Of the 24 sets that there are eleven behave as others do (a test asks them): with FUSE_WRITEBACK_CACHE the kernel believes neither
//! size nor time of a server, and has no use for what says when to drop pages for these (fs/fuse/inode.c, fuse_change_attributes(),
//! `!cache_mask`); and where reads go to the server, and no page outlives an open, these drop nothing that somebody would find.

use super::client::IN_HANDLER;
use super::options::{Inval, Options};
use super::subject::{KernelFuse, Set};
use crate::models::fuse_known::{
    CACHED_BACK, CACHED_THROUGH, DIRECT_IO, DURING_A_DIRECT_WRITE, EVERY_MODE, LOCKED_SIZE, NOTIFIED_APPENDS,
    NOTIFIED_FAULTS, NOTIFIED_OVER_BACK, NOTIFIED_OVER_THROUGH, NOTIFIED_SHORT_READS, OPENED_ANEW,
    OPENED_ANEW_OF_OWN_SIZE, OWN_SIZE_OPENED, READ_UNCHECKED, UNLOCKED, UNLOCKED_AND_OPENED,
    UNLOCKED_AND_SIZED, UNLOCKED_AND_STORED,
};
use crate::models::together::together;
use crate::{Bug, Known};
use launder_oracle::{Contract, Maps, Open};

macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident: $set:ident, $word:literal, $contract:expr, $known:expr, $options:expr, $source:expr $(, $bugs:expr)?;)*) => {
        $(
            $(#[$doc])*
            pub struct $set;

            impl Set for $set {
                const NAME: &'static str = $word;
                const SOURCE: &'static str = $source;
                const CONTRACT: Contract = $contract;
                const KNOWN: &'static [&'static [Known]] = $known;
                $(const BUGS: &'static [Bug] = $bugs;)?
                const OPTIONS: Options = $options;
            }

            $(#[$doc])*
            pub type $name = KernelFuse<$set>;
        )*
    };
}

/// An open finds what was there before it in no cache, but with FOPEN_KEEP_CACHE: include/uapi/linux/fuse.h,
/// "FOPEN_KEEP_CACHE: don't invalidate the data cache on open".
const KEEPS: Contract = Contract { open: Open::Cached, ..Contract::FUSE };

/// Documentation/filesystems/fuse/fuse-io.rst: "In direct-io mode the page cache is completely bypassed for reads and writes.
/// No read-ahead takes place. Shared mmap is disabled by default. To allow shared mmap, the FUSE_DIRECT_IO_ALLOW_MMAP flag
/// may be enabled in the FUSE_INIT reply." A mapping has the page cache all the same, and agrees with the file when it is new.
const DIRECT: Contract = Contract { maps: Maps::Remap, ..Contract::FUSE };

/// Both.
const DIRECT_KEEPS: Contract = Contract { open: Open::Cached, ..DIRECT };

/// What is known of a cache that writes through, that checks the attributes before a read and drops what is cached where they have
/// changed: an open has nothing to add, whether it keeps the cache or not.
const WRITES_THROUGH_CHECKS_AND_KEEPS: &[&[Known]] =
    together!(CACHED_THROUGH, NOTIFIED_OVER_THROUGH, OPENED_ANEW, &[UNLOCKED]);
/// The same where an open drops what is cached.
const WRITES_THROUGH_AND_CHECKS: &[&[Known]] =
    together!(WRITES_THROUGH_CHECKS_AND_KEEPS, &[UNLOCKED_AND_STORED]);
/// The same where no read checks, and another size drops nothing that is cached.
const WRITES_THROUGH_WHATEVER_THE_SIZE: &[&[Known]] =
    together!(WRITES_THROUGH_AND_CHECKS, READ_UNCHECKED, &[UNLOCKED_AND_OPENED, NOTIFIED_SHORT_READS]);
/// The same where another size does.
const WRITES_THROUGH: &[&[Known]] = together!(WRITES_THROUGH_WHATEVER_THE_SIZE, &[UNLOCKED_AND_SIZED]);
/// What is known of a cache that writes through where an open finds no more than was cached, so that locks promise nothing of it,
/// and another size drops nothing that is cached.
const WRITES_THROUGH_KEEPS_WHATEVER_THE_SIZE: &[&[Known]] =
    together!(CACHED_THROUGH, NOTIFIED_OVER_THROUGH, READ_UNCHECKED, &[UNLOCKED, NOTIFIED_SHORT_READS]);
/// The same where another size does.
const WRITES_THROUGH_AND_KEEPS: &[&[Known]] =
    together!(WRITES_THROUGH_KEEPS_WHATEVER_THE_SIZE, &[UNLOCKED_AND_SIZED]);
/// What is known of one that writes back, where an open finds no more than was cached.
const WRITES_BACK_AND_KEEPS: &[&[Known]] = together!(CACHED_BACK, NOTIFIED_OVER_BACK);
/// The same where an open drops what is cached.
const WRITES_BACK: &[&[Known]] = together!(WRITES_BACK_AND_KEEPS, OPENED_ANEW_OF_OWN_SIZE);
/// What is known where only mappings are cached, and an open finds no more than was.
const MAPS_ALONE_AND_KEEPS: &[&[Known]] =
    &[EVERY_MODE, DIRECT_IO, DURING_A_DIRECT_WRITE, NOTIFIED_FAULTS, NOTIFIED_APPENDS];
/// The same where an open drops what is cached.
const MAPS_ALONE: &[&[Known]] = together!(MAPS_ALONE_AND_KEEPS, &[LOCKED_SIZE]);
/// The same where the size is the kernel's.
const MAPS_ALONE_OF_OWN_SIZE: &[&[Known]] = together!(MAPS_ALONE, &[OWN_SIZE_OPENED]);

macro_rules! auto {
    ($and:literal) => {
        concat!(
            "the running kernel, fs/fuse, with FUSE_AUTO_INVAL_DATA",
            $and,
            ". include/uapi/linux/fuse.h: \"FUSE_AUTO_INVAL_DATA: automatically invalidate cached pages\""
        )
    };
}

macro_rules! explicit {
    ($and:literal) => {
        concat!(
            "the running kernel, fs/fuse, with FUSE_EXPLICIT_INVAL_DATA",
            $and,
            ". include/uapi/linux/fuse.h: \"FUSE_EXPLICIT_INVAL_DATA: only invalidate cached pages on explicit request\""
        )
    };
}

macro_rules! direct {
    ($and:literal) => {
        concat!(
            "the running kernel, fs/fuse, with FOPEN_DIRECT_IO, FUSE_DIRECT_IO_ALLOW_MMAP",
            $and,
            ". Documentation/filesystems/fuse/fuse-io.rst: \"In direct-io mode the page cache is completely bypassed for reads \
             and writes. No read-ahead takes place. Shared mmap is disabled by default. To allow shared mmap, the \
             FUSE_DIRECT_IO_ALLOW_MMAP flag may be enabled in the FUSE_INIT reply\""
        )
    };
}

sets! {
    /// Write-through, the default.
    Fuse: Plain, "kernel-fuse", Contract::FUSE, WRITES_THROUGH, Options::PLAIN,
        "the running kernel, fs/fuse, with no option. Documentation/filesystems/fuse/fuse-io.rst: \"In write-through mode each \
         write is immediately sent to userspace as one or more WRITE requests, as well as updating any cached pages (and caching \
         previously uncached, but fully written pages)\"";
    /// FUSE_WRITEBACK_CACHE
    FuseWriteback: Writeback, "kernel-fuse-writeback", Contract::FUSE, WRITES_BACK, Options { writeback_cache: true, ..Options::PLAIN },
        "the running kernel, fs/fuse, with FUSE_WRITEBACK_CACHE. Documentation/filesystems/fuse/fuse-io.rst: \"In writeback-cache \
         mode (enabled by the FUSE_WRITEBACK_CACHE flag) writes go to the cache only, which means that the write(2) syscall can \
         often complete very fast. Dirty pages are written back implicitly (background writeback or page reclaim on memory \
         pressure) or explicitly (invoked by close(2), fsync(2) and when the last ref to the file is being released on \
         munmap(2))\"",
        &[Bug {
            name: IN_HANDLER,
            source: "libfuse, fuse_lowlevel.h, fuse_lowlevel_notify_inval_inode(): \"must not be called in the execution path of \
                a related filesystem operation\"",
            case: "notify-in-the-serving-thread.case",
        }];
    /// FOPEN_KEEP_CACHE
    FuseKeepCache: KeepCache, "kernel-fuse-keep-cache", KEEPS, WRITES_THROUGH_AND_KEEPS, Options { keep_cache: true, ..Options::PLAIN },
        "the running kernel, fs/fuse. include/uapi/linux/fuse.h: \"FOPEN_KEEP_CACHE: don't invalidate the data cache on open\"";
    /// FUSE_AUTO_INVAL_DATA
    FuseAutoInval: AutoInval, "kernel-fuse-auto-inval", Contract::FUSE, WRITES_THROUGH_AND_CHECKS,
        Options { inval: Inval::Auto, ..Options::PLAIN }, auto!("");
    /// FUSE_AUTO_INVAL_DATA and FOPEN_KEEP_CACHE
    FuseAutoInvalKeepCache: AutoInvalKeepCache, "kernel-fuse-auto-inval-keep-cache", Contract::FUSE, WRITES_THROUGH_CHECKS_AND_KEEPS,
        Options { inval: Inval::Auto, keep_cache: true, ..Options::PLAIN }, auto!(" and FOPEN_KEEP_CACHE");
    /// FUSE_EXPLICIT_INVAL_DATA
    FuseExplicitInval: ExplicitInval, "kernel-fuse-explicit-inval", Contract::FUSE, WRITES_THROUGH_WHATEVER_THE_SIZE,
        Options { inval: Inval::Explicit, ..Options::PLAIN }, explicit!("");
    /// FUSE_EXPLICIT_INVAL_DATA and FOPEN_KEEP_CACHE
    FuseExplicitInvalKeepCache: ExplicitInvalKeepCache, "kernel-fuse-explicit-inval-keep-cache", KEEPS, WRITES_THROUGH_KEEPS_WHATEVER_THE_SIZE,
        Options { inval: Inval::Explicit, keep_cache: true, ..Options::PLAIN }, explicit!(" and FOPEN_KEEP_CACHE");
    /// FUSE_WRITEBACK_CACHE and FOPEN_KEEP_CACHE
    FuseWritebackKeepCache: WritebackKeepCache, "kernel-fuse-writeback-keep-cache", KEEPS, WRITES_BACK_AND_KEEPS,
        Options { writeback_cache: true, keep_cache: true, ..Options::PLAIN },
        "the running kernel, fs/fuse, with FUSE_WRITEBACK_CACHE. include/uapi/linux/fuse.h: \"FOPEN_KEEP_CACHE: don't invalidate \
         the data cache on open\"";
    /// FOPEN_DIRECT_IO, with FUSE_DIRECT_IO_ALLOW_MMAP
    FuseDirectIo: DirectIo, "kernel-fuse-direct-io", DIRECT, MAPS_ALONE, Options { direct_io: true, ..Options::PLAIN },
        direct!("");
    /// The same, and FOPEN_KEEP_CACHE
    FuseDirectIoKeepCache: DirectIoKeepCache, "kernel-fuse-direct-io-keep-cache", DIRECT_KEEPS, MAPS_ALONE_AND_KEEPS,
        Options { keep_cache: true, direct_io: true, ..Options::PLAIN }, direct!(" and FOPEN_KEEP_CACHE");
    /// The same, and FUSE_AUTO_INVAL_DATA
    FuseDirectIoAutoInvalKeepCache: DirectIoAutoInvalKeepCache, "kernel-fuse-direct-io-auto-inval-keep-cache", DIRECT, MAPS_ALONE,
        Options { inval: Inval::Auto, keep_cache: true, direct_io: true, ..Options::PLAIN },
        direct!(", FUSE_AUTO_INVAL_DATA and FOPEN_KEEP_CACHE");
    /// FUSE_WRITEBACK_CACHE and FOPEN_DIRECT_IO
    FuseWritebackDirectIo: WritebackDirectIo, "kernel-fuse-writeback-direct-io", DIRECT, MAPS_ALONE_OF_OWN_SIZE,
        Options { writeback_cache: true, direct_io: true, ..Options::PLAIN }, direct!(" and FUSE_WRITEBACK_CACHE");
    /// The same, and FOPEN_KEEP_CACHE
    FuseWritebackDirectIoKeepCache: WritebackDirectIoKeepCache, "kernel-fuse-writeback-direct-io-keep-cache", DIRECT_KEEPS,
        MAPS_ALONE_AND_KEEPS,
        Options { writeback_cache: true, keep_cache: true, direct_io: true, ..Options::PLAIN },
        direct!(", FUSE_WRITEBACK_CACHE and FOPEN_KEEP_CACHE");
}
