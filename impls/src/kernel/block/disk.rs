//! The disk, as the server has it: blocks in memory, and what is known of each.

use super::super::rig::{Faults, Kind};
use super::format::{Format, Uuid};

/// Bytes of a block of each file system here, and of a page.
pub const BLOCK: usize = 4096;

/// A disk with a file system.
pub struct Disk {
    blocks: Vec<Block>,
    format: Format,
    uuid: Uuid,
    /// Whether what is written now is what mkfs(8) writes.
    is_made: bool,
    /// The faults that are armed.
    pub faults: Faults,
    /// Whether faults are put off: the third party reads.
    pub spared: bool,
    /// What happened to requests of data, for a reader, if one asked.
    pub log: Option<Vec<String>>,
}

/// What is in a block.
#[derive(Clone, Default)]
struct Block {
    /// Nothing was written where there is nothing: zeroes.
    bytes: Option<Box<[u8; BLOCK]>>,
    of: Of,
}

/// What a block is of.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Of {
    /// Nobody's yet.
    #[default]
    Nothing,
    /// mkfs(8) has laid it out: superblocks, bitmaps, tables of inodes, the journal. It is never a file's.
    Maker,
    /// The file system's own, as it says of itself.
    Metadata,
    /// A file's.
    Data,
}

impl Disk {
    /// An empty disk of so many bytes, for a file system with this UUID.
    pub fn new(bytes: u64, format: Format, uuid: Uuid) -> Disk {
        let blocks = vec![Block::default(); bytes as usize / BLOCK];
        let faults = Faults::default();
        Disk { blocks, format, uuid, is_made: false, faults, spared: false, log: None }
    }

    /// Bytes that it has.
    pub fn size(&self) -> u64 {
        (self.blocks.len() * BLOCK) as u64
    }

    /// mkfs(8) is done. Where it has written zeroes only to wipe out what was there before, nothing has its place.
    pub fn has_been_made(&mut self) {
        self.is_made = true;
        let Some(journal) = self.format.journal(&self.read(0, BLOCK as u64)) else { return };
        for (place, block) in self.blocks.iter_mut().enumerate() {
            let zero = block.bytes.as_ref().is_none_or(|bytes| bytes.iter().all(|byte| *byte == 0));
            if zero && !journal.contains(&place) {
                *block = Block::default();
            }
        }
    }

    /// Reads bytes, as far as there are any.
    pub fn read(&self, start: u64, len: u64) -> Vec<u8> {
        let end = self.size().min(start.saturating_add(len));
        let mut bytes = Vec::with_capacity(end.saturating_sub(start) as usize);
        let mut at = start.min(end);
        while at < end {
            let (block, within) = (at as usize / BLOCK, at as usize % BLOCK);
            let some = (BLOCK - within).min((end - at) as usize);
            match &self.blocks[block].bytes {
                Some(block) => bytes.extend_from_slice(&block[within..within + some]),
                None => bytes.resize(bytes.len() + some, 0),
            }
            at += some as u64;
        }
        bytes
    }

    /// Writes bytes. Whether they fit.
    pub fn write(&mut self, start: u64, bytes: &[u8]) -> bool {
        if start.saturating_add(bytes.len() as u64) > self.size() {
            return false;
        }
        let of = self.said_of(start, bytes);
        let (mut at, mut rest) = (start as usize, bytes);
        for of in of {
            let within = at % BLOCK;
            let (now, after) = rest.split_at(rest.len().min(BLOCK - within));
            let block = &mut self.blocks[at / BLOCK];
            let kept = block.bytes.get_or_insert_with(|| Box::new([0; BLOCK]));
            kept[within..within + now.len()].copy_from_slice(now);
            block.of = of;
            (at, rest) = (at + now.len(), after);
        }
        true
    }

    /// What each block is of that a WRITE touches. What is written to a part of a block says nothing: that is of what the block is of, as
    /// where a direct write of a file begins in a block that it has already.
    fn said_of(&self, start: u64, bytes: &[u8]) -> Vec<Of> {
        let first = start as usize / BLOCK;
        let head = (start.next_multiple_of(BLOCK as u64) - start).min(bytes.len() as u64) as usize;
        let (whole, part) = bytes[head..].as_chunks::<BLOCK>();
        let said = self.format.metadata(whole.as_flattened(), &self.uuid);
        let parts = [head, part.len()].map(|len| (len > 0).then_some(None::<bool>));
        let said = parts[0].into_iter().chain(said.into_iter().map(Some)).chain(parts[1]);
        let of = |(block, metadata): (&Block, Option<bool>)| match metadata {
            _ if !self.is_made || block.of == Of::Maker => Of::Maker,
            metadata if metadata.unwrap_or(block.of != Of::Data) => Of::Metadata,
            _ => Of::Data,
        };
        self.blocks[first..].iter().zip(said).map(of).collect()
    }

    /// The error with which a READ of these bytes fails: only one of files' data alone does.
    pub fn fault_of_read(&mut self, start: u64, len: u64) -> Option<i32> {
        let blocks = start as usize / BLOCK..((start + len) as usize).div_ceil(BLOCK).min(self.blocks.len());
        let of_data = self.blocks[blocks].iter().all(|block| block.of == Of::Data);
        self.fault(of_data, Kind::Read, len)
    }

    /// The error with which a WRITE fails: only one of files' data alone does.
    pub fn fault_of_write(&mut self, start: u64, bytes: &[u8]) -> Option<i32> {
        let of_data = self.is_of_data(start, bytes);
        self.fault(of_data, Kind::Write, bytes.len() as u64)
    }

    fn is_of_data(&self, start: u64, bytes: &[u8]) -> bool {
        start.saturating_add(bytes.len() as u64) <= self.size()
            && self.said_of(start, bytes).iter().all(|of| *of == Of::Data)
    }

    /// How many bytes of a WRITE that does not fail are written: half of its blocks where it is to be short and has two, and is
    /// of files' data alone. The loop device makes EIO of that (seen on 6.18).
    pub fn short(&mut self, start: u64, bytes: &[u8]) -> usize {
        let blocks = bytes.len() / BLOCK;
        if blocks < 2 || self.spared || !self.is_of_data(start, bytes) || !self.faults.is_short() {
            return bytes.len();
        }
        if let Some(log) = &mut self.log {
            log.push(format!("disk: it is short: {} blocks", blocks / 2));
        }
        blocks / 2 * BLOCK
    }

    fn fault(&mut self, of_data: bool, kind: Kind, len: u64) -> Option<i32> {
        let errno = if of_data && !self.spared { self.faults.fault(None, kind) } else { None };
        if let (true, Some(log)) = (of_data, &mut self.log) {
            let blocks = len.div_ceil(BLOCK as u64);
            let kind = if kind == Kind::Read { "READ" } else { "WRITE" };
            let how = if errno.is_some() { " fails" } else { "" };
            log.push(format!("disk: {kind} of {blocks} blocks of the file{how}"));
        }
        errno
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use launder_oracle::{Call, Errno};

    const UUID: Uuid = Uuid([7; 16]);

    fn disk(format: Format) -> Disk {
        let mut disk = Disk::new(64 * BLOCK as u64, format, UUID);
        assert!(disk.write(BLOCK as u64, &[1; BLOCK]));
        disk.has_been_made();
        disk.faults.arm(&Call::FailWrite(Errno::EIO, 9));
        disk.faults.arm(&Call::FailRead(Errno::EIO, 9));
        disk
    }

    #[test]
    fn what_is_written_is_read() {
        let mut disk = disk(Format::Ext4);
        assert!(disk.write(4000, &[5; 200]) && !disk.write(disk.size() - 1, &[5; 2]));
        assert_eq!(disk.read(4000, 200), [5; 200]);
        assert_eq!([disk.read(3999, 1), disk.read(4200, 1)], [[0], [1]]);
        assert_eq!(disk.read(disk.size() - 1, 7), [0]);
    }

    #[test]
    fn faults_hit_only_data_of_files() {
        for (format, place) in [(Format::Xfs, 160), (Format::Btrfs, 32)] {
            let mut disk = disk(format);
            let mut metadata = vec![3; 4 * BLOCK];
            metadata[place..place + 16].copy_from_slice(&UUID.0);
            assert_eq!(disk.fault_of_write(4 * BLOCK as u64, &metadata), None);
            assert!(disk.write(4 * BLOCK as u64, &metadata[..BLOCK]));
            assert_eq!(disk.fault_of_read(4 * BLOCK as u64, BLOCK as u64), None);
            assert_eq!(disk.fault_of_write(BLOCK as u64, &[3; BLOCK]), None, "mkfs has been there");
            assert_eq!(disk.fault_of_write(BLOCK as u64, &[3; 2 * BLOCK]), None, "and in a part of it");
            assert_eq!(disk.fault_of_write(8 * BLOCK as u64, &[3; 2 * BLOCK]), Some(5));
            assert_eq!(disk.fault_of_write(8 * BLOCK as u64, &[3; 512]), None, "nobody's yet");
            assert!(disk.write(8 * BLOCK as u64, &[3; BLOCK]));
            assert_eq!(disk.fault_of_write(8 * BLOCK as u64 + 512, &[3; 512]), Some(5));
            assert_eq!(
                disk.fault_of_write(8 * BLOCK as u64 + 512, &[3; 2 * BLOCK - 512]),
                Some(5),
                "and the next"
            );
            assert_eq!(disk.fault_of_write(10 * BLOCK as u64 + 512, &[3; BLOCK]), None, "nobody's yet");
            assert_eq!(disk.fault_of_read(8 * BLOCK as u64, BLOCK as u64), Some(5));
            assert_eq!(disk.fault_of_read(8 * BLOCK as u64, 2 * BLOCK as u64), None);
        }
    }

    #[test]
    fn as_many_fail_as_were_armed() {
        let mut disk = disk(Format::Ext4);
        disk.faults.arm(&Call::FailWrite(Errno::EIO, 1));
        disk.spared = true;
        assert_eq!(disk.fault_of_write(8 * BLOCK as u64, &[3; BLOCK]), None);
        disk.spared = false;
        assert_eq!(disk.fault_of_write(8 * BLOCK as u64, &[3; BLOCK]), Some(5));
        assert_eq!(disk.fault_of_write(8 * BLOCK as u64, &[3; BLOCK]), None);
    }
}
