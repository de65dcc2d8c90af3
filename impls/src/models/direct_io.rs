//! O_DIRECT on a file system of this host, today: write back and invalidate, the request, invalidate again.

use super::Model;
use super::model::is_of_nature;
use crate::linux::{Dirty, Holes, Linux, Scheme, Stable, Store, Ways, folios};
use crate::{Bug, Known, Sim};
use launder_oracle::{Call, Contract, Errno, Host, Kind, Symptom, Value, Who};
use std::ops::Range;

/// The rules of kiocb_invalidate_pages() and kiocb_invalidate_post_direct_write(), of 6.18.
pub struct DirectIo {
    linux: Linux,
}

impl Model for DirectIo {
    const NAME: &'static str = "direct-io";
    const SOURCE: &'static str = "mm/filemap.c, generic_file_direct_write(), and fs/iomap/direct-io.c, 6.18: \"Try to invalidate cache pages for \
        the range we are writing. If this invalidation fails, let the caller fall back to buffered I/O\"";
    const CONTRACT: Contract = Contract::LINUX;
    const TWIN: Option<&'static str> = Some("path");
    const BUGS: &'static [Bug] = BUGS;
    const KNOWN: &'static [&'static [Known]] = &[KNOWN];
    type Scheme = DirectIo;

    fn scheme(sim: &Sim) -> DirectIo {
        let ways = Ways {
            store: Store::Disk,
            stable: Stable::Changes,
            dirty: Dirty::Stay,
            holes: Holes::Known,
            ..Ways::default()
        };
        DirectIo { linux: Linux::new(sim, ways) }
    }

    fn knows(call: &Call) -> bool {
        is_of_nature(call)
    }

    fn has_two_hosts() -> bool {
        false
    }
}

impl Scheme for DirectIo {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    async fn invalidate(&self, host: Host, folios: Range<u32>) -> Result<(), Errno> {
        self.linux.invalidate_inode_pages2_range(host, folios).await
    }

    /// ext4_dio_read_iter() takes i_rwsem, shared, so that blocks are not punched meanwhile.
    async fn read_direct(&self, who: Who, range: launder_oracle::Range) -> Result<Vec<Value>, Errno> {
        let inode = self.linux.inode(self.linux.process(who).host);
        let _i_rwsem = self.linux.sim.lock_shared(inode.i_rwsem).await;
        // kiocb_write_and_wait(), of the range alone.
        crate::linux::direct_read_after(&self.linux, who, range, folios(range)).await
    }
}

const KNOWN: &[Known] = &[
    Known {
        symptom: Symptom::Broken(Kind::SpuriousError),
        words: &["mwrite"],
        one_of: &["pwrite direct", "append direct"],
        hazard: "H5: a mapping brings the folio back before the direct write ends, which the next fsync answers with EIO",
        case: "stored-to-while-a-direct-write-is-under-way.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::StaleRead),
        words: &["fail release"],
        one_of: &["pwrite direct", "append direct"],
        hazard: "H8: the folio that came back is not released, and no fsync comes to say EIO",
        case: "folio-that-a-direct-write-left-stale.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::SilentError),
        words: &["fail release"],
        one_of: &["pwrite direct", "append direct"],
        hazard: "H8: the folio that came back is not released, and a change of a part of its block has it written back",
        case: "folio-that-a-direct-write-left-stale-is-punched-in-part.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::LostWrite),
        words: &["crash"],
        one_of: &["punch", "zero"],
        hazard: "found by launder: what a punch drops it does not write back first (43d0105e2c75), and until the blocks are \
            gone an fsync has nothing to write",
        case: "synced-under-a-punch.case",
    },
];

const BUGS: &[Bug] = &[
    Bug {
        name: "dio_no_post_inval",
        source: "bdb76ef5a4bc \"dio: fix cache invalidation after sync writes\" (2.6.24)",
        case: "dio-no-post-inval-on-a-disk.case",
    },
    Bug {
        name: "aio_inval_at_submit",
        source: "332391a9935d \"fs: Fix page cache inconsistency when mixing buffered and AIO DIO\" (4.14)",
        case: "aio-inval-at-submit.case",
    },
    Bug {
        name: "inval_before_convert",
        source: "c771c14baa33 \"iomap: invalidate page caches should be after iomap_dio_complete() in direct write\"",
        case: "inval-before-convert.case",
    },
    Bug {
        name: "post_inval_silent",
        source: "5a9d929d6e13 \"iomap: report collisions between directio and buffered writes to userspace\" (4.15)",
        case: "post-inval-silent.case",
    },
    Bug {
        name: "ignore_pre_inval_busy",
        source: "60263d5889e6 \"iomap: fall back to buffered writes for invalidation failures\"",
        case: "ignore-pre-inval-busy-on-a-disk.case",
    },
    Bug {
        name: "sync_skips_W",
        source: "05fe478dd04e \"mm: write_cache_pages integrity fix\" (2.6.29)",
        case: "sync-skips-w.case",
    },
    Bug {
        name: "fail_clears_uptodate",
        source: "f9f07b6c1372 \"vfs: Fix data corruption after failed write in __block_write_begin()\" (3.0)",
        case: "fail-clears-uptodate.case",
    },
    Bug {
        name: "mkclean_skip_np",
        source: "479db0bf408e \"mm: dirty page tracking race fix\" (2.6.27)",
        case: "mkclean-skip-np.case",
    },
    Bug {
        name: "shortcopy_leak",
        source: "68eb3db08344 \"ext3: Fix data / filesystem corruption when write fails to copy data\" (2.6.33)",
        case: "shortcopy-leak.case",
    },
    Bug {
        name: "trunc_zero_not_dirty",
        source: "40bc9a27e00d \"GFS2: Fix cache coherency between truncate and O_DIRECT read\" (2.6.31)",
        case: "trunc-zero-not-dirty.case",
    },
    Bug {
        name: "no_unmap_before_zero",
        source: "17207d0bb209 \"ext4: remove writable userspace mappings before truncating page cache\"",
        case: "no-unmap-before-zero.case",
    },
    Bug {
        name: "no_invalidate_lock",
        source: "ea3d7209ca01 \"ext4: fix races between page faults and hole punching\" (4.5); 730633f0b7f9 \"mm: Protect \
            operations adding pages to page cache with invalidate_lock\" (5.15)",
        case: "no-invalidate-lock.case",
    },
];
