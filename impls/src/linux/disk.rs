//! A file on a disk of the host: ftruncate(2), fallocate(2) and its modes, and a disk that is full.
//!
//! The file system changes its cache first and its blocks then, under i_rwsem and invalidate_lock. What of a block goes is
//! zeroed in the cache, and written back as any other write.

use super::{FolioId, Linux, Store, cells_of, folios, overlap};
use crate::{Event, step};
use launder_oracle::{Call, Errno, FOLIO, Host, Range, Reply, Value, Who};

/// Cells of a block; a sector is a cell.
pub(super) const BLOCK: u32 = 2;

impl Linux {
    /// get_block() of ->write_begin(): a folio that lies in a hole needs blocks, of which there may be none left. What the folio
    /// holds stays valid: f9f07b6c1372 "vfs: Fix data corruption after failed write in __block_write_begin()".
    pub(super) fn reserve(&self, host: Host, id: FolioId) -> Result<(), Errno> {
        let index = self.inode(host).index(id);
        let mapped = self.inode(host).folio(id).freed;
        if self.ways.store == Store::Server || mapped || !self.server.is_hole(cells_of(index)) {
            return Ok(());
        }
        let result = self.server.allocate();
        if let Err(errno) = result {
            self.trim_blocks(host, id);
            if self.sim.bug("fail_clears_uptodate") {
                self.inode(host).change(id, |folio| folio.uptodate = false);
            }
            self.sim.say(format_args!("{host}: folio {index} gets no block: {errno}"));
        }
        result
    }

    /// The blocks past the end that a write got before it failed are free again, and the folio must know: 68eb3db08344 "ext3: Fix
    /// data / filesystem corruption when write fails to copy data".
    fn trim_blocks(&self, host: Host, id: FolioId) {
        let inode = self.inode(host);
        let beyond = inode.index(id) * FOLIO >= inode.size().get();
        inode.change(id, |folio| folio.freed = beyond && self.sim.bug("shortcopy_leak"));
    }

    /// ext4_setattr(): the block of the new end, i_disksize, with the inode an orphan until its blocks are free, i_size, the cache, and
    /// then the blocks.
    pub(super) async fn ftruncate_on_disk(&self, who: Who, size: u32) -> Reply {
        let inode = self.inode(self.process(who).host);
        let _i_rwsem = self.sim.lock(inode.i_rwsem).await;
        let _invalidate = self.sim.lock(inode.invalidate_lock).await;
        let old = inode.size().get();
        self.zero_to(inode.host, size).await;
        // Where i_size does not change, too: what was zeroed before may not have been written.
        let tail = Range::new(size, if size > old { size } else { size.next_multiple_of(BLOCK) });
        if let Err(errno) = self.zero_part_of_block(inode.host, who, tail).await {
            return Reply::Err(errno);
        }
        self.server.shrink(size);
        inode.set_size(size);
        step!(self.sim, "{}: i_size is {size}", inode.host);
        self.size_changed(inode.host, old, size).await;
        match self.server.truncate_blocks(inode.host, who, size).await {
            Ok(()) => Reply::Ok,
            Err(errno) => Reply::Err(errno),
        }
    }

    /// block_truncate_page(): cells of one block are zeroed in the cache, and dirty, as they are not in the hole that the rest
    /// becomes. 40bc9a27e00d "GFS2: Fix cache coherency between truncate and O_DIRECT read".
    async fn zero_part_of_block(&self, host: Host, who: Who, part: Range) -> Result<(), Errno> {
        let inode = self.inode(host);
        let index = part.start / FOLIO;
        while !part.is_empty() {
            let cached = inode.find(index);
            if cached.is_none() && self.server.is_hole(part) {
                break;
            }
            let id = cached.unwrap_or_else(|| inode.add(&self.sim, index, who));
            let _folio = self.sim.lock(inode.lock(id)).await;
            if !inode.folio(id).attached {
                continue;
            }
            self.sim.wait_free(inode.writeback(id)).await;
            if !inode.folio(id).uptodate {
                self.read_folio(host, who, id).await?;
            }
            // ext4_block_zero_page_range() and iomap_zero_range() leave a hole alone.
            let folio = inode.folio(id);
            let zero = |cell: u32| folio.cells[(cell % FOLIO) as usize] == Value::ZERO;
            let nothing = !folio.dirty && part.cells().all(zero) && self.server.is_hole(cells_of(index));
            self.zero(host, id, part);
            if !nothing && !self.sim.bug("trunc_zero_not_dirty") {
                inode.change(id, |folio| folio.mark_dirty(part));
            }
            step!(self.sim, "{host}: {part}, the part of a block, are zeroed");
            break;
        }
        Ok(())
    }

    /// ext4_fallocate()
    pub(super) async fn fallocate_on_disk(&self, who: Who, call: &Call, range: Range) -> Reply {
        let inode = self.inode(self.process(who).host);
        let _i_rwsem = self.sim.lock(inode.i_rwsem).await;
        let unlocked = self.sim.bug("no_invalidate_lock") && matches!(call, Call::Punch(_));
        let _invalidate = match unlocked {
            true => None,
            false => Some(self.sim.lock(inode.invalidate_lock).await),
        };
        match self.change_blocks(inode.host, who, call, range).await {
            Ok(()) => Reply::Ok,
            Err(errno) => Reply::Err(errno),
        }
    }

    async fn change_blocks(&self, host: Host, who: Who, call: &Call, range: Range) -> Result<(), Errno> {
        let inode = self.inode(host);
        if matches!(call, Call::Punch(_) | Call::Zero(_)) {
            self.met(host, folios(range), Event::Punch);
        }
        if !matches!(call, Call::Punch(_)) {
            self.zero_to(host, range.end).await;
        }
        // ext4_update_disksize_before_punch(): what would have made the file longer there may be dropped.
        self.server.extend(inode.size().get());
        let call = match *call {
            Call::Punch(_) => Call::Punch(self.drop_blocks(host, who, range).await?),
            Call::Zero(_) => Call::Zero(self.drop_blocks(host, who, range).await?),
            call => call,
        };
        self.server.change(host, who, &call).await?;
        if !matches!(call, Call::Punch(_)) {
            self.server.extend(range.end);
            inode.extend(range.end);
        }
        Ok(())
    }

    /// Zeroes in the cache what is not a whole block, and drops the whole blocks, which it returns. A folio of which some are
    /// dropped is unmapped, so that the next store is noticed and gets blocks again: 17207d0bb209 "ext4: remove writable
    /// userspace mappings before truncating page cache".
    async fn drop_blocks(&self, host: Host, who: Who, range: Range) -> Result<Range, Errno> {
        let blocks = Range::new(range.start.next_multiple_of(BLOCK), range.end / BLOCK * BLOCK);
        if blocks.end < blocks.start {
            self.zero_part_of_block(host, who, range).await?;
            return Ok(Range::new(range.start, range.start));
        }
        self.zero_part_of_block(host, who, Range::new(range.start, blocks.start)).await?;
        self.zero_part_of_block(host, who, Range::new(blocks.end, range.end)).await?;
        for index in folios(blocks) {
            let part = overlap(cells_of(index), blocks);
            match part.len() {
                FOLIO => self.drop_cells(host, part).await,
                _ => self.drop_part_of_folio(host, index, part).await,
            }
        }
        Ok(blocks)
    }

    async fn drop_part_of_folio(&self, host: Host, index: u32, part: Range) {
        let inode = self.inode(host);
        let Some(id) = inode.find(index) else { return };
        let _folio = self.sim.lock(inode.lock(id)).await;
        if !inode.folio(id).attached {
            return;
        }
        self.sim.wait_free(inode.writeback(id)).await;
        if self.is_mapped(host, id) && !self.sim.bug("no_unmap_before_zero") {
            self.unmap(host, index..index + 1).await;
        }
        self.zero(host, id, part);
        inode.change(id, |folio| folio.has_no_blocks(part));
        step!(self.sim, "{host}: {part} of folio {index} are zero, and have no block");
    }
}
