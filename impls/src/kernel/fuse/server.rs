//! The file system that the kernel asks: one file, whose contents two mounts share.

use super::super::rig::{self, Kind};
use super::contents::Contents;
use super::gate::{Execute, From, Reply, Server, State};
use super::options::{Inval, Options};
use super::serving::notification;
use fuser::{
    CopyFileRangeFlags, Errno, FileAttr, FileHandle, Filesystem, FopenFlags, Generation, INodeNo, InitFlags,
    KernelConfig, LockOwner, OpenFlags, ReplyAttr, ReplyData, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyWrite,
    Request, TimeOrNow, WriteFlags,
};
use launder_oracle::Host;
use rustix::fs::FallocateFlags;
use std::ffi::OsStr;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// One mount of the file system.
pub struct Mount {
    /// The host that it is.
    pub host: Host,
    /// What is asked of the kernel.
    pub options: Options,
    /// The server.
    pub server: Arc<Server>,
}

/// The handle of a file that is open for nature; those of processes are their users.
const NATURES: FileHandle = FileHandle(u64::MAX);
/// Attributes and entries have no lifetime: what the kernel needs to know it asks.
const LIFETIME: Duration = Duration::ZERO;

impl Mount {
    /// Executes a request, unless a fault comes between, and answers it.
    fn serve<R: Send + 'static>(
        &self,
        request: &Request,
        kind: Kind,
        name: impl FnOnce(&Contents) -> String + Send + 'static,
        reply: R,
        fail: fn(R, Errno),
        execute: impl FnOnce(&mut State, R) -> (String, Reply) + Send + 'static,
    ) {
        self.serve_user(request, request.uid(), kind, name, reply, fail, execute);
    }

    /// The same for a user whom the request does not name.
    #[allow(clippy::too_many_arguments)] // it is the request, and what becomes of it
    fn serve_user<R: Send + 'static>(
        &self,
        request: &Request,
        uid: u32,
        kind: Kind,
        name: impl FnOnce(&Contents) -> String + Send + 'static,
        reply: R,
        fail: fn(R, Errno),
        execute: impl FnOnce(&mut State, R) -> (String, Reply) + Send + 'static,
    ) {
        let from = From { host: self.host, pid: request.pid(), uid };
        let execute: Execute = Box::new(move |state| {
            let name = if state.is_told() { name(&state.contents) } else { String::new() };
            let user = state.user(from.uid);
            match state.faults.fault(user, kind) {
                None => {
                    let (how, reply) = execute(state, reply);
                    (name + &how, reply)
                }
                Some(errno) => {
                    let why = io::Error::from_raw_os_error(errno);
                    (format!("{name} fails: {why}"), Box::new(move || fail(reply, Errno::from_i32(errno))))
                }
            }
        });
        self.server.request(from, execute);
    }
}

/// What the kernel is told of a file.
fn attributes(ino: INodeNo, contents: &Contents) -> FileAttr {
    let size = if ino.0 == contents.ino { contents.size() } else { 0 };
    rig::attributes(ino, size, contents.modified(), 0o777)
}

fn is_of_case(state: &State, ino: INodeNo) -> bool {
    ino.0 == state.contents.ino
}

impl Filesystem for Mount {
    fn init(&mut self, _: &Request, config: &mut KernelConfig) -> io::Result<()> {
        let Options { writeback_cache, inval, direct_io, .. } = self.options;
        let mut wanted = InitFlags::empty();
        wanted.set(InitFlags::FUSE_WRITEBACK_CACHE, writeback_cache);
        wanted.set(InitFlags::FUSE_AUTO_INVAL_DATA, inval == Inval::Auto);
        wanted.set(InitFlags::FUSE_EXPLICIT_INVAL_DATA, inval == Inval::Explicit);
        wanted.set(InitFlags::FUSE_DIRECT_IO_ALLOW_MMAP, direct_io);
        // Readahead fetches what nobody has asked for, as the kernel guesses: each folio is to be read for itself.
        let page = rustix::param::page_size() as u32;
        config.set_max_readahead(page).map_err(|_| io::Error::other("no limit of readahead"))?;
        config.add_capabilities(wanted).map_err(|lacking| io::Error::other(format!("no {lacking:?}")))
    }

    fn lookup(&self, request: &Request, _: INodeNo, name: &OsStr, reply: ReplyEntry) {
        if let (Some(order), Some(notifiers)) = (name.to_str(), self.server.notifiers.get())
            && order.contains(' ')
        {
            // The planted bug.
            let _ = notification(order, notifiers);
        }
        let (wanted, host) = (name.to_str().map(str::to_owned), self.host);
        let name = |_: &Contents| "LOOKUP".into();
        self.serve(request, Kind::Free, name, reply, ReplyEntry::error, move |state, reply| {
            let ino = wanted.and_then(|name| state.begin(&name)).filter(|ino| *ino == state.contents.ino);
            if ino.is_some() {
                state.is_known_on(host);
            }
            let attr = ino.map(|ino| attributes(INodeNo(ino), &state.contents));
            let answer: Reply = match attr {
                Some(attr) => Box::new(move || reply.entry(&LIFETIME, &attr, Generation(0))),
                None => Box::new(|| reply.error(Errno::ENOENT)),
            };
            (String::new(), answer)
        });
    }

    fn getattr(&self, request: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        let name = |contents: &Contents| format!("GETATTR, size {}", contents.span(0, contents.size()));
        self.serve(request, Kind::Free, name, reply, ReplyAttr::error, move |state, reply| {
            let attr = attributes(ino, &state.contents);
            (String::new(), Box::new(move || reply.attr(&LIFETIME, &attr)))
        });
    }

    fn setattr(
        &self,
        request: &Request,
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
        // Without a size it is of times, which the kernel sends when its clock has ticked: no call has caused it, and none
        // waits long for it.
        let Some(size) = size else {
            let attr = self.server.with(|state| attributes(ino, &state.contents));
            return reply.attr(&LIFETIME, &attr);
        };
        let name = move |contents: &Contents| format!("SETATTR, size {}", contents.span(0, size));
        self.serve(request, Kind::Other, name, reply, ReplyAttr::error, move |state, reply| {
            if is_of_case(state, ino) {
                state.contents.truncate(size);
            }
            let attr = attributes(ino, &state.contents);
            (String::new(), Box::new(move || reply.attr(&LIFETIME, &attr)))
        });
    }

    /// The descriptor for direct calls is a second one of a process that has the file open: as with a flag that is set
    /// later, nothing is invalidated for it. Nor is it for what works for nature, which no call has caused.
    fn open(&self, request: &Request, _: INodeNo, flags: OpenFlags, reply: ReplyOpen) {
        let Options { keep_cache, direct_io, .. } = self.options;
        // It reads only, and no process of a case ever opens the file so.
        if flags.0 & libc::O_ACCMODE == libc::O_RDONLY {
            let answer = FopenFlags::FOPEN_KEEP_CACHE | FopenFlags::FOPEN_NOFLUSH;
            return reply.opened(NATURES, answer);
        }
        let opener = FileHandle(request.uid().into());
        let name = |_: &Contents| "OPEN".into();
        let kind = if flags.0 & libc::O_DIRECT != 0 { Kind::Free } else { Kind::Other };
        self.serve(request, kind, name, reply, ReplyOpen::error, move |_, reply| {
            let mut answer = FopenFlags::empty();
            answer.set(FopenFlags::FOPEN_KEEP_CACHE, keep_cache || flags.0 & libc::O_DIRECT != 0);
            answer.set(FopenFlags::FOPEN_DIRECT_IO, direct_io);
            (String::new(), Box::new(move || reply.opened(opener, answer)))
        });
    }

    fn read(
        &self,
        request: &Request,
        ino: INodeNo,
        _fh: FileHandle,
        offset: u64,
        size: u32,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let name = move |contents: &Contents| format!("READ {}", contents.span(offset, size.into()));
        self.serve(request, Kind::Read, name, reply, ReplyData::error, move |state, reply| {
            let bytes = if is_of_case(state, ino) { state.contents.read(offset, size.into()) } else { &[] };
            let bytes = bytes.to_vec();
            (String::new(), Box::new(move || reply.data(&bytes)))
        });
    }

    fn write(
        &self,
        request: &Request,
        ino: INodeNo,
        fh: FileHandle,
        offset: u64,
        data: &[u8],
        write_flags: WriteFlags,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let data = data.to_vec();
        let len = data.len() as u64;
        let name = move |contents: &Contents| format!("WRITE {}", contents.span(offset, len));
        // Writeback has no user, but a file that somebody has opened: include/uapi/linux/fuse.h, FUSE_WRITE_CACHE, "delayed
        // write from page cache, file handle is guessed".
        let guessed = write_flags.contains(WriteFlags::FUSE_WRITE_CACHE);
        let uid = if guessed { fh.0 as u32 } else { request.uid() };
        self.serve_user(request, uid, Kind::Write, name, reply, ReplyWrite::error, move |state, reply| {
            if !is_of_case(state, ino) {
                return (", of another case".into(), Box::new(move || reply.written(len as u32)));
            }
            // Where half of it ends is looked for byte by byte, so only where that matters.
            let half = if state.faults.shortens() { state.contents.half(offset, len) } else { None };
            let half = half.filter(|_| state.faults.is_short());
            let (wrote, how) = match half {
                Some(half) => (half, format!(", short: {}", state.contents.span(offset, half))),
                None => (len, String::new()),
            };
            match state.contents.write(offset, &data[..wrote as usize]) {
                true => (how, Box::new(move || reply.written(wrote as u32))),
                false => (" fails: too large".into(), Box::new(|| reply.error(Errno::EFBIG))),
            }
        });
    }

    fn flush(&self, request: &Request, _: INodeNo, fh: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        if fh == NATURES {
            return reply.ok();
        }
        self.done(request, "FLUSH", reply);
    }

    fn fsync(&self, request: &Request, _: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.done(request, "FSYNC", reply);
    }

    fn fallocate(
        &self,
        request: &Request,
        ino: INodeNo,
        _fh: FileHandle,
        offset: u64,
        length: u64,
        mode: i32,
        reply: ReplyEmpty,
    ) {
        let flags = FallocateFlags::from_bits_retain(mode as u32);
        let zero = flags.intersects(FallocateFlags::PUNCH_HOLE | FallocateFlags::ZERO_RANGE);
        let name =
            move |contents: &Contents| format!("FALLOCATE {}, mode {mode}", contents.span(offset, length));
        self.serve(request, Kind::Other, name, reply, ReplyEmpty::error, move |state, reply| {
            let keep_size = flags.contains(FallocateFlags::KEEP_SIZE);
            let done = !is_of_case(state, ino) || state.contents.allocate(offset, length, zero, keep_size);
            let answer: Reply = match done {
                true => Box::new(|| reply.ok()),
                false => Box::new(|| reply.error(Errno::EFBIG)),
            };
            (String::new(), answer)
        });
    }

    fn copy_file_range(
        &self,
        request: &Request,
        _ino_in: INodeNo,
        _fh_in: FileHandle,
        from: u64,
        ino: INodeNo,
        _fh_out: FileHandle,
        to: u64,
        len: u64,
        _flags: CopyFileRangeFlags,
        reply: ReplyWrite,
    ) {
        let name = move |contents: &Contents| {
            format!("COPY_FILE_RANGE {} to {}", contents.span(from, len), contents.span(to, len))
        };
        self.serve(request, Kind::Other, name, reply, ReplyWrite::error, move |state, reply| {
            let copied = if is_of_case(state, ino) { state.contents.copy(from, to, len) } else { Some(0) };
            let answer: Reply = match copied {
                Some(copied) => Box::new(move || reply.written(copied as u32)),
                None => Box::new(|| reply.error(Errno::EFBIG)),
            };
            (String::new(), answer)
        });
    }

    /// Asked for security.capability before each write(2), once.
    fn getxattr(&self, _: &Request, _: INodeNo, _: &OsStr, _: u32, reply: fuser::ReplyXattr) {
        reply.error(Errno::ENOSYS);
    }
}

impl Mount {
    fn done(&self, request: &Request, name: &'static str, reply: ReplyEmpty) {
        let named = move |_: &Contents| name.into();
        self.serve(request, Kind::Free, named, reply, ReplyEmpty::error, |_, reply| {
            (String::new(), Box::new(|| reply.ok()))
        });
    }
}
