//! Kept cases said anew for a real kernel: a hold of a model's counts its steps, and one here the requests whose replies wait. A
//! request that is swapped is executed with its reply, so that it comes after those that were sent later. And kept cases said anew for an
//! option that has reads go another way, or in words that a kernel knows.

/// Kept cases whose weakness no delay of a reply shows: what a WRITE carries changes before it is read from /dev/fuse, and the server
/// reads whatever is sent at once. That the kernel zeroes those cells meanwhile,
/// write-through-and-an-end-that-is-zeroed-is-read shows of it.
pub const NOT_AMONG_REPLIES: [&str; 2] = [
    "write-through-and-an-end-that-is-zeroed.case",
    "write-through-and-a-size-that-is-fetched-after-a-notification.case",
];

/// The kept case, and what stands for it.
pub const CASES: &[(&str, &str)] = &[
    (
        "notified-while-writing-through.case",
        "nature swap 1
         a1 pwrite 0..4 ~1+2
         server notify a 0..4
         a2 pread 0..1
         a2 pread 0..1",
    ),
    (
        "write-through-and-a-direct-read.case",
        "nature swap 1
         a2 pwrite 0..4 ~1+2
         a1 pread 0..1
         a1 pread direct 0..1",
    ),
    (
        "write-through-and-a-folio-that-goes-with-the-size.case",
        "server pwrite 16..17
         a2 pread 15..17 ~1+2
         nature swap 1
         a1 pwrite 12..16 ~1+2
         a2 pread 12..13
         nature reclaim b 0..4
         a1 pread 12..13",
    ),
    (
        "write-through-and-a-folio-that-is-read-again.case",
        "a1 close
         a1 open ~1+2
         nature swap 1
         a2 pwrite 0..4 ~1+2
         a1 pread 0..1
         nature reclaim b 0..4
         a2 pread 0..1",
    ),
    (
        "write-through-and-a-folio-that-is-stored-to-again.case",
        "a1 mmap
         a1 close
         a1 open ~1+2
         nature swap 1
         a2 pwrite 0..4 ~1+2
         a1 mwrite 0..1",
    ),
    (
        "write-through-overtaken-by-writeback.case",
        "a1 mmap
         a1 mread 0..1
         nature swap 1
         a2 pwrite 0..1 ~1+3
         a1 mread 0..1
         a1 mwrite 0..1
         nature writeback a 0..4",
    ),
    (
        "write-through-overtaken-by-writeback-without-an-error.case",
        "server deny b1
         a1 mmap
         a1 mread 0..1
         nature swap 1
         a2 pwrite 0..1 ~1+3
         a1 mread 0..1
         a1 mwrite 0..1
         nature writeback a 0..4",
    ),
    (
        "stored-while-the-server-punches.case",
        "a1 mmap
         a1 mwrite 1..2
         a2 punch 1..2 ~2+2
         a1 mwrite 0..1
         nature writeback a 0..4",
    ),
    (
        "stored-after-the-server-has-punched.case",
        "a1 pwrite direct 0..1
         a1 mmap
         a2 punch 0..1 ~1+2
         a1 pread 0..1
         a1 mwrite 0..1",
    ),
    (
        "stored-after-the-server-has-punched-is-read.case",
        "a1 pwrite direct 0..1
         a1 mmap
         a2 punch 0..1 ~1+3
         a1 pread 0..1
         a1 mwrite 0..1
         nature reclaim b 0..4
         a1 mread 0..1",
    ),
    (
        "stored-after-the-server-has-punched-without-an-error.case",
        "a1 pwrite direct 0..1
         a1 mmap
         a2 punch 0..1 ~1+3
         a1 pread 0..1
         a1 mwrite 0..1
         nature fail read EIO 1",
    ),
    (
        "second-write-through-fails-and-is-loaded.case",
        "a1 mmap
         a1 mread 4..5
         a1 pwrite 3..5 ~1+1
         nature fail write EIO 1
         a1 mread 4..5",
    ),
    (
        "direct-read-of-what-is-in-the-cache-alone.case",
        "file 0
         a1 append 4
         a1 pread direct 3..5 ~3+1
         a2 append 1
         b1 pwrite 12..13
         b1 pread direct 4..5",
    ),
    (
        "direct-read-of-what-was-written-while-it-flushed.case",
        "file 0
         a1 pwrite 0..1
         a1 pread direct 3..5 ~3+1
         a2 pwrite 4..5
         b1 pwrite 12..13
         b1 pread direct 4..5",
    ),
    (
        "short-write-of-writeback-and-a-crash.case",
        "a1 mmap
         a1 close
         a1 mwrite 0..4
         nature short write 1
         a2 fsync",
    ),
    (
        "write-through-and-a-folio-that-is-stored-to-again-without-an-error.case",
        "server deny b1
         a1 mmap
         a1 close
         a1 open ~1+2
         nature swap 1
         a2 pwrite 0..4 ~1+2
         a1 mwrite 0..1",
    ),
    (
        "write-through-and-an-end-that-is-zeroed-is-read.case",
        "a1 ftruncate 13
         a1 mmap
         a1 mwrite 12..13
         a1 pwrite 15..16 ~1+1
         nature writeback a 12..13
         a1 mread 15..16",
    ),
    (
        "notified-while-writing-through.case",
        "a1 mmap
         server notify a 0..1 ~0+2
         nature swap 1
         a1 pwrite 0..4 ~1+1
         a2 pread 0..1
         a1 mread 0..1",
    ),
    (
        "short-read-unmaps-nothing.case",
        "a1 pwrite 16..20
         a1 mmap
         b1 ftruncate 0
         a1 mread 0..1
         a1 zero 15..16
         a1 ftruncate 16
         a1 mread 16..17",
    ),
    (
        "copy-and-a-store-beside-it-is-read.case",
        "a1 mmap
         a2 copy 6..11 0 ~1+1
         a1 mwrite 5..6
         a1 mread 5..6",
    ),
    (
        "stored-while-the-server-punches.case",
        "a1 mmap
         a2 pwrite direct 0..4
         a1 mread 0..4
         a2 punch 1..2 ~1+2
         a1 mwrite 0..1
         nature writeback a 0..4",
    ),
    (
        "stored-after-the-server-has-punched.case",
        "a2 mmap
         a1 pwrite direct 0..1
         a1 mmap
         a2 punch 0..1 ~1+2
         a1 mread 0..1
         a1 mwrite 0..1",
    ),
    (
        "stored-after-the-server-has-punched-is-read.case",
        "a2 mmap
         a1 pwrite direct 0..1
         a1 mmap
         a2 punch 0..1 ~1+3
         a1 mread 0..1
         a1 mwrite 0..1
         nature reclaim b 0..4
         a1 mread 0..1",
    ),
    (
        "stored-after-the-server-has-punched-without-an-error.case",
        "a2 mmap
         a1 pwrite direct 0..1
         a1 mmap
         a2 punch 0..1 ~1+3
         a1 mread 0..1
         a1 mwrite 0..1
         nature fail read EIO 1",
    ),
    (
        "lock-of-one-kernel-and-a-load.case",
        "b1 pwrite direct 16..17
         a1 lock
         a1 mmap
         a1 mwrite 16..17",
    ),
    (
        "lock-of-one-kernel-and-the-size.case",
        "server pwrite 16..20
         a1 lock
         a1 append 1",
    ),
    (
        "size-of-the-kernel-and-an-open.case",
        "server ftruncate 20
         a1 close
         a1 open
         a1 mmap
         a1 mread 16..17",
    ),
    (
        "size-of-the-kernel-and-a-read-after-an-open.case",
        "server pwrite 16..20
         a1 close
         a1 open
         a1 append 1",
    ),
];
