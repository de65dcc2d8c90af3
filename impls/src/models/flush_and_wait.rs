//! "mm: Replace ->launder_folio() with flush and wait", as posted: the folio lock is dropped while the range is flushed.

use super::Model;
use super::launder_folio::STALE_FOLIO_WRITTEN_BACK;
use crate::linux::{Linux, Scheme, Ways};
use crate::{Bug, Known, Sim, step};
use launder_oracle::{Contract, Errno, Host, Kind, Symptom};
use std::ops::Range;

/// David Howells' RFC of 6 March 2024.
pub struct FlushAndWait {
    linux: Linux,
}

impl Model for FlushAndWait {
    const NAME: &'static str = "flush-and-wait";
    const SOURCE: &'static str =
        "David Howells, [RFC PATCH] mm: Replace ->launder_folio() with flush and wait, 6 March 2024, on 6.8";
    const CONTRACT: Contract = Contract::FUSE;
    const BUGS: &'static [Bug] = &[
        Bug {
            name: "uncon_flush_err",
            source: "cea218054ad2 \"[CIFS] Fix potential data corruption when writing out cached dirty pages\" (2.6.24)",
            case: "uncon-flush-err.case",
        },
        Bug {
            name: "errseq_sample_at_open",
            source: "b4678df184b3 \"errseq: Always report a writeback error once\" (4.17)",
            case: "errseq-sample-at-open.case",
        },
    ];
    const KNOWN: &'static [Known] = &[
        window(Symptom::Broken(Kind::LostWrite), "store-slips-into-the-window.case"),
        window(Symptom::Broken(Kind::SilentError), "flushed-and-read-back-without-an-error.case"),
        window(Symptom::Broken(Kind::StaleRead), "flushed-and-read-before-the-write-lands.case"),
        window(Symptom::Broken(Kind::Resurrected), "flushed-and-punched.case"),
        window(Symptom::Broken(Kind::WrongSize), "flushed-beyond-the-end-that-is-asked.case"),
        window(Symptom::Broken(Kind::Leaked), "flushed-and-copied.case"),
        window(Symptom::Broken(Kind::SpuriousError), "redirtied-in-the-window.case"),
        window(Symptom::Endless, "mapped-in-the-window.case"),
        STALE_FOLIO_WRITTEN_BACK[0],
        STALE_FOLIO_WRITTEN_BACK[1],
        STALE_FOLIO_WRITTEN_BACK[2],
        STALE_FOLIO_WRITTEN_BACK[3],
        STALE_FOLIO_WRITTEN_BACK[4],
    ];
    type Scheme = FlushAndWait;

    fn scheme(sim: &Sim) -> FlushAndWait {
        FlushAndWait { linux: Linux::new(sim, Ways::default()) }
    }
}

/// What comes of the window, whichever call invalidates.
const fn window(symptom: Symptom, case: &'static str) -> Known {
    let one_of = &["notify", "lock", "open", "pwrite direct", "append direct"];
    let hazard = "H1, H4: what is dirtied, or under writeback, between the flush and the removal";
    Known { symptom, words: &[], one_of, hazard, case }
}

impl Scheme for FlushAndWait {
    fn linux(&self) -> &Linux {
        &self.linux
    }

    async fn invalidate(&self, host: Host, folios: Range<u32>) -> Result<(), Errno> {
        let linux = &self.linux;
        let inode = linux.inode(host);
        let mut result = Ok(());
        for index in folios.start..folios.end.min(inode.end()) {
            let Some(id) = inode.find(index) else { continue };
            let mut folio = linux.sim.lock(inode.folio(id).lock).await;
            if !inode.folio(id).attached {
                continue;
            }
            linux.sim.wait_free(inode.folio(id).writeback).await;
            if linux.is_mapped(host, id) {
                linux.unmap(host, index..index + 1).await;
            }
            if inode.folio(id).dirty {
                drop(folio);
                step!(linux.sim, "{host}: folio {index} is unlocked to be flushed");
                linux.fdatawrite(host, index..folios.end).await;
                folio = linux.sim.lock(inode.folio(id).lock).await;
            }
            // Neither is PG_writeback waited for, nor are mappings of the window undone.
            let complete = inode.folio(id).attached && linux.release(host, id) && !inode.folio(id).dirty;
            if complete {
                linux.remove(host, id).await;
            } else {
                result = Err(Errno::EBUSY);
            }
            drop(folio);
        }
        result
    }
}
