//! What temporary pages break: an fsync sends one and, for the error of an earlier one, does not wait for it, and the close after it asks.

use super::{Words, nameless};
use crate::Known;

/// Each with its case.
pub const TEMPORARY_PAGES: &[Known] = &[
    Known {
        one_of: WRITTEN_EARLIER,
        ..nameless(&["fail write"], "error-of-a-later-temporary-page-loses-its-name.case")
    },
    Known {
        one_of: WRITTEN_EARLIER,
        ..nameless(&["deny"], "refusal-of-a-later-temporary-page-loses-its-name.case")
    },
];

const WRITTEN_EARLIER: Words =
    &["reclaim", "fadvise dontneed", "writeback", "fsync", "fdatasync", "msync", "close", "ftruncate"];
