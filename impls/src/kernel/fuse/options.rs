//! What a server of FUSE asks of the kernel when it is mounted and when a file is opened.

/// How the kernel learns that its pages are of old data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inval {
    /// It drops them when the server says another size.
    Size,
    /// FUSE_AUTO_INVAL_DATA: also when the server says another time of modification.
    Auto,
    /// FUSE_EXPLICIT_INVAL_DATA: never, but by a notification.
    Explicit,
}

/// The options of a mount that make a difference to its page cache. Attributes and entries have no lifetime in any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// FUSE_WRITEBACK_CACHE
    pub writeback_cache: bool,
    /// FUSE_AUTO_INVAL_DATA, FUSE_EXPLICIT_INVAL_DATA
    pub inval: Inval,
    /// FOPEN_KEEP_CACHE
    pub keep_cache: bool,
    /// FOPEN_DIRECT_IO, and FUSE_DIRECT_IO_ALLOW_MMAP
    pub direct_io: bool,
}

impl Options {
    /// None.
    pub const PLAIN: Options =
        Options { writeback_cache: false, inval: Inval::Size, keep_cache: false, direct_io: false };
}
