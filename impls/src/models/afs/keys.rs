//! The keys of who has the file open for writing, with which what is dirty is written back: vnode->wb_keys, since 4.15.

use super::Afs;
use crate::Event;
use crate::linux::{Process, folios};
use launder_oracle::{Errno, FOLIO, Host, Range, Who};

/// Whether the server says that the key is not good for it, so that another is tried.
pub(super) fn is_refused(errno: Errno) -> bool {
    use Errno::*;
    matches!(errno, EACCES | EPERM | ENOKEY | EKEYEXPIRED | EKEYREJECTED | EKEYREVOKED)
}

/// Whether trying again would be no use: the errors for which afs_write_back_from_locked_page() kills the pages.
pub(super) fn is_final(errno: Errno) -> bool {
    use Errno::*;
    matches!(errno, EROFS | EIO | EREMOTEIO | EFBIG | ENOENT | ENOMEDIUM | ENXIO)
}

fn is_file_open(process: &Process) -> bool {
    process.open().get() || process.map().get().is_some()
}

impl Afs {
    /// afs_cache_wb_key()
    pub(super) fn cache_wb_key(&self, who: Who) {
        let mut keys = self.vnode(self.linux.process(who).host).keys.borrow_mut();
        if !keys.contains(&who) {
            keys.push(who);
        }
    }

    /// afs_prune_wb_keys(): nothing is dirty, and so a key is not kept for longer than its file is open.
    pub(super) fn prune_wb_keys(&self, host: Host) {
        let inode = self.linux.inode(host);
        let busy = |id| {
            let folio = inode.folio(id);
            folio.dirty || self.linux.sim.is_locked(folio.writeback)
        };
        if !(0..inode.end()).filter_map(|index| inode.find(index)).any(busy) {
            self.vnode(host).keys.borrow_mut().retain(|who| is_file_open(self.linux.process(*who)));
        }
    }

    /// afs_get_writeback_key(): the next after this many. Who has not asked for anything yet has not opened the file yet.
    fn writeback_key(&self, host: Host, after: usize) -> Option<(usize, Who)> {
        let keys = self.vnode(host).keys.borrow();
        let mut usable = keys
            .iter()
            .copied()
            .enumerate()
            .skip(after)
            .filter(|(_, who)| self.linux.process(*who).took_part().get());
        usable.next()
    }

    /// afs_store_data(): with each key in turn, until the server takes one.
    pub(super) async fn store_data(&self, host: Host, range: Range) -> Result<(), Errno> {
        let (mut after, mut result) = (0, Err(Errno::ENOKEY));
        while let Some((at, key)) = self.writeback_key(host, after) {
            result = self.store_data_as(host, key, range).await;
            match result {
                Err(errno) if is_refused(errno) => after = at + 1,
                _ => break,
            }
        }
        result
    }

    /// FS.StoreData, of the pages as they are then; there are no short ones, and so what one leaves is sent again.
    pub(super) async fn store_data_as(&self, host: Host, key: Who, range: Range) -> Result<(), Errno> {
        let (linux, inode) = (&self.linux, self.linux.inode(host));
        let _request = linux.begin_request(host).await;
        let payload = |cell: u32| {
            let id = folios(Range::new(cell, cell + 1)).find_map(|index| inode.find(index));
            id.map_or(launder_oracle::Value::ZERO, |id| inode.folio(id).cells[(cell % FOLIO) as usize])
        };
        let mut left = range;
        while !left.is_empty() {
            let before = self.vnode(host).version.get();
            let sent = linux.server.write(host, key, left, payload).await;
            let outcome = if sent.is_ok() { Event::WritebackOk } else { Event::WritebackFailed };
            linux.met(host, folios(left), outcome);
            left.start += sent?;
            let status = linux.server.post_op(host);
            self.break_callbacks(Some(host)).await;
            self.commit_status(host, before, 1, status, false);
        }
        Ok(())
    }
}
