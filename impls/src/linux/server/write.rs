//! Requests that carry data: WRITE, and COPY_FILE_RANGE, which has the server carry them.

use super::faults::take_one;
use super::told::Counted;
use super::{Request, Server};
use crate::{reply, step};
use launder_oracle::{Errno, Host, Range, Value, Who};

impl Server {
    /// WRITE: `payload` is read when the request is executed, as the kernel passes pages by reference. Returns how many
    /// cells were written.
    pub fn write(
        &self,
        from: Host,
        user: Who,
        range: Range,
        payload: impl Fn(u32) -> Value,
    ) -> impl Future<Output = Result<u32, Errno>> {
        self.write_for(Request::Write, from, user, range, u32::MAX, payload)
    }

    /// WRITE of writeback, of cells of which those from `size` on are past the end, and do not make the file longer.
    pub fn write_within(
        &self,
        from: Host,
        user: Who,
        range: Range,
        size: u32,
        payload: impl Fn(u32) -> Value,
    ) -> impl Future<Output = Result<u32, Errno>> {
        self.write_for(Request::Writeback, from, user, range, size, payload)
    }

    async fn write_for(
        &self,
        request: Request,
        from: Host,
        user: Who,
        range: Range,
        size: u32,
        payload: impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        step!(self.sim, "{from}: WRITE {range} is sent");
        // fuse_dev_do_read() copies the payload: what is overtaken after that is written as it was read.
        let is_read = self.device && self.faults.borrow().swap > 0;
        let read: Option<Vec<Value>> = is_read.then(|| range.cells().map(&payload).collect());
        self.reach(user, request, "WRITE", range).await?;
        let payload = |cell: u32| match &read {
            Some(cells) => cells[(cell - range.start) as usize],
            None => payload(cell),
        };
        self.execute_write(from, request, range, size, payload).await
    }

    async fn execute_write(
        &self,
        from: Host,
        request: Request,
        range: Range,
        size: u32,
        payload: impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        let shortens = range.len() > 1 && self.faults.borrow().short_write > 0;
        let short = shortens && take_one(&mut self.faults.borrow_mut().short_write);
        let written = if short { range.len() / 2 } else { range.len() };
        let done = Range::new(range.start, range.start + written);
        self.store(done, size, payload);
        self.post_op[from.index()].set(self.fattr());
        let of_writeback = request == Request::Writeback;
        reply!(self.sim, of_writeback, "server: WRITE {range} is executed, {}", Counted(written));
        Ok(written)
    }

    /// The same of FUSE, where the payload is copied when the server reads the request from /dev/fuse: it may execute first
    /// what it has read after it.
    pub async fn write_as_read(
        &self,
        from: Host,
        user: Who,
        range: Range,
        payload: impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        step!(self.sim, "{from}: WRITE {range} is sent");
        let cells: Vec<Value> = range.cells().map(payload).collect();
        step!(self.sim, "server: WRITE {range} is read from /dev/fuse");
        self.reach(user, Request::Write, "WRITE", range).await?;
        let payload = |cell: u32| cells[(cell - range.start) as usize];
        self.execute_write(from, Request::Write, range, u32::MAX, payload).await
    }

    /// COPY_FILE_RANGE within the file: how many cells were copied.
    pub async fn copy(&self, from: Host, user: Who, source: Range, to: u32) -> Result<u32, Errno> {
        self.admit(from, user, Request::Other, "COPY_FILE_RANGE", source).await?;
        let inside = Range::new(source.start, source.end.min(self.size()).max(source.start));
        let mut cells = vec![Value::ZERO; inside.len() as usize];
        self.file.borrow().copy(inside.start, &mut cells);
        self.store(Range::new(to, to + inside.len()), u32::MAX, |cell| cells[(cell - to) as usize]);
        let copied = Counted(inside.len());
        reply!(self.sim, false, "server: COPY_FILE_RANGE {source} to {to} is executed, {copied}");
        Ok(inside.len())
    }
}
