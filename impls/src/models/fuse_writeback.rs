//! FUSE with writeback_cache: write(2) dirties folios, and the server has them by fsync(2) or close(2).

use super::Model;
use super::fuse_known::{
    CACHED_BACK, OPENED_ANEW_OF_OWN_SIZE, TEMPORARY_PAGES, UNRELEASED, UNRELEASED_GOES_THROUGH,
    UNRELEASED_WRITEBACK,
};
use super::together::together;
use crate::linux::{Fuse, Linux, Locks, Scheme, Size, Ways, Writeback, cells_of, fuse_call, overlap};
use crate::{Bug, Known, Sim, step};
use launder_oracle::{Call, Contract, Errno, FOLIO, Host, Range, Reply, Value, Who};

/// The page cache of a FUSE mount with writeback_cache.
pub struct FuseWritebackCache {
    linux: Linux,
}

impl FuseWritebackCache {
    /// With this writeback.
    pub(super) fn new(sim: &Sim, writeback: Writeback) -> FuseWritebackCache {
        let ways = Ways { size: Size::Kernel, writeback, locks: Locks::Kernel, ..Ways::default() };
        FuseWritebackCache { linux: Linux::new(sim, ways) }
    }
}

/// As 6.18 has it.
pub struct FuseWriteback;

impl Model for FuseWriteback {
    const NAME: &'static str = "fuse-writeback";
    const SOURCE: &'static str =
        "fs/fuse/file.c with writeback_cache, 6.18: iomap, and no temporary pages (since 6.16)";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[
        Bug {
            name: "otrunc_no_nowrite",
            source: "e4648309b85a \"fuse: truncate pending writes on O_TRUNC\"",
            case: "otrunc-no-nowrite.case",
        },
        Bug {
            name: "otrunc_deadlock",
            source: "2fdbb8dd0155 \"fuse: fix deadlock between atomic O_TRUNC and page invalidation\"",
            case: "otrunc-deadlock.case",
        },
        Bug {
            name: "cfr_no_inval",
            source: "9b46418c40fe \"fuse: copy_file_range should truncate cache\"",
            case: "cfr-no-inval.case",
        },
        Bug {
            name: "fuse_dio_no_post",
            source: "b359af8275a9 \"fuse: Invalidate the page cache after FOPEN_DIRECT_IO write\" (6.19)",
            case: "fuse-dio-no-post.case",
        },
        Bug {
            name: "inval_in_completion",
            source: "4c4c472d25f5, after b359af8275a9: the invalidation in the completion of an asynchronous direct write",
            case: "inval-in-completion.case",
        },
    ];
    const KNOWN: &'static [&'static [Known]] = KNOWN;
    const TWIN: Option<&'static str> = Some("kernel-fuse-writeback");
    type Scheme = FuseWritebackCache;

    fn scheme(sim: &Sim) -> FuseWritebackCache {
        FuseWritebackCache::new(sim, Writeback::Iomap)
    }

    fn knows(call: &Call) -> bool {
        !matches!(call, Call::Notify(..))
    }
}

/// With temporary pages.
pub struct FuseWritebackTemp;

impl Model for FuseWritebackTemp {
    const NAME: &'static str = "fuse-writeback-temp";
    const SOURCE: &'static str = "fs/fuse/file.c with writeback_cache, 5.10 (3.15 to 6.15): what is written is copied to temporary pages";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[Bug {
        name: "read_overtakes_write",
        source: "a mutant: fuse_do_readpage() without fuse_wait_on_page_writeback()",
        case: "read-overtakes-write.case",
    }];
    const KNOWN: &'static [&'static [Known]] = KNOWN_TEMP;
    type Scheme = FuseWritebackCache;

    fn scheme(sim: &Sim) -> FuseWritebackCache {
        FuseWritebackCache::new(sim, Writeback::TemporaryPages)
    }

    fn knows(call: &Call) -> bool {
        !matches!(call, Call::Notify(..))
    }
}

/// What it is known to break.
pub(super) const KNOWN: &[&[Known]] = together!(
    CACHED_BACK,
    OPENED_ANEW_OF_OWN_SIZE,
    &[UNRELEASED, UNRELEASED_WRITEBACK, UNRELEASED_GOES_THROUGH]
);

/// The same with temporary pages.
const KNOWN_TEMP: &[&[Known]] =
    together!(CACHED_BACK, OPENED_ANEW_OF_OWN_SIZE, &[TEMPORARY_PAGES, UNRELEASED, UNRELEASED_WRITEBACK]);

impl Scheme for FuseWritebackCache {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    async fn invalidate(&self, host: Host, folios: std::ops::Range<u32>) -> Result<(), Errno> {
        if self.linux.sim.bug("use_imp") {
            self.linux.invalidate_mapping_pages(host, folios).await;
            return Ok(());
        }
        self.linux.invalidate_inode_pages2_range(host, folios).await
    }

    async fn own_way(&self, who: Who, call: Call) -> Option<Reply> {
        fuse_call(self, who, call).await
    }

    async fn map_pages(&self, who: Who, index: u32) -> Result<(), Errno> {
        self.linux.filemap_map_pages(who, index);
        Ok(())
    }

    /// iomap_write_begin(), the copy, iomap_write_end(); fuse_write_begin() and fuse_write_end() until 6.16. What lies past
    /// the end is zero, and not asked for. Only where there are temporary pages is the WRITE of the folio waited for.
    async fn write_folio(
        &self,
        who: Who,
        index: u32,
        part: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        let linux = &self.linux;
        let inode = linux.inode(linux.process(who).host);
        let (id, _folio) = linux.grab_folio(who, index).await;
        linux.wait_on_temporary_page(inode.host, index).await;
        let past_the_end = inode.size().get() <= index * FOLIO;
        if !inode.folio(id).uptodate && part.len() < FOLIO && !past_the_end {
            linux.read_folio(inode.host, who, id).await?;
        } else if !inode.folio(id).uptodate {
            linux.copy_in(inode.host, id, cells_of(index), &|_| Value::ZERO);
            inode.change(id, |folio| folio.uptodate = true);
        }
        linux.copy_in(inode.host, id, part, value);
        inode.change(id, |folio| {
            folio.mark_dirty(part);
            folio.writer = who;
        });
        inode.extend(part.end);
        step!(linux.sim, "{}: {who} writes {part} to folio {index}", inode.host);
        Ok(part.len())
    }
}

impl Fuse for FuseWritebackCache {
    async fn buffered_write(
        &self,
        who: Who,
        range: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        // iomap_file_buffered_write() drops the error of an iomap_write_iter() that has written something, and goes on from there.
        let goes_on = self.linux.ways.writeback == Writeback::Iomap;
        let (mut done, mut before) = (0, 0);
        while done < range.len() {
            let index = (range.start + done) / FOLIO;
            let part = overlap(cells_of(index), range);
            match self.write_folio(who, index, part, value).await {
                Ok(cells) => done += cells,
                Err(_) if goes_on && done > before => before = done,
                Err(errno) if done == 0 => return Err(errno),
                Err(_) => break,
            }
        }
        Ok(done)
    }
}
