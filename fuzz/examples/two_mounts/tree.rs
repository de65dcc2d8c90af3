//! A tree of files in memory; it knows nothing of mounts.

use crate::spoiled::{By, Spoiled};
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
    pub spoiled: Spoiled,
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
    pub fn new(spoiled: Spoiled) -> Tree {
        let root = Node { told: 1, ..Node::of(Content::Directory(BTreeMap::new())) };
        Tree { nodes: HashMap::from([(ROOT, root)]), last: ROOT, spoiled }
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

    /// Changes the bytes of a file, now. If the server is broken, that spoils it then, and knows what was before.
    fn change(
        &mut self,
        number: u64,
        change: impl FnOnce(&mut Vec<u8>),
        spoil: impl FnOnce(&mut Spoiled, &[u8], &mut Vec<u8>),
    ) -> Result<(), Errno> {
        let node = self.nodes.get_mut(&number).ok_or(Errno::ESTALE)?;
        if self.spoiled.has_times() {
            node.changed = SystemTime::now();
        }
        let Content::File(bytes) = &mut node.content else { return Err(Errno::EISDIR) };
        if self.spoiled.is_nothing() {
            change(bytes);
        } else {
            let before = bytes.clone();
            change(bytes);
            spoil(&mut self.spoiled, &before, bytes);
        }
        Ok(())
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

    pub fn read(&mut self, number: u64, at: u64, len: u32, by: By) -> Result<Vec<u8>, Errno> {
        let node = self.nodes.get(&number).ok_or(Errno::ESTALE)?;
        let Content::File(bytes) = &node.content else { return Err(Errno::EISDIR) };
        let begin = bytes.len().min(at as usize);
        let range = begin..bytes.len().min(begin + len as usize);
        if self.spoiled.is_nothing() {
            return Ok(bytes[range].to_vec());
        }
        Ok(self.spoiled.read(number, by, bytes)[range].to_vec())
    }

    pub fn write(&mut self, number: u64, at: u64, data: &[u8], by: By) -> Result<(), Errno> {
        let range = within(at, data.len() as u64)?;
        let write = |bytes: &mut Vec<u8>| {
            bytes.resize(bytes.len().max(range.end), 0);
            bytes[range.clone()].copy_from_slice(data);
        };
        self.change(number, write, |spoiled, before, after| {
            spoiled.written(number, by, range.clone(), before, after);
        })
    }

    pub fn truncate(&mut self, number: u64, size: u64) -> Result<(), Errno> {
        let range = within(0, size)?;
        self.flush(number, None)?;
        let truncate = |bytes: &mut Vec<u8>| bytes.resize(range.end, 0);
        self.change(number, truncate, |spoiled, before, after| spoiled.resized(number, before, after))
    }

    /// Makes the file so long at least, if it may grow, and zeroes what it has there, if that is asked for.
    pub fn allocate(&mut self, number: u64, at: u64, len: u64, grow: bool, zero: bool) -> Result<(), Errno> {
        let range = within(at, len)?;
        self.flush(number, None)?;
        let allocate = |bytes: &mut Vec<u8>| {
            if grow {
                bytes.resize(bytes.len().max(range.end), 0);
            }
            if zero {
                let end = range.end.min(bytes.len());
                bytes[range.start.min(end)..end].fill(0);
            }
        };
        self.change(number, allocate, |spoiled, before, after| {
            spoiled.resized(number, before, after);
            if zero {
                spoiled.zeroed(range.end, before, after);
            }
        })
    }

    /// A handle, or each, is flushed. What is written is in the file already, unless the server is broken.
    pub fn flush(&mut self, number: u64, handle: Option<u64>) -> Result<(), Errno> {
        let node = self.nodes.get_mut(&number).ok_or(Errno::ESTALE)?;
        if let Content::File(bytes) = &mut node.content {
            self.spoiled.flushed(number, handle, bytes);
        }
        Ok(())
    }

    pub fn sync(&mut self, number: u64, handle: u64) -> Result<(), Errno> {
        self.flush(number, Some(handle))?;
        let node = self.nodes.get_mut(&number).ok_or(Errno::ESTALE)?;
        if let Content::File(bytes) = &mut node.content {
            self.spoiled.synced(number, bytes);
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
