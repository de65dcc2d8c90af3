//! How a block says of itself that it is the file system's own, and not a file's.
//!
//! A fault must never hit the journal or metadata, and where a file's blocks are the server cannot ask: allocation is
//! delayed until writeback, and btrfs never writes twice to one place. But what is not metadata is data. mkfs(8) is made to
//! write all that has a fixed place, and each block that is allocated later says what it is.

use super::disk::BLOCK;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

/// A file system's format on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // by name
pub enum Format {
    Ext4,
    Xfs,
    Btrfs,
}

/// The UUID that a file system is given when it is made. No pattern of ours has it: the chance is one in 2^120.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uuid(pub [u8; 16]);

impl Uuid {
    /// One that no other file system has, which xfs and btrfs would not mount beside it.
    pub fn random() -> Uuid {
        let [high, low] = [0, 1].map(|half: u8| RandomState::new().hash_one(half));
        Uuid((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{dash}{byte:02x}")?;
        }
        Ok(())
    }
}

/// Where the UUID stands in a block of xfs: Documentation/filesystems/xfs/xfs-self-describing-metadata.rst, "All long-lived
/// metadata objects" have it, and fs/xfs/libxfs/xfs_format.h and xfs_da_format.h say where: remote attributes and links,
/// directories, short B-trees and da3 nodes, long B-trees, inodes.
const XFS_UUID: [usize; 5] = [16, 24, 32, 40, 160];
/// struct btrfs_header: a checksum of 32 bytes, then the UUID.
const BTRFS_FSID: usize = 32;
/// mkfs.btrfs(8), `--nodesize`: "The default value is 16KiB".
pub const BTRFS_NODE: usize = 16384;
/// struct ext4_extent_header: eh_magic, and eh_max, which is what fits in a block. The other metadata of a file without
/// extended attributes is in places that mkfs(8) has written.
const EXT4_EXTENTS: [(usize, u16); 2] = [(0, 0xF30A), (4, 340)];

impl Format {
    /// The blocks of the journal, of which mkfs(8) has made zeroes; nothing where all zeroes that it writes are something's.
    /// struct xfs_dsb of fs/xfs/libxfs/xfs_format.h: sb_logstart, which names a group and a block of it, and sb_logblocks.
    pub fn journal(self, superblock: &[u8]) -> Option<Range<usize>> {
        let number = |at: usize, bytes: usize| {
            superblock[at..at + bytes].iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
        };
        match self {
            Format::Ext4 => None,
            Format::Btrfs => Some(0..0),
            Format::Xfs => {
                let (start, group, shift) = (number(48, 8), number(84, 4), number(124, 1));
                let start = (start >> shift) * group + (start & ((1 << shift) - 1));
                Some(start..start + number(96, 4))
            }
        }
    }

    /// Which of these blocks, written by one request, are metadata.
    pub fn metadata(self, bytes: &[u8], uuid: &Uuid) -> Vec<bool> {
        let mut node_left = 0;
        let blocks = bytes.chunks(BLOCK).map(|block| {
            if self == Format::Btrfs && block[BTRFS_FSID..].starts_with(&uuid.0) {
                // Of a node only the first block says so.
                node_left = BTRFS_NODE / BLOCK;
            }
            let of_node = node_left > 0;
            node_left = node_left.saturating_sub(1);
            of_node || self.says_so(block, uuid)
        });
        blocks.collect()
    }

    fn says_so(self, block: &[u8], uuid: &Uuid) -> bool {
        match self {
            Format::Ext4 => {
                EXT4_EXTENTS.iter().all(|(at, value)| block[*at..].starts_with(&value.to_le_bytes()))
            }
            Format::Xfs => XFS_UUID.iter().any(|at| block[*at..].starts_with(&uuid.0)),
            Format::Btrfs => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_of_btrfs_is_metadata_as_a_whole_and_what_follows_is_not() {
        let uuid = Uuid([9; 16]);
        let mut bytes = vec![0; 6 * BLOCK];
        bytes[BLOCK + BTRFS_FSID..][..16].copy_from_slice(&uuid.0);
        let said = Format::Btrfs.metadata(&bytes, &uuid);
        assert_eq!(said, [false, true, true, true, true, false]);
    }

    #[test]
    fn uuids_are_printed_as_mkfs_reads_them_and_differ() {
        assert_eq!(Uuid([0xa1; 16]).to_string(), "a1a1a1a1-a1a1-a1a1-a1a1-a1a1a1a1a1a1");
        assert_ne!(Uuid::random(), Uuid::random());
    }
}
