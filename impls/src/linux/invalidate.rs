//! What invalidations are made of: unmapping, releasing, removing.

use super::{FolioId, Linux};
use crate::step;
use launder_oracle::Host;
use std::ops::Range;

impl Linux {
    /// Whether a process maps the folio.
    pub fn is_mapped(&self, host: Host, id: FolioId) -> bool {
        let index = self.inode(host).folio(id).index;
        let maps = |pte: super::process::Pte| pte.folio == id && pte.copy.is_none();
        self.processes(host).any(|process| process.pte(index).is_some_and(maps))
    }

    /// unmap_mapping_pages(): takes the pages of these indices out of every page table; a dirty entry makes its folio dirty.
    /// Copies that a private mapping made stay.
    pub async fn unmap(&self, host: Host, indices: Range<u32>) {
        let _i_mmap = self.sim.lock_shared(self.inode(host).i_mmap_rwsem).await;
        for process in self.processes(host) {
            for index in indices.start..indices.end.min(process.end()) {
                self.zap(process, index, false);
            }
        }
        step!(self.sim, "{host}: folios {indices:?} are unmapped");
    }

    /// zap_pte_range() of one page; with `even_copies`, also a private copy.
    pub fn zap(&self, process: &super::Process, index: u32, even_copies: bool) {
        let Some(pte) = process.pte(index) else { return };
        if pte.copy.is_some() && !even_copies {
            return;
        }
        if pte.dirty && pte.copy.is_none() {
            self.inode(process.host).change(pte.folio, |folio| folio.dirty = true);
        }
        process.set_pte(index, None);
    }

    /// filemap_release_folio(): whether the file system lets go of the folio.
    pub fn release(&self, host: Host, id: FolioId) -> bool {
        let failing = self.failing_releases.get();
        self.failing_releases.set(failing.saturating_sub(1));
        if failing > 0 {
            let index = self.inode(host).folio(id).index;
            self.sim.say(format_args!("{host}: folio {index} cannot be released"));
        }
        failing == 0
    }

    /// Takes the folio, which is locked, out of the cache.
    pub async fn remove(&self, host: Host, id: FolioId) {
        let index = self.inode(host).folio(id).index;
        self.inode(host).remove(id);
        step!(self.sim, "{host}: folio {index} is removed");
    }
}
