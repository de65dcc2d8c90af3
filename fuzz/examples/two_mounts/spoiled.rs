//! What a broken server makes of what it has done: nothing, unless there is a bug.

use crate::broken::Bug;
use crate::bytes::{bring_back, put, replace};
use std::collections::HashMap;
use std::ops::Range;

/// A page of the kernel's.
const PAGE: usize = 4096;
/// Every so manieth WRITE is lost, and FSYNC.
const WRITES: u64 = 31;
const SYNCS: u64 = 4;
/// How often a mount is told the size of before.
const TIMES: u32 = 8;

/// Who reads or writes: which handle, and whether that is direct.
#[derive(Clone, Copy)]
pub struct By {
    pub handle: u64,
    pub direct: bool,
}

/// What a handle has in its buffer.
struct Buffered {
    file: u64,
    handle: u64,
    at: usize,
    bytes: Vec<u8>,
}

/// The bug, and what it goes by.
#[derive(Default)]
pub struct Spoiled {
    bug: Option<Bug>,
    /// WRITEs, or FSYNCs, so far.
    count: u64,
    /// What was ever in a file, as far as it ever reached: a truncate leaves it.
    old: HashMap<u64, Vec<u8>>,
    /// The last write: of which file, where, and what it replaced.
    last: Option<(u64, usize, Vec<u8>)>,
    /// The server's own cache: a file as it was when it was first read after a change that was not direct.
    cached: HashMap<u64, Vec<u8>>,
    /// Oldest first.
    buffered: Vec<Buffered>,
    handles: u64,
    /// The size of a file that a mount was told, and how often it was told it since that is wrong.
    told: HashMap<(usize, u64), (u64, u32)>,
}

impl Spoiled {
    pub fn by(bug: Option<Bug>) -> Spoiled {
        Spoiled { bug, ..Spoiled::default() }
    }

    /// Whether nothing is to be asked of this.
    pub fn is_nothing(&self) -> bool {
        self.bug.is_none()
    }

    /// Whether files tell when they were changed.
    pub fn has_times(&self) -> bool {
        self.bug != Some(Bug::OpenKeeps)
    }

    /// A file is opened: the number of the handle, and whether the cache is left as it is.
    pub fn opened(&mut self) -> (u64, bool) {
        self.handles += 1;
        (self.handles, self.bug == Some(Bug::OpenKeeps))
    }

    /// A file has been truncated, or allocated, from what was before.
    pub fn resized(&mut self, file: u64, before: &[u8], after: &mut [u8]) {
        self.cached.remove(&file);
        let old = self.old.entry(file).or_default();
        old.resize(old.len().max(before.len()), 0);
        old[..before.len()].copy_from_slice(before);
        if self.bug == Some(Bug::TruncateKeeps) {
            bring_back(before.len()..after.len(), old, after);
        }
    }

    /// A range that ends here has been zeroed.
    pub fn zeroed(&mut self, end: usize, before: &[u8], after: &mut [u8]) {
        let last = end.saturating_sub(1);
        if self.bug == Some(Bug::PunchShort)
            && let (Some(kept), Some(byte)) = (before.get(last), after.get_mut(last))
        {
            *byte = *kept;
        }
    }

    /// A range has been written.
    pub fn written(&mut self, file: u64, by: By, range: Range<usize>, before: &[u8], after: &mut Vec<u8>) {
        self.count += u64::from(self.bug == Some(Bug::WriteLost));
        if !by.direct {
            self.cached.remove(&file);
        }
        let end = before.len();
        let border = (range.start / PAGE + 1) * PAGE;
        match self.bug {
            Some(Bug::GapKeeps) => {
                let old = self.old.get(&file).map_or(&[][..], Vec::as_slice);
                bring_back(end..range.start, old, after);
            }
            Some(Bug::BorderLost) if end < range.end && border < range.end => {
                replace(border..range.end, before, after);
            }
            Some(Bug::SizeStays) if end < range.end && is_in_the_page_of(end, range.end) => {
                after.truncate(end);
            }
            Some(Bug::WriteLost) if self.count.is_multiple_of(WRITES) => *after = before.to_vec(),
            Some(Bug::SyncLoses) => {
                let mut replaced = before.to_vec();
                replaced.resize(after.len(), 0);
                self.last = Some((file, range.start, replaced[range].to_vec()));
            }
            Some(Bug::HandleBuffers) => {
                let bytes = after[range.clone()].to_vec();
                self.buffered.push(Buffered { file, handle: by.handle, at: range.start, bytes });
                replace(range, before, after);
            }
            _ => {}
        }
    }

    /// What a handle reads of a file that is this.
    pub fn read(&mut self, file: u64, by: By, now: &[u8]) -> Vec<u8> {
        let mut read = now.to_vec();
        if self.bug == Some(Bug::DirectBesideCache) && !by.direct {
            let cached = self.cached.entry(file).or_insert_with(|| now.to_vec());
            let known = cached.len().min(now.len());
            read[..known].copy_from_slice(&cached[..known]);
        }
        for own in self.buffered.iter().filter(|it| (it.file, it.handle) == (file, by.handle)) {
            put(own.at, &own.bytes, &mut read);
        }
        read
    }

    /// A handle's buffer, or each, is emptied into the file.
    pub fn flushed(&mut self, file: u64, handle: Option<u64>, into: &mut [u8]) {
        let is_its = |it: &mut Buffered| it.file == file && handle.is_none_or(|handle| it.handle == handle);
        for Buffered { at, bytes, .. } in self.buffered.extract_if(.., is_its) {
            put(at, &bytes, into);
        }
    }

    /// A file is synced.
    pub fn synced(&mut self, file: u64, after: &mut [u8]) {
        if self.bug != Some(Bug::SyncLoses) {
            return;
        }
        self.count += 1;
        if self.count.is_multiple_of(SYNCS)
            && let Some((_, at, replaced)) = self.last.take_if(|last| last.0 == file)
        {
            put(at, &replaced, after);
        }
    }

    /// The size that a mount is told of a file that has this one.
    pub fn size(&mut self, mount: usize, file: u64, size: u64) -> u64 {
        if self.bug != Some(Bug::SizeOfBefore) {
            return size;
        }
        let (told, times) = self.told.entry((mount, file)).or_insert((size, 0));
        *times = if *told == size { 0 } else { *times + 1 };
        if *times > TIMES {
            (*told, *times) = (size, 0);
        }
        *told
    }

    /// A mount has changed a file, and knows what size that has.
    pub fn changed(&mut self, mount: usize, file: u64, size: u64) {
        self.told.insert((mount, file), (size, 0));
    }
}

/// Whether a file of this size, which a write has carried on to there, has its last byte in the same page as before.
fn is_in_the_page_of(before: usize, after: usize) -> bool {
    (after - 1) / PAGE == before.saturating_sub(1) / PAGE
}
