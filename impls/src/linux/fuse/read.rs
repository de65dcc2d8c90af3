//! read(2) through the page cache: filemap_read(), and a READ for all folios of it that lie side by side and are not there.
//!
//! The descriptor is of who wants no readahead, POSIX_FADV_RANDOM: force_page_cache_ra() fetches what the read covers, and no more.

use super::direct;
use crate::linux::{FolioId, Linux, cells_of, folios, overlap};
use crate::step;
use launder_oracle::{Errno, FOLIO, Host, Range, Reply, Value, Who};
use std::ops::Range as Indices;

/// read(2), by who goes on where a read ends short of the end of the file. Beyond that nobody is asked again.
pub(super) async fn read(linux: &Linux, who: Who, direct: bool, range: Range) -> Reply {
    let inode = linux.inode(linux.process(who).host);
    let mut got = Vec::with_capacity(range.len() as usize);
    loop {
        let rest = Range::new(range.start + got.len() as u32, range.end);
        let before = got.len();
        let done = match direct {
            true => direct::read(linux, who, rest, &mut got).await,
            false => cache_read_iter(linux, who, rest, &mut got).await,
        };
        if let Err(errno) = done {
            return Reply::Err(errno);
        }
        let end = range.start + got.len() as u32;
        if got.len() == before || end == range.end || inode.size().get() <= end {
            got.resize(range.len() as usize, Value::END);
            return Reply::Got(got);
        }
    }
}

/// fuse_cache_read_iter(): "only update if we attempt to read past EOF".
async fn cache_read_iter(linux: &Linux, who: Who, range: Range, got: &mut Vec<Value>) -> Result<(), Errno> {
    let host = linux.process(who).host;
    if range.end > linux.inode(host).size().get() {
        linux.fuse_update_attributes(host, who).await;
    }
    linux.fuse_filemap_read(who, range, got).await
}

impl Linux {
    /// filemap_read(): what it has read when a folio cannot be read is the reply, if that is something.
    pub(super) async fn fuse_filemap_read(
        &self,
        who: Who,
        range: Range,
        got: &mut Vec<Value>,
    ) -> Result<(), Errno> {
        let host = self.process(who).host;
        let inode = self.inode(host);
        let (mut at, start) = (range.start, got.len());
        while at < range.end && at < inode.size().get() {
            let batch = match self.filemap_get_pages(host, who, folios(Range::new(at, range.end))).await {
                Ok(batch) => batch,
                Err(errno) if got.len() == start => return Err(errno),
                Err(_) => break,
            };
            let size = inode.size().get();
            let inside = Range::new(at, range.end.min(size).max(at));
            for id in batch {
                let folio = inode.folio(id);
                let part = overlap(cells_of(folio.index), inside);
                got.extend(part.cells().map(|cell| folio.cells[(cell % FOLIO) as usize]));
                at += part.len();
                if !part.is_empty() {
                    step!(self.sim, "{host}: {who} copies folio {}", folio.index);
                }
            }
            if at >= size {
                break;
            }
        }
        Ok(())
    }

    /// filemap_get_pages(): folios side by side that are uptodate, the last of which may have had to be read. If that fails, those
    /// before it are the batch.
    async fn filemap_get_pages(
        &self,
        host: Host,
        who: Who,
        indices: Indices<u32>,
    ) -> Result<Vec<FolioId>, Errno> {
        let inode = self.inode(host);
        loop {
            let mut batch = self.get_read_batch(host, indices.clone());
            if batch.is_empty() {
                self.force_page_cache_ra(host, who, indices.clone()).await;
                batch = self.get_read_batch(host, indices.clone());
            }
            let last = batch.last().copied().filter(|id| !inode.folio(*id).uptodate);
            let (Some(_), Some(last)) = (batch.first(), last) else {
                match batch.is_empty() {
                    false => return Ok(batch),
                    true => return self.uptodate_folio(host, who, indices.start).await.map(|id| vec![id]),
                }
            };
            let read = self.update_folio(host, who, last).await;
            if !matches!(read, Ok(true)) {
                batch.pop();
            }
            match read {
                Err(errno) if batch.is_empty() => return Err(errno),
                Ok(false) if batch.is_empty() => {}
                _ => return Ok(batch),
            }
        }
    }

    /// filemap_get_read_batch(): up to the first that is not there. One that is not uptodate 6.18 is seen to take by itself: what lies
    /// before it is copied, and a READ that fails then is told to who goes on there.
    fn get_read_batch(&self, host: Host, indices: Indices<u32>) -> Vec<FolioId> {
        let inode = self.inode(host);
        let mut batch = Vec::new();
        for id in indices.map_while(|index| inode.find(index)) {
            let uptodate = inode.folio(id).uptodate;
            if uptodate || batch.is_empty() {
                batch.push(id);
            }
            if !uptodate {
                break;
            }
        }
        batch
    }

    /// filemap_update_page(): whether the folio is uptodate, after it was read if it was not; not, if it has left the cache.
    async fn update_folio(&self, host: Host, who: Who, id: FolioId) -> Result<bool, Errno> {
        let inode = self.inode(host);
        let _invalidate = self.sim.lock_shared(inode.invalidate_lock).await;
        let _folio = self.sim.lock(inode.lock(id)).await;
        if inode.folio(id).attached && !inode.folio(id).uptodate {
            self.read_folio(host, who, id).await?;
        }
        Ok(inode.folio(id).attached)
    }
}
