//! What the running kernel's FUSE is known to break, and its models are not.

use crate::Known;
use launder_oracle::{Kind, Symptom};

/// The kernels that were seen to do so are 6.18.
pub const NAMES_OF_ERRORS: &[Known] = &[
    Known {
        symptom: Symptom::Broken(Kind::SpuriousError),
        words: &["fail write"],
        one_of: WHO_IS_TOLD,
        hazard: LOSES_ITS_NAME,
        case: "error-of-writeback-loses-its-name.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::SpuriousError),
        words: &["deny"],
        one_of: WHO_IS_TOLD,
        hazard: LOSES_ITS_NAME,
        case: "refusal-of-writeback-loses-its-name.case",
    },
];

/// Who asks the flags: fuse_flush(), fuse_vma_close(), and who writes back before the server is to copy,
/// to punch, or to be reached directly.
const WHO_IS_TOLD: &[&str] = &[
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

const LOSES_ITS_NAME: &str = "found by launder: mapping_set_error() keeps of an error only whether it was ENOSPC, and \
    filemap_check_errors() says EIO of all others";
