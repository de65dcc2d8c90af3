//! The promises that 9p is known to break.

use crate::Known;
use crate::models::launder_folio::{
    STALE_FOLIO_PUNCHED, STALE_FOLIO_STORED_PAST, STALE_FOLIO_WRITTEN_BACK, TOLD_AS_EIO,
};
use launder_oracle::{Kind, Symptom};

/// Of cache=mmap, each with its case.
pub const MMAP: &[Known] = &[
    overwritten(Kind::LostWrite, "request-is-overwritten-by-a-mapped-page.case"),
    overwritten(Kind::StaleRead, "request-is-overwritten-by-a-mapped-page-and-read.case"),
    overwritten(Kind::SilentError, "request-is-overwritten-by-a-mapped-page-and-a-fault.case"),
    overwritten(Kind::Resurrected, "request-is-overwritten-by-a-mapped-page-and-a-truncate.case"),
    believed(
        Kind::LostWrite,
        &["mwrite"],
        &["ftruncate", "fallocate"],
        "store-past-an-end-that-is-not-believed-is-lost.case",
    ),
    believed(
        Kind::SilentError,
        &["mwrite"],
        &["ftruncate", "fallocate"],
        "store-past-an-end-that-is-not-believed-is-lost-without-an-error.case",
    ),
    believed(
        Kind::StaleRead,
        &["mwrite"],
        &["ftruncate", "fallocate"],
        "store-past-an-end-that-is-not-believed-is-read.case",
    ),
    believed(Kind::Leaked, &["mwrite"], &[], "store-past-an-end-that-is-not-believed.case"),
    believed(Kind::WrongSize, &[], &["append", "append direct"], "append-that-holds-no-lock.case"),
    believed(Kind::WrongSize, &["mmap"], &["mread", "mwrite"], "fault-past-an-end-that-is-not-believed.case"),
    believed(
        Kind::SpuriousError,
        &["mmap"],
        &["mread", "mwrite"],
        "fault-before-an-end-that-is-not-believed.case",
    ),
    Known {
        symptom: Symptom::Broken(Kind::StaleRead),
        words: &["fail release", "mread"],
        one_of: WRITES,
        hazard: "H8: release fails, the page stays for mappings to come, and is stale; nobody asks what the invalidation says",
        case: "mapping-shows-what-a-failed-release-has-left.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::SilentError),
        words: &["mwrite", "pwrite"],
        one_of: FAULTS,
        hazard: "found by launder: what cannot be laundered is clean, and neither fsync(2) nor write(2) tells anybody",
        case: "laundered-in-vain-and-nobody-is-told.case",
    },
    believed(Kind::StaleRead, &["mread"], &[], "mapping-shows-what-was-read-otherwise.case"),
    believed(Kind::Leaked, &["ftruncate", "mread"], &[], "mapping-shows-what-was-truncated.case"),
];

const FAULTS: &[&str] = &["fail write", "short write", "drop", "deny"];
const WRITES: &[&str] = &["pwrite", "pwrite direct", "append", "append direct", "copy"];

/// Of cache=loose.
pub const LOOSE: &[&[Known]] = &[
    &[
        unflushed(Kind::StaleRead, "close-that-writes-nothing-back.case"),
        unflushed(Kind::WrongSize, "close-that-writes-nothing-back-and-the-size.case"),
        unflushed(Kind::Resurrected, "close-that-writes-nothing-back-and-a-truncate-that-is-refused.case"),
    ],
    STALE_FOLIO_WRITTEN_BACK,
    &[
        Known { case: "folio-that-stays-and-a-truncate-in-loose-mode.case", ..STALE_FOLIO_PUNCHED },
        STALE_FOLIO_STORED_PAST,
        TOLD_AS_EIO,
    ],
];

const fn overwritten(kind: Kind, case: &'static str) -> Known {
    let hazard = "H16: two WRITEs for one page: write(2) sends its bytes, the mapping's page is sent whole";
    Known { symptom: Symptom::Broken(kind), words: &["mwrite"], one_of: WRITES, hazard, case }
}

const fn believed(
    kind: Kind,
    words: &'static [&'static str],
    one_of: &'static [&'static str],
    case: &'static str,
) -> Known {
    let hazard =
        "H13, H21: i_size, and what is cached for a mapping, is believed, whatever the server has said since";
    Known { symptom: Symptom::Broken(kind), words, one_of, hazard, case }
}

const fn unflushed(kind: Kind, case: &'static str) -> Known {
    let hazard = "H21: there is no close-to-open: close(2) and unlock write nothing back";
    Known { symptom: Symptom::Broken(kind), words: &[], one_of: &["close", "unlock"], hazard, case }
}
