//! What the file systems are known for when their disk fails, each seen on 6.18.

use crate::Known;
use launder_oracle::{Kind, Symptom};

/// filefrag(8) says that the extent is `unwritten` still after the second fsync(2), which has reached the disk and succeeded.
/// Documentation/filesystems/ext4/ifork.rst: "If the value of ee_len field is > 32768, the extent is uninitialized", and reads
/// as zeroes.
pub const EXT4: &[Known] = &[
    Known {
        symptom: Symptom::Broken(Kind::LostWrite),
        words: &["fail write"],
        one_of: SYNCS,
        hazard: "a block stays unwritten when its writeback fails, and what is written to its folio later does not change that",
        case: "written-again-after-its-writeback-failed.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::StaleRead),
        words: &["fail write"],
        one_of: SYNCS,
        hazard: "a block stays unwritten when its writeback fails: zeroes are read where something was written later",
        case: "written-again-after-its-writeback-failed-is-read.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::SilentError),
        words: &["fail write"],
        one_of: SYNCS,
        hazard: "a block stays unwritten when its writeback fails: fsync(2) succeeds of what is written later, and it is lost",
        case: "written-again-after-its-writeback-failed-without-an-error.case",
    },
];

/// What tells somebody that writeback failed, so that a later sync does not.
const SYNCS: &[&str] = &["fsync", "fdatasync", "msync", "msync invalidate"];

/// fallocate(2), FALLOC_FL_PUNCH_HOLE: "After a successful call, subsequent reads from this range will return zeros".
/// ftruncate(2): "If the file previously was shorter, it is extended, and the extended part reads as null bytes".
pub const BTRFS: &[Known] = &[
    Known {
        symptom: Symptom::Broken(Kind::Resurrected),
        words: &["fail write", "punch"],
        one_of: &[],
        hazard: "where writeback failed there is a hole, of which a punch leaves the folio in the cache",
        case: "punched-after-its-writeback-failed.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::Resurrected),
        words: &["fail write", "ftruncate"],
        one_of: &[],
        hazard: "what a truncate cuts off of a block is zeroed on the disk only when the file grows over it, which may fail",
        case: "cut-off-and-zeroed-in-vain.case",
    },
];
