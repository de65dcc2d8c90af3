//! The hazards of invalidation, H1 to H23, that five threads of the kernel's mailing lists argue about.

use crate::Known;

/// What may go wrong where a cache is invalidated.
#[derive(Clone, Copy, Debug)]
pub struct Hazard {
    /// H1 to H23.
    pub name: &'static str,
    /// What it is.
    pub says: &'static str,
    /// The mail that names it, and its words.
    pub source: &'static str,
}

impl Known {
    /// The hazards that it shows: those that what is claimed of it begins with (`H1, H4: …`), or names.
    pub fn hazards(&self) -> impl Iterator<Item = &'static Hazard> {
        let words = self.hazard.split(|c: char| !c.is_ascii_alphanumeric());
        words.filter_map(|word| HAZARDS.iter().find(|hazard| hazard.name == word))
    }
}

macro_rules! hazards {
    ($($name:ident, $source:literal: $says:literal;)*) => {
        /// Every hazard, in order.
        pub const HAZARDS: &[Hazard] =
            &[$(Hazard { name: stringify!($name), says: $says, source: $source }),*];
    };
}

hazards! {
    H1, "Miklos Szeredi, March 2024: \"Skipping ->launder_page will mean there's a window where the data *will* be lost, AFAICS\"":
        "Between the flush and the discard there is a window: what is dirtied in it is lost, or the discard fails.";
    H2, "David Howells, 19 March 2024: \"you *are* going to suffer data loss\"":
        "A third party has changed the file while it is dirty here, and each policy loses something.";
    H3, "David Howells, 19 March 2024: \"that still allows you to corrupt the file by writing back just your particular changes\"":
        "To know which bytes changed does not help: mine among theirs are neither version.";
    H4, "David Howells, 19 March 2024: \"And then there's the joker in the deck: mmap\"":
        "Stores through a mapping go past the locks of write(2), and what was unmapped is faulted in again.";
    H5, "David Howells, 19 March 2024: \"DIO read/write can only be best effort: flush, invalidate then do the DIO which may bring the buffers back in because they're mmapped\"":
        "A mapping brings a folio back between the invalidation and the end of the direct request.";
    H6, "Trond Myklebust, 27 March 2024: truncate_inode_pages_range() \"will require any caller to grab several locks in order to prevent data loss through races with write system calls\"":
        "To discard as truncate does takes several locks against write(2); invalidate_inode_pages2() takes folio locks alone.";
    H7, "Andrea Arcangeli, [PATCH] zap_pte_range should not mark non-uptodate pages dirty, October 2004":
        "A dirty page-table entry makes a page dirty that is not uptodate, and its old bytes are written over newer ones.";
    H8, "Andrea Arcangeli, 26 October 2004: \"try_to_release_page cannot fail on non-mapped pages, otherwise it would lose coherency\"":
        "What is private to a page cannot be released, the page stays, and is stale, unless who asked is told.";
    H9, "Andrew Morton, 22 October 2004, of \"dirty buffers against a clean page\"":
        "PG_uptodate is cleared, and the buffers are as uptodate, or as dirty, as they were.";
    H10, "Andrew Morton, 22 October 2004: \"Probably we should sync all the ptes prior to a direct-io read as well\"":
        "A direct read does not see what only page-table entries know to be dirty.";
    H11, "Andrew Morton, 22 October 2004: \"permitting the pte shootdown on O_DIRECT reads trivially allows people to nuke other people's mapped pagecache\"":
        "To unmap for a direct read lets any reader take from others what they have mapped: they must fault again.";
    H12, "Andrea Arcangeli, 26 October 2004: \"if somebody orders the writes, then it should work even with mmap now\"":
        "Within a page, a direct write and a mapped or buffered one at the same time leave either; one after the other, both must stay.";
    H13, "Andrea Arcangeli, 26 October 2004: \"a persistent mmap isn't required to see the new data\"":
        "A mapping that stays may go on to show what was; only munmap and mmap again must show what the server has.";
    H14, "Miklos Szeredi, 22 October 2020: \"On write failure the page the uptodate flag should be cleared\"":
        "A WRITE that goes through to the server fails, and its data stay in a page that is clean and uptodate.";
    H15, "Miklos Szeredi, 22 October 2020: \"a window where a concurrent read or load would get the wrong data\"":
        "Between the copy to the page and the error of its WRITE, others see what will not be.";
    H16, "Miklos Szeredi, 22 October 2020: \"The two WRITEs are not ordered in any way\"":
        "Two WRITEs for one page are in flight, one of writeback and one of write(2).";
    H17, "Vivek Goyal, 21 October 2020: \"What if page is redirtied through a write mapping\"":
        "A page is made dirty through a mapping while a WRITE carries it.";
    H18, "Vivek Goyal, 21 October 2020: \"it can read previous disk data before this WRITE is complete\"":
        "A direct read meets a WRITE that is under way, of a page that is not marked dirty.";
    H19, "David Howells, May 2007: \"The flush fails because A is no longer permitted to write to that file\"":
        "What one user has dirtied can no longer be written back when another comes to write.";
    H20, "Nick Piggin, 16 May 2007: \"you're not allowed to have !uptodate pages mapped into user addresses because that implies the user would be allowed to see garbage\"":
        "A page that is mapped is said not to be uptodate, and is read again under who uses it.";
    H21, "Nick Piggin, 16 May 2007: \"a nasty thing to have a writeback cache if it can become incoherent [...] without notification\"":
        "A cache becomes incoherent, and nobody is told.";
    H22, "David Howells, May 2007: \"it can/would deadlock if called from prepare_write() in two different ways\"":
        "To flush or invalidate from inside prepare_write() or page_mkwrite() waits for folio locks that the caller holds.";
    H23, "David Howells, May 2007: \"that might incorrectly kill one of B's writes (or someone else's writes)\"":
        "To invalidate a range, instead of taking back only one's own pages, may drop what others wrote in it.";
}
