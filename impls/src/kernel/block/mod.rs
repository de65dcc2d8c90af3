//! A file system of this machine on a disk that we serve: a loop device, whose backing file a server of FUSE holds in
//! memory and can refuse to read and write.
//!
//! No module of the kernel injects faults here. The processes of its rig: the server; who makes the file system and goes;
//! and one that makes the calls of a case.

mod disk;
mod driving;
mod file_systems;
mod format;
mod known;
mod making;
mod mounted;
mod names;
mod rig;
mod server;
mod serving;
mod subject;
mod supervised;

pub use file_systems::{Btrfs, Ext4, Xfs};
pub use mounted::Blocks;
pub use subject::{FileSystem, KernelBlock};
