//! write(2) through the page cache.

use super::{FolioId, InVain, Linux, Scheme, Writeback, cells_of, folios, overlap};
use crate::sim::Guard;
use crate::step;
use launder_oracle::{Errno, FOLIO, Host, Range, Reply, Value, Who};

/// pwrite(2), buffered.
pub async fn pwrite<S: Scheme>(scheme: &S, who: Who, range: Range) -> Reply {
    let linux = scheme.linux();
    let value = linux.sim.value();
    let _i_rwsem = scheme.start_write(who).await;
    written(range, perform_write(scheme, who, range, |_| value).await)
}

/// write(2) with O_APPEND: at the end of the file as it is under i_rwsem.
pub async fn append<S: Scheme>(scheme: &S, who: Who, cells: u32, direct: bool) -> Reply {
    let linux = scheme.linux();
    let value = linux.sim.value();
    let inode = linux.inode(linux.process(who).host);
    let started = match direct {
        _ if linux.sim.bug("append_shared_lock") => Ok(linux.sim.lock_shared(inode.i_rwsem).await),
        true => scheme.start_direct_write(who).await,
        false => Ok(scheme.start_write(who).await),
    };
    let i_rwsem = match started {
        Ok(i_rwsem) => i_rwsem,
        Err(errno) => return Reply::Err(errno),
    };
    if direct {
        inode.invalidate_attributes();
    }
    if let Err(errno) = linux.revalidate_size(inode.host, who).await {
        return Reply::Err(errno);
    }
    let at = inode.size().get();
    let range = Range::new(at, at + cells);
    step!(linux.sim, "{}: {who} appends at {at}", inode.host);
    // generic_write_checks(): of no bytes nothing is asked.
    if cells == 0 {
        return Reply::At(at);
    }
    let reply = match direct {
        true => scheme.append_direct_locked(who, range, value).await,
        false => written(range, perform_write(scheme, who, range, |_| value).await),
    };
    let pos = &linux.process(who).pos;
    match reply {
        Reply::Ok => pos.set(range.end),
        Reply::Wrote(cells) => pos.set(at + cells),
        _ => {}
    }
    drop(i_rwsem);
    if reply == Reply::Ok { Reply::At(at) } else { reply }
}

/// copy_file_range(2) within the file, as splice_copy_file_range() does it: read, then write.
pub async fn copy<S: Scheme>(scheme: &S, who: Who, from: Range, to: u32) -> Reply {
    let linux = scheme.linux();
    let host = linux.process(who).host;
    if let Err(errno) = linux.revalidate_size(host, who).await {
        return Reply::Err(errno);
    }
    let end = from.end.min(linux.inode(host).size().get());
    if from.start < to + end.saturating_sub(from.start) && to < end {
        // copy_file_range(2), EINVAL: "The source and target ranges overlap", once the source ends where the file does:
        // generic_copy_file_checks().
        return Reply::Err(Errno::EINVAL);
    }
    let values = match scheme.read(who, from).await {
        Ok(values) => values,
        Err(errno) => return Reply::Err(errno),
    };
    let inside = values.iter().take_while(|value| **value != Value::END).count() as u32;
    if inside == 0 {
        return written(from, Ok(0));
    }
    let done = scheme.splice_write(who, Range::new(to, to + inside), &values).await;
    written(Range::new(to, to + from.len()), done)
}

/// iter_file_splice_write(): ->write_iter() of the cells that were read.
pub async fn splice_write<S: Scheme>(
    scheme: &S,
    who: Who,
    range: Range,
    values: &[Value],
) -> Result<u32, Errno> {
    let _i_rwsem = scheme.start_write(who).await;
    perform_write(scheme, who, range, |cell| values[(cell - range.start) as usize]).await
}

/// The reply to a write of `range` of which so many cells were written.
pub fn written(range: Range, done: Result<u32, Errno>) -> Reply {
    match done {
        Ok(cells) if cells == range.len() => Reply::Ok,
        Ok(cells) => Reply::Wrote(cells),
        Err(errno) => Reply::Err(errno),
    }
}

/// generic_perform_write(), folio by folio, under i_rwsem: how many cells were written before one failed.
pub(super) async fn perform_write<S: Scheme>(
    scheme: &S,
    who: Who,
    range: Range,
    value: impl Fn(u32) -> Value,
) -> Result<u32, Errno> {
    let linux = scheme.linux();
    let host = linux.process(who).host;
    linux.revalidate_size(host, who).await?;
    linux.zero_to(host, range.start).await;
    let mut done = 0;
    for index in folios(range) {
        let part = overlap(cells_of(index), range);
        match scheme.write_folio(who, index, part, &value).await {
            Ok(cells) => done += cells,
            Err(errno) if done == 0 => return Err(errno),
            Err(_) => break,
        }
        if done < part.end - range.start {
            break;
        }
    }
    Ok(done)
}

impl Linux {
    /// __filemap_get_folio() with FGP_WRITEBEGIN: the folio of the page cache of `who`, added if there is none, and locked; one that
    /// has left the cache by the time that it is locked is looked for again.
    pub async fn grab_folio(&self, who: Who, index: u32) -> (FolioId, Guard<'_>) {
        let inode = self.inode(self.process(who).host);
        loop {
            let id = inode.find(index).unwrap_or_else(|| inode.add(&self.sim, index, who));
            let lock = self.sim.lock(inode.lock(id)).await;
            if inode.folio(id).attached {
                return (id, lock);
            }
        }
    }

    /// ->write_begin(), the copy, ->write_end(): the folio is dirty, and the file as long as it has become.
    pub async fn write_folio_begin_end(
        &self,
        who: Who,
        index: u32,
        part: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<(), Errno> {
        let inode = self.inode(self.process(who).host);
        let (id, _folio) = self.grab_folio(who, index).await;
        self.wait_stable(inode.host, id).await;
        self.reserve(inode.host, id)?;
        if !inode.folio(id).uptodate {
            self.fill(inode.host, who, id, part).await?;
        }
        self.copy_in(inode.host, id, part, value);
        inode.change(id, |folio| {
            folio.mark_dirty(part);
            folio.has_blocks(part);
            folio.writer = who;
        });
        inode.extend(part.end);
        step!(self.sim, "{}: {who} writes {part} to folio {index}", inode.host);
        Ok(())
    }

    /// The parts of a folio that a write leaves must be read first, unless there are none.
    pub async fn fill(&self, host: Host, who: Who, id: FolioId, part: Range) -> Result<(), Errno> {
        if part.len() < FOLIO {
            return self.read_folio(host, who, id).await;
        }
        self.inode(host).change(id, |folio| (folio.uptodate, folio.buffer.uptodate) = (true, true));
        Ok(())
    }

    /// The bytes go from the caller's buffer to the folio.
    pub fn copy_in(&self, host: Host, id: FolioId, part: Range, value: &impl Fn(u32) -> Value) {
        self.inode(host).change(id, |folio| {
            part.cells().for_each(|cell| folio.cells[(cell % FOLIO) as usize] = value(cell));
        });
    }

    /// ->launder_folio(): writes the folio, which is locked, unmapped and no longer dirty, under PG_writeback, and waits. Where
    /// that fails it is dirty again, and who syncs is told, or as [`InVain`] says.
    pub async fn launder(&self, host: Host, id: FolioId) -> Result<(), Errno> {
        if self.ways.writeback != Writeback::Checked {
            self.fuse_launder_folio(host, id).await;
            return Ok(());
        }
        self.sim.take(self.inode(host).writeback(id));
        let written = self.inode(host).folio(id).written;
        let nowrite = self.sim.lock_shared(self.inode(host).nowrite).await;
        let result = self.write_folio(host, id).await;
        drop(nowrite);
        self.sim.release(self.inode(host).writeback(id));
        if let Err(errno) = result {
            if self.ways.in_vain != InVain::Stays {
                self.inode(host).wb_err.set(errno);
            }
            let redirty = self.ways.in_vain == InVain::Dirty;
            self.inode(host).change(id, |folio| {
                folio.dirty |= redirty && folio.attached;
                folio.written |= if redirty { written } else { 0 };
            });
        }
        let index = self.inode(host).index(id);
        step!(
            self.sim,
            "{host}: folio {index} is laundered{}",
            if result.is_err() { ", in vain" } else { "" }
        );
        if self.ways.in_vain == InVain::Clean { Ok(()) } else { result }
    }
}
