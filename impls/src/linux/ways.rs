//! What kernels and file systems do differently in the parts that they share: plain settings, as their flags are.

/// The settings of a scheme; the default is FUSE's writeback cache, of 6.18.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ways {
    /// What writeback writes of a dirty folio.
    pub payload: Payload,
    /// What invalidate_inode_pages2() does with a dirty folio.
    pub dirty: Dirty,
    /// Whether there is a point beyond which the server is not asked.
    pub zero_point: ZeroPoint,
    /// What becomes of a folio that was laundered in vain.
    pub in_vain: InVain,
    /// Whether a store through a mapping is noticed before the page table is looked at.
    pub tracking: Tracking,
}

/// Whether a store through a mapping is noticed before the page table is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tracking {
    /// A clean folio is mapped write-protected: ->page_mkwrite(), and folio_mkclean(), since 2.6.19.
    #[default]
    Mkwrite,
    /// The dirty bit of an entry comes to the folio when it is zapped, by munmap(2) say, or at msync(2).
    Zap,
}

/// What a WRITE of writeback carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Payload {
    /// All of the folio that is inside the file.
    #[default]
    Folio,
    /// What was written since the folio was last clean; a folio that was stored to through a mapping counts as written whole.
    DirtyCells,
}

/// What invalidate_inode_pages2() does with a dirty folio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dirty {
    /// ->launder_folio(), under the folio lock.
    #[default]
    Launder,
    /// The file system has no such operation: the folio stays, and the call says EBUSY.
    Stay,
}

/// Whether the file system remembers from where on the server has nothing to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZeroPoint {
    /// The server is always asked.
    #[default]
    Absent,
    /// netfs_inode.zero_point, <linux/netfs.h>: "Size after which we assume there's no data on the server". A folio that begins
    /// at or after it is zeroed and not read.
    Kept,
}

/// What becomes of a folio that was laundered in vain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InVain {
    /// It is dirty again, and stays.
    #[default]
    Dirty,
    /// It is clean, and stays: v9fs_launder_page() returns the error.
    Stays,
    /// It is clean, as after any other writeback that fails: nfs_write_error() removes the request, and who syncs is told.
    Clean,
}
