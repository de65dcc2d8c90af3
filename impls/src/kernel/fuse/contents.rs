//! The file, as the server has it.

use crate::Cells;
use launder_oracle::{Call, Range, Reply, Value};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The file of a case.
pub struct Contents {
    /// Its number; every case has a new one.
    pub ino: u64,
    /// How it is cut.
    pub cells: Cells,
    bytes: Vec<u8>,
    changes: u64,
}

/// More than this no case writes: a request beyond it is a mistake, of the kernel's or ours.
const MOST: u64 = 64 << 20;

impl Contents {
    /// A file of so many bytes of hole.
    pub fn new(ino: u64, size: u64, cells: Cells) -> Contents {
        Contents { ino, cells, bytes: vec![0; size as usize], changes: 0 }
    }

    /// Its size.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// When it was changed: each change is a second later than the one before, so that the kernel tells them apart.
    pub fn modified(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_000_000 + self.changes)
    }

    /// The bytes from `start` on, as far as there are any.
    pub fn read(&self, start: u64, len: u64) -> &[u8] {
        let end = self.size().min(start.saturating_add(len));
        &self.bytes[start.min(end) as usize..end as usize]
    }

    /// Stores bytes. Whether they fit.
    pub fn write(&mut self, start: u64, bytes: &[u8]) -> bool {
        let end = start.saturating_add(bytes.len() as u64);
        if end > MOST {
            return false;
        }
        self.extend(end);
        self.bytes[start as usize..end as usize].copy_from_slice(bytes);
        self.changes += 1;
        true
    }

    fn extend(&mut self, end: u64) {
        if end > self.size() {
            self.bytes.resize(end as usize, 0);
        }
    }

    /// Gives it another size. Whether it may have it.
    pub fn truncate(&mut self, size: u64) -> bool {
        if size <= MOST {
            self.bytes.resize(size as usize, 0);
            self.changes += 1;
        }
        size <= MOST
    }

    /// fallocate(2): with `zero` the bytes become zero, unless `keep_size` the file is as long as they reach.
    pub fn allocate(&mut self, start: u64, len: u64, zero: bool, keep_size: bool) -> bool {
        let end = start.saturating_add(len);
        if end > MOST {
            return false;
        }
        if !keep_size {
            self.extend(end);
        }
        let inside = self.size().min(start) as usize..self.size().min(end) as usize;
        if zero {
            self.bytes[inside].fill(0);
        }
        self.changes += 1;
        true
    }

    /// Copies bytes within it: how many there were.
    pub fn copy(&mut self, from: u64, to: u64, len: u64) -> Option<u64> {
        let bytes = self.read(from, len).to_vec();
        (bytes.is_empty() || self.write(to, &bytes)).then_some(bytes.len() as u64)
    }

    /// What the third party does.
    pub fn third_party(&mut self, call: &Call, number: u32) -> Option<Reply> {
        match *call {
            Call::Pread { range, .. } => Some(Reply::Got(self.values(range))),
            Call::Pwrite { range, .. } => {
                let bytes = self.cells.bytes(range);
                let mut stored = vec![0; (bytes.end - bytes.start) as usize];
                self.cells.store(range, number, &mut stored);
                (stored.is_empty() || self.write(bytes.start, &stored)).then_some(Reply::Ok)
            }
            Call::Ftruncate(size) => self.truncate(self.cells.border(size)).then_some(Reply::Ok),
            _ => None,
        }
    }

    fn values(&self, range: Range) -> Vec<Value> {
        let bytes = self.cells.bytes(range);
        self.cells.values(range, self.read(bytes.start, bytes.end - bytes.start))
    }

    /// Bytes, as a reader knows them: cells where they are whole ones.
    pub fn span(&self, start: u64, len: u64) -> String {
        let border = |byte| self.cells.beginning_at(byte);
        match (border(start), border(start.saturating_add(len))) {
            (Some(first), Some(end)) => Range::new(first, end).to_string(),
            _ => format!("bytes {start}..{}", start.saturating_add(len)),
        }
    }

    /// Half the cells of these bytes, of which there are at least two: how many bytes they are.
    pub fn half(&self, start: u64, len: u64) -> Option<u64> {
        let end = start + len;
        let borders = (start..=end).filter(|byte| self.cells.beginning_at(*byte).is_some());
        let borders: Vec<u64> = borders.collect();
        let cells = borders.len().checked_sub(1).filter(|cells| *cells > 1)?;
        Some(borders[cells / 2] - start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Case;

    fn contents() -> Contents {
        let mut contents = Contents::new(2, 0, Cells::of(&Case::parse("a1 pwrite 1..2").unwrap(), 4096));
        assert!(contents.write(1, &[7; 4]));
        contents
    }

    #[test]
    fn a_copy_of_nothing_makes_no_file_longer() {
        let mut contents = contents();
        assert_eq!(contents.copy(5, 100, 10), Some(0));
        assert_eq!(contents.size(), 5);
        assert_eq!(contents.copy(4, 6, 10), Some(1));
        assert_eq!(contents.read(0, 100), [0, 7, 7, 7, 7, 0, 7]);
    }

    #[test]
    fn what_is_punched_is_zero_and_the_size_stays() {
        let mut contents = contents();
        assert!(contents.allocate(2, 100, true, true));
        assert_eq!(contents.read(0, 100), [0, 7, 0, 0, 0]);
        assert!(contents.allocate(6, 2, false, false));
        assert_eq!(contents.size(), 8);
    }

    #[test]
    fn half_of_a_write_is_half_of_its_cells() {
        let contents = contents();
        assert_eq!(contents.half(0, 4096), Some(1027));
        assert_eq!(contents.half(1, 1026), None);
        assert_eq!(contents.half(0, 1027), Some(1));
    }
}
