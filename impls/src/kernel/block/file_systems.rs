//! The file systems, how each is made so that its metadata are known, and what is known of each.

use super::super::path;
use super::format::Format;
use super::known;
use super::subject::{FileSystem, KernelBlock};
use crate::Known;

/// ext4, with a journal for metadata alone, and delayed allocation: its defaults.
pub struct OfExt4;
/// xfs.
pub struct OfXfs;
/// btrfs.
pub struct OfBtrfs;

/// ext4 of the kernel that runs this.
pub type Ext4 = KernelBlock<OfExt4>;
/// xfs of the kernel that runs this.
pub type Xfs = KernelBlock<OfXfs>;
/// btrfs of the kernel that runs this.
pub type Btrfs = KernelBlock<OfBtrfs>;

macro_rules! source {
    ($name:literal) => {
        concat!(
            "the running kernel's ",
            $name,
            ", on a loop device that fails when told to, held to its manual: fsync(2), \"all changed information can be \
             retrieved even if the system crashes\", and EIO: \"this error may be reported to all file descriptors\"; \
             Documentation/filesystems/vfs.rst: \"if a writeback error occurs [...] The error should be reported to all of \
             the file descriptors that were open at the time\""
        )
    };
}

impl FileSystem for OfExt4 {
    const NAME: &'static str = "kernel-ext4";
    const SOURCE: &'static str = source!("ext4");
    const KNOWN: &'static [&'static [Known]] = &[path::ON_EXT4, known::EXT4];
    const TYPE: &'static str = "ext4";
    /// All tables of inodes and the journal are written at once, and the bitmaps; nothing is left for later. There is one
    /// group, so no copies of the superblock.
    const MAKE: &'static [&'static str] = &[
        "-q",
        "-F",
        "-b",
        "4096",
        "-U",
        "UUID",
        "-O",
        "^resize_inode",
        "-E",
        "nodiscard,lazy_itable_init=0,lazy_journal_init=0",
    ];
    const FORMAT: Format = Format::Ext4;
    const BYTES: u64 = 64 << 20;
}

impl FileSystem for OfXfs {
    const NAME: &'static str = "kernel-xfs";
    const SOURCE: &'static str = source!("xfs");
    const KNOWN: &'static [&'static [Known]] = &[];
    const TYPE: &'static str = "xfs";
    /// -K: "Do not attempt to discard blocks at mkfs time"; the log is zeroed then.
    const MAKE: &'static [&'static str] =
        &["-q", "-f", "-K", "-b", "size=4096", "-s", "size=512", "-m", "uuid=UUID,crc=1"];
    const FORMAT: Format = Format::Xfs;
    const BYTES: u64 = 320 << 20;
}

impl FileSystem for OfBtrfs {
    const NAME: &'static str = "kernel-btrfs";
    const SOURCE: &'static str = source!("btrfs");
    const KNOWN: &'static [&'static [Known]] = &[known::BTRFS];
    const TYPE: &'static str = "btrfs";
    /// The older cache of free space was kept in files, whose blocks do not say that they are no user's.
    const MAKE: &'static [&'static str] = &[
        "-q",
        "-f",
        "-K",
        "-s",
        "4096",
        "-n",
        "16384",
        "-m",
        "single",
        "-d",
        "single",
        "-U",
        "UUID",
        "-R",
        "free-space-tree",
    ];
    /// A small file would be among the metadata, which nothing befalls.
    const OPTIONS: &'static str = "max_inline=0";
    const FORMAT: Format = Format::Btrfs;
    const BYTES: u64 = 320 << 20;
}
