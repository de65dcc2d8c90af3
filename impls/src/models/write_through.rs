//! Write-through: write(2) returns when the server has the bytes, so that nobody's cache holds what nobody else has.

use super::Model;
use super::launder_folio::{
    FAULT_ASKS_FOR_NO_SIZE, PUNCHED_UNDER_A_STORE, PUNCHED_UNDER_A_STORE_THAT_IS_LOST, STALE_AFTER_A_CRASH,
    TOLD_AS_EIO,
};
use crate::linux::{Linux, Scheme, Ways};
use crate::{Bug, Known, Sim, step};
use launder_oracle::{Contract, Errno, Host, Kind, Range, Symptom, Value, Who};

/// What Nick Piggin asked for.
pub struct WriteThrough {
    linux: Linux,
}

impl Model for WriteThrough {
    const NAME: &'static str = "write-through";
    const SOURCE: &'static str = "Nick Piggin, 16 May 2007: \"it sounds like a nasty thing to have a writeback cache if it can become incoherent [...] Have you tried doing a write-through one?\"";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[
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
    const KNOWN: &'static [&'static [Known]] = &[
        FAULT_ASKS_FOR_NO_SIZE,
        &[
            Known { case: "punched-under-a-store-by-write-through.case", ..PUNCHED_UNDER_A_STORE },
            PUNCHED_UNDER_A_STORE_THAT_IS_LOST,
            TOLD_AS_EIO,
            Known {
                symptom: Symptom::Broken(Kind::StaleRead),
                words: &["pread direct"],
                one_of: &["pwrite", "append", "copy"],
                hazard: "H15, H18: what is copied is seen before its WRITE is sent, and a direct read does not see it",
                case: "write-through-is-seen-and-read-directly.case",
            },
            Known {
                symptom: Symptom::Broken(Kind::StaleRead),
                words: &["fail release", "pread direct"],
                one_of: &["pwrite direct", "append direct"],
                hazard: "H8, H15, H18: a direct write whose folio stays goes through the cache, where it is seen before its WRITE is sent",
                case: "direct-write-that-goes-through-the-cache-and-a-direct-read.case",
            },
            STALE_AFTER_A_CRASH,
        ],
    ];
    type Scheme = WriteThrough;

    fn scheme(sim: &Sim) -> WriteThrough {
        WriteThrough { linux: Linux::new(sim, Ways::default()) }
    }
}

impl Scheme for WriteThrough {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    async fn invalidate(&self, host: Host, folios: std::ops::Range<u32>) -> Result<(), Errno> {
        self.linux.invalidate_inode_pages2_range(host, folios).await
    }

    /// Unmap, so that nobody stores meanwhile; write back what was stored; copy; WRITE, all under the folio
    /// lock. Where the WRITE fails, what was copied must go: the folio is no longer uptodate.
    async fn write_folio(
        &self,
        who: Who,
        index: u32,
        part: Range,
        value: &impl Fn(u32) -> Value,
    ) -> Result<u32, Errno> {
        let linux = &self.linux;
        let inode = linux.inode(linux.process(who).host);
        let host = inode.host;
        let (id, _folio) = linux.grab_folio(who, index).await;
        linux.sim.wait_free(inode.writeback(id)).await;
        if linux.is_mapped(host, id) {
            linux.unmap(host, index..index + 1).await;
        }
        if linux.clear_dirty_for_io(host, id).await {
            linux.launder(host, id).await?;
        }
        if inode.folio(id).uptodate {
            linux.copy_in(host, id, part, value);
            step!(linux.sim, "{host}: {who} writes {part} to folio {index}");
        }
        let done = linux.server.write(host, who, part, value).await;
        if done != Ok(part.len()) {
            inode.change(id, |folio| folio.uptodate = false);
        }
        let end = part.start + *done.as_ref().unwrap_or(&0);
        if end > part.start {
            inode.extend(end);
        }
        step!(linux.sim, "{host}: {who}'s WRITE of {part} has returned");
        done
    }
}
