//! What kernels are known for that are older than one that mended it, whatever they cache.

use crate::Known;
use launder_oracle::Kind::{
    self, Leaked, LostWrite, Resurrected, SilentError, SpuriousError, StaleRead, WrongSize,
};
use launder_oracle::Symptom;

/// Before 4.13: of an error of writeback there is one bit a mapping, and who asks first clears it.
pub const EATEN: &[Known] = &[eaten(SilentError, "error-that-another-is-told.case")];

/// And of those that have direct I/O.
pub const EATEN_BY_DIRECT: &[Known] = &[
    eaten(LostWrite, "error-that-a-direct-read-is-told.case"),
    eaten(StaleRead, "error-that-a-direct-read-is-told-stale-read.case"),
    eaten(Resurrected, "error-that-another-is-told-resurrected.case"),
    eaten(WrongSize, "error-that-a-direct-read-is-told-and-a-crash.case"),
    Known {
        symptom: Symptom::Broken(SpuriousError),
        words: &["fail write"],
        one_of: &[],
        hazard: "mapping->flags has AS_ENOSPC and AS_EIO alone: any other error of writeback is told as EIO",
        case: "error-that-keeps-no-name.case",
    },
];

/// And of AFS, whose ftruncate(2) writes back.
pub const EATEN_ON_AFS: &[Known] = &[
    eaten(LostWrite, "error-that-ftruncate-eats-in-2-6-22.case"),
    eaten(StaleRead, "error-that-ftruncate-eats-in-2-6-22-and-a-read.case"),
    eaten(WrongSize, "error-that-another-is-told-in-2-6-22.case"),
];

const fn eaten(kind: Kind, case: &'static str) -> Known {
    let hazard = "before errseq_t, 4.13: filemap_fdatawait() clears AS_EIO for who asks first, be it by filemap_write_and_wait(), \
        and nobody else is told";
    Known { symptom: Symptom::Broken(kind), words: &[], one_of: &["fail write", "drop"], hazard, case }
}

/// Before 6.13: what stores leave past the end is not zeroed.
pub const EXPOSED: &[Known] = &[exposed(Leaked, &["mwrite"], "stored-past-the-end-and-the-file-grows.case")];

/// And on a disk, where ftruncate(2) to the size that the file has drops nothing beyond it.
pub const EXPOSED_ON_A_DISK: &[Known] =
    &[cut(Resurrected, "stored-past-the-end-and-cut-to-the-size-it-has-on-a-disk.case")];

/// And where a mapping is promised no more than what another munmap and mmap brings.
pub const EXPOSED_ON_A_DISK_ONCE_UNMAPPED: &[Known] = &[exposed(
    Resurrected,
    &["ftruncate", "munmap", "mwrite"],
    "stored-past-the-end-unmapped-and-cut-to-the-size-it-has-on-a-disk.case",
)];

/// And on a server, where what there is can be copied, too.
pub const EXPOSED_ON_A_SERVER: &[Known] = &[
    cut(Resurrected, "stored-past-the-end-and-cut-to-the-size-it-has.case"),
    copied(LostWrite, "stored-past-the-end-and-copied.case"),
    copied(StaleRead, "stored-past-the-end-and-copied-and-read.case"),
    copied(SilentError, "stored-past-the-end-and-copied-without-an-error.case"),
];

const fn cut(kind: Kind, case: &'static str) -> Known {
    exposed(kind, &["ftruncate", "mwrite"], case)
}

const fn copied(kind: Kind, case: &'static str) -> Known {
    exposed(kind, &["copy", "mwrite"], case)
}

const fn exposed(kind: Kind, words: &'static [&'static str], case: &'static str) -> Known {
    let hazard =
        "52aecaee1c26: what stores leave past the end is not zeroed, and is part of the file when that grows";
    Known { symptom: Symptom::Broken(kind), words, one_of: GROWS, hazard, case }
}

/// Any call that makes a file longer.
const GROWS: &[&str] =
    &["ftruncate", "pwrite", "pwrite direct", "append", "append direct", "copy", "fallocate", "zero"];
