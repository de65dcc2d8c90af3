//! NFS: close-to-open, by the change attribute, on invalidate_inode_pages2() and ->launder_folio.

mod direct;
mod file;
mod inode;
mod known;
#[cfg(all(target_os = "linux", feature = "kernel"))]
pub(crate) use known::KNOWN;
mod open;
mod void;
mod write;

use super::Model;
use crate::linux::{Dirty, InVain, Linux, Payload, Ways};
use crate::sim::{Shared, SharedRef};
use crate::{Bug, Event, Known, Sim};
use launder_oracle::{Contract, Host, Who};

pub use void::Nfs269;

/// NFSv4 without delegations, as of 6.18.
pub struct Nfs {
    linux: Linux,
    era: Era,
    inodes: [inode::NfsInode; 2],
    direct_writes: SharedRef<Vec<direct::DirectWrite>>,
    /// How many WRITEs of what a process had dirtied had failed when it opened the file: ctx->error.
    failed_before: [Shared<u32>; 3],
}

/// How mappings are invalidated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Era {
    /// Since 2.6.20: they are unmapped, flushed, laundered and removed.
    Launder,
    /// 2.6.9: they are flushed, as far as is known to be dirty; then what is mapped is said not to be uptodate.
    Void,
}

impl Nfs {
    fn new(sim: &Sim, era: Era, ways: Ways) -> Nfs {
        let linux = Linux::new(sim, Ways { payload: Payload::DirtyCells, in_vain: InVain::Clean, ..ways });
        Nfs {
            era,
            inodes: Host::ALL.map(|host| inode::NfsInode::new(sim, linux.inode(host))),
            direct_writes: sim.shared_ref(Vec::new()),
            failed_before: Who::PROCESSES.map(|_| sim.shared(0)),
            linux,
        }
    }

    fn nfs(&self, host: Host) -> &inode::NfsInode {
        &self.inodes[host.index()]
    }
}

impl Model for Nfs {
    const NAME: &'static str = "nfs";
    const SOURCE: &'static str = "fs/nfs/inode.c, file.c, io.c, direct.c and write.c, 6.18, NFSv4 without delegations; nfs(5), \"Close-to-open cache consistency\"";
    const CONTRACT: Contract = Contract::NFS;
    const BUGS: &'static [Bug] = &[
        Bug {
            name: "reval_no_ilock",
            source: "717d44e84921 \"NFS: Fix races in nfs_revalidate_mapping()\" (2.6.20), before ->launder_page()",
            case: "reval-no-ilock.case",
        },
        Bug {
            name: "no_invalidating_bit",
            source: "17dfeb911339 \"NFS: Fix races in nfs_revalidate_mapping\"",
            case: "no-invalidating-bit.case",
        },
        Bug {
            name: "clear_dirty_before_release",
            source: "fa8d8c5b77a2 \"NFS: Fix nfs_release_page\" (2.6.20)",
            case: "clear-dirty-before-release.case",
        },
        Bug {
            name: "congested_no_redirty",
            source: "NeilBrown, \"NFS: fix data corruption caused by congestion.\", February 2024; it names 6df25e58532b",
            case: "congested-no-redirty.case",
        },
        Bug {
            name: "release_io_deadlock",
            source: "96780ca55e3c, and cce0be6eb497 \"NFS: Fix a deadlock involving nfs_release_folio()\"",
            case: "release-io-deadlock.case",
        },
        Bug {
            name: "fatal_keep_uptodate",
            source: "b8946d7bfb94 \"NFS: Revalidate the file mapping on all fatal writeback errors\"",
            case: "fatal-keep-uptodate.case",
        },
        Bug {
            name: "no_eof_zero",
            source: "b1817b18ff20 \"NFS: Protect against 'eof page pollution'\"",
            case: "no-eof-zero.case",
        },
    ];
    const KNOWN: &'static [&'static [Known]] = &[known::KNOWN];
    type Scheme = Nfs;

    /// There are no notifications without delegations.
    fn meets(event: Event) -> bool {
        event != Event::Notify
    }

    fn scheme(sim: &Sim) -> Nfs {
        // 2.6.19 and older had no ->launder_page(): what was dirtied after the flush stayed.
        let dirty = if sim.bug("reval_no_ilock") { Dirty::Stay } else { Dirty::Launder };
        Nfs::new(sim, Era::Launder, Ways { dirty, ..Ways::default() })
    }
}
