//! The kernel's client of FUSE, on a mount whose server we script.
//!
//! Four kinds of processes, made by fork(2) alone: the supervisor, which has nothing of FUSE and can cut the connections;
//! the server; one for each process of a case, and one for nature. Server and caller are never one process: at its end it
//! would wait for itself.

mod asking;
mod contents;
mod driving;
pub(super) mod faults;
pub(super) mod fork;
mod gate;
mod known;
mod mounted;
pub(super) mod namespace;
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
mod supervisor;
pub(super) mod watch;
pub(super) mod wire;

pub use mounted::Mounted;
pub use options::{Inval, Options};
pub use sets::{
    Fuse, FuseAutoInval, FuseDirectIo, FuseExplicitInval, FuseKeepCache, FuseWriteback,
    FuseWritebackKeepCache,
};
pub use subject::{KernelFuse, Set as FuseSet};
