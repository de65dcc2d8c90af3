//! What nature and the server do to the next requests.

use super::{Request, Server};
use launder_oracle::{Call, Errno, Who};

/// What nature and the server do to the next requests.
#[derive(Default)]
pub(super) struct Faults {
    fail_write: Option<(Errno, u32)>,
    fail_read: Option<(Errno, u32)>,
    pub(super) short_write: u32,
    drop: u32,
    pub(super) swap: u32,
    denied: [bool; 3],
}

impl Faults {
    /// Whether any request may fail.
    fn fail_requests(&self) -> bool {
        self.fail_write.is_some() || self.fail_read.is_some() || self.drop > 0 || self.denied.contains(&true)
    }
}

impl Server {
    /// What nature and the third party do to requests: whether `call` is that.
    pub fn arm(&self, call: &Call) -> bool {
        let mut faults = self.faults.borrow_mut();
        match *call {
            Call::FailWrite(errno, count) => faults.fail_write = Some((errno, count)),
            Call::FailRead(errno, count) => faults.fail_read = Some((errno, count)),
            Call::ShortWrite(count) => faults.short_write = count,
            Call::Drop(count) => faults.drop = count,
            Call::Swap(count) => faults.swap = count,
            Call::Deny(who) => faults.denied[who.index()] = true,
            Call::Allow(who) => faults.denied[who.index()] = false,
            _ => return false,
        }
        true
    }

    /// Which error a request of this user meets, if any.
    pub(super) fn fault(&self, user: Who, request: Request) -> Option<Errno> {
        if request == Request::Free || !self.faults.borrow().fail_requests() {
            return None;
        }
        let mut faults = self.faults.borrow_mut();
        if faults.denied.get(user.index()) == Some(&true) {
            return Some(Errno::EACCES);
        }
        if request != Request::Other && take_one(&mut faults.drop) {
            self.recovery.request_is_lost(user);
            return Some(Errno::EIO);
        }
        let failing = match request {
            Request::Read => &mut faults.fail_read,
            Request::Write | Request::Writeback => &mut faults.fail_write,
            Request::Other | Request::Free => return None,
        };
        let (errno, count) = failing.as_mut()?;
        take_one(count).then_some(*errno)
    }

    /// Blocks are to be found for a hole: whether there are any.
    pub fn allocate(&self) -> Result<(), Errno> {
        if self.faults.borrow().fail_write.is_none() {
            return Ok(());
        }
        match &mut self.faults.borrow_mut().fail_write {
            Some((errno @ (Errno::ENOSPC | Errno::EDQUOT), count)) => match take_one(count) {
                true => Err(*errno),
                false => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

/// Takes one of those that are left, if some are: whether.
pub(super) fn take_one(count: &mut u32) -> bool {
    let some = *count > 0;
    *count -= u32::from(some);
    some
}
