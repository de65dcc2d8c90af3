//! One mount of the tree: what its kernel asks, and how long it may believe the answers.

use crate::tree::{Content, ROOT, Tree};
use fuser::{
    Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo, LockOwner, OpenFlags,
    ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyWrite,
    Request, TimeOrNow, WriteFlags,
};
use rustix::fs::FallocateFlags;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a kernel may keep.
#[derive(Clone, Copy, Default)]
pub struct Caching {
    /// For how long it may believe attributes and names.
    pub lifetime: Duration,
    /// Whether an open(2) leaves in the cache what is in it: FOPEN_KEEP_CACHE.
    pub keep: bool,
}

pub struct Mount {
    pub tree: Arc<Mutex<Tree>>,
    pub caching: Caching,
}

impl Mount {
    fn tree(&self) -> MutexGuard<'_, Tree> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self) -> FopenFlags {
        if self.caching.keep { FopenFlags::FOPEN_KEEP_CACHE } else { FopenFlags::empty() }
    }

    /// Answers with what was looked up or made.
    fn enter(&self, found: Result<u64, Errno>, tree: &Tree, reply: ReplyEntry) {
        match found.and_then(|number| attributes(tree, number)) {
            Ok(attr) => reply.entry(&self.caching.lifetime, &attr, Generation(0)),
            Err(errno) => reply.error(errno),
        }
    }
}

fn attributes(tree: &Tree, number: u64) -> Result<FileAttr, Errno> {
    let node = tree.node(number)?;
    let (kind, size, perm) = match &node.content {
        Content::File(bytes) => (FileType::RegularFile, bytes.len() as u64, 0o666),
        Content::Directory(_) => (FileType::Directory, 0, 0o777),
    };
    Ok(FileAttr {
        ino: INodeNo(number),
        size,
        blocks: size.div_ceil(512),
        atime: UNIX_EPOCH,
        mtime: node.changed,
        ctime: node.changed,
        crtime: UNIX_EPOCH,
        kind,
        perm,
        nlink: 1,
        uid: 0,
        gid: 0,
        rdev: 0,
        blksize: 4096,
        flags: 0,
    })
}

fn done(result: Result<(), Errno>, reply: ReplyEmpty) {
    match result {
        Ok(()) => reply.ok(),
        Err(errno) => reply.error(errno),
    }
}

impl Filesystem for Mount {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let mut tree = self.tree();
        let found = tree.look_up(parent.0, name);
        self.enter(found, &tree, reply);
    }

    fn forget(&self, _: &Request, ino: INodeNo, times: u64) {
        self.tree().forget(ino.0, times);
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match attributes(&self.tree(), ino.0) {
            Ok(attr) => reply.attr(&self.caching.lifetime, &attr),
            Err(errno) => reply.error(errno),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        _mode: Option<u32>,
        _uid: Option<u32>,
        _gid: Option<u32>,
        size: Option<u64>,
        _atime: Option<TimeOrNow>,
        _mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        _fh: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<fuser::BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let mut tree = self.tree();
        let done = size.map_or(Ok(()), |size| tree.truncate(ino.0, size));
        match done.and_then(|()| attributes(&tree, ino.0)) {
            Ok(attr) => reply.attr(&self.caching.lifetime, &attr),
            Err(errno) => reply.error(errno),
        }
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        _mode: u32,
        _umask: u32,
        _flags: i32,
        reply: ReplyCreate,
    ) {
        let mut tree = self.tree();
        let made = tree.make(parent.0, name, Content::File(Vec::new()));
        match made.and_then(|number| attributes(&tree, number)) {
            Ok(attr) => {
                reply.created(&self.caching.lifetime, &attr, Generation(0), FileHandle(0), self.opened());
            }
            Err(errno) => reply.error(errno),
        }
    }

    fn mkdir(&self, _: &Request, parent: INodeNo, name: &OsStr, _: u32, _: u32, reply: ReplyEntry) {
        let mut tree = self.tree();
        let made = tree.make(parent.0, name, Content::Directory(BTreeMap::new()));
        self.enter(made, &tree, reply);
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        done(self.tree().remove(parent.0, name, false), reply);
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        done(self.tree().remove(parent.0, name, true), reply);
    }

    fn readdir(&self, _: &Request, ino: INodeNo, _: FileHandle, from: u64, mut reply: ReplyDirectory) {
        let tree = self.tree();
        let names = match tree.directory(ino.0) {
            Ok(names) => names,
            Err(errno) => return reply.error(errno),
        };
        let own = [(OsStr::new("."), ino.0), (OsStr::new(".."), ROOT)];
        let all = own.into_iter().chain(names.iter().map(|(name, number)| (name.as_os_str(), *number)));
        for (next, (name, number)) in (1..).zip(all).skip(from as usize) {
            let kind = attributes(&tree, number).map_or(FileType::RegularFile, |attr| attr.kind);
            if reply.add(INodeNo(number), next, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), self.opened());
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _fh: FileHandle,
        at: u64,
        len: u32,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let tree = self.tree();
        match tree.bytes(ino.0) {
            Ok(bytes) => {
                let begin = bytes.len().min(at as usize);
                reply.data(&bytes[begin..bytes.len().min(begin + len as usize)]);
            }
            Err(errno) => reply.error(errno),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _fh: FileHandle,
        at: u64,
        data: &[u8],
        _write_flags: WriteFlags,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        match self.tree().write(ino.0, at, data) {
            Ok(()) => reply.written(data.len() as u32),
            Err(errno) => reply.error(errno),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, _: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fallocate(
        &self,
        _: &Request,
        ino: INodeNo,
        _fh: FileHandle,
        at: u64,
        len: u64,
        mode: i32,
        reply: ReplyEmpty,
    ) {
        let mode = FallocateFlags::from_bits_retain(mode as u32);
        let zero = mode.intersects(FallocateFlags::PUNCH_HOLE | FallocateFlags::ZERO_RANGE);
        let grow = !mode.contains(FallocateFlags::KEEP_SIZE);
        done(self.tree().allocate(ino.0, at, len, grow, zero), reply);
    }
}
