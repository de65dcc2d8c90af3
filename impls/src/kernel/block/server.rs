//! The file system that the loop device asks: one file, the disk.

use super::super::rig;
use super::disk::Disk;
use fuser::{
    Errno, FileAttr, FileHandle, Filesystem, FopenFlags, Generation, INodeNo, InitFlags, KernelConfig,
    LockOwner, OpenFlags, ReplyAttr, ReplyData, ReplyEntry, ReplyOpen, ReplyWrite, Request, WriteFlags,
};
use std::ffi::OsStr;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

/// The disk, of which two threads know: who serves it, and who is told of faults.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<Disk>>);

impl Shared {
    /// A disk for both.
    pub fn new(disk: Disk) -> Shared {
        Shared(Arc::new(Mutex::new(disk)))
    }

    /// The disk, which the other does not change meanwhile.
    pub fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of the disk; the root has 1.
const DISK: INodeNo = INodeNo(2);
/// Nobody else changes the disk.
const LIFETIME: Duration = Duration::from_secs(1_000_000);
/// The longest request: what one of a disk is at the most here.
const LONGEST: u32 = 1 << 20;

impl Shared {
    fn attributes(&self, ino: INodeNo) -> FileAttr {
        let size = if ino == DISK { self.disk().size() } else { 0 };
        rig::attributes(ino, size, UNIX_EPOCH, 0o700)
    }
}

impl Filesystem for Shared {
    fn init(&mut self, _: &Request, config: &mut KernelConfig) -> io::Result<()> {
        config.set_max_write(LONGEST).map_err(|_| io::Error::other("no requests of a megabyte"))?;
        config
            .add_capabilities(InitFlags::FUSE_ASYNC_DIO)
            .map_err(|lacking| io::Error::other(format!("no {lacking:?}")))
    }

    /// The disk has any name: the kernel shows it with the loop device.
    fn lookup(&self, _: &Request, _: INodeNo, _: &OsStr, reply: ReplyEntry) {
        reply.entry(&LIFETIME, &self.attributes(DISK), Generation(0));
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        reply.attr(&LIFETIME, &self.attributes(ino));
    }

    /// What has been read and written is in no cache of FUSE: each request of the disk is one of ours.
    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::FOPEN_DIRECT_IO);
    }

    fn read(
        &self,
        _: &Request,
        _ino: INodeNo,
        _fh: FileHandle,
        offset: u64,
        size: u32,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let mut disk = self.disk();
        match disk.fault_of_read(offset, size.into()) {
            Some(errno) => reply.error(Errno::from_i32(errno)),
            None => reply.data(&disk.read(offset, size.into())),
        }
    }

    fn write(
        &self,
        _: &Request,
        _ino: INodeNo,
        _fh: FileHandle,
        offset: u64,
        data: &[u8],
        _write_flags: WriteFlags,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let mut disk = self.disk();
        let answer = match disk.fault_of_write(offset, data) {
            Some(errno) => Err(Errno::from_i32(errno)),
            None => {
                let some = disk.short(offset, data);
                if disk.write(offset, &data[..some]) { Ok(some as u32) } else { Err(Errno::EFBIG) }
            }
        };
        match answer {
            Ok(some) => reply.written(some),
            Err(errno) => reply.error(errno),
        }
    }
}
