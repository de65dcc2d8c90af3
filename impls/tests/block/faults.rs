//! What becomes of the file when its own blocks cannot be written or read.

use super::put::{ground, says};
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
