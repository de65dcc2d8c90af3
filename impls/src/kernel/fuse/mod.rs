//! The kernel's client of FUSE, on a mount whose server we script.
//!
//! The processes of its rig: the server; one for each process of a case, and one for nature.

mod asking;
mod bare;
mod begin;
mod client;
mod contents;
mod driving;
mod gate;
mod mount;
mod nature;
mod options;
mod people;
mod plan;
mod requests;
mod rig;
mod server;
mod serving;
mod sets;
mod settle;
mod subject;
mod supervised;

pub use mount::Mount;
pub use options::{Inval, Options};
pub use sets::{
    Fuse, FuseAutoInval, FuseAutoInvalKeepCache, FuseDirectIo, FuseDirectIoAutoInvalKeepCache,
    FuseDirectIoKeepCache, FuseExplicitInval, FuseExplicitInvalKeepCache, FuseKeepCache, FuseWriteback,
    FuseWritebackDirectIo, FuseWritebackDirectIoKeepCache, FuseWritebackKeepCache,
};
pub use subject::{KernelFuse, Mounted, Set as FuseSet};
