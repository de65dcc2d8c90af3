//! What the mails argue, and where it is put to the test.

/// What somebody argued, the case that puts it to the test, and the subjects that it is about.
pub struct Argument {
    pub who: &'static str,
    pub says: &'static str,
    pub case: &'static str,
    pub shows: Shows,
    pub subjects: &'static [&'static str],
}

/// What a result shows beside the verdict and what the file holds in the end.
pub enum Shows {
    /// No more.
    Kept,
    /// What these asks of the case are answered, counted from 1.
    Replies(&'static [usize]),
    /// How many steps of the trace say this.
    Steps(&'static str),
}
use Shows::{Kept, Replies, Steps};

pub const ARGUMENTS: &[Argument] = &[
    Argument {
        who: "David Howells",
        says: "\"if you write your dirty data back, you may corrupt the file on the server\": byte tracking mixes two versions",
        case: "third-party-in-a-dirty-folio",
        shows: Kept,
        subjects: &["divergence-dirty-bytes"],
    },
    Argument {
        who: "David Howells",
        says: "\"if you write back your entire copy\", you \"completely obliterate the third party changes\"",
        case: "third-party-in-another-dirty-folio",
        shows: Kept,
        subjects: &["divergence-dirty-bytes", "divergence-whole-copy"],
    },
    Argument {
        who: "David Howells",
        says: "\"if you discard your changes, you lose those instead\"; or ask, and both are kept until somebody has said",
        case: "third-party-in-the-same-cell",
        shows: Kept,
        subjects: &[
            "divergence-dirty-bytes",
            "divergence-whole-copy",
            "divergence-discard",
            "divergence-ask",
        ],
    },
    Argument {
        who: "Miklos Szeredi",
        says: "without launder there is a window in which data *will* be lost",
        case: "store-slips-into-the-window",
        shows: Kept,
        subjects: &["launder-folio", "flush-and-wait", "flush-and-wait-recheck"],
    },
    Argument {
        who: "Miklos Szeredi",
        says: "writes to different folios need not be lost",
        case: "writes-to-different-folios",
        shows: Kept,
        subjects: &["launder-folio", "flush-and-wait"],
    },
    Argument {
        who: "Trond Myklebust",
        says: "\"only requires taking the page locks\": a context without other locks can call it",
        case: "invalidation-takes-only-folio-locks",
        shows: Kept,
        subjects: &["launder-folio", "netfs-invalidate-inode"],
    },
    Argument {
        who: "Trond Myklebust",
        says: "truncate instead, called without the inode lock, loses a racing write",
        case: "written-between-flush-and-truncate",
        shows: Kept,
        subjects: &[
            "launder-folio",
            "netfs-invalidate-inode",
            "filemap-invalidate-inode-6.10",
            "filemap-invalidate-inode",
        ],
    },
    Argument {
        who: "Trond Myklebust",
        says: "called with it, it does not",
        case: "written-under-i-rwsem",
        shows: Kept,
        subjects: &["netfs-invalidate-inode", "filemap-invalidate-inode-6.10"],
    },
    Argument {
        who: "Trond Myklebust",
        says: "called by who holds a lock that writeback needs, it hangs",
        case: "validate-lock",
        shows: Kept,
        subjects: &["filemap-invalidate-inode+validate_lock"],
    },
    Argument {
        who: "David Howells",
        says: "the hacked netfs_invalidate_inode(), with flush and without",
        case: "discarded-though-nobody-else-wrote",
        shows: Kept,
        subjects: &["netfs-invalidate-inode", "netfs-invalidate-inode-discard"],
    },
    Argument {
        who: "David Howells",
        says: "i_mmap_lock stops no fault, and writeback of what was mapped again waits for it",
        case: "mapped-again-under-i-mmap-rwsem",
        shows: Kept,
        subjects: &["netfs-invalidate-inode", "netfs-invalidate-inode-discard"],
    },
    Argument {
        who: "Andrea Arcangeli",
        says: "\"try_to_release_page cannot fail on non-mapped pages, otherwise it would lose coherency\"",
        case: "page-that-is-not-released",
        shows: Replies(&[3, 5]),
        subjects: &["direct-io-2.6.9", "direct-io-2.6.11", "direct-io"],
    },
    Argument {
        who: "Andrew Morton",
        says: "release fails under a page that is mapped: check \"the return value\", and say so \"via a short write, or via -EFOO\"; until then there is silence",
        case: "release-fails-under-a-mapped-page",
        shows: Replies(&[4, 6]),
        subjects: &["direct-io-2.6.9", "direct-io-2.6.11", "direct-io"],
    },
    Argument {
        who: "Andrew Morton",
        says: "\"a half-fix for NFS which doesn't work at all for (say) ext3\": what is mapped is said not to be uptodate",
        case: "mapped-page-is-not-read-again",
        shows: Replies(&[4]),
        subjects: &["direct-io-2.6.9", "zap-pte-range", "direct-io-2.6.11"],
    },
    Argument {
        who: "Andrea Arcangeli",
        says: "\"zap_pte_range should not mark non-uptodate pages dirty\": old bytes are written over new ones; if it does not, the store is lost instead",
        case: "dirty-entry-of-a-page-that-is-not-uptodate",
        shows: Kept,
        subjects: &["zap-pte-range", "zap-pte-range-uptodate", "direct-io-2.6.9", "direct-io-2.6.11"],
    },
    Argument {
        who: "Andrew Morton",
        says: "\"sync all the ptes prior to a direct-io read as well\": what was stored through a mapping is read",
        case: "direct-read-after-a-mapped-store",
        shows: Replies(&[3]),
        subjects: &[
            "direct-io-2.6.9",
            "direct-io-2.6.11",
            "direct-io-2.6.9-msync",
            "direct-io-2.6.9-shoot-down",
            "direct-io",
        ],
    },
    Argument {
        who: "Andrea Arcangeli",
        says: "\"you don't need to shootdown the ptes but only to msync them\": who has the page mapped must fault again after the one, and not after the other",
        case: "direct-read-after-a-mapped-store",
        shows: Steps("folio 0 is mapped by a1"),
        subjects: &["direct-io-2.6.9-msync", "direct-io-2.6.9-shoot-down", "direct-io"],
    },
    Argument {
        who: "Andrea Arcangeli",
        says: "\"if somebody orders the writes, then it should work even with mmap now\"",
        case: "ordered-direct-and-mapped-writes",
        shows: Kept,
        subjects: &["direct-io-2.6.9", "direct-io-2.6.11", "direct-io"],
    },
    Argument {
        who: "Andrea Arcangeli",
        says: "of NFS \"all they care about is that if they restart the program it sees the new data on the server\", and \"a persistent mmap isn't required to see the new data\"",
        case: "mapped-by-a-program-that-starts-again",
        shows: Replies(&[4, 9]),
        subjects: &["nfs", "nfs-2.6.9"],
    },
    Argument {
        who: "Andrea Arcangeli",
        says: "\"if you munmap and mmap again the new data is shown\": once NFS asks for the attributes, which it need not while the file stays open",
        case: "mapped-again-after-the-server-changed",
        shows: Replies(&[8]),
        subjects: &["nfs", "nfs-2.6.9"],
    },
    Argument {
        who: "Vivek Goyal",
        says: "a WRITE fails in a page that is uptodate",
        case: "failed-write-on-an-uptodate-folio",
        shows: Kept,
        subjects: &["fuse-write-through", "fuse-write-through-5.12", "write-through"],
    },
    Argument {
        who: "Vivek Goyal",
        says: "partial pages: \"if head page is partial (and it is not uptodate), we will just send first WRITE with head page\", and the second fails",
        case: "partial-pages-and-a-second-write-that-fails",
        shows: Replies(&[1, 3]),
        subjects: &["fuse-write-through", "fuse-write-through-5.12"],
    },
    Argument {
        who: "Miklos Szeredi",
        says: "\"a window where a concurrent read or load would get the wrong data, but I don't think anybody cares\"",
        case: "write-through-is-seen-and-fails",
        shows: Replies(&[4, 5]),
        subjects: &["fuse-write-through", "fuse-write-through-5.12"],
    },
    Argument {
        who: "Vivek Goyal",
        says: "what a mapping stored in that page",
        case: "write-through-to-a-mapped-folio-fails",
        shows: Kept,
        subjects: &["fuse-write-through", "fuse-write-through-5.12"],
    },
    Argument {
        who: "Miklos Szeredi",
        says: "written back when write(2) comes, \"not ordered in any way\": \"calling fuse_wait_on_page_writeback()\" orders them",
        case: "write-through-waits-for-writeback",
        shows: Kept,
        subjects: &["fuse-write-through", "fuse-write-through-5.12"],
    },
    Argument {
        who: "Miklos Szeredi",
        says: "redirtied through a mapping, with two WRITEs in flight",
        case: "write-through-overtaken-by-writeback",
        shows: Kept,
        subjects: &["fuse-write-through", "fuse-write-through-5.12"],
    },
    Argument {
        who: "Vivek Goyal",
        says: "a direct read during a WRITE",
        case: "direct-read-during-a-write",
        shows: Kept,
        subjects: &["fuse-write-through", "fuse-writeback"],
    },
];
