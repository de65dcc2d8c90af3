//! A file system of ours, served in a thread of its own.

use fuser::{Config, FileAttr, FileType, Filesystem, INodeNo, Notifier, Session, SessionACL};
use rustix::fd::OwnedFd;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

/// The name of a thread that waits for another, which serves, to end.
pub const WAITS: &str = "waits";

/// Begins to serve a file system.
pub fn serve_in_thread(file_system: impl Filesystem + 'static, device: OwnedFd) -> Result<Notifier, String> {
    let session = Session::from_fd(file_system, device, SessionACL::All, Config::default());
    let session = session.map_err(|error| format!("FUSE: {error}"))?;
    let notifier = session.notifier();
    let run = move || {
        // An error is that the mount is gone.
        let _ = session.run();
    };
    let thread = thread::Builder::new().name(WAITS.into()).spawn(run);
    thread.map_err(|error| format!("no thread: {error}"))?;
    Ok(notifier)
}

/// What the kernel is told of a file, root's, or of the directory that it is in.
pub fn attributes(ino: INodeNo, size: u64, changed: SystemTime, perm: u16) -> FileAttr {
    FileAttr {
        ino,
        size,
        blocks: size.div_ceil(512),
        atime: UNIX_EPOCH,
        mtime: changed,
        ctime: changed,
        crtime: UNIX_EPOCH,
        kind: if ino == INodeNo::ROOT { FileType::Directory } else { FileType::RegularFile },
        perm,
        nlink: 1,
        uid: 0,
        gid: 0,
        rdev: 0,
        blksize: 4096,
        flags: 0,
    }
}
