//! netfs_inode.zero_point: beyond it the server is taken to have nothing, and a read is not sent.
//!
//! It must never be too low. What reaches the server raises it: a direct write, a folio that leaves the cache
//! (netfs_release_folio()), a size that the server tells.

use super::{Inode, Linux, ZeroPoint, cells_of};
use launder_oracle::Host;

impl Inode {
    /// There may be data on the server up to here.
    pub fn raise_zero_point(&self, end: u32) {
        self.zero_point().set(self.zero_point().get().max(end));
    }
}

impl Linux {
    /// Whether a folio that is not in the cache is taken to be zero.
    pub fn is_beyond_zero_point(&self, host: Host, index: u32) -> bool {
        self.ways.zero_point == ZeroPoint::Kept
            && cells_of(index).start >= self.inode(host).zero_point().get()
    }
}
