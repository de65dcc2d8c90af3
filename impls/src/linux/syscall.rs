//! Who calls what: descriptors, mappings and locks are looked up, and the call goes to the part that carries it out.

use super::process::Map;
use super::{Linux, Scheme, Store, fadvise, fault, folios, write};
use crate::{Event, step};
use launder_oracle::{Call, Errno, Host, Msync, Range, Reply, Who};

/// Answers a call of anyone's: of a process here, and of the others by what they can do. One function, as a reply that
/// is handed on by another is copied once more, in every call.
pub async fn call<S: Scheme>(scheme: &S, who: Who, call: Call) -> Reply {
    if let Some(reply) = scheme.own_way(who, call).await {
        return reply;
    }
    match who {
        Who::Server => return server_call(scheme, call).await,
        Who::Nature => return nature_call(scheme, call).await,
        Who::A1 | Who::A2 | Who::B1 => {}
    }
    let linux = scheme.linux();
    let process = linux.process(who);
    process.took_part().set(true);
    match call {
        Call::Mmap { .. } if process.map().get().is_some() => return Reply::Err(Errno::EINVAL),
        Call::Munmap | Call::Mread(_) | Call::Mwrite(_) | Call::Msync(..) | Call::MadviseDontneed(_) => {
            return mapping_call(scheme, who, call).await;
        }
        Call::Open => {
            return if process.open().get() { Reply::Err(Errno::EBADF) } else { scheme.open(who).await };
        }
        _ if !process.open().get() => return Reply::Err(Errno::EBADF),
        _ => {}
    }
    match call {
        Call::Close => scheme.close(who).await,
        Call::Pread { direct, range } => {
            let got = match direct {
                true => scheme.read_direct(who, range).await,
                false => scheme.read(who, range).await,
            };
            got.map_or_else(Reply::Err, Reply::Got)
        }
        // generic_write_checks(): of no bytes nothing is asked.
        Call::Pwrite { range, .. } if range.is_empty() => Reply::Ok,
        Call::Pwrite { direct: false, range } => scheme.pwrite(who, range).await,
        Call::Pwrite { direct: true, range } => scheme.pwrite_direct(who, range).await,
        Call::Append { direct, cells } => scheme.append(who, cells, direct).await,
        Call::Copy { from, to } => write::copy(scheme, who, from, to).await,
        Call::Mmap { private, range } => scheme.mmap(who, private, range).await,
        Call::Fsync | Call::Fdatasync => answer(scheme.sync(who, 0..u32::MAX).await),
        Call::Ftruncate(size) => scheme.ftruncate(who, size).await,
        Call::Fallocate(range) | Call::Punch(range) | Call::Zero(range) if range.is_empty() => {
            Reply::Err(Errno::EINVAL)
        }
        Call::Fallocate(range) | Call::Punch(range) | Call::Zero(range) => {
            scheme.fallocate(who, &call, range).await
        }
        Call::FadviseDontneed(range) => {
            fadvise::dontneed(scheme, process.host, range).await;
            Reply::Ok
        }
        Call::Lock => scheme.lock(who).await,
        Call::Unlock => scheme.unlock(who).await,
        _ => Reply::Err(Errno::ENOSYS),
    }
}

pub(super) fn answer(result: Result<(), Errno>) -> Reply {
    result.map_or_else(Reply::Err, |()| Reply::Ok)
}

/// open(2), close-to-open: what the cache holds may be old.
pub async fn open<S: Scheme>(scheme: &S, who: Who) -> Reply {
    let linux = scheme.linux();
    let process = linux.process(who);
    let inode = linux.inode(process.host);
    // do_dentry_open() takes f_wb_err before it calls ->open(): what fails meanwhile is told to this file, too.
    let eager = linux.sim.bug("errseq_sample_at_open");
    let since = if eager { inode.wb_err.count() } else { inode.wb_err.sample() };
    inode.invalidate_attributes();
    if linux.ways.store == Store::Server
        && let Err(errno) = scheme.invalidate(process.host, 0..inode.end()).await
    {
        return Reply::Err(errno);
    }
    process.since.set(since);
    process.pos.set(0);
    process.open().set(true);
    Reply::Ok
}

/// close(2), close-to-open: ->flush() writes everything back, and reports what failed. The descriptor is gone either way.
pub(super) async fn close<S: Scheme>(scheme: &S, who: Who) -> Reply {
    let linux = scheme.linux();
    let process = linux.process(who);
    let result = flush(scheme, who).await;
    process.open().set(false);
    linux.give_up_lock(who);
    answer(result)
}

/// What others can reach must see all that was written; a file system on a disk has nothing to do.
async fn flush<S: Scheme>(scheme: &S, who: Who) -> Result<(), Errno> {
    match scheme.linux().ways.store {
        Store::Server => scheme.sync(who, 0..u32::MAX).await,
        Store::Disk => Ok(()),
    }
}

/// fcntl(2), F_SETLKW: a lock is a point of coherence as open is.
pub(super) async fn lock<S: Scheme>(scheme: &S, who: Who) -> Reply {
    let linux = scheme.linux();
    let process = linux.process(who);
    let held = linux.set_lock(who).await;
    if linux.ways.store == Store::Disk {
        return Reply::Ok;
    }
    linux.inode(process.host).invalidate_attributes();
    let result = scheme.invalidate(process.host, 0..linux.inode(process.host).end()).await;
    if result.is_err() && !held {
        linux.give_up_lock(who);
    }
    answer(result)
}

impl Linux {
    /// Waits for the lock of fcntl(2), and takes it, unless `who` has it: whether that was so.
    pub async fn set_lock(&self, who: Who) -> bool {
        let process = self.process(who);
        let held = process.locked().get();
        if !held {
            self.sim.lock(self.file_lock(process.host)).await.keep();
            process.locked().set(true);
        }
        held
    }

    /// Gives up the lock of fcntl(2), if `who` has it.
    pub fn give_up_lock(&self, who: Who) {
        if self.process(who).locked().take() {
            self.sim.release(self.file_lock(self.process(who).host));
        }
    }
}

pub(super) async fn unlock<S: Scheme>(scheme: &S, who: Who) -> Reply {
    let result = flush(scheme, who).await;
    scheme.linux().give_up_lock(who);
    answer(result)
}

/// mmap(2)
pub fn mmap(linux: &Linux, who: Who, private: bool, range: Option<Range>) -> Reply {
    let range = range.unwrap_or(Range::new(0, linux.sim.capacity()));
    if range.is_empty() {
        return Reply::Err(Errno::EINVAL);
    }
    linux.process(who).map().set(Some(Map { private, range }));
    Reply::Ok
}

async fn mapping_call<S: Scheme>(scheme: &S, who: Who, call: Call) -> Reply {
    let linux = scheme.linux();
    let process = linux.process(who);
    let Some(map) = process.map().get() else { return Reply::Err(Errno::EINVAL) };
    let range = match call {
        Call::Mread(range) | Call::Mwrite(range) | Call::Msync(_, range) | Call::MadviseDontneed(range) => {
            range
        }
        _ => map.range,
    };
    if range.start < map.range.start || range.end > map.range.end {
        return Reply::Err(Errno::EINVAL);
    }
    match call {
        Call::Mread(range) => fault::load(scheme, who, range).await,
        Call::Mwrite(range) => {
            let value = linux.sim.value();
            fault::store(scheme, who, range, value).await
        }
        // mm/msync.c: `if ((flags & MS_SYNC) && file && (vma->vm_flags & VM_SHARED))`
        Call::Msync(..) if map.private => Reply::Ok,
        Call::Msync(Msync::Async, range) => {
            linux.filemap_sync(who, folios(range)).await;
            Reply::Ok
        }
        Call::Msync(_, range) => {
            linux.filemap_sync(who, folios(range)).await;
            answer(scheme.sync(who, folios(range)).await)
        }
        Call::MadviseDontneed(range) => zap_own(linux, who, range).await,
        _ => scheme.munmap(who).await,
    }
}

/// munmap(2)
pub async fn munmap(linux: &Linux, who: Who) -> Reply {
    let process = linux.process(who);
    let Some(map) = process.map().get() else { return Reply::Err(Errno::EINVAL) };
    let _mmap = linux.sim.lock(process.mmap_lock).await;
    folios(map.range).for_each(|index| linux.zap(process, index, true));
    process.map().set(None);
    step!(linux.sim, "{}: {who}'s mapping is gone", process.host);
    Reply::Ok
}

/// madvise(MADV_DONTNEED)
async fn zap_own(linux: &Linux, who: Who, range: Range) -> Reply {
    let process = linux.process(who);
    let _mmap = linux.sim.lock_shared(process.mmap_lock).await;
    folios(range).for_each(|index| linux.zap(process, index, true));
    step!(linux.sim, "{}: {who}'s pages of {range} are zapped", process.host);
    Reply::Ok
}

impl Linux {
    /// Of a file on a disk the kernel keeps the size, whatever becomes of what was written there.
    pub(super) fn least_size(&self) -> u32 {
        match self.ways.store {
            Store::Server => 0,
            Store::Disk => self.inode(Host::A).size().get(),
        }
    }
}

async fn server_call<S: Scheme>(scheme: &S, call: Call) -> Reply {
    let linux = scheme.linux();
    match call {
        Call::Pread { range, .. } => Reply::Got(linux.server.third_party_read(range, linux.least_size())),
        Call::Pwrite { range, .. } => {
            Host::ALL.into_iter().for_each(|host| linux.met(host, folios(range), Event::ThirdPartyWrite));
            linux.server.third_party_write(range).await;
            Reply::Ok
        }
        Call::Ftruncate(size) => {
            linux.server.third_party_truncate(size).await;
            Reply::Ok
        }
        Call::Notify(host, range) => {
            linux.met(host, folios(range), Event::Notify);
            scheme.notify(host, range).await
        }
        _ if linux.server.arm(&call) => Reply::Ok,
        _ => Reply::Err(Errno::ENOSYS),
    }
}

/// The server's invalidation: what the host knows of the file may be old, and the folios go.
pub(super) async fn notify<S: Scheme>(scheme: &S, host: Host, range: Range) -> Reply {
    scheme.linux().inode(host).invalidate_attributes();
    answer(scheme.invalidate(host, folios(range)).await)
}

async fn nature_call<S: Scheme>(scheme: &S, call: Call) -> Reply {
    let linux = scheme.linux();
    match call {
        Call::Writeback(host, range) => linux.background_writeback(host, folios(range)).await,
        Call::Reclaim(host, range) => linux.reclaim(host, folios(range)).await,
        Call::Crash(host) => {
            linux.crash(host).await;
            scheme.crashed(host);
        }
        Call::FailRelease(count) => linux.failing_releases.set(count),
        _ if linux.server.arm(&call) => {}
        _ => return Reply::Err(Errno::ENOSYS),
    }
    Reply::Ok
}
