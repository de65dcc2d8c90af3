//! Every word of a case does what it says, to real requests.

use super::put::{ground, put, says};
use launder_impls::Run;
use launder_impls::kernel::{Fuse, FuseWriteback};

#[test]
fn a_write_goes_through_and_the_server_has_it() {
    let Some(ground) = ground::<Fuse>() else { return };
    says::<Fuse>(
        &ground,
        "a1 pwrite 1..2
         . WRITE 1..2 for a
         a1 < ok
         server pread 0..4
         server < got 0 1 0 0
         a1 pread 0..4
         . READ 0..4 for a
         a1 < got 0 1 0 0
         a1 fsync
         . FSYNC for a
         a1 < ok
         a1 close
         . FLUSH for a
         a1 < ok
         a1 open
         . LOOKUP for a
         . OPEN for a
         a1 < ok",
    );
}

#[test]
fn a_write_that_is_cached_reaches_the_server_with_fsync() {
    let Some(ground) = ground::<FuseWriteback>() else { return };
    says::<FuseWriteback>(
        &ground,
        "a1 pwrite 0..4
         . GETATTR, size 0..16 for a
         a1 < ok
         server pread 0..4
         server < got 0 0 0 0
         a1 fsync
         . WRITE 0..4 for a
         . FSYNC for a
         a1 < ok
         server pread 0..4
         server < got 1 1 1 1",
    );
}

#[test]
fn a_notification_makes_the_servers_content_seen_on_the_host_that_it_names() {
    let Some(ground) = ground::<Fuse>() else { return };
    says::<Fuse>(
        &ground,
        "a1 pread 0..4
         . READ 0..4 for a
         a1 < got 0 0 0 0
         b1 pread 0..4
         . READ 0..4 for b
         b1 < got 0 0 0 0
         server pwrite 0..2
         server < ok
         server notify a 0..1
         server < ok
         a1 pread 0..4
         . READ 0..4 for a
         a1 < got 1 1 0 0
         b1 pread 0..4
         b1 < got 0 0 0 0",
    );
}

#[test]
fn requests_fail_as_nature_has_it() {
    let Some(ground) = ground::<Fuse>() else { return };
    says::<Fuse>(
        &ground,
        "nature fail write ENOSPC 1
         nature < ok
         a1 pwrite 0..4
         . WRITE 0..4 fails: No space left on device (os error 28) for a
         a1 < ENOSPC
         nature fail read EIO 1
         nature < ok
         a1 pread 0..4
         . READ 0..4 fails: Input/output error (os error 5) for a
         a1 < EIO
         nature short write 1
         nature < ok
         a1 pwrite 0..4
         . WRITE 0..4, short: 0..2 for a
         a1 < wrote 2
         nature drop 1
         nature < ok
         a1 pwrite 0..4
         . WRITE 0..4 fails: Input/output error (os error 5) for a
         a1 < EIO
         server pread 0..4
         server < got 2 2 0 0",
    );
}

#[test]
fn a_user_who_is_denied_is_refused_and_another_is_not() {
    let Some(ground) = ground::<Fuse>() else { return };
    let case = "server deny a2
         server < ok
         a2 pwrite 0..1
         . WRITE 0..1 fails: Permission denied (os error 13) for a
         a2 < EACCES
         a1 pwrite 0..1
         . WRITE 0..1 for a
         a1 < ok
         server allow a2
         server < ok
         a2 pwrite 0..1
         . WRITE 0..1 for a
         a2 < ok";
    match put::<Fuse>(&ground, "server deny a2\na2 pwrite 0..1") {
        Run::Skipped(why) => println!("skipped: {why}"),
        _ => says::<Fuse>(&ground, case),
    }
}

#[test]
fn nature_writes_back_and_reclaims_what_is_mapped() {
    let Some(ground) = ground::<FuseWriteback>() else { return };
    says::<FuseWriteback>(
        &ground,
        "a1 mmap
         a1 < ok
         a1 mwrite 0..4
         . READ 0..4 for a
         a1 < ok
         nature writeback a 4..8
         nature < ok
         nature writeback a 0..4
         . WRITE 0..4 for a
         nature < ok
         server pwrite 0..1
         server < ok
         a1 mread 0..2
         a1 < got 1 1
         nature reclaim a 0..4
         nature < ok
         a1 mread 0..2
         . READ 0..4 for a
         a1 < got 2 1",
    );
}

#[test]
fn a_case_with_a_word_that_no_mount_knows_is_skipped() {
    let Some(ground) = ground::<Fuse>() else { return };
    for word in ["nature crash a", "nature fail release 1"] {
        assert!(matches!(put::<Fuse>(&ground, word), Run::Skipped(_)), "{word}");
    }
}

#[test]
fn locks_are_each_kernels_own_and_close_gives_them_up() {
    let Some(ground) = ground::<Fuse>() else { return };
    says::<Fuse>(
        &ground,
        "a1 lock
         a1 < ok
         b1 lock
         b1 < ok
         a2 lock
         a1 close
         . FLUSH for a
         a1 < ok
         a2 < ok",
    );
}
