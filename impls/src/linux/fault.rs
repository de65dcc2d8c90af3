//! Page faults, and the loads and stores that take them.

use super::process::Pte;
use super::{
    FolioId, Linux, Mkwrite, Process, Scheme, Store, Tracking, Writeback, cells_of, folios, overlap,
};
use crate::step;
use launder_oracle::{Errno, FOLIO, Range, Reply, Value, Who};

/// The access is to a page past the end, or the page could not be read.
pub struct Sigbus;

/// Loads through the mapping of `who`.
pub async fn load<S: Scheme>(scheme: &S, who: Who, range: Range) -> Reply {
    let linux = scheme.linux();
    let process = linux.process(who);
    let mut got = Vec::with_capacity(range.len() as usize);
    for index in folios(range) {
        set_accessed(linux, process, index).await;
        let pte = loop {
            match process.pte(index) {
                Some(pte) => break pte,
                None => {
                    if read_fault(scheme, process, index).await.is_err() {
                        return Reply::Sigbus;
                    }
                }
            }
        };
        let cells = pte.copy.unwrap_or_else(|| linux.inode(process.host).folio(pte.folio).cells);
        got.extend(overlap(cells_of(index), range).cells().map(|cell| cells[(cell % FOLIO) as usize]));
        step!(linux.sim, "{}: {who} loads from folio {index}", process.host);
    }
    Reply::Got(got)
}

/// Stores through the mapping of `who`. The store itself takes no lock: it happens between any two steps.
pub async fn store<S: Scheme>(scheme: &S, who: Who, range: Range, value: Value) -> Reply {
    let linux = scheme.linux();
    let process = linux.process(who);
    let private = process.map().get().is_some_and(|map| map.private);
    for index in folios(range) {
        set_accessed(linux, process, index).await;
        let mut pte = loop {
            match process.pte(index).or_else(|| process.tlb(index)) {
                Some(pte) if pte.writable => break pte,
                pte => {
                    let faulted = match (private, pte) {
                        (true, pte) => copy_fault(linux, process, index, pte).await,
                        (false, Some(pte)) => write_fault(scheme, process, index, pte.folio).await,
                        (false, None) => first_write_fault(scheme, process, index).await,
                    };
                    if faulted.is_err() {
                        return Reply::Sigbus;
                    }
                }
            }
        };
        let set = |cells: &mut super::Cells| {
            let part = overlap(cells_of(index), range).cells();
            part.for_each(|cell| cells[(cell % FOLIO) as usize] = value);
        };
        match &mut pte.copy {
            Some(copy) => set(copy),
            None => linux.inode(process.host).change(pte.folio, |folio| set(&mut folio.cells)),
        }
        pte.dirty = true;
        if process.tlb(index).is_none() {
            process.set_pte(index, Some(pte));
        }
        step!(linux.sim, "{}: {who} stores to folio {index}", process.host);
    }
    Reply::Ok
}

/// handle_pte_fault() of an entry that is there: where the CPU does not do it, the accessed bit is set, and the dirty bit. For
/// that the entry is not present for a moment, which page_mkclean() must not take for an entry that maps nothing: 479db0bf408e "mm:
/// dirty page tracking race fix".
async fn set_accessed(linux: &Linux, process: &Process, index: u32) {
    if linux.sim.bug("mkclean_skip_np") && process.pte(index).is_some_and(|pte| pte.writable) {
        process.changing().set(Some(index));
        for _ in 0..3 {
            step!(linux.sim, "{}: {}'s entry of folio {index} is being changed", process.host, process.who);
        }
        process.changing().set(None);
    }
}

/// __do_fault(): the folio, uptodate and still in the cache while it is locked, or SIGBUS. Where the size is asked for at all a fault asks
/// for it, as it does where ->fault() gets a lock of the cluster first, ceph_filemap_fault() and gfs2_fault(); filemap_fault() alone, as
/// FUSE, NFS and 9p have it, does not: what a store past an end that is only believed loses would else hide what a scheme loses.
async fn do_fault(linux: &Linux, process: &Process, index: u32) -> Result<FolioId, Sigbus> {
    let inode = linux.inode(process.host);
    linux.revalidate_size(process.host, process.who).await.map_err(|_| Sigbus)?;
    if index * FOLIO >= inode.size().get() {
        return Err(Sigbus);
    }
    let id = match filemap_fault(linux, process, index).await {
        // The error of a READ for which mmap_lock was dropped nobody looks at: 6b4c9f446981 "filemap: drop the mmap_sem for all
        // blocking operations". The fault is taken again, and drops nothing then.
        Err(_) if linux.is_fuse() => filemap_fault(linux, process, index).await.map_err(|_| Sigbus)?,
        result => result.map_err(|_| Sigbus)?,
    };
    // filemap_fault(): "We must recheck i_size under page lock." What was read may have said where the file ends.
    if index * FOLIO >= inode.size().get() {
        return Err(Sigbus);
    }
    Ok(id)
}

/// The folio, uptodate. do_sync_mmap_readahead() has come before who waits for it: what that could not read is read again. A folio
/// that is there is waited for, lock_folio_maybe_drop_mmap(); if it has left the cache by then, nothing is read ahead.
async fn filemap_fault(linux: &Linux, process: &Process, index: u32) -> Result<FolioId, Errno> {
    let inode = linux.inode(process.host);
    match inode.find(index).filter(|_| linux.is_fuse()) {
        Some(id) => drop(linux.sim.lock(inode.lock(id)).await),
        None if linux.is_fuse() => {
            linux.force_page_cache_ra(process.host, process.who, index..index + 1).await;
        }
        None => {}
    }
    linux.uptodate_folio(process.host, process.who, index).await
}

/// do_read_fault(): the entry is installed while the folio is locked, so that an invalidation, which holds the lock from
/// unmapping to removal, does not miss it. d00806b18315 "mm: fix fault vs invalidate race for linear mappings".
async fn read_fault<S: Scheme>(scheme: &S, process: &Process, index: u32) -> Result<(), Sigbus> {
    let linux = scheme.linux();
    let _mmap = linux.sim.lock_shared(process.mmap_lock).await;
    scheme.map_pages(process.who, index).await.map_err(|_| Sigbus)?;
    if process.pte(index).is_some() {
        return Ok(());
    }
    if linux.ways.tracking == Tracking::Zap {
        return no_page(linux, process, index).await;
    }
    let id = do_fault(linux, process, index).await?;
    let inode = linux.inode(process.host);
    let folio = linux.sim.lock(inode.lock(id)).await;
    if !inode.folio(id).attached || !inode.folio(id).uptodate {
        return Ok(());
    }
    if index * FOLIO >= inode.size().get() {
        return Err(Sigbus);
    }
    if linux.sim.bug("fault_unlocked_install") || linux.sim.bug("ipages_no_ref_recheck") {
        drop(folio);
        step!(linux.sim, "{}: folio {index} is unlocked before it is mapped", process.host);
    }
    process.set_pte(index, Some(Pte { folio: id, writable: false, dirty: false, copy: None }));
    step!(linux.sim, "{}: folio {index} is mapped by {}", process.host, process.who);
    Ok(())
}

/// do_no_page(), until 2.6.23: ->nopage() returns a page that is not locked. "If unmap_mapping_range got called, retry getting the
/// page"; an invalidation that has found the page not mapped calls nothing, and removes it. The reference that the fault holds keeps
/// reclaim from it.
async fn no_page(linux: &Linux, process: &Process, index: u32) -> Result<(), Sigbus> {
    let inode = linux.inode(process.host);
    let sequence = inode.truncate_count().get();
    let id = do_fault(linux, process, index).await?;
    inode.change(id, |folio| folio.refs += 1);
    step!(linux.sim, "{}: {} is about to map folio {index}", process.host, process.who);
    inode.change(id, |folio| folio.refs -= 1);
    if sequence != inode.truncate_count().get() {
        return Ok(());
    }
    // vm_page_prot of a shared mapping lets it be written to: stores are not to be noticed.
    let writable = process.map().get().is_some_and(|map| !map.private);
    if writable {
        inode.change(id, |folio| folio.writer = process.who);
    }
    process.set_pte(index, Some(Pte { folio: id, writable, dirty: false, copy: None }));
    step!(linux.sim, "{}: folio {index} is mapped by {}", process.host, process.who);
    Ok(())
}

/// do_cow_fault(): the private mapping's own copy.
async fn copy_fault(linux: &Linux, process: &Process, index: u32, pte: Option<Pte>) -> Result<(), Sigbus> {
    let _mmap = linux.sim.lock_shared(process.mmap_lock).await;
    let folio = match pte {
        Some(pte) => pte.folio,
        None => do_fault(linux, process, index).await?,
    };
    let copy = Some(linux.inode(process.host).folio(folio).cells);
    process.set_pte(index, Some(Pte { folio, writable: true, dirty: false, copy }));
    step!(linux.sim, "{}: folio {index} is copied for {}", process.host, process.who);
    Ok(())
}

/// do_shared_fault(): __do_fault(), after which the folio is unlocked, and then page_mkwrite.
async fn first_write_fault<S: Scheme>(scheme: &S, process: &Process, index: u32) -> Result<(), Sigbus> {
    let linux = scheme.linux();
    let _mmap = linux.sim.lock_shared(process.mmap_lock).await;
    if linux.ways.tracking == Tracking::Zap {
        return no_page(linux, process, index).await;
    }
    let id = do_fault(linux, process, index).await?;
    let fault = async {
        step!(linux.sim, "{}: {} is about to make folio {index} writable", process.host, process.who);
        make_writable(scheme, process, id).await
    };
    hold(linux, process, id, fault).await
}

/// vmf->page: the fault holds a reference to the page, which is not evicted meanwhile. Where it is looked at anew whether it has
/// been, nothing depends on that.
async fn hold<T>(linux: &Linux, process: &Process, id: FolioId, fault: impl Future<Output = T>) -> T {
    if linux.ways.mkwrite == Mkwrite::Checks {
        return fault.await;
    }
    let inode = linux.inode(process.host);
    inode.change(id, |folio| folio.refs += 1);
    let faulted = fault.await;
    inode.change(id, |folio| folio.refs -= 1);
    faulted
}

/// do_wp_page(): the page is mapped, and write-protected.
async fn write_fault<S: Scheme>(
    scheme: &S,
    process: &Process,
    index: u32,
    id: FolioId,
) -> Result<(), Sigbus> {
    let linux = scheme.linux();
    let _mmap = linux.sim.lock_shared(process.mmap_lock).await;
    step!(linux.sim, "{}: {} is about to make folio {index} writable", process.host, process.who);
    match process.pte(index) {
        Some(pte) if pte.folio == id => hold(linux, process, id, make_writable(scheme, process, id)).await,
        _ => Ok(()),
    }
}

/// ->page_mkwrite(), and the entry made writable and the folio dirty before the folio is unlocked. The store comes later. A
/// folio that has left the cache, or is no longer uptodate, must not be mapped: the fault is taken again, but as [`Mkwrite`] says.
async fn make_writable<S: Scheme>(scheme: &S, process: &Process, id: FolioId) -> Result<(), Sigbus> {
    let linux = scheme.linux();
    let inode = linux.inode(process.host);
    let index = inode.index(id);
    let mapped = process.pte(index).is_some();
    scheme.before_page_mkwrite(process.who, id).await;
    // ext4_page_mkwrite() must not get blocks for what is being punched.
    let _invalidate = match linux.ways.store {
        Store::Disk => Some(linux.sim.lock_shared(inode.invalidate_lock).await),
        Store::Server => None,
    };
    let _folio = linux.sim.lock(inode.lock(id)).await;
    let checks = linux.ways.mkwrite == Mkwrite::Checks && !linux.sim.bug("mkwrite_no_mapping_check");
    // finish_mkwrite_fault(): the entry that was write-protected was zapped before the folio was removed.
    let zapped = mapped && process.pte(index).is_none();
    let gone = !inode.folio(id).attached && (checks || zapped);
    // do_page_mkwrite() asks for folio->mapping alone; the others never leave a folio mapped that is not uptodate.
    let stale = !inode.folio(id).uptodate && linux.ways.writeback == Writeback::Checked;
    if gone || stale {
        return Ok(());
    }
    // folio_mkwrite_check_truncate(), block_page_mkwrite(). fuse_page_mkwrite() asks for folio->mapping alone, so a page that a
    // short READ has left mapped past the end may be stored to; and afs_page_mkwrite() asks for nothing.
    let asks_for_size = !linux.is_fuse() && linux.ways.mkwrite == Mkwrite::Checks;
    if asks_for_size && index * FOLIO >= inode.size().get() {
        return Err(Sigbus);
    }
    linux.wait_stable(inode.host, id).await;
    linux.wait_on_temporary_page(process.host, index).await;
    scheme.page_mkwrite(process.who, id).await.map_err(|_| Sigbus)?;
    let late = linux.sim.bug("dirty_outside_lock");
    inode.change(id, |folio| {
        if !late {
            folio.mark_all_dirty();
            folio.unwritten = 0;
        }
        folio.writer = process.who;
    });
    linux.inode_is_changed(process.host);
    process.set_pte(index, Some(Pte { folio: id, writable: true, dirty: false, copy: None }));
    step!(linux.sim, "{}: folio {index} is mapped by {}, writable", process.host, process.who);
    Ok(())
}

impl Linux {
    /// filemap_map_pages(), which do_fault_around() calls: folios that are uptodate, unlocked and inside the file are mapped in
    /// the 16 pages, fault_around_bytes, that hold the one that faults. A mapping begins where such pages do.
    pub fn filemap_map_pages(&self, who: Who, index: u32) {
        let process = self.process(who);
        let inode = self.inode(process.host);
        let Some(map) = process.map().get() else { return };
        let mapped = folios(map.range);
        let start = mapped.start + (index - mapped.start) / 16 * 16;
        let end = (start + 16).min(mapped.end).min(inode.size().get().div_ceil(FOLIO));
        for around in start..end {
            let Some(id) = inode.find(around).filter(|_| process.pte(around).is_none()) else { continue };
            if inode.folio(id).uptodate && !self.sim.is_locked(inode.lock(id)) {
                process.set_pte(around, Some(Pte { folio: id, writable: false, dirty: false, copy: None }));
                self.sim
                    .say(format_args!("{}: folio {around} is mapped by {who}, around {index}", process.host));
            }
        }
    }
}
