//! invalidate_inode_pages2_range(), and what invalidations are made of: unmapping, releasing, removing.

use super::{Dirty, FolioId, Inode, Linux, Mkwrite, Tracking, Zap};
use crate::{Event, step};
use launder_oracle::{Errno, Host};
use std::fmt;
use std::ops::Range;

/// find_get_entries(): folios are looked up several at a time, before the first of them is waited for. Where that is no part of a
/// scheme each is looked up when its turn comes.
#[derive(Default)]
struct Batch {
    folios: [Option<FolioId>; 31],
    indices: Range<u32>,
}

impl Batch {
    /// The folio of the first of these indices, as it was found with those before it.
    fn find(&mut self, inode: &Inode, indices: Range<u32>) -> Option<FolioId> {
        let index = indices.start;
        if !self.indices.contains(&index) {
            let end = indices.end.min(inode.end()).min(index + self.folios.len() as u32);
            self.indices = index..end;
            (index..end).zip(&mut self.folios).for_each(|(index, folio)| *folio = inode.find(index));
        }
        self.folios[(index - self.indices.start) as usize]
    }
}

impl Linux {
    /// Whether a process maps the folio.
    pub fn is_mapped(&self, host: Host, id: FolioId) -> bool {
        let index = self.inode(host).index(id);
        self.processes(host).any(|process| process.maps(index, id).is_some())
    }

    /// unmap_mapping_pages(): takes the pages of these indices out of every page table; a dirty entry makes its folio dirty.
    /// Copies that a private mapping made stay.
    pub async fn unmap(&self, host: Host, indices: Range<u32>) {
        let _i_mmap = self.sim.lock_shared(self.inode(host).i_mmap_rwsem).await;
        self.unmap_locked(host, indices).await;
    }

    /// unmap_mapping_range_tree(): the same, by who holds i_mmap_rwsem.
    pub async fn unmap_locked(&self, host: Host, indices: Range<u32>) {
        let late = self.sim.bug("late_tlb_flush_zap");
        if self.ways.tracking == Tracking::Zap {
            let count = self.inode(host).truncate_count();
            count.set(count.get() + 1);
        }
        for process in self.processes(host) {
            for index in indices.start..indices.end.min(process.end()) {
                if late {
                    process.forget_late(index);
                }
                self.zap(process, index, false);
            }
        }
        if late {
            for _ in 0..3 {
                step!(self.sim, "{host}: {} are unmapped, and CPUs do not know it", Folios(&indices));
            }
            self.processes(host).for_each(super::Process::flush_tlb);
        }
        step!(self.sim, "{host}: {} are unmapped", Folios(&indices));
    }

    /// zap_pte_range() of one page; with `even_copies`, also a private copy, and, before 5.18, one that is in no cache:
    /// "details->check_mapping != page_rmapping(page)". Where faults look if it is, there is none.
    pub fn zap(&self, process: &super::Process, index: u32, even_copies: bool) {
        let Some(pte) = process.pte(index) else { return };
        let inode = self.inode(process.host);
        let checks_mapping = self.ways.mkwrite == Mkwrite::Trusts || self.ways.tracking == Tracking::Zap;
        let gone = checks_mapping && !inode.folio(pte.folio).attached;
        if !even_copies && (pte.copy.is_some() || gone) {
            return;
        }
        let dirties = self.ways.zap == Zap::Dirties || inode.folio(pte.folio).uptodate;
        if pte.dirty && pte.copy.is_none() && dirties {
            self.set_page_dirty(process.host, pte.folio);
        }
        process.set_pte(index, None);
    }

    /// filemap_release_folio(): whether the file system lets go of the folio.
    pub fn release(&self, host: Host, id: FolioId) -> bool {
        let failing = self.failing_releases.get();
        self.failing_releases.set(failing.saturating_sub(1));
        if failing > 0 {
            let index = self.inode(host).index(id);
            self.sim.say(format_args!("{host}: folio {index} cannot be released"));
        }
        let released = failing == 0 && !self.has_dirty_buffer(host, id);
        if !released {
            let index = self.inode(host).index(id);
            self.met(host, index..index + 1, Event::ReleaseFailed);
        }
        released
    }

    /// Takes the folio, which is locked, out of the cache.
    pub async fn remove(&self, host: Host, id: FolioId) {
        let index = self.inode(host).index(id);
        self.inode(host).remove(id);
        step!(self.sim, "{host}: folio {index} is removed");
    }

    /// invalidate_inode_pages2_range(): goes on after a folio that fails, and returns the last error.
    pub async fn invalidate_inode_pages2_range(&self, host: Host, folios: Range<u32>) -> Result<(), Errno> {
        let inode = self.inode(host);
        let mut result = Ok(());
        let (mut did_range_unmap, end) = (false, folios.end);
        let mut batch = Batch::default();
        // What has come to lie behind a batch meanwhile goes too.
        for index in folios.take_while(|index| *index < inode.end()) {
            self.met(host, index..index + 1, Event::Invalidate);
            let found = if self.is_fuse() { batch.find(inode, index..end) } else { inode.find(index) };
            let Some(id) = found else { continue };
            if !did_range_unmap && self.is_mapped(host, id) {
                self.unmap(host, index..end).await;
                did_range_unmap = true;
            }
            let _folio = self.sim.lock(inode.lock(id)).await;
            if !inode.folio(id).attached {
                continue;
            }
            self.sim.wait_free(inode.writeback(id)).await;
            match self.unmap_invalidate(host, id).await {
                Err(errno) => result = Err(errno),
                Ok(()) if self.sim.bug("iip2_ret_overwritten") => result = Ok(()),
                Ok(()) => {}
            }
            if result.is_err() && self.sim.bug("iip2_stop_on_error") {
                return result;
            }
        }
        result
    }

    /// folio_unmap_invalidate(): the folio is locked from here to its removal, so it cannot be mapped again.
    async fn unmap_invalidate(&self, host: Host, id: FolioId) -> Result<(), Errno> {
        let inode = self.inode(host);
        let index = inode.index(id);
        if self.is_mapped(host, id) {
            self.unmap(host, index..index + 1).await;
        }
        if self.sim.bug("no_launder") || self.sim.bug("clear_dirty_before_release") {
            inode.change(id, |folio| folio.dirty = false);
        } else if self.ways.dirty == Dirty::Launder && self.clear_dirty_for_io(host, id).await {
            self.launder(host, id).await?;
        }
        let frozen = inode.folio(id).theirs.is_some();
        if frozen || !self.release(host, id) || inode.folio(id).dirty {
            return Err(Errno::EBUSY);
        }
        self.remove(host, id).await;
        Ok(())
    }
}

/// Folios as a step names them.
struct Folios<'a>(&'a Range<u32>);

impl fmt::Display for Folios<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Range { start: 0, end: u32::MAX } => f.write_str("all folios"),
            Range { start, end: u32::MAX } => write!(f, "folios from {start} on"),
            some => write!(f, "folios {some:?}"),
        }
    }
}
