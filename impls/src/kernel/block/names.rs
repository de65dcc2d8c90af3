//! What is where in the namespace of mounts of a disk's processes.

/// Where the server's file system is, which has one file, the disk.
pub const SERVED: &str = "/tmp/served";
/// Where the file system on the disk is.
pub const FILES: &str = "/tmp/files";
/// What the maker of the file system has to say.
pub const SAID: &str = "/tmp/said";
