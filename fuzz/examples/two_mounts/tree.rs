//! A tree of files in memory; it knows nothing of mounts.

use fuser::Errno;
use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::ops::Range;
use std::time::SystemTime;

/// The number of the root.
pub const ROOT: u64 = 1;
/// Bytes of the largest file.
const MOST: u64 = 64 << 20;

/// All files and directories, by their numbers.
pub struct Tree {
    nodes: HashMap<u64, Node>,
    last: u64,
}

/// A file or a directory.
pub struct Node {
    pub content: Content,
    pub changed: SystemTime,
    is_named: bool,
    /// How often it was told to a kernel that has not forgotten it: it has its number for so long.
    told: u64,
}

pub enum Content {
    File(Vec<u8>),
    Directory(BTreeMap<OsString, u64>),
}

impl Tree {
    pub fn new() -> Tree {
        let root = Node { told: 1, ..Node::of(Content::Directory(BTreeMap::new())) };
        Tree { nodes: HashMap::from([(ROOT, root)]), last: ROOT }
    }

    pub fn node(&self, number: u64) -> Result<&Node, Errno> {
        self.nodes.get(&number).ok_or(Errno::ESTALE)
    }

    pub fn directory(&self, number: u64) -> Result<&BTreeMap<OsString, u64>, Errno> {
        match &self.node(number)?.content {
            Content::Directory(names) => Ok(names),
            Content::File(_) => Err(Errno::ENOTDIR),
        }
    }

    fn names(&mut self, number: u64) -> Result<&mut BTreeMap<OsString, u64>, Errno> {
        match self.nodes.get_mut(&number).map(|node| &mut node.content) {
            Some(Content::Directory(names)) => Ok(names),
            Some(Content::File(_)) => Err(Errno::ENOTDIR),
            None => Err(Errno::ESTALE),
        }
    }

    pub fn bytes(&self, number: u64) -> Result<&[u8], Errno> {
        match &self.node(number)?.content {
            Content::File(bytes) => Ok(bytes),
            Content::Directory(_) => Err(Errno::EISDIR),
        }
    }

    /// The bytes of a file, which are changed now.
    fn change(&mut self, number: u64) -> Result<&mut Vec<u8>, Errno> {
        let node = self.nodes.get_mut(&number).ok_or(Errno::ESTALE)?;
        node.changed = SystemTime::now();
        match &mut node.content {
            Content::File(bytes) => Ok(bytes),
            Content::Directory(_) => Err(Errno::EISDIR),
        }
    }

    /// What has this name; the kernel is told of it.
    pub fn look_up(&mut self, parent: u64, name: &OsStr) -> Result<u64, Errno> {
        let number = *self.directory(parent)?.get(name).ok_or(Errno::ENOENT)?;
        self.nodes.get_mut(&number).ok_or(Errno::ESTALE)?.told += 1;
        Ok(number)
    }

    /// Makes what has a new name; the kernel is told of it.
    pub fn make(&mut self, parent: u64, name: &OsStr, content: Content) -> Result<u64, Errno> {
        let number = self.last + 1;
        let names = self.names(parent)?;
        if names.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        names.insert(name.into(), number);
        self.last = number;
        self.nodes.insert(number, Node { told: 1, ..Node::of(content) });
        Ok(number)
    }

    /// Takes a name away, of a directory or of a file; who has it open keeps it.
    pub fn remove(&mut self, parent: u64, name: &OsStr, is_directory: bool) -> Result<(), Errno> {
        let number = *self.directory(parent)?.get(name).ok_or(Errno::ENOENT)?;
        match (&self.node(number)?.content, is_directory) {
            (Content::Directory(names), true) if !names.is_empty() => return Err(Errno::ENOTEMPTY),
            (Content::Directory(_), false) => return Err(Errno::EISDIR),
            (Content::File(_), true) => return Err(Errno::ENOTDIR),
            _ => {}
        }
        self.names(parent)?.remove(name);
        if let Some(node) = self.nodes.get_mut(&number) {
            node.is_named = false;
        }
        self.forget(number, 0);
        Ok(())
    }

    /// A kernel has forgotten that it was told of it so often.
    pub fn forget(&mut self, number: u64, times: u64) {
        let Some(node) = self.nodes.get_mut(&number) else { return };
        node.told = node.told.saturating_sub(times);
        if node.told == 0 && !node.is_named {
            self.nodes.remove(&number);
        }
    }

    pub fn write(&mut self, number: u64, at: u64, data: &[u8]) -> Result<(), Errno> {
        let range = within(at, data.len() as u64)?;
        let bytes = self.change(number)?;
        bytes.resize(bytes.len().max(range.end), 0);
        bytes[range].copy_from_slice(data);
        Ok(())
    }

    pub fn truncate(&mut self, number: u64, size: u64) -> Result<(), Errno> {
        let range = within(0, size)?;
        self.change(number)?.resize(range.end, 0);
        Ok(())
    }

    /// Makes the file so long at least, if it may grow, and zeroes what it has there, if that is asked for.
    pub fn allocate(&mut self, number: u64, at: u64, len: u64, grow: bool, zero: bool) -> Result<(), Errno> {
        let range = within(at, len)?;
        let bytes = self.change(number)?;
        if grow {
            bytes.resize(bytes.len().max(range.end), 0);
        }
        if zero {
            let end = range.end.min(bytes.len());
            bytes[range.start.min(end)..end].fill(0);
        }
        Ok(())
    }
}

impl Node {
    fn of(content: Content) -> Node {
        Node { content, changed: SystemTime::now(), is_named: true, told: 0 }
    }
}

/// These bytes, if a file may have them.
fn within(at: u64, len: u64) -> Result<Range<usize>, Errno> {
    let end = at.checked_add(len).filter(|end| *end <= MOST).ok_or(Errno::EFBIG)?;
    Ok(at as usize..end as usize)
}
