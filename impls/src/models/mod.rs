//! The schemes: one file each.

mod write_through;

pub use write_through::WriteThrough;
