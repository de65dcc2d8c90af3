//! What the mails say of FUSE, shown on the running kernel.

use super::put::{ground, says};
use launder_impls::kernel::{Fuse, FuseWriteback};

/// David Howells, 19 Mar 2024: "if you write back your entire copy of the file, you might avoid corrupting the file, but
/// completely obliterate the third party changes". The third party wrote cell 0; the kernel has cell 1 of the same folio
/// dirty; the invalidation that is to make the third party's bytes seen writes the folio back over them.
#[test]
fn the_third_partys_bytes_are_overwritten_by_the_flush_that_a_notification_does() {
    let Some(ground) = ground::<FuseWriteback>() else { return };
    says::<FuseWriteback>(
        &ground,
        "a1 pwrite 1..2
         . GETATTR, size 0..16 for a
         . READ 0..4 for a
         a1 < ok
         server pwrite 0..1
         server < ok
         server pread 0..4
         server < got 2 0 0 0
         server notify a 0..4
         . WRITE 0..4 for a
         server < ok
         server pread 0..4
         server < got 0 1 0 0",
    );
}

/// Miklos Szeredi, the same day: the server "may discard writes caused by the invalidation"; and a cache that writes through
/// has nothing to flush.
#[test]
fn they_stay_where_the_cache_writes_through() {
    let Some(ground) = ground::<Fuse>() else { return };
    says::<Fuse>(
        &ground,
        "a1 pwrite 1..2
         . WRITE 1..2 for a
         a1 < ok
         server pwrite 0..1
         server < ok
         server notify a 0..4
         server < ok
         a1 pread 0..4
         . READ 0..4 for a
         a1 < got 2 1 0 0",
    );
}
