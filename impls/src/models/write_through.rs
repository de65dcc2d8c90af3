//! Write-through: write(2) returns when the server has the bytes, so that nobody's cache holds what nobody else has.

use super::launder_folio::invalidate_inode_pages2_range;
use crate::linux::{Linux, Scheme, call};
use crate::{Bug, Job, Sim, Subject};
use launder_oracle::{Call, Contract, Errno, Host, Reply, Who};
use std::ops::Range;

/// What Nick Piggin asked for.
pub struct WriteThrough {
    linux: Linux,
}

impl Subject for WriteThrough {
    const NAME: &'static str = "write-through";
    const SOURCE: &'static str = "Nick Piggin, 16 May 2007: \"it sounds like a nasty thing to have a writeback cache if it can become incoherent [...] Have you tried doing a write-through one?\"";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[
        Bug {
            name: "no_clear_U_on_err",
            source: "4f06dd92b5d0 \"fuse: fix write deadlock\" (5.13): before it, what a failed WRITE had copied stayed in the cache",
            case: "no-clear-u-on-err.case",
        },
        Bug {
            name: "no_eof_zero",
            source: "52aecaee1c26 \"mm: zero range of eof folio exposed by inode size extension\" (6.13)",
            case: "no-eof-zero.case",
        },
        Bug {
            name: "append_shared_lock",
            source: "8e4473bb50a1 \"ceph: do not execute direct write in parallel if O_APPEND is specified\"",
            case: "append-shared-lock.case",
        },
    ];
    type Ground = ();

    fn new(sim: &Sim, (): &()) -> Self {
        WriteThrough { linux: Linux::new(sim) }
    }

    async fn call(&self, who: Who, call_: Call) -> Reply {
        call(self, who, call_).await
    }

    async fn work(&self, job: Job) {
        self.linux.work(job).await;
    }
}

impl Scheme for WriteThrough {
    const WRITE_THROUGH: bool = true;

    fn linux(&self) -> &Linux {
        &self.linux
    }

    async fn invalidate(&self, host: Host, folios: Range<u32>) -> Result<(), Errno> {
        invalidate_inode_pages2_range(&self.linux, host, folios).await
    }
}
