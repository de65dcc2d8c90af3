//! Requests that change nothing: READ and GETATTR.

use super::told::Counted;
use super::{Fattr, Request, Server};
use crate::linux::{Cells, cells_of};
use crate::reply;
use launder_oracle::{Errno, FOLIO, Host, Range, Value, Who};

impl Server {
    /// READ of a folio. What lies past the end is zero.
    pub async fn read_folio(&self, from: Host, user: Who, index: u32) -> Result<Cells, Errno> {
        self.read_folio_and_end(from, user, index).await.map(|(cells, _)| cells)
    }

    /// The same, and where the file ended.
    pub async fn read_folio_and_end(&self, from: Host, user: Who, index: u32) -> Result<(Cells, u32), Errno> {
        let range = cells_of(index);
        self.admit(from, user, Request::Read, "READ", range).await?;
        let mut cells = [Value::ZERO; FOLIO as usize];
        self.file.borrow().copy(range.start, &mut cells);
        let end = self.size();
        reply!(self.sim, false, "server: READ {range} is executed");
        Ok((cells, end))
    }

    /// READ of any cells, and where the file ended. What lies past the end is zero.
    pub async fn read_and_end(
        &self,
        from: Host,
        user: Who,
        range: Range,
    ) -> Result<(Vec<Value>, u32), Errno> {
        self.admit(from, user, Request::Read, "READ", range).await?;
        let mut cells = vec![Value::ZERO; range.len() as usize];
        self.file.borrow().copy(range.start, &mut cells);
        let end = self.size();
        reply!(self.sim, false, "server: READ {range} is executed");
        Ok((cells, end))
    }

    /// READ of any cells.
    pub async fn read(&self, from: Host, user: Who, range: Range) -> Result<Vec<Value>, Errno> {
        self.admit(from, user, Request::Read, "READ", range).await?;
        let mut cells = vec![Value::ZERO; range.len() as usize];
        self.file.borrow().copy(range.start, &mut cells);
        reply!(self.sim, false, "server: READ {range} is executed");
        Ok(cells)
    }

    /// READ of any cells by somebody who goes past the page cache: the reply says where the file ends.
    pub async fn read_to_end(&self, from: Host, user: Who, range: Range) -> Result<Vec<Value>, Errno> {
        self.admit(from, user, Request::Read, "READ", range).await?;
        let cells = self.third_party_read(range, 0);
        reply!(self.sim, false, "server: READ {range} is executed");
        Ok(cells)
    }

    /// READ of any cells, which ends where the file does.
    pub async fn read_short(&self, from: Host, user: Who, range: Range) -> Result<Vec<Value>, Errno> {
        self.admit(from, user, Request::Read, "READ", range).await?;
        let mut cells = vec![Value::ZERO; range.len() as usize];
        self.file.borrow().copy(range.start, &mut cells);
        cells.truncate(self.size().saturating_sub(range.start) as usize);
        reply!(self.sim, false, "server: READ {range} is executed");
        Ok(cells)
    }

    /// GETATTR: the size.
    pub async fn getattr(&self, from: Host, user: Who) -> Result<u32, Errno> {
        self.getattr_and_change(from, user).await.map(|fattr| fattr.size)
    }

    /// GETATTR: all that it says of the file.
    pub async fn getattr_and_change(&self, from: Host, user: Who) -> Result<Fattr, Errno> {
        let nothing = Range::new(0, 0);
        self.admit(from, user, Request::Other, "GETATTR", nothing).await?;
        let fattr = self.fattr();
        reply!(self.sim, false, "server: GETATTR is executed: {}", Counted(fattr.size));
        Ok(fattr)
    }

    /// GETATTR, or a LOOKUP, that is refused to nobody: the size.
    pub async fn stat(&self, from: Host, user: Who) -> u32 {
        let asked = self.admit(from, user, Request::Free, "GETATTR", Range::new(0, 0)).await;
        debug_assert!(asked.is_ok(), "no fault is of a request that needs no permission");
        let size = self.size();
        reply!(self.sim, false, "server: GETATTR is executed: {}", Counted(size));
        size
    }
}
