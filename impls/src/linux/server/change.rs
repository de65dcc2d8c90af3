//! What becomes of the file: SETATTR, FALLOCATE and its modes, and what is stored.

use super::{Request, Server};
use crate::linux::disk::BLOCK;
use crate::reply;
use launder_oracle::{Call, Errno, Host, Range, Value, Who};

impl Server {
    /// SETATTR, FALLOCATE and its modes, for a process of `from`.
    pub async fn change(&self, from: Host, user: Who, call: &Call) -> Result<(), Errno> {
        let range = match *call {
            Call::Ftruncate(size) => Range::new(size, self.sim.capacity().max(size)),
            Call::Punch(range) | Call::Zero(range) | Call::Fallocate(range) => range,
            _ => return Err(Errno::ENOSYS),
        };
        self.admit(from, user, Request::Other, call.word(), range).await?;
        self.apply(call, range);
        self.post_op[from.index()].set(self.fattr());
        reply!(self.sim, false, "server: {call} is executed");
        Ok(())
    }

    /// Truncates as a file system does its blocks: that of the new end keeps what lies beyond it.
    pub async fn truncate_blocks(&self, from: Host, user: Who, size: u32) -> Result<(), Errno> {
        let freed = Range::new(size.next_multiple_of(BLOCK), self.sim.capacity().max(size) + BLOCK);
        self.admit(from, user, Request::Other, "truncate", freed).await?;
        self.apply(&Call::Ftruncate(size), freed);
        reply!(self.sim, false, "server: the blocks {freed} are free");
        Ok(())
    }

    /// The file is as long as this at least.
    pub fn extend(&self, end: u32) {
        let mut file = self.file.borrow_mut();
        file.size = file.size.max(end);
    }

    /// The file is as long as this at most; its blocks are as they were.
    pub fn shrink(&self, end: u32) {
        let mut file = self.file.borrow_mut();
        file.size = file.size.min(end);
    }

    /// After a crash, ext4_orphan_cleanup(): what a truncate had not freed is.
    pub fn clean_up_orphans(&self) {
        let mut file = self.file.borrow_mut();
        let end = file.cells.len();
        let start = end.min(file.size as usize);
        file.free(start..end);
    }

    pub(super) fn store(&self, range: Range, size: u32, payload: impl Fn(u32) -> Value) {
        if range.is_empty() {
            return;
        }
        let mut file = self.file.borrow_mut();
        if file.cells.len() < range.end as usize {
            // A subject that is broken on purpose may send it to where no call of the case reaches.
            file.cells.resize(range.end as usize, Value::ZERO);
            file.written.resize(range.end as usize, false);
        }
        range.cells().for_each(|cell| file.cells[cell as usize] = payload(cell));
        file.written[range.start as usize..range.end as usize].fill(true);
        file.change += 1;
        file.size = file.size.max(range.end.min(size));
    }

    pub(super) fn apply(&self, call: &Call, range: Range) {
        let mut file = self.file.borrow_mut();
        file.change += 1;
        let zeroed = overlap(range, &file.cells);
        match *call {
            Call::Ftruncate(size) => {
                file.free(zeroed);
                file.size = size;
            }
            Call::Punch(_) => file.free(zeroed),
            Call::Zero(_) => {
                file.free(zeroed);
                file.size = file.size.max(range.end);
            }
            _ => file.size = file.size.max(range.end),
        }
    }

    /// Whether nothing is stored there, and be it zeroes: a hole, or blocks that are not written yet.
    pub fn is_hole(&self, range: Range) -> bool {
        let file = self.file.borrow();
        !file.written[overlap(range, &file.cells)].contains(&true)
    }
}

fn overlap(range: Range, cells: &[Value]) -> std::ops::Range<usize> {
    let end = cells.len().min(range.end as usize);
    (range.start as usize).min(end)..end
}
