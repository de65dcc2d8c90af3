//! read(2) through the page cache: filemap_read(), and the attributes that it asks for first.

use super::{FolioId, Linux, Payload, Requests, Size, cells_of, folios, overlap};
use crate::sim::Guard;
use crate::step;
use launder_oracle::{Errno, FOLIO, Host, Range, Value, Who};

impl Linux {
    /// filemap_read(): no lock but that of a folio that has to be read. The size is looked at after the folio is uptodate, so
    /// that a truncate between does not show what was beyond.
    pub async fn filemap_read(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        let host = self.process(who).host;
        self.revalidate_size(host, who).await?;
        let inode = self.inode(host);
        let mut got = vec![Value::END; range.len() as usize];
        for index in folios(range) {
            // Nothing is read for what begins at the end of the file or behind it, be it in the last folio.
            if range.start.max(index * FOLIO) >= inode.size().get() {
                break;
            }
            let id = self.uptodate_folio(host, who, index).await?;
            let cells = inode.folio(id).cells;
            let size = inode.size().get();
            let part = overlap(overlap(cells_of(index), range), Range::new(0, size));
            for cell in part.cells() {
                got[(cell - range.start) as usize] = cells[(cell % FOLIO) as usize];
            }
            step!(self.sim, "{host}: {who} copies folio {index}");
        }
        Ok(got)
    }

    /// filemap_get_pages(): the folio, uptodate. A folio that is there and uptodate is taken as it is; one that must be
    /// instantiated or read is so under invalidate_lock, shared.
    pub async fn uptodate_folio(&self, host: Host, user: Who, index: u32) -> Result<FolioId, Errno> {
        let inode = self.inode(host);
        loop {
            if let Some(id) = inode.find(index).filter(|id| inode.folio(*id).uptodate) {
                return Ok(id);
            }
            let _invalidate = self.sim.lock_shared(inode.invalidate_lock).await;
            let id = match inode.find(index) {
                Some(id) => id,
                None => inode.add(&self.sim, index, user),
            };
            let _folio = self.sim.lock(inode.lock(id)).await;
            let folio = inode.folio(id);
            if !folio.attached {
                continue;
            }
            if !folio.uptodate {
                self.read_folio(host, user, id).await?;
            }
            return Ok(id);
        }
    }

    /// ->read_folio(): the folio is locked.
    pub async fn read_folio(&self, host: Host, user: Who, id: FolioId) -> Result<(), Errno> {
        let inode = self.inode(host);
        let index = inode.index(id);
        if self.skips_read(host, id) {
            return Ok(());
        }
        if !self.sim.bug("read_overtakes_write") {
            self.wait_on_temporary_page(host, index).await;
        }
        let _request = self.begin_request(host).await;
        let version = inode.attr_version().get();
        let cells = match self.is_beyond_zero_point(host, index) {
            true => [Value::ZERO; FOLIO as usize],
            false => {
                let (cells, end) = self.server.read_folio_and_end(host, user, index).await?;
                self.short_read(host, version, cells_of(index), end);
                cells
            }
        };
        inode.change(id, |folio| {
            folio.cells = cells;
            (folio.uptodate, folio.buffer.uptodate) = (true, true);
            folio.base = Some(cells);
        });
        step!(self.sim, "{host}: folio {index} is uptodate: {cells:?}");
        Ok(())
    }

    /// Waits for the request that is under way, where there is only one at once.
    pub async fn begin_request(&self, host: Host) -> Option<Guard<'_>> {
        match self.ways.requests {
            Requests::Many => None,
            Requests::One => Some(self.sim.lock(self.inode(host).io_lock).await),
        }
    }

    /// fuse_update_attributes(): asks for the size if what is known of it is not valid. Where folios are dirty beyond the
    /// server's end, the end is where writing them back will put it.
    pub async fn revalidate_size(&self, host: Host, user: Who) -> Result<(), Errno> {
        let inode = self.inode(host);
        while self.ways.size == Size::Both && !inode.attr_valid().get() {
            let version = inode.attr_version().get();
            let server = self.server.getattr(host, user).await?;
            self.sim.wait_free(inode.size_unstable).await;
            if version != inode.attr_version().get() {
                continue;
            }
            self.take_back_to(host, server).await;
            let old = inode.size().get();
            if version != inode.attr_version().get() {
                continue;
            }
            inode.attr_valid().set(true);
            inode.raise_zero_point(server);
            let size = self.unwritten_end(host, old).max(server);
            if size == old {
                continue;
            }
            inode.set_size(size);
            step!(self.sim, "{host}: i_size is {size}");
            self.size_changed(host, old, size).await;
        }
        Ok(())
    }

    /// Where the end of the file will be when what is dirty has been written back.
    pub fn unwritten_end(&self, host: Host, size: u32) -> u32 {
        let inode = self.inode(host);
        let dirty = |index: &u32| {
            inode.find(*index).is_some_and(|id| {
                let folio = inode.folio(id);
                folio.dirty || folio.theirs.is_some() || self.sim.is_locked(folio.writeback)
            })
        };
        let last = (0..inode.end()).filter(dirty).last();
        last.map_or(0, |index| {
            let written = inode.find(index).map_or(0, |id| inode.folio(id).written | inode.folio(id).sending);
            let end = match self.ways.payload {
                Payload::DirtyCells if written != 0 => index * FOLIO + written.ilog2() + 1,
                _ => (index + 1) * FOLIO,
            };
            size.min(end)
        })
    }
}
