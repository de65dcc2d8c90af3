//! What a direct write breaks whose folio stays: 6.18 sends it through the cache, other than by writeback.

use super::{DIRECT_WRITES, known};
use crate::Known;
use launder_oracle::Kind::LostWrite;

/// With its case.
pub const THROUGH_THE_CACHE: &[Known] = &[known(
    "H8, found by launder: a direct write whose folio stays goes through the cache, is seen there before the server has it, and \
         comes after what the server has written then",
    LostWrite,
    &["fail release"],
    DIRECT_WRITES,
    "direct-write-that-goes-through-the-cache-and-comes-late.case",
)];
