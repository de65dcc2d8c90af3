//! The memory that bytes are read into and written from: it begins at a page, as O_DIRECT wants.

/// Bytes that begin at a multiple of `ALIGNMENT`.
pub struct Buffer(Vec<u8>);

/// Enough for every file system that says STATX_DIOALIGN.
const ALIGNMENT: usize = 4096;

/// What is in the buffer before a read: nothing that was ever written, if the kernel does not fill what it says it did.
const BLANK: u8 = 0xEE;

impl Buffer {
    /// An empty buffer: it grows.
    pub fn new() -> Buffer {
        Buffer(Vec::new())
    }

    /// So many blank bytes.
    pub fn blank(&mut self, bytes: u64) -> &mut [u8] {
        let bytes = bytes as usize;
        if self.0.len() < bytes + ALIGNMENT {
            self.0.resize(bytes + ALIGNMENT, BLANK);
        }
        let start = self.0.as_ptr().align_offset(ALIGNMENT);
        let blank = &mut self.0[start..start + bytes];
        blank.fill(BLANK);
        blank
    }
}
