//! What a kernel is told of a file or a directory.

use crate::tree::{Content, Node};
use fuser::{FileAttr, FileType, INodeNo};
use std::time::UNIX_EPOCH;

/// Whatever it was made with: nobody is kept from it.
pub fn attributes(node: &Node, number: u64) -> FileAttr {
    let (kind, size, perm) = match &node.content {
        Content::File(bytes) => (FileType::RegularFile, bytes.len() as u64, 0o666),
        Content::Directory(_) => (FileType::Directory, 0, 0o777),
    };
    FileAttr {
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
    }
}
