//! The schemes: one file each.

mod flush_and_wait;
mod launder_folio;
mod model;
mod write_through;

pub use flush_and_wait::FlushAndWait;
pub use launder_folio::LaunderFolio;
pub use model::{Model, Of};
pub use write_through::WriteThrough;
