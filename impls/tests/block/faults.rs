//! What becomes of the file when its own blocks cannot be written or read.

use super::put::{ground, put, says};
use launder_impls::Run;
use launder_impls::kernel::{Btrfs, Ext4, Xfs};

/// With every file system that can be made here.
macro_rules! on_each {
    ($($(#[$doc:meta])* $name:ident: $script:expr;)*) => {
        $($(#[$doc])* #[test] fn $name() {

            if let Some(ground) = ground::<Ext4>() { says::<Ext4>(&ground, $script); }
            if let Some(ground) = ground::<Xfs>() { says::<Xfs>(&ground, $script); }
            if let Some(ground) = ground::<Btrfs>() { says::<Btrfs>(&ground, $script); }
        })*
    };
}

on_each! {
    /// fsync(2), and lib/errseq.c.
    a_write_that_fails_is_told_once_and_turns_back_when_its_page_goes: "
        a1 pwrite 0..4
        a1 < ok
        a1 fsync
        . disk: WRITE of 1 blocks of the file
        a1 < ok
        nature fail write EIO 1
        nature < ok
        a1 pwrite 0..4
        a1 < ok
        a1 fsync
        . disk: WRITE of 1 blocks of the file fails
        a1 < EIO
        a1 pread 0..4
        a1 < got 2 2 2 2
        a1 fsync
        a1 < ok
        nature reclaim a 0..4
        . a: pages of 0..4: 0 cached, 0 dirty, 0 under writeback
        nature < ok
        a1 pread 0..4
        . disk: READ of 1 blocks of the file
        a1 < got 1 1 1 1";
}

on_each! {
    /// block/blk-core.c, `blk_errors`.
    a_disk_that_says_that_it_is_full_is_believed: "
        a1 pwrite 0..4
        a1 < ok
        a1 fsync
        . disk: WRITE of 1 blocks of the file
        a1 < ok
        nature fail write ENOSPC 1
        nature < ok
        a1 pwrite 0..4
        a1 < ok
        a1 fsync
        . disk: WRITE of 1 blocks of the file fails
        a1 < ENOSPC";
    /// drivers/block/loop.c: a request is done as a whole, or has failed.
    a_short_write_is_an_error_and_a_part_is_there: "
        a1 pwrite 0..16
        a1 < ok
        nature short write 1
        nature < ok
        a1 fsync
        . disk: WRITE of 4 blocks of the file
        . disk: it is short: 2 blocks
        a1 < EIO
        a1 fsync
        a1 < ok";
    /// The kernel reads a page again that it could not read ahead.
    a_read_that_fails_is_told_and_the_next_one_is_not: "
        a1 pwrite 0..4
        a1 < ok
        a1 fsync
        . disk: WRITE of 1 blocks of the file
        a1 < ok
        nature reclaim a 0..4
        . a: pages of 0..4: 0 cached, 0 dirty, 0 under writeback
        nature < ok
        nature fail read EIO 1
        nature < ok
        a1 pread direct 0..4
        . disk: READ of 1 blocks of the file fails
        a1 < EIO
        a1 pread direct 0..4
        . disk: READ of 1 blocks of the file
        a1 < got 1 1 1 1";
    /// vfs.rst: "The error should be reported to all of the file descriptors that were open at the time"
    every_descriptor_that_was_open_is_told_once: "
        a2 pread 0..1
        a2 < got 0
        a1 pwrite 0..4
        a1 < ok
        nature drop 1
        nature < ok
        nature writeback a 0..4
        . a: pages of 0..4: 1 cached, 0 dirty, 0 under writeback
        . disk: WRITE of 1 blocks of the file fails
        nature < ok
        a1 fsync
        a1 < EIO
        a2 fsync
        a2 < EIO
        a1 fsync
        a1 < ok
        a2 fsync
        a2 < ok";
}

#[test]
fn what_a_disk_cannot_do_is_skipped_with_a_reason() {
    let Some(ground) = ground::<Ext4>() else { return };
    for (case, why) in [
        ("nature fail write EDQUOT 1", "`fail write` of a disk does not end as EDQUOT"),
        ("nature fail read ENOSPC 1", "`fail read` of a disk does not end as ENOSPC"),
        ("nature reclaim b 0..4", "kernel-ext4 has no host b"),
        ("nature crash a", "kernel-ext4 has no `nature crash`"),
        ("server pwrite 0..1", "kernel-ext4 has no `server pwrite`"),
        ("b1 fsync", "kernel-ext4 has no host b"),
    ] {
        assert_eq!(put::<Ext4>(&ground, case), Run::Skipped(why.into()));
    }
}

const DIRECT: &str = "
    a1 pwrite direct 0..4
    . disk: WRITE of 1 blocks of the file
    a1 < ok
    nature fail write EIO 1
    nature < ok
    a1 pwrite direct 0..4
    . disk: WRITE of 1 blocks of the file fails
    a1 < EIO";

#[test]
fn a_direct_write_that_fails_leaves_what_was_there() {
    let left = format!(
        "{DIRECT}
        a1 pread 0..4
        . disk: READ of 1 blocks of the file
        a1 < got 1 1 1 1
        a1 fsync
        a1 < ok"
    );
    if let Some(ground) = ground::<Ext4>() {
        says::<Ext4>(&ground, &left);
    }
    if let Some(ground) = ground::<Xfs>() {
        says::<Xfs>(&ground, &left);
    }
}

/// fs/btrfs/direct-io.c, btrfs_direct_write(): of a file with checksums it is a buffered one, since the bytes could change
/// meanwhile.
#[test]
fn a_direct_write_of_btrfs_that_fails_is_in_the_cache() {
    let left = format!(
        "{DIRECT}
        a1 pread 0..4
        a1 < got 2 2 2 2
        a1 fsync
        a1 < EIO
        a1 fsync
        a1 < ok"
    );
    if let Some(ground) = ground::<Btrfs>() {
        says::<Btrfs>(&ground, &left);
    }
}
