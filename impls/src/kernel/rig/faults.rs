//! What nature and the third party do to the next requests.

use launder_oracle::{Call, Who};

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// READ
    Read,
    /// WRITE
    Write,
    /// Changes the size or extents, copies, or opens.
    Other,
    /// Needs no permission: stat(2), "No permissions are required on the file itself", and what is synced or closed was
    /// opened before.
    Free,
}

/// The faults that are armed.
#[derive(Default)]
pub struct Faults {
    fail_write: Option<(i32, u32)>,
    fail_read: Option<(i32, u32)>,
    short_write: u32,
    drop: u32,
    swap: u32,
    denied: [bool; 3],
}

impl Faults {
    /// Arms what this call says, if it says something of requests.
    pub fn arm(&mut self, call: &Call) -> bool {
        match *call {
            Call::FailWrite(errno, count) => self.fail_write = Some((errno as i32, count)),
            Call::FailRead(errno, count) => self.fail_read = Some((errno as i32, count)),
            Call::ShortWrite(count) => self.short_write = count,
            Call::Drop(count) => self.drop = count,
            Call::Swap(count) => self.swap = count,
            Call::Deny(who) => self.denied[who.index()] = true,
            Call::Allow(who) => self.denied[who.index()] = false,
            _ => return false,
        }
        true
    }

    /// Whether this request waits for others to overtake it.
    pub fn swaps(&mut self) -> bool {
        take_one(&mut self.swap)
    }

    /// The error with which this request of a user's fails.
    pub fn fault(&mut self, user: Option<Who>, kind: Kind) -> Option<i32> {
        if kind == Kind::Free {
            return None;
        }
        if user.is_some_and(|user| self.denied.get(user.index()) == Some(&true)) {
            return Some(libc::EACCES);
        }
        if matches!(kind, Kind::Read | Kind::Write) && take_one(&mut self.drop) {
            return Some(libc::EIO);
        }
        let failing = match kind {
            Kind::Read => &mut self.fail_read,
            Kind::Write => &mut self.fail_write,
            Kind::Other | Kind::Free => return None,
        };
        let (errno, count) = failing.as_mut()?;
        take_one(count).then_some(*errno)
    }

    /// Whether WRITEs are to be short, as far as they can be.
    pub fn shortens(&self) -> bool {
        self.short_write > 0
    }

    /// Whether a WRITE is to be short that can be.
    pub fn is_short(&mut self) -> bool {
        take_one(&mut self.short_write)
    }
}

fn take_one(count: &mut u32) -> bool {
    let some = *count > 0;
    *count -= u32::from(some);
    some
}
