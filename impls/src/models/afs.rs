//! AFS: callbacks tell what a third party changed, and what is dirty is written back with the key of who wrote it.

mod file;
mod inode;
mod keys;
mod known;
mod nuke;
mod prepare_write;
mod setattr;
mod write;
mod writepages;

use super::Model;
use super::older_known::{EATEN, EATEN_ON_AFS};
use crate::linux::{Advice, Errors, Linux, Mkwrite, Payload, Requests, Size, Tail, Ways, Writeback};
use crate::{Bug, Event, Known, Sim};
use launder_oracle::{Call, Contract, Host};

/// fs/afs of 5.15.
pub struct Afs {
    linux: Linux,
    era: Era,
    vnodes: [inode::Vnode; 2],
}

/// Whose a dirty page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Era {
    /// 2.6.22: the key's with which it was written; what another has dirtied is written back first, and there are no shared
    /// mappings that may be written to.
    Record,
    /// The same with them: page_mkwrite() is prepare_write() of the whole page, and a write that is refused is nuked.
    Nuke,
    /// Since 4.15: nobody's; each key with which the file is open for writing is tried.
    Keys,
}

impl Afs {
    fn new(sim: &Sim, era: Era) -> Afs {
        let (requests, mkwrite, errors, advice) = match era {
            Era::Keys => (Requests::One, Mkwrite::Trusts, Errors::ErrSeq, Advice::Twice),
            Era::Record | Era::Nuke => (Requests::Many, Mkwrite::Checks, Errors::Flags, Advice::Once),
        };
        let ways = Ways {
            payload: Payload::DirtyCells,
            size: Size::Kernel,
            writeback: Writeback::Keyed,
            requests,
            mkwrite,
            errors,
            tail: Tail::Exposed,
            advice,
            ..Ways::default()
        };
        let vnodes = Host::ALL.map(|host| inode::Vnode::new(sim, host));
        Afs { linux: Linux::new(sim, ways), era, vnodes }
    }

    fn vnode(&self, host: Host) -> &inode::Vnode {
        &self.vnodes[host.index()]
    }
}

/// Without a cache on a disk nothing keeps afs_releasepage() from letting a page go.
fn knows(call: &Call) -> bool {
    !matches!(call, Call::FailRelease(_))
}

/// There is no direct I/O, and no ->fallocate().
fn meets(event: Event) -> bool {
    use Event::*;
    !matches!(event, DirectRead | DirectWrite | Punch | ReleaseFailed)
}

impl Model for Afs {
    const NAME: &'static str = "afs";
    const SOURCE: &'static str = "fs/afs/write.c, inode.c, file.c and callback.c, 5.15: 1cf7a1518aef (4.15), each key of vnode->wb_keys is tried; 6e0e99d58a65 \"afs: Fix mmap coherency vs 3rd-party changes\"";
    const CONTRACT: Contract = Contract::AFS;
    const BUGS: &'static [Bug] = &[
        Bug {
            name: "cb_no_unmap",
            source: "6e0e99d58a65 \"afs: Fix mmap coherency vs 3rd-party changes\" (5.15)",
            case: "cb-no-unmap.case",
        },
        Bug {
            name: "nuke_silent",
            source: "31143d5d515e \"AFS: implement basic file write support\" (2.6.22): pages that may not be written are killed, and no error is recorded",
            case: "nuke-silent.case",
        },
        Bug {
            name: "launder_start",
            source: "5c0522484eb5 \"afs: Fix afs_launder_page() to set correct start file position\" (5.15); here what a third party has changed is zapped with invalidate_inode_pages2(), which launders",
            case: "launder-start.case",
        },
        Bug {
            name: "size_from_server",
            source: "fs/afs/inode.c, afs_apply_status(): after a third party's change i_size is the server's, though pages be dirty beyond that, and afs_write_back_from_locked_page() discards those",
            case: "size-from-server.case",
        },
        Bug {
            name: "validate_lock",
            source: "fs/afs, 6.10 to 6.19: afs_validate() holds validate_lock for writing while afs_zap_data() flushes, and afs_writepages() takes it for reading",
            case: "validate-lock-of-afs.case",
        },
    ];
    const KNOWN: &'static [&'static [Known]] = &[known::KEYS];
    type Scheme = Afs;

    fn knows(call: &Call) -> bool {
        knows(call)
    }

    fn meets(event: Event) -> bool {
        meets(event)
    }

    fn scheme(sim: &Sim) -> Afs {
        Afs::new(sim, Era::Keys)
    }
}

/// As AFS learned to write.
pub struct Afs2622;

impl Model for Afs2622 {
    const NAME: &'static str = "afs-2.6.22";
    const SOURCE: &'static str = "fs/afs/write.c, 2.6.22: 31143d5d515e \"AFS: implement basic file write support\", with 9d577b6a31a \"AFS: fix interminable loop in afs_write_back_from_locked_page()\"";
    const CONTRACT: Contract = Contract::AFS;
    const BUGS: &'static [Bug] = &[Bug {
        name: "nuke_loop",
        source: "9d577b6a31a \"AFS: fix interminable loop in afs_write_back_from_locked_page()\"",
        case: "nuke-loop.case",
    }];
    const KNOWN: &'static [&'static [Known]] = &[known::RECORD, EATEN, EATEN_ON_AFS];
    type Scheme = Afs;

    fn knows(call: &Call) -> bool {
        knows(call)
    }

    fn meets(event: Event) -> bool {
        meets(event)
    }

    fn scheme(sim: &Sim) -> Afs {
        Afs::new(sim, Era::Record)
    }
}

/// As it was to learn to map files that are written to.
pub struct AfsNuke;

impl Model for AfsNuke {
    const NAME: &'static str = "afs-nuke";
    const SOURCE: &'static str = "David Howells, [PATCH] AFS: Implement shared-writable mmap [try #2], May 2007, as he describes it to Nick Piggin: \"To nuke A's write, each page that makes up that write is marked non-uptodate and then reloaded\"; the diff was not found";
    const CONTRACT: Contract = Contract::AFS;
    const BUGS: &'static [Bug] = &[
        Bug {
            name: "nuke_invalidates",
            source: "David Howells, May 2007: \"Whilst I might wish to call invalidate_inode_pages_range(), I can't as it can/would deadlock if called from prepare_write()\"",
            case: "nuke-invalidates.case",
        },
        Bug {
            name: "nuke_range",
            source: "David Howells, May 2007: it \"might incorrectly kill one of B's writes (or someone else's writes)\": all that lies between the first page of A's write and the last goes",
            case: "nuke-range.case",
        },
    ];
    const KNOWN: &'static [&'static [Known]] = &[known::NUKE, EATEN, EATEN_ON_AFS];
    type Scheme = Afs;

    fn knows(call: &Call) -> bool {
        knows(call)
    }

    fn meets(event: Event) -> bool {
        meets(event)
    }

    fn scheme(sim: &Sim) -> Afs {
        Afs::new(sim, Era::Nuke)
    }
}
