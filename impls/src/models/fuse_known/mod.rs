//! What FUSE is known to break, scheme by scheme: a subject's list is those of the schemes that it puts together.

#[cfg(all(target_os = "linux", feature = "kernel"))]
mod direct_io;
mod every_cache;
mod every_mode;
mod groups;
mod locks;
mod notify;
mod own_size;
mod short_reads;
mod stays_uptodate;
mod temporary_pages;
mod through;
mod unlocked;
mod unreleased;
mod writeback;

#[cfg(all(target_os = "linux", feature = "kernel"))]
pub(crate) use direct_io::{DIRECT_IO, DURING_A_DIRECT_WRITE};
pub(crate) use every_cache::EVERY_CACHE;
pub(crate) use every_mode::EVERY_MODE;
pub(crate) use groups::{
    CACHED_BACK, CACHED_THROUGH, NOTIFIED_OVER_BACK, NOTIFIED_OVER_THROUGH, OPENED_ANEW,
    OPENED_ANEW_OF_OWN_SIZE, READ_UNCHECKED, WRITTEN_UNLOCKED,
};
pub(crate) use locks::{LOCKED_SIZE, LOCKS};
pub(crate) use notify::{
    NOTIFIED, NOTIFIED_APPENDS, NOTIFIED_FAULTS, NOTIFIED_SHORT_READS, NOTIFIED_THROUGH, NOTIFIED_WRITEBACK,
};
pub(crate) use own_size::{OWN_SIZE, OWN_SIZE_OPENED};
pub(crate) use short_reads::{SHORT_READS, SHORT_READS_THROUGH};
pub(crate) use stays_uptodate::STAYS_UPTODATE;
pub(crate) use temporary_pages::TEMPORARY_PAGES;
pub(crate) use through::{OPENED_UNDER_A_WRITE, THROUGH};
pub(crate) use unlocked::{UNLOCKED, UNLOCKED_AND_OPENED, UNLOCKED_AND_SIZED, UNLOCKED_AND_STORED};
pub(crate) use unreleased::{
    UNRELEASED, UNRELEASED_GOES_THROUGH, UNRELEASED_NOTIFIED, UNRELEASED_THROUGH, UNRELEASED_UNLOCKED,
    UNRELEASED_WRITEBACK,
};
pub(crate) use writeback::WRITEBACK;

use crate::Known;
use launder_oracle::Kind::{self, SpuriousError};
use launder_oracle::Symptom;

type Words = &'static [&'static str];

const FAULTS: Words = &["fail write", "short write", "drop", "deny"];
const DIRECT_WRITES: Words = &["pwrite direct", "append direct"];
const BUFFERED_WRITES: Words = &["pwrite", "append"];
const MAPPED: Words = &["mread", "mwrite"];

const fn known(hazard: &'static str, kind: Kind, words: Words, one_of: Words, case: &'static str) -> Known {
    Known { symptom: Symptom::Broken(kind), words, one_of, hazard, case }
}

/// A WRITE of writeback that is short.
const fn short(kind: Kind, case: &'static str) -> Known {
    let hazard = "found by launder: fuse_writepage_end() does not look at how much was written";
    known(hazard, kind, &["short write"], &[], case)
}

/// A direct write that fails to make the file longer.
const fn cut(kind: Kind, case: &'static str) -> Known {
    let hazard = "found by launder: fuse_direct_IO() truncates to the size that it knows where a WRITE past that fails";
    known(hazard, kind, &["pwrite direct"], FAULTS, case)
}

/// Who asks the flags of the mapping is told another error. The kernels that were seen to do so are 6.18.
const fn nameless(words: Words, case: &'static str) -> Known {
    let hazard = "found by launder: mapping_set_error() keeps of an error only whether it was ENOSPC, and \
        filemap_check_errors() says EIO of all others";
    known(hazard, SpuriousError, words, WHO_IS_TOLD, case)
}

/// Who asks the flags: fuse_flush(), fuse_vma_close(), and who writes back before the server is to copy,
/// to punch, or to be reached directly.
const WHO_IS_TOLD: Words = &[
    "close",
    "mmap",
    "munmap",
    "copy",
    "punch",
    "zero",
    "fallocate",
    "pread direct",
    "pwrite direct",
    "append direct",
];

const APPENDS: &str = "H21: generic_write_checks() takes the size as it is known here";
const READS: &str = "found by launder: a direct read that is short goes on through the cache, and asks for no size inside the file";
const OVERTAKEN: &str = "H18: a direct read during the WRITE";
const AGAIN: &str = "found by launder: a folio that is dropped during the WRITE is read again, without it";
const ZEROED: &str = "found by launder: what is being written, and taken for past the end, is zeroed";
const OWN: &str = "H21: fuse_change_attributes() with writeback_cache: the server's size is not trusted";
const STAYS_CACHED: &str = "found by launder: fuse_read_update_size() leaves what lies past the end, and so does a truncate to that size";
const STAYS_MAPPED: &str =
    "found by launder: fuse_read_update_size() leaves what lies past the end in the cache, mapped";
const PAST_THE_END: &str =
    "what stores leave past the end is not zeroed before the file grows (52aecaee1c26 and its kin)";
const GROWS: Words =
    &["ftruncate", "pwrite", "append", "fallocate", "zero", "copy", "pwrite direct", "append direct"];
