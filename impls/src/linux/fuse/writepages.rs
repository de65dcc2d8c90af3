//! Writeback of FUSE since 6.17: fuse_iomap_writeback_range() puts folios that lie side by side into one WRITE.

use crate::linux::{FolioId, Linux};
use crate::{Event, step};
use launder_oracle::{FOLIO, Host, Range};

impl Linux {
    /// The folio, which is locked and clean, goes under writeback. What waits to be sent is, if the folio is not its next one; one
    /// that lies past the end is left alone, iomap_writeback_handle_eof().
    pub(in crate::linux) fn add_to_request(&self, host: Host, id: FolioId, row: &mut Vec<FolioId>) {
        let inode = self.inode(host);
        let index = inode.index(id);
        if row.last().is_some_and(|last| inode.index(*last) + 1 != index) {
            self.send_request(host, row);
        }
        if index * FOLIO < inode.size().get() {
            self.zero_past_the_end(host, id);
            self.sim.take(inode.writeback(id));
            row.push(id);
        }
    }

    /// fuse_send_writepage() of several folios, and fuse_writepage_end(): the WRITE is cropped to the size of the file; its error is
    /// that of all of them, and how much was written nobody looks at.
    pub(in crate::linux) async fn write_out_row(&self, host: Host, row: &[FolioId]) {
        let inode = self.inode(host);
        let nowrite = self.sim.lock_shared(inode.nowrite).await;
        let (first, size) = (inode.index(row[0]), inode.size().get());
        let folios = first..first + row.len() as u32;
        let range =
            Range::new(folios.start * FOLIO, (folios.end * FOLIO).min(size).max(folios.start * FOLIO));
        row.iter().for_each(|id| inode.change(*id, |folio| folio.written = 0));
        let mut failed = false;
        if !range.is_empty() {
            let user = self.write_file(host).unwrap_or(inode.folio(row[0]).writer);
            let payload =
                |cell: u32| inode.change(row[(cell / FOLIO - first) as usize], |folio| folio.send(cell));
            let result = self.server.write_within(host, user, range, size, payload).await;
            failed = result.is_err();
            let event = if failed { Event::WritebackFailed } else { Event::WritebackOk };
            self.met(host, folios.clone(), event);
            result.err().into_iter().for_each(|errno| inode.wb_err.set(errno));
        }
        // fuse_writepage_finish() ends writeback before it wakes who waits until no WRITE is under way.
        row.iter().for_each(|id| self.sim.release(inode.writeback(*id)));
        drop(nowrite);
        let how = if failed { ", failed" } else { "" };
        step!(self.sim, "{host}: writeback of folios {folios:?} has ended{how}");
    }
}
