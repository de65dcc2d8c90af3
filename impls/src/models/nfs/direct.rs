//! fs/nfs/direct.c: reads and writes past the cache.

use super::Nfs;
use crate::linux::{Scheme, folios};
use crate::sim::{Guard, Lock, Named};
use crate::{Event, Job, step};
use launder_oracle::{Errno, Host, Range, Reply, Value, Who};
use std::convert::Infallible;

/// The jobs from here on are direct writes.
const DIRECT: u32 = 1 << 31;

/// struct nfs_direct_req
#[derive(Clone, Copy)]
pub struct DirectWrite {
    number: usize,
    who: Who,
    range: Range,
    value: Value,
    /// Held until the request is complete.
    completion: Lock,
    result: Result<u32, Errno>,
}

impl Nfs {
    /// nfs_start_io_direct(), whose nfs_block_buffered() writes back what is dirty.
    async fn start_io_direct(&self, host: Host) -> Guard<'_> {
        let block_buffered = async {
            self.sync_mapping(host).await;
            Ok::<_, Infallible>(())
        };
        let Ok(i_rwsem) = self.nfs(host).io_mode.start_direct(block_buffered).await;
        i_rwsem
    }

    /// nfs_file_direct_read()
    pub async fn direct_read(&self, who: Who, range: Range) -> Result<Vec<Value>, Errno> {
        let host = self.linux.process(who).host;
        let i_rwsem = self.start_io_direct(host).await;
        let _dio = self.linux.sim.lock_shared(self.nfs(host).io_mode.dio).await;
        drop(i_rwsem);
        self.linux.met(host, folios(range), Event::DirectRead);
        self.linux.server.read_to_end(host, who, range).await
    }

    /// nfs_file_direct_write(): the folios go as soon as the WRITE has been submitted, and what comes of that is not looked at.
    pub async fn direct_write(&self, who: Who, range: Range) -> Reply {
        let host = self.linux.process(who).host;
        let value = self.linux.sim.value();
        let i_rwsem = self.start_io_direct(host).await;
        let _dio = self.linux.sim.lock_shared(self.nfs(host).io_mode.dio).await;
        self.linux.met(host, folios(range), Event::DirectWrite);
        let write = self.submit(who, range, value);
        step!(self.linux.sim, "{host}: {who}'s direct WRITE of {range} is submitted");
        if self.linux.inode(host).has_folios() {
            let _ = self.invalidate(host, folios(range)).await;
        }
        drop(i_rwsem);
        drop(self.linux.sim.lock(write.completion).await);
        let result = self.direct_writes.borrow()[write.number].result;
        match result {
            Ok(cells) if cells == range.len() => Reply::Ok,
            Ok(cells) => Reply::Wrote(cells),
            Err(errno) => Reply::Err(errno),
        }
    }

    fn submit(&self, who: Who, range: Range, value: Value) -> DirectWrite {
        let sim = &self.linux.sim;
        let host = self.linux.process(who).host;
        let mut writes = self.direct_writes.borrow_mut();
        let number = writes.len();
        let completion = sim.new_lock(Named { what: "direct write", host, number: Some(number as u32) });
        sim.take(completion);
        let write = DirectWrite { number, who, range, value, completion, result: Ok(0) };
        writes.push(write);
        sim.spawn(host, Job(DIRECT + number as u32));
        write
    }

    /// The direct write that a job is.
    pub fn direct_write_of(&self, job: Job) -> Option<DirectWrite> {
        job.0.checked_sub(DIRECT).map(|number| self.direct_writes.borrow()[number as usize])
    }

    /// The WRITE, again for what a short one left; then nfs_direct_write_complete(): nfs_zap_mapping().
    pub async fn carry_out(&self, write: DirectWrite) {
        let host = self.linux.process(write.who).host;
        let mut left = write.range;
        let mut result = Ok(0);
        while !left.is_empty() && result.is_ok() {
            result = self.linux.server.write(host, write.who, left, |_| write.value).await;
            left.start += result.unwrap_or(0);
        }
        let done = left.start - write.range.start;
        if done > 0 {
            self.linux.inode(host).extend(left.start);
            result = Ok(done);
        }
        self.set_invalid_data(host);
        self.direct_writes.borrow_mut()[write.number].result = result;
        self.linux.sim.release(write.completion);
        step!(self.linux.sim, "{host}: {}'s direct WRITE is complete", write.who);
    }
}
