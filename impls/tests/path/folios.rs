//! What the page cache holds after calls that fill it, clean it and drop from it.

use crate::{ext4, says, tmpfs};

#[test]
fn a_store_through_a_mapping_makes_its_page_dirty() {
    let Some(place) = ext4() else { return };
    says(
        &place,
        "a1 mmap => ok
         a1 mread 0..8 => got 0 0 0 0 0 0 0 0
         a1 msync async 0..8 => ok . a: pages of 0..8: 2 cached, 0 dirty, 0 under writeback
         a1 mwrite 5..6 => ok
         a1 msync async 0..8 => ok . a: pages of 0..8: 2 cached, 1 dirty, 0 under writeback
         a1 msync 4..6 => ok . a: pages of 4..6: 1 cached, 0 dirty, 0 under writeback
         a1 mwrite 4..5 => ok
         nature writeback a 4..5 => ok . a: pages of 4..5: 1 cached, 0 dirty, 0 under writeback
         a1 mwrite 4..6 => ok
         a1 msync async 4..5 => ok . a: pages of 4..5: 1 cached, 1 dirty, 0 under writeback",
    );
}

#[test]
fn msync_invalidate_drops_nothing() {
    let Some(place) = ext4() else { return };
    says(
        &place,
        "a1 mmap => ok
         a1 pwrite 0..16 => ok
         a1 msync invalidate 0..16 => ok . a: pages of 0..16: 4 cached, 0 dirty, 0 under writeback
         a1 msync invalidate 0..16 => ok . a: pages of 0..16: 4 cached, 0 dirty, 0 under writeback",
    );
}

#[test]
fn fadvise_drops_whole_folios_that_are_clean_and_not_mapped() {
    let Some(place) = ext4() else { return };
    says(
        &place,
        "a1 pwrite 0..4 => ok
         a1 pwrite 4..8 => ok
         a1 pwrite 8..12 => ok
         a1 pwrite 12..16 => ok
         a1 fsync => ok
         nature writeback a 0..16 => ok . a: pages of 0..16: 4 cached, 0 dirty, 0 under writeback
         a1 fadvise dontneed 1..8 => ok . a: pages of 1..8: 1 cached, 0 dirty, 0 under writeback
         nature writeback a 0..4 => ok . a: pages of 0..4: 1 cached, 0 dirty, 0 under writeback
         a1 fadvise dontneed 9..9 => ok . a: pages of 9..9: 0 cached, 0 dirty, 0 under writeback
         nature writeback a 8..16 => ok . a: pages of 8..16: 2 cached, 0 dirty, 0 under writeback
         a1 mmap => ok
         a1 mread 8..9 => got 3
         a1 mread 12..13 => got 4
         a2 fadvise dontneed 8..16 => ok . a: pages of 8..16: 2 cached, 0 dirty, 0 under writeback
         a1 madvise dontneed 8..12 => ok . a: pages of 8..12: 1 cached, 0 dirty, 0 under writeback
         a2 fadvise dontneed 8..16 => ok . a: pages of 8..16: 1 cached, 0 dirty, 0 under writeback",
    );
}

#[test]
fn reclaim_drops_what_is_dirty_and_mapped_too() {
    let Some(place) = ext4() else { return };
    says(
        &place,
        "a1 mmap => ok
         a2 mmap private => ok
         a1 pwrite 0..16 => ok
         a1 mwrite 5..9 => ok
         a2 mread 0..16 => got 1 1 1 1 1 2 2 2 2 1 1 1 1 1 1 1
         a2 mwrite 6..7 => ok
         nature reclaim a 6..7 => ok . a: pages of 6..7: 0 cached, 0 dirty, 0 under writeback
         nature reclaim a 0..16 => ok . a: pages of 0..16: 0 cached, 0 dirty, 0 under writeback
         a2 mread 5..8 => got 2 3 2
         a1 mread 5..8 => got 2 2 2
         a1 pread 8..10 => got 2 1",
    );
}

#[test]
fn nothing_is_dropped_from_tmpfs() {
    let Some(place) = tmpfs() else { return };
    says(
        &place,
        "a1 pwrite 0..16 => ok
         a1 fadvise dontneed 0..16 => ENOSYS . a: pages of 0..16: 4 cached, 0 dirty, 0 under writeback
         nature reclaim a 0..16 => ENOSYS . a: pages of 0..16: 4 cached, 0 dirty, 0 under writeback
         server pread 0..2 => got 1 1",
    );
}
