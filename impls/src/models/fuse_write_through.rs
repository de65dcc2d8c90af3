//! FUSE without writeback_cache: fuse_perform_write() returns when the server has the bytes, and what is cached is a copy.

use super::Model;
use super::fuse_known::{
    CACHED_THROUGH, OPENED_ANEW, READ_UNCHECKED, STAYS_UPTODATE, UNRELEASED, UNRELEASED_GOES_THROUGH,
    UNRELEASED_THROUGH, UNRELEASED_UNLOCKED, WRITTEN_UNLOCKED,
};
use super::together::together;
use crate::linux::{
    Fuse, Linux, Locks, Scheme, Size, Ways, WriteThrough, Writeback, fuse_call, perform_write,
};
use crate::{Bug, Known, Sim};
use launder_oracle::{Call, Contract, Errno, Host, Range, Reply, Value, Who};

/// The page cache of a FUSE mount without writeback_cache.
pub struct FusePerformWrite {
    linux: Linux,
}

impl FusePerformWrite {
    /// As 6.18 has it.
    pub(super) fn new(sim: &Sim) -> FusePerformWrite {
        let ways =
            Ways { size: Size::Server, writeback: Writeback::Iomap, locks: Locks::Kernel, ..Ways::default() };
        FusePerformWrite { linux: Linux::new(sim, ways) }
    }
}

/// As 6.18 has it.
pub struct FuseWriteThrough;

impl Model for FuseWriteThrough {
    const NAME: &'static str = "fuse-write-through";
    const SOURCE: &'static str = "fs/fuse/file.c, fuse_perform_write(), 6.18; 4f06dd92b5d0 \"fuse: fix write deadlock\" (5.13); Miklos Szeredi, 22 Oct 2020";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[Bug {
        name: "no_clear_U_on_err",
        source: "4f06dd92b5d0 \"fuse: fix write deadlock\" (5.13): before it, what a failed WRITE had copied stayed in the cache",
        case: "no-clear-u-on-err.case",
    }];
    const KNOWN: &'static [&'static [Known]] = KNOWN;
    const TWIN: Option<&'static str> = Some("kernel-fuse");
    type Scheme = FusePerformWrite;

    fn scheme(sim: &Sim) -> FusePerformWrite {
        FusePerformWrite::new(sim)
    }

    fn knows(call: &Call) -> bool {
        !matches!(call, Call::Notify(..))
    }
}

/// Before 4f06dd92b5d0.
pub struct FuseWriteThrough512;

impl Model for FuseWriteThrough512 {
    const NAME: &'static str = "fuse-write-through-5.12";
    const SOURCE: &'static str = "fs/fuse/file.c, fuse_perform_write(), 5.10 to 5.12: all pages of a request are locked until the reply";
    const CONTRACT: Contract = Contract::FUSE;
    const KNOWN: &'static [&'static [Known]] = KNOWN_512;
    type Scheme = FusePerformWrite;

    fn scheme(sim: &Sim) -> FusePerformWrite {
        let ways = Ways {
            size: Size::Server,
            writeback: Writeback::TemporaryPages,
            locks: Locks::Kernel,
            write_through: WriteThrough::Locked,
            ..Ways::default()
        };
        FusePerformWrite { linux: Linux::new(sim, ways) }
    }

    fn knows(call: &Call) -> bool {
        !matches!(call, Call::Notify(..))
    }
}

/// What both are known to break, and 6.18.
pub(super) const KNOWN: &[&[Known]] = together!(
    CACHED_THROUGH,
    OPENED_ANEW,
    READ_UNCHECKED,
    WRITTEN_UNLOCKED,
    &[UNRELEASED, UNRELEASED_THROUGH, UNRELEASED_UNLOCKED, UNRELEASED_GOES_THROUGH]
);

/// What both are known to break, and 5.12.
const KNOWN_512: &[&[Known]] =
    together!(CACHED_THROUGH, OPENED_ANEW, READ_UNCHECKED, &[STAYS_UPTODATE, UNRELEASED, UNRELEASED_THROUGH]);

impl Scheme for FusePerformWrite {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    async fn invalidate(&self, host: Host, folios: std::ops::Range<u32>) -> Result<(), Errno> {
        self.linux.invalidate_inode_pages2_range(host, folios).await
    }

    async fn own_way(&self, who: Who, call: Call) -> Option<Reply> {
        fuse_call(self, who, call).await
    }

    async fn map_pages(&self, who: Who, index: u32) -> Result<(), Errno> {
        self.linux.filemap_map_pages(who, index);
        Ok(())
    }
}

impl Fuse for FusePerformWrite {
    async fn buffered_write(
        &self,
        who: Who,
        range: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        perform_write(&self.linux, who, range, value).await
    }
}
