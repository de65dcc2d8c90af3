//! Writes that failed, that were short, and errors that had a cause.

use super::{allows, forbids};
use launder_oracle::Kind::{Leaked, LostWrite, SpuriousError, StaleRead, WrongSize};

const ALL: &[&str] = &["posix", "linux", "nfs", "afs"];
const FAILED: &str = "nature fail write EIO 1 = ok\na1 pwrite 0..1 = EIO\n";
const SHORT: &str = "a1 pwrite 0..3 = wrote 1\n";

#[test]
fn a_failed_write_may_or_may_not_have_happened() {
    allows(ALL, &format!("{FAILED}a1 pread 0..1 = got 0"));
    allows(ALL, &format!("{FAILED}a1 pread 0..1 = got 1"));
}

#[test]
fn a_failed_write_may_happen_late() {
    allows(ALL, &format!("{FAILED}a1 pread 0..1 = got 0\na1 pread 0..1 = got 1"));
}

#[test]
fn a_failed_write_stays_once_it_was_seen_after_it_failed() {
    forbids(StaleRead, ALL, &format!("{FAILED}a1 pread 0..1 = got 1\na1 pread 0..1 = got 0\na1 fsync = ok"));
}

#[test]
fn a_failed_write_that_was_seen_only_before_it_failed_settles_nothing() {
    allows(
        ALL,
        "nature fail write EIO 1 = ok\na1 > pwrite 0..1\na2 pread 0..1 = got 1\na1 < EIO\na2 pread 0..1 = got 0",
    );
}

#[test]
fn a_later_write_replaces_a_failed_one() {
    forbids(StaleRead, ALL, &format!("{FAILED}a1 pwrite 0..1 = ok\na1 pread 0..1 = got 1\na1 fsync = ok"));
    allows(ALL, &format!("{FAILED}a1 pwrite 0..1 = ok\na1 pread 0..1 = got 2"));
}

#[test]
fn a_failed_write_may_have_happened_in_part() {
    allows(
        &["posix", "linux"],
        "nature fail write EIO 1 = ok\na1 pwrite 0..2 = EIO\na1 pread 0..2 = got 1 0",
    );
}

#[test]
fn a_short_write_wrote_what_it_says() {
    allows(ALL, &format!("{SHORT}a1 pread 0..3 = got 1 0 0"));
    forbids(StaleRead, ALL, &format!("{SHORT}a1 pread 0..3 = got 0 0 0"));
}

#[test]
fn a_short_write_leaves_nothing_beyond() {
    forbids(Leaked, ALL, &format!("{SHORT}a1 pread 0..3 = got 1 1 0"));
}

#[test]
fn what_a_short_write_did_not_reach_may_be_seen_while_it_is_under_way() {
    allows(
        &["linux"],
        "a1 > pwrite 0..3\na2 > pread 0..3\na1 < wrote 1\na2 < got 1 1 1\na2 pread 0..3 = got 1 0 0",
    );
}

#[test]
fn a_short_direct_write_may_have_reached_beyond() {
    allows(ALL, "a1 pwrite direct 0..3 = wrote 1\na1 pread 0..3 = got 1 1 0\na1 pread 0..3 = got 1 1 1");
    forbids(
        StaleRead,
        ALL,
        "a1 pwrite direct 0..3 = wrote 1\na1 pread direct 0..3 = got 1 1 0\na1 pread direct 0..3 = got 1 0 0",
    );
}

#[test]
fn an_error_needs_a_cause() {
    for call in ["pread 0..1", "pwrite 0..1", "fsync", "close", "ftruncate 3", "lock"] {
        forbids(SpuriousError, ALL, &format!("a1 {call} = EIO"));
    }
}

#[test]
fn the_cause_must_have_that_error() {
    let fault = "nature fail write ENOSPC 1 = ok\n";
    allows(ALL, &format!("{fault}a1 fsync = ENOSPC"));
    forbids(SpuriousError, ALL, &format!("{fault}a1 fsync = EIO"));
}

#[test]
fn the_cause_must_come_first() {
    forbids(SpuriousError, ALL, "a1 fsync = EIO\nnature fail write EIO 1 = ok");
    allows(ALL, "a1 > fsync\nnature fail write EIO 1 = ok\na1 < EIO");
}

#[test]
fn each_fault_has_its_errors() {
    for (fault, errors) in [
        ("nature fail read EIO 1", &["EIO"][..]),
        ("nature fail write ESTALE 1", &["ESTALE"]),
        ("nature drop 1", &["EIO"]),
        ("nature short write 1", &["EIO"]),
        ("nature crash b", &["EIO"]),
        ("nature fail release 1", &["EIO", "EBUSY"]),
        ("server deny a1", &["EACCES", "EPERM", "ENOKEY", "EKEYREJECTED", "EKEYREVOKED", "EKEYEXPIRED"]),
    ] {
        for error in errors {
            allows(ALL, &format!("{fault} = ok\na1 fsync = {error}"));
        }
        forbids(SpuriousError, ALL, &format!("{fault} = ok\na1 fsync = ENOMEM"));
    }
    forbids(SpuriousError, ALL, "nature swap 1 = ok\na1 fsync = EIO");
}

#[test]
fn a_refusal_needs_no_cause() {
    for error in ["ENOSYS", "EOPNOTSUPP", "EINVAL", "EBADF", "EAGAIN", "EINTR", "EDEADLK"] {
        allows(ALL, &format!("a1 pwrite 0..1 = {error}\na1 fsync = {error}\na1 pread 0..1 = {error}"));
    }
}

#[test]
fn a_refused_write_did_not_happen() {
    for error in ["ENOSYS", "EOPNOTSUPP", "EINVAL", "EBADF"] {
        let written = format!("a1 pwrite 0..1 = ok\na1 pwrite 0..1 = {error}\n");
        allows(ALL, &format!("{written}a1 pread 0..1 = got 1"));
        forbids(Leaked, ALL, &format!("{written}a1 pread 0..1 = got 2"));
        let emptied = format!("a1 pwrite 0..1 = ok\na1 punch 0..1 = {error}\na1 ftruncate 0 = {error}\n");
        forbids(StaleRead, ALL, &format!("{emptied}a1 pread 0..1 = got 0"));
        forbids(WrongSize, ALL, &format!("{emptied}a1 pread 0..1 = got -"));
    }
}

#[test]
fn an_error_that_was_injected_is_no_refusal() {
    let failed = "nature fail write EINVAL 1 = ok\na1 pwrite 0..1 = EINVAL\n";
    allows(ALL, &format!("{failed}a1 pread 0..1 = got 1"));
    allows(ALL, &format!("{failed}a1 pread 0..1 = got 0"));
    let told = "nature fail write EINVAL 1 = ok\na1 pwrite 0..1 = ok\na1 fsync = EINVAL\na1 fsync = ok\n";
    allows(&["nfs"], &format!("{told}a1 close = ok\nserver pread 0..1 = got 0"));
}

#[test]
fn a_call_that_was_interrupted_or_is_to_be_tried_again_may_have_done_a_part() {
    for error in ["EINTR", "EAGAIN"] {
        allows(ALL, &format!("a1 pwrite 0..2 = {error}\na1 pread 0..2 = got 1 0"));
    }
}

#[test]
fn a_fault_that_strikes_nobody_explains_nothing() {
    for fault in ["fail write EIO 0", "fail read EIO 0", "short write 0", "drop 0", "fail release 0"] {
        forbids(SpuriousError, ALL, &format!("nature {fault} = ok\na1 fsync = EIO"));
    }
}

#[test]
fn a_failed_read_shows_nothing() {
    allows(
        &["nfs"],
        "nature fail read EIO 1 = ok\nserver pwrite 0..1 = ok\na1 pread direct 0..1 = EIO\na1 pread 0..1 = got 0",
    );
}

#[test]
fn a_failed_fsync_promises_nothing() {
    allows(
        &["nfs"],
        "nature fail write EIO 1 = ok\na1 pwrite 0..1 = ok\na1 fsync = EIO\nserver pread 0..1 = got 0",
    );
}

#[test]
fn what_a_read_has_settled_of_a_failed_write_another_host_s_write_unsettles() {
    let text = |between: &str| {
        format!("a1 pwrite 0..1 = EINTR\na1 pread 0..1 = got 1\n{between}a1 pread 0..1 = got 0")
    };
    allows(&["hosts=cached"], &text("b1 pwrite 0..1 = ok\n"));
    forbids(StaleRead, &["hosts=cached"], &text(""));
}

#[test]
fn what_failed_on_the_server_comes_before_what_is_written_there_next() {
    let text = "server pwrite 0..1 = EINTR\nserver pwrite 0..1 = ok\nserver pread 0..1 = got";
    allows(&["posix", "linux", "nfs", "afs"], &format!("{text} 2"));
    forbids(LostWrite, &["posix", "linux", "nfs", "afs"], &format!("{text} 1"));
}
