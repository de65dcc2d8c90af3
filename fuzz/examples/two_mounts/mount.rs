//! One mount of the tree: what its kernel asks, and how long it may believe the answers.

use crate::attributes::attributes;
use crate::spoiled::By;
use crate::tree::{Content, ROOT, Tree};
use fuser::{
    Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo, LockOwner, OpenFlags,
    ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyWrite,
    Request, TimeOrNow, WriteFlags,
};
use rustix::fs::{FallocateFlags, OFlags};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// What a kernel may keep.
#[derive(Clone, Copy, Default)]
pub struct Caching {
    /// For how long it may believe attributes and names.
    pub lifetime: Duration,
    /// Whether an open(2) leaves in the cache what is in it: FOPEN_KEEP_CACHE.
    pub keep: bool,
}

pub struct Mount {
    /// Which of the mounts of the tree this is.
    pub number: usize,
    pub tree: Arc<Mutex<Tree>>,
    pub caching: Caching,
}

impl Mount {
    fn tree(&self) -> MutexGuard<'_, Tree> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self, tree: &mut Tree) -> (FileHandle, FopenFlags) {
        let (handle, keep) = tree.spoiled.opened();
        let keep = keep || self.caching.keep;
        (FileHandle(handle), if keep { FopenFlags::FOPEN_KEEP_CACHE } else { FopenFlags::empty() })
    }

    /// Answers with what was looked up or made.
    fn enter(&self, found: Result<u64, Errno>, tree: &mut Tree, reply: ReplyEntry) {
        match found.and_then(|number| self.attributes(tree, number)) {
            Ok(attr) => reply.entry(&self.caching.lifetime, &attr, Generation(0)),
            Err(errno) => reply.error(errno),
        }
    }

    /// What this mount is told of a file or directory.
    fn attributes(&self, tree: &mut Tree, number: u64) -> Result<FileAttr, Errno> {
        let told = attributes(tree.node(number)?, number);
        Ok(FileAttr { size: tree.spoiled.size(self.number, number, told.size), ..told })
    }

    /// This mount has changed a file, and knows its size.
    fn changed(&self, tree: &mut Tree, number: u64) {
        if let Ok(node) = tree.node(number) {
            let size = attributes(node, number).size;
            tree.spoiled.changed(self.number, number, size);
        }
    }
}

fn by(handle: FileHandle, flags: OpenFlags) -> By {
    By { handle: handle.0, direct: OFlags::from_bits_retain(flags.0 as u32).contains(OFlags::DIRECT) }
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
        self.enter(found, &mut tree, reply);
    }

    fn forget(&self, _: &Request, ino: INodeNo, times: u64) {
        self.tree().forget(ino.0, times);
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.attributes(&mut self.tree(), ino.0) {
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
        if size.is_some() {
            self.changed(&mut tree, ino.0);
        }
        match done.and_then(|()| self.attributes(&mut tree, ino.0)) {
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
        match made.and_then(|number| self.attributes(&mut tree, number)) {
            Ok(attr) => {
                let (handle, flags) = self.opened(&mut tree);
                reply.created(&self.caching.lifetime, &attr, Generation(0), handle, flags);
            }
            Err(errno) => reply.error(errno),
        }
    }

    fn mkdir(&self, _: &Request, parent: INodeNo, name: &OsStr, _: u32, _: u32, reply: ReplyEntry) {
        let mut tree = self.tree();
        let made = tree.make(parent.0, name, Content::Directory(BTreeMap::new()));
        self.enter(made, &mut tree, reply);
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
            let kind = tree.node(number).map_or(FileType::RegularFile, |node| attributes(node, number).kind);
            if reply.add(INodeNo(number), next, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        let (handle, flags) = self.opened(&mut self.tree());
        reply.opened(handle, flags);
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        fh: FileHandle,
        at: u64,
        len: u32,
        flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.tree().read(ino.0, at, len, by(fh, flags)) {
            Ok(bytes) => reply.data(&bytes),
            Err(errno) => reply.error(errno),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        fh: FileHandle,
        at: u64,
        data: &[u8],
        _write_flags: WriteFlags,
        flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let mut tree = self.tree();
        let written = tree.write(ino.0, at, data, by(fh, flags));
        self.changed(&mut tree, ino.0);
        match written {
            Ok(()) => reply.written(data.len() as u32),
            Err(errno) => reply.error(errno),
        }
    }

    fn flush(&self, _: &Request, ino: INodeNo, fh: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        done(self.tree().flush(ino.0, Some(fh.0)), reply);
    }

    fn release(
        &self,
        _: &Request,
        ino: INodeNo,
        fh: FileHandle,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        _flush: bool,
        reply: ReplyEmpty,
    ) {
        done(self.tree().flush(ino.0, Some(fh.0)), reply);
    }

    fn fsync(&self, _: &Request, ino: INodeNo, fh: FileHandle, _: bool, reply: ReplyEmpty) {
        done(self.tree().sync(ino.0, fh.0), reply);
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
        let mut tree = self.tree();
        let allocated = tree.allocate(ino.0, at, len, grow, zero);
        self.changed(&mut tree, ino.0);
        done(allocated, reply);
    }
}
