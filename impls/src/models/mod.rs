//! The schemes: one file each.

mod flush_and_wait;
mod launder_folio;
mod write_through;

pub use flush_and_wait::FlushAndWait;
pub use launder_folio::LaunderFolio;
pub use write_through::WriteThrough;
