//! The promises that AFS is known to break, and what makes it.

use crate::Known;
use launder_oracle::Kind::{self, *};
use launder_oracle::Symptom;

type Words = &'static [&'static str];

const FAULTS: Words = &["fail write", "short write", "drop", "deny"];
const GROWS: Words = &["ftruncate", "pwrite", "append", "copy"];

const fn known(kind: Kind, words: Words, one_of: Words, hazard: &'static str, case: &'static str) -> Known {
    Known { symptom: Symptom::Broken(kind), words, one_of, hazard, case }
}

/// Those of 5.15.
pub const KEYS: &[Known] = &[
    edquot(SpuriousError, "quota-that-is-told-as-no-space-spurious-error.case"),
    unlock(Leaked, "unlock-that-flushes-tells-nobody-leaked.case"),
    unlock(LostWrite, "unlock-that-flushes-tells-nobody-lost-write.case"),
    unlock(SilentError, "unlock-that-flushes-tells-nobody-silent-error.case"),
    unlock(StaleRead, "unlock-that-flushes-tells-nobody-stale-read.case"),
    unlock(WrongSize, "unlock-that-flushes-tells-nobody-wrong-size.case"),
    locked(LostWrite, "lock-that-is-given-up-tells-nobody-lost-write.case"),
    locked(SilentError, "lock-that-is-given-up-tells-nobody-silent-error.case"),
    locked(StaleRead, "lock-that-is-given-up-tells-nobody-stale-read.case"),
    locked(WrongSize, "lock-that-is-given-up-tells-nobody-wrong-size.case"),
    closed(SilentError, "release-tells-nobody-silent-error.case"),
    closed(StaleRead, "release-tells-nobody-stale-read.case"),
    closed(WrongSize, "release-tells-nobody-wrong-size.case"),
    close_mapped(SpuriousError, "close-of-a-mapped-file-spurious-error.case"),
    close_mapped(StaleRead, "close-of-a-mapped-file-stale-read.case"),
    close_mapped(WrongSize, "close-of-a-mapped-file-wrong-size.case"),
    failed(WrongSize, "size-of-a-write-that-failed-wrong-size.case"),
    believed(Leaked, "size-that-afs-believes-leaked.case"),
    believed(Resurrected, "size-that-afs-believes-resurrected.case"),
    believed(SpuriousError, "size-that-afs-believes-spurious-error.case"),
    believed(StaleRead, "size-that-afs-believes-stale-read.case"),
    believed(WrongSize, "size-that-afs-believes-wrong-size.case"),
    refs(LostWrite, "store-fault-keeps-the-page-lost-write.case"),
    refs(SilentError, "store-fault-keeps-the-page-silent-error.case"),
    refs(SpuriousError, "store-fault-keeps-the-page-spurious-error.case"),
    refs(StaleRead, "store-fault-keeps-the-page-stale-read.case"),
    late(LostWrite, "error-after-the-end-of-writeback-lost-write.case"),
    late(SilentError, "error-after-the-end-of-writeback-silent-error.case"),
    late(StaleRead, "error-after-the-end-of-writeback-stale-read.case"),
    copied(Resurrected, "killed-page-is-read-again-and-copied.case"),
    late(WrongSize, "error-after-the-pages-were-killed-wrong-size.case"),
    race(LostWrite, ZAPPED, "page-that-is-used-is-not-zapped-lost-write.case"),
    race(SpuriousError, UNCOUNTED, "break-that-is-not-counted-spurious-error.case"),
    race(SilentError, MAPPED_AGAIN, "page-that-is-used-is-not-zapped-silent-error.case"),
    race(StaleRead, ZAPPED, "page-that-is-used-is-not-zapped-stale-read.case"),
    race(WrongSize, UNCOUNTED, "page-that-is-used-is-not-zapped-wrong-size.case"),
    UNDER_ANOTHER,
    removed(LostWrite, "page-that-mkwrite-does-not-look-at-lost-write.case"),
    removed(SilentError, "page-that-mkwrite-does-not-look-at-silent-error.case"),
    removed(StaleRead, "page-that-mkwrite-does-not-look-at-stale-read.case"),
    removed(WrongSize, "page-that-mkwrite-does-not-look-at-wrong-size.case"),
    Known {
        words: &["fail write", "mwrite"],
        ..removed(SilentError, "page-that-mkwrite-does-not-look-at-was-killed.case")
    },
    Known {
        words: &["fail write", "mwrite"],
        ..removed(StaleRead, "page-that-mkwrite-does-not-look-at-was-killed-stale-read.case")
    },
    tail(Leaked, "stored-past-the-end-of-afs-leaked.case"),
    Known {
        words: &["ftruncate", "mwrite"],
        ..tail(Resurrected, "stored-past-the-end-of-afs-and-cut-to-the-size-it-has.case")
    },
    tail_copied(LostWrite, "stored-past-the-end-of-afs-and-copied.case"),
    tail_copied(SilentError, "stored-past-the-end-of-afs-and-copied-without-an-error.case"),
    tail_copied(StaleRead, "stored-past-the-end-of-afs-and-copied-and-read.case"),
];

/// Those of 2.6.22.
pub const RECORD: &[Known] = &[
    NEVER_ENDS,
    NOT_LISTED,
    edquot(SpuriousError, "quota-that-is-told-as-no-space-in-2-6-22-spurious-error.case"),
    killed(LostWrite, "killed-and-nobody-is-told-lost-write.case"),
    killed(SilentError, "killed-and-nobody-is-told-silent-error.case"),
    killed(StaleRead, "killed-and-nobody-is-told-stale-read.case"),
    killed(WrongSize, "killed-and-nobody-is-told-wrong-size.case"),
    unflushed(StaleRead, "close-of-2-6-22-stale-read.case"),
    unflushed(WrongSize, "close-of-2-6-22-wrong-size.case"),
    late(LostWrite, "error-after-the-pages-were-killed-lost-write.case"),
    late(SilentError, "error-after-the-pages-were-killed-silent-error.case"),
    late(StaleRead, "error-after-the-pages-were-killed-stale-read.case"),
    late(WrongSize, "error-after-the-pages-were-killed-wrong-size.case"),
    believed_then(WrongSize, "size-that-2-6-22-believes-wrong-size.case"),
    work(LostWrite, "callback-work-is-under-way-lost-write.case"),
    work(StaleRead, "callback-work-is-under-way-stale-read.case"),
    work(WrongSize, "callback-work-is-under-way-wrong-size.case"),
    CUT_MEANWHILE,
];

/// Those of the patch that nukes.
pub const NUKE: &[Known] = &[
    nuked(StaleRead, &["deny", "mread"], SHOWN, "nuked-and-mapped.case"),
    nuked(StaleRead, &["deny", "mwrite"], UNDER_A_STORE, "nuked-under-a-store.case"),
    nuked(StaleRead, &["deny", "mwrite"], OTHERS, "nuked-under-the-store-of-another.case"),
    NEVER_ENDS,
    NOT_LISTED,
    edquot(SpuriousError, "quota-that-is-told-as-no-space-in-2-6-22-spurious-error.case"),
    killed(LostWrite, "killed-and-nobody-is-told-lost-write.case"),
    killed(Resurrected, "killed-and-nobody-is-told-resurrected.case"),
    killed(SilentError, "killed-and-nobody-is-told-silent-error.case"),
    killed(StaleRead, "killed-and-nobody-is-told-and-the-nuke-stale-read.case"),
    killed(WrongSize, "killed-and-nobody-is-told-wrong-size.case"),
    unflushed(Leaked, "close-of-2-6-22-leaked.case"),
    unflushed(LostWrite, "close-of-2-6-22-lost-write.case"),
    unflushed(SpuriousError, "close-of-2-6-22-spurious-error.case"),
    unflushed(StaleRead, "close-of-2-6-22-stale-read.case"),
    unflushed(WrongSize, "close-of-2-6-22-wrong-size.case"),
    late(LostWrite, "error-after-the-pages-were-killed-lost-write.case"),
    late(SilentError, "error-after-the-pages-were-killed-silent-error.case"),
    late(StaleRead, "error-after-the-pages-were-killed-stale-read.case"),
    late(WrongSize, "error-after-the-pages-were-killed-wrong-size.case"),
    believed_then(Leaked, "size-that-2-6-22-believes-leaked.case"),
    UNMAPPED_LATER,
    Known {
        symptom: Symptom::Broken(Leaked),
        case: "callback-work-sets-a-size-before-it-unmaps-leaked.case",
        ..UNMAPPED_LATER
    },
    believed_then(SpuriousError, "size-that-2-6-22-believes-spurious-error.case"),
    believed_then(WrongSize, "size-that-2-6-22-believes-wrong-size.case"),
    mapped(LostWrite, "callback-that-unmaps-nothing-lost-write.case"),
    mapped(SilentError, "callback-that-unmaps-nothing-silent-error.case"),
    mapped(SpuriousError, "callback-that-unmaps-nothing-spurious-error.case"),
    mapped(StaleRead, "callback-that-unmaps-nothing-stale-read.case"),
    work(LostWrite, "callback-work-is-under-way-lost-write.case"),
    work(SpuriousError, "callback-work-is-under-way-spurious-error.case"),
    work(StaleRead, "callback-work-is-under-way-stale-read.case"),
    work(WrongSize, "callback-work-is-under-way-wrong-size.case"),
    between(Resurrected, "stored-between-setattr-and-the-truncate-resurrected.case"),
    between(WrongSize, "stored-between-setattr-and-the-truncate-wrong-size.case"),
    tail(Leaked, "stored-past-the-end-of-afs-nuke-leaked.case"),
    EXTENDED_MEANWHILE,
    CUT_MEANWHILE,
];

const EXTENDED_MEANWHILE: Known = Known {
    symptom: Symptom::Broken(Resurrected),
    words: &["ftruncate", "mread", "pwrite"],
    one_of: &[],
    hazard: "H21, found by launder: ftruncate(2) drops what is cached past the end only if the file was longer when it began",
    case: "truncated-while-a-third-party-makes-it-longer.case",
};

const CUT_MEANWHILE: Known = Known {
    words: &["fsync", "ftruncate", "pread", "pwrite"],
    case: "told-the-size-by-a-write-before-it-is-cut-to-it.case",
    ..EXTENDED_MEANWHILE
};

const UNMAPPED_LATER: Known = Known {
    symptom: Symptom::Broken(WrongSize),
    words: &["ftruncate"],
    one_of: &["mread", "mwrite"],
    hazard: "H21: the work of a callback sets i_size before it unmaps what lies beyond",
    case: "callback-work-sets-a-size-before-it-unmaps.case",
};

const SHOWN: &str = "H20: who has mapped a page of A's write sees it, and then what the server has";
const UNDER_A_STORE: &str =
    "H20: a page that is nuked and may still be stored to is read again under the store";
const OTHERS: &str =
    "H23: what another stores to a page of A's write while that is read again is overwritten";

const fn nuked(kind: Kind, words: Words, hazard: &'static str, case: &'static str) -> Known {
    known(kind, words, &[], hazard, case)
}

const NEVER_ENDS: Known = Known {
    symptom: Symptom::Stuck,
    words: &["fail write"],
    one_of: &[],
    hazard: "pages for which there is no room stay under writeback for ever",
    case: "writeback-that-never-ends-stuck.case",
};

const NOT_LISTED: Known = Known {
    hazard: "found by launder: pages whose error is none that is listed stay under writeback for ever",
    case: "error-that-is-not-listed-stuck.case",
    ..NEVER_ENDS
};

const UNDER_ANOTHER: Known = Known {
    symptom: Symptom::Stuck,
    words: &["fail write", "pwrite"],
    one_of: &[],
    hazard: "H19, found by launder: afs_kill_pages() ends writeback before it locks the page, and removes what others have since \
        begun to write back: who began that finds no page whose writeback to end",
    case: "page-that-is-killed-under-another-writeback-stuck.case",
};

const ZAPPED: &str = "found by launder: AFS_VNODE_ZAP_DATA is cleared before the data are zapped, and who validates meanwhile uses them";
const MAPPED_AGAIN: &str = "found by launder: a fault that was under way maps again what a callback has unmapped, and what is mapped is not zapped";
const UNCOUNTED: &str = "found by launder: __afs_break_callback() counts no break where there is no promise, and a reply under way brings one";

const fn race(kind: Kind, hazard: &'static str, case: &'static str) -> Known {
    known(kind, &[], &["notify", "lock", "open"], hazard, case)
}

const fn believed(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["ftruncate", "notify"],
        &[],
        "found by launder: afs_setattr() sends no size that i_size already is, and asks for none",
        case,
    )
}

const fn close_mapped(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["close", "mmap"],
        &[],
        "found by launder: a mapping keeps the file from afs_release(), and close(2) writes nothing back",
        case,
    )
}

const fn closed(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["close"],
        FAULTS,
        "found by launder: afs_release() flushes, and close(2) does not tell what comes of it",
        case,
    )
}

const fn edquot(kind: Kind, case: &'static str) -> Known {
    known(kind, &["fail write"], &[], "H21: EDQUOT is told as ENOSPC", case)
}

const fn failed(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["ftruncate"],
        FAULTS,
        "found by launder: afs_setattr() sends no size that i_size already is",
        case,
    )
}

const fn late(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["fsync"],
        &["fail write", "drop"],
        "found by launder: writeback ends before its error is recorded",
        case,
    )
}

const fn locked(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["lock"],
        FAULTS,
        "found by launder: afs_do_unlk() flushes, and tells nobody what comes of it",
        case,
    )
}

const fn refs(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["mwrite", "notify"],
        &[],
        "H4, found by launder: the page that a fault for a store holds is not zapped, and written back whole",
        case,
    )
}

const fn removed(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["ftruncate", "mwrite"],
        &[],
        "H4, found by launder: afs_page_mkwrite() does not look if the page has left the cache, and it is mapped all the same",
        case,
    )
}

const TAIL: &str = "what stores leave past the end is not zeroed where the file grows";

const fn tail(kind: Kind, case: &'static str) -> Known {
    known(kind, &["mwrite"], GROWS, TAIL, case)
}

const fn tail_copied(kind: Kind, case: &'static str) -> Known {
    known(kind, &["copy", "mwrite"], &["append", "ftruncate", "pwrite"], TAIL, case)
}

const fn unlock(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["unlock"],
        FAULTS,
        "found by launder: afs_do_unlk() flushes, and tells nobody what comes of it",
        case,
    )
}

const fn believed_then(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["ftruncate", "notify"],
        &[],
        "found by launder: a size that is known to be old is believed",
        case,
    )
}

const fn between(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["ftruncate", "mwrite"],
        &[],
        "H1: what is stored while ftruncate(2) is under way is written back, and the file grows again",
        case,
    )
}

const fn copied(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["copy", "fail write"],
        &[],
        "H19: what could not be written back is killed, and an older write is read and copied in its place",
        case,
    )
}

const fn killed(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &[],
        &["deny", "fail write"],
        "H19, H21: what may not be written back any more is killed, and nobody is told",
        case,
    )
}

const fn mapped(kind: Kind, case: &'static str) -> Known {
    known(
        kind,
        &["mmap", "notify"],
        &[],
        "H13, H21: a broken callback unmaps nothing, and what is mapped is not zapped",
        case,
    )
}

const fn unflushed(kind: Kind, case: &'static str) -> Known {
    known(kind, &["close"], &[], "H21: close(2) writes nothing back", case)
}

const fn work(kind: Kind, case: &'static str) -> Known {
    known(kind, &["notify"], &[], "H21: who reads asks nobody, and a page that is locked is not zapped", case)
}
