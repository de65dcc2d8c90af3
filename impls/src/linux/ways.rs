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
    /// Whether ->page_mkwrite() looks if the page has left the cache.
    pub mkwrite: Mkwrite,
    /// Whose word on the size of the file counts.
    pub size: Size,
    /// How the file system carries out writeback.
    pub writeback: Writeback,
    /// Who keeps the locks of fcntl(2).
    pub locks: Locks,
    /// What fuse_perform_write() does with the folios of its WRITE.
    pub write_through: WriteThrough,
    /// Where the file is kept.
    pub store: Store,
    /// Whether a folio under writeback may be written to.
    pub stable: Stable,
    /// What a folio's blocks are known by.
    pub buffers: Buffers,
    /// Which folios a dirty entry of a page table makes dirty when it is zapped.
    pub zap: Zap,
    /// How many requests for a file are under way at once.
    pub requests: Requests,
    /// Whether a hole is read from the disk.
    pub holes: Holes,
    /// Who is told that writeback has failed.
    pub errors: Errors,
    /// What becomes of what stores through mappings have left past the end, in its folio, when the file grows.
    pub tail: Tail,
    /// What POSIX_FADV_DONTNEED writes back, and which folios it walks.
    pub advice: Advice,
}

/// What POSIX_FADV_DONTNEED writes back, and which folios it walks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Advice {
    /// What is dirty of those meant; whole ones, and the last of the file, again where some stay: since 4.16, "mm/fadvise: discard
    /// partial page if endbyte is also EOF".
    #[default]
    Twice,
    /// All of the file, filemap_flush(); whole ones, once: 2.6.9.
    OnceWhole,
    /// The same, and the last one, too, though only a part of it may be meant: 2.6.22.
    Once,
}

/// What becomes of what stores through mappings have left past the end, in its folio, when the file grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tail {
    /// It is zeroed: pagecache_isize_extended(), since 52aecaee1c26 "mm: zero range of eof folio exposed by inode size extension" (6.13).
    #[default]
    Zeroed,
    /// It is part of the file then. What writeback has zeroed before is not: that of file systems on a disk does.
    Exposed,
    /// The same of fs/netfs, 6.10, whose netfs_write_folio() zeroes it, too, when it writes the folio back.
    ExposedUntilWritten,
}

/// Who is told that writeback has failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Errors {
    /// Each descriptor that was open, once: file_check_and_advance_wb_err(), since 4.13.
    #[default]
    ErrSeq,
    /// Who first asks: filemap_fdatawait() tests and clears AS_ENOSPC and AS_EIO of mapping->flags, for fsync(2) and for
    /// filemap_write_and_wait() alike.
    Flags,
}

/// Whether a hole is read from the disk, where a fault can meet it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Holes {
    /// As if it were data.
    #[default]
    Read,
    /// A file system knows where nothing is, and does not ask the disk for it: iomap_adjust_read_range() and mpage_readahead()
    /// zero what is not mapped.
    Known,
}

/// How many requests for a file are under way at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Requests {
    /// As many as there are.
    #[default]
    Many,
    /// One: AFS since 4.15, afs_begin_vnode_operation(), which takes vnode->io_lock.
    One,
}

/// Where the file is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Store {
    /// On a server, which others reach too: open, close and locks are points of coherence.
    #[default]
    Server,
    /// On a disk of the host: i_size is what the file's size is, and nobody else writes to it. A folio has several blocks.
    Disk,
}

/// Whether a folio under writeback may be written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stable {
    /// folio_wait_stable() waits: the device wants pages that do not change, or the file system sees to it.
    #[default]
    Waits,
    /// It does not wait.
    Changes,
}

/// What a folio's blocks are known by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Buffers {
    /// By the folio alone.
    #[default]
    None,
    /// By a buffer head, which is uptodate, and dirty, beside the folio, and which the journal writes by itself: ext3, data=ordered.
    Heads,
}

/// Which folios a dirty entry of a page table makes dirty when it is zapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zap {
    /// Any.
    #[default]
    Dirties,
    /// Only those that are uptodate.
    DirtiesUptodate,
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

/// Whether ->page_mkwrite() looks if the page has left the cache, or the file, since __do_fault() unlocked it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mkwrite {
    /// It does, or do_page_mkwrite() does: the fault is taken again.
    #[default]
    Checks,
    /// afs_page_mkwrite(), 5.15, does not, and returns VM_FAULT_LOCKED, upon which do_page_mkwrite() does not look either.
    Trusts,
}

/// Whose word on the size of the file counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// The server's, where nothing that is dirty here lies beyond; it is asked whenever the attributes are not valid.
    #[default]
    Both,
    /// The server's, when it is asked: FUSE asks at open, and where a read goes past the end, and believes a short READ.
    Server,
    /// The kernel's: FUSE with writeback_cache, fuse_change_attributes(), "We cannot trust it".
    Kernel,
}

/// How the file system carries out writeback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writeback {
    /// What a short WRITE left is written again; a folio whose laundering fails stays, and is dirty again.
    #[default]
    Checked,
    /// FUSE on iomap, 6.17: what lies past the end is zeroed first, PG_writeback lasts until the reply, whose error is
    /// remembered for who syncs; how much was written nobody looks at, nor does ->launder_folio() at the error.
    Iomap,
    /// FUSE from 3.15 to 6.15: what is written is copied to a temporary page, and PG_writeback ends when that is sent. The
    /// reply is treated in the same way.
    TemporaryPages,
    /// AFS writes back itself, as the file system's own functions do it; a page that it has killed may stay mapped.
    Keyed,
}

/// What fuse_perform_write() does with the folios of its WRITE.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WriteThrough {
    /// Those that are uptodate are unlocked before it; all that it does not write whole are no longer uptodate.
    #[default]
    Unlocked,
    /// All are locked until the reply, and those that it writes whole are uptodate then: before 4f06dd92b5d0.
    Locked,
}

/// Who keeps the locks of fcntl(2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locks {
    /// The server: they hold across hosts, and are points of coherence.
    #[default]
    Server,
    /// Each kernel its own, and nothing is flushed or invalidated: FUSE without FUSE_POSIX_LOCKS.
    Kernel,
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
    /// It is clean, and stays: v9fs_launder_page() returns the error and does not call mapping_set_error(), which only
    /// v9fs_vfs_writepage() does.
    Stays,
    /// It is clean, as after any other writeback that fails: nfs_write_error() removes the request, and who syncs is told.
    Clean,
}
