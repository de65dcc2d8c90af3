//! Bytes of a file that are put where others are.

use std::ops::Range;

/// Old bytes where there are any.
pub fn bring_back(range: Range<usize>, old: &[u8], after: &mut [u8]) {
    let end = range.end.min(old.len()).min(after.len());
    if range.start < end {
        after[range.start..end].copy_from_slice(&old[range.start..end]);
    }
}

/// A range as it was, or zeroes where there was none.
pub fn replace(range: Range<usize>, before: &[u8], after: &mut [u8]) {
    after[range.clone()].fill(0);
    bring_back(range, before, after);
}

/// Bytes at a place, as far as the file reaches.
pub fn put(at: usize, bytes: &[u8], into: &mut [u8]) {
    let end = into.len().min(at + bytes.len());
    if at < end {
        into[at..end].copy_from_slice(&bytes[..end - at]);
    }
}
