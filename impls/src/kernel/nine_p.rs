//! The kernel's client of 9p, in one of its cache modes, on two mounts of what a server exports; the third party works on a third,
//! without a cache.
//!
//! Three directories are named: where host a has it mounted, where host b has, and where it is mounted with `cache=none`.

use super::nfs::Export;
use super::path::Path;
use crate::models::{Model, NINE_P_LOOSE_KNOWN, NINE_P_MMAP_KNOWN, NinePLoose, NinePMmap};
use crate::{Known, Sim, Subject};
use launder_oracle::{Call, Contract, Maps, Reply, Who};
use std::marker::PhantomData;

/// A cache mode, and what is promised and known of it.
pub trait Mode: 'static {
    /// [`Subject::NAME`]
    const NAME: &'static str;
    /// [`Subject::SOURCE`]
    const SOURCE: &'static str;
    /// [`Subject::CONTRACT`]
    const CONTRACT: Contract;
    /// [`Subject::KNOWN`]
    const KNOWN: &'static [&'static [Known]];
}

/// cache=none
pub struct NoCache;

impl Mode for NoCache {
    const NAME: &'static str = "kernel-9p-none";
    const SOURCE: &'static str = "the running kernel, fs/9p, held to Documentation/filesystems/9p.rst: \"none = default no cache policy, \
        metadata and data alike are synchronous\"";
    /// What is synchronous on all hosts is one system; of mappings nothing is said.
    const CONTRACT: Contract = Contract { maps: Maps::Remap, ..Contract::LINUX };
    const KNOWN: &'static [&'static [Known]] = &[];
}

/// cache=mmap
pub struct MmapCache;

impl Mode for MmapCache {
    const NAME: &'static str = "kernel-9p-mmap";
    const SOURCE: &'static str = "the running kernel, fs/9p, held to Documentation/filesystems/9p.rst: \"mmap = minimal cache that is only used \
        for read-write mmap\"";
    const CONTRACT: Contract = NinePMmap::CONTRACT;
    const KNOWN: &'static [&'static [Known]] = &[NINE_P_MMAP_KNOWN];
}

/// cache=loose
pub struct LooseCache;

impl Mode for LooseCache {
    const NAME: &'static str = "kernel-9p-loose";
    const SOURCE: &'static str = "the running kernel, fs/9p, held to Documentation/filesystems/9p.rst: \"loose = no attempts are made at \
        consistency, intended for exclusive, read-only mounts\"";
    const CONTRACT: Contract = NinePLoose::CONTRACT;
    const KNOWN: &'static [&'static [Known]] = NINE_P_LOOSE_KNOWN;
}

/// The kernel that runs this, as client of 9p.
pub struct NineP<M: Mode> {
    path: Path,
    mode: PhantomData<M>,
}

impl<M: Mode> Subject for NineP<M> {
    const NAME: &'static str = M::NAME;
    const SOURCE: &'static str = M::SOURCE;
    const CONTRACT: Contract = M::CONTRACT;
    const KNOWN: &'static [&'static [Known]] = M::KNOWN;
    type Ground = Export;

    fn new(sim: &Sim, export: &Export) -> NineP<M> {
        let (site, _) = export.take();
        NineP { path: Path::at(sim, site), mode: PhantomData }
    }

    fn knows(call: &Call) -> bool {
        Path::knows(call) || matches!(call, Call::Pwrite { .. } | Call::Ftruncate(_))
    }

    async fn call(&self, who: Who, call: Call) -> Reply {
        self.path.call(who, call).await
    }
}
