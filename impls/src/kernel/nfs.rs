//! The kernel's client of NFS, on two mounts of what a server of ours exports; the third party works where that exports from, which
//! no client's cache is between.
//!
//! Three directories are named: where host a has it mounted, where host b has, and what is exported. Two mounts of one client are
//! one to the server: delegations are not recalled between them, and the two are then not held to what is promised of two.

mod export;

pub use export::Export;

use super::path::Path;
use crate::models::NFS_KNOWN;
use crate::{Known, Sim, Subject};
use launder_oracle::{Call, Contract, Reply, Who};
use std::cell::Cell;

/// The kernel that runs this, as client of NFS.
pub struct Nfs {
    path: Path,
    /// How many calls are to come before the case is settled.
    left: Cell<usize>,
}

impl Subject for Nfs {
    const NAME: &'static str = "kernel-nfs";
    const SOURCE: &'static str = "the running kernel, fs/nfs, held to its manual: nfs(5), \"Close-to-open cache consistency\": \
        \"When the application closes the file, the NFS client writes back any pending changes to the file so that the next opener \
        can view the changes\"";
    const CONTRACT: Contract = Contract::NFS;
    const KNOWN: &'static [&'static [Known]] = &[NFS_KNOWN];
    type Ground = Export;

    fn new(sim: &Sim, export: &Export) -> Nfs {
        let (site, asks) = export.take();
        Nfs { path: Path::at(sim, site), left: Cell::new(asks) }
    }

    fn knows(call: &Call) -> bool {
        Path::knows(call) || matches!(call, Call::Pwrite { .. } | Call::Ftruncate(_))
    }

    async fn call(&self, who: Who, call: Call) -> Reply {
        match self.left.get().checked_sub(1) {
            Some(left) => self.left.set(left),
            // Nobody opens it any more: what close(2) does it does all the same, but that the server is told later.
            None if call == Call::Close => self.path.keep(who),
            None => {}
        }
        self.path.call(who, call).await
    }
}
