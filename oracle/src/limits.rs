//! The sizes of the world: how large a file is, and how large it may be.

/// Cells in a file that a case does not size itself.
pub const CELLS: u32 = 16;
/// Cells in a folio.
pub const FOLIO: u32 = 4;
/// The most cells that a case or trace may name.
pub const MAX_CELLS: u32 = 4096;
/// The most violations that a verdict lists: the judge stops there.
pub const VIOLATIONS: usize = 100;
/// The most bytes of a case or trace file.
pub const FILE_BYTES: usize = 16 << 20;
