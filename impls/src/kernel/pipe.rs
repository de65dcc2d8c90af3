//! A pipe, through which the kernel loads from and stores to mappings for us.
//!
//! `write(pipe, address)` loads and `read(pipe, address)` stores, byte by byte, through the page table of the process,
//! faulting pages in as an instruction would. Where an instruction would be killed by SIGBUS, these answer EFAULT.

use rustix::fd::OwnedFd;
use rustix::io::{Errno, Result};
use rustix::pipe::{PipeFlags, pipe_with};

/// An empty pipe: whatever is put in is taken out again before a call returns.
pub struct Pipe {
    /// The end to read from.
    pub out: OwnedFd,
    /// The end to write to.
    pub into: OwnedFd,
}

impl Pipe {
    /// A pipe.
    pub fn new() -> Result<Pipe> {
        // Nobody else could fill or empty it: where it would block, we have a bug, and should not hang.
        let (out, into) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        Ok(Pipe { out, into })
    }

    /// Takes out what a failed call has left.
    pub fn drain(&self) -> Result<()> {
        let mut bytes = [0; 4096];
        loop {
            match rustix::io::read(&self.out, &mut bytes) {
                Err(Errno::AGAIN) => return Ok(()),
                result => result?,
            };
        }
    }
}
