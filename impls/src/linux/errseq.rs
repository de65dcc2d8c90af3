//! errseq: an error of writeback is told to every descriptor that was open, once.
//!
//! Documentation/core-api/errseq.rst, and lib/errseq.c: set, sample at open, check and advance at fsync.

use crate::Sim;
use crate::sim::Shared;
use launder_oracle::Errno;
use std::cell::Cell;

/// The errors of a mapping's writeback.
pub struct ErrSeq(Shared<State>);

/// `wb_err`, and the older flags AS_ENOSPC and AS_EIO, of which the second keeps its name here.
#[derive(Clone, Copy, Default)]
struct State {
    errno: Option<Errno>,
    counter: u32,
    seen: bool,
    no_space: bool,
    other: Option<Errno>,
}

impl ErrSeq {
    /// No error yet.
    pub fn new(sim: &Sim) -> ErrSeq {
        ErrSeq(sim.shared(State::default()))
    }

    /// mapping_set_error()
    pub fn set(&self, errno: Errno) {
        let mut state = self.0.get();
        match errno {
            Errno::ENOSPC => state.no_space = true,
            _ => state.other = Some(errno),
        }
        self.0.set(state);
        self.set_unflagged(errno);
    }

    /// filemap_set_wb_err(), and errseq_set() of dio_warn_stale_pagecache(), which leave the flag alone: only who syncs is told.
    pub fn set_unflagged(&self, errno: Errno) {
        let state = self.0.get();
        let again = !state.seen && state.errno == Some(errno);
        let counter = state.counter + u32::from(!again);
        self.0.set(State { counter, errno: Some(errno), seen: false, ..state });
    }

    /// errseq_sample(): what a descriptor that is opened now has seen. An error that nobody has seen it will be told.
    pub fn sample(&self) -> u32 {
        let state = self.0.get();
        if state.seen { state.counter } else { 0 }
    }

    /// How many errors there have been, seen or not.
    pub fn count(&self) -> u32 {
        self.0.get().counter
    }

    /// errseq_check_and_advance(): the error that this descriptor has not been told.
    pub fn check_and_advance(&self, since: &Cell<u32>) -> Result<(), Errno> {
        let state = self.0.get();
        if since.get() == state.counter {
            return Ok(());
        }
        self.0.set(State { seen: true, ..state });
        since.set(state.counter);
        state.errno.map_or(Ok(()), Err)
    }

    /// errseq_check(): the error that there has been since `since`; it counts as seen by nobody.
    pub fn check(&self, since: u32) -> Result<(), Errno> {
        let state = self.0.get();
        if since == state.counter { Ok(()) } else { state.errno.map_or(Ok(()), Err) }
    }

    /// filemap_check_errors(): the flags, which the first caller eats. AS_EIO goes before AS_ENOSPC.
    pub fn check_flag(&self) -> Result<(), Errno> {
        let state = self.0.get();
        let flag = state.other.or(state.no_space.then_some(Errno::ENOSPC));
        let Some(errno) = flag else { return Ok(()) };
        self.0.set(State { no_space: false, other: None, ..state });
        Err(errno)
    }
}
