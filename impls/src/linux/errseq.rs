//! errseq: an error of writeback is told to every descriptor that was open, once.
//!
//! Documentation/core-api/errseq.rst, and lib/errseq.c: set, sample at open, check and advance at fsync.

use launder_oracle::Errno;
use std::cell::Cell;

/// The errors of a mapping's writeback: `wb_err`, and the older flags AS_ENOSPC and AS_EIO, of which the second keeps its name here.
#[derive(Default)]
pub struct ErrSeq {
    errno: Cell<Option<Errno>>,
    counter: Cell<u32>,
    seen: Cell<bool>,
    no_space: Cell<bool>,
    other: Cell<Option<Errno>>,
}

impl ErrSeq {
    /// mapping_set_error()
    pub fn set(&self, errno: Errno) {
        match errno {
            Errno::ENOSPC => self.no_space.set(true),
            _ => self.other.set(Some(errno)),
        }
        self.set_unflagged(errno);
    }

    /// filemap_set_wb_err(), and errseq_set() of dio_warn_stale_pagecache(), which leave the flag alone: only who syncs is told.
    pub fn set_unflagged(&self, errno: Errno) {
        let unseen = self.counter.get() > 0 && !self.seen.get();
        if !(unseen && self.errno.get() == Some(errno)) {
            self.counter.set(self.counter.get() + 1);
        }
        self.errno.set(Some(errno));
        self.seen.set(false);
    }

    /// errseq_sample(): what a descriptor that is opened now has seen. An error that nobody has seen it will be told.
    pub fn sample(&self) -> u32 {
        if self.counter.get() > 0 && !self.seen.get() { 0 } else { self.counter.get() }
    }

    /// How many errors there have been, seen or not.
    pub fn count(&self) -> u32 {
        self.counter.get()
    }

    /// errseq_check_and_advance(): the error that this descriptor has not been told.
    pub fn check_and_advance(&self, since: &Cell<u32>) -> Result<(), Errno> {
        if since.get() == self.counter.get() {
            return Ok(());
        }
        self.seen.set(true);
        since.set(self.counter.get());
        self.errno.get().map_or(Ok(()), Err)
    }

    /// errseq_check(): the error that there has been since `since`; it counts as seen by nobody.
    pub fn check(&self, since: u32) -> Result<(), Errno> {
        if since == self.counter.get() { Ok(()) } else { self.errno.get().map_or(Ok(()), Err) }
    }

    /// filemap_check_errors(): the flags, which the first caller eats. AS_EIO goes before AS_ENOSPC.
    pub fn check_flag(&self) -> Result<(), Errno> {
        let no_space = self.no_space.take().then_some(Errno::ENOSPC);
        self.other.take().or(no_space).map_or(Ok(()), Err)
    }
}
