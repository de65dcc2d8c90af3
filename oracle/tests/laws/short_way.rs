//! The judge's short way decides what the clocks decide; every trace of these laws is judged by both.

use crate::ideal::falsify::falsify;
use crate::ideal::generate::ideal_trace;
use crate::judge;
use crate::never_accused::{any_contract, seeded};
use crate::rules::{allows, forbids};
use launder_oracle::Kind::{Leaked, LostWrite, Resurrected, StaleRead, WrongSize};
use launder_oracle::{Contract, Kind, Verdict};

#[test]
fn it_agrees_with_the_clocks_on_true_and_falsified_traces_of_any_contract() {
    let mut random = seeded(9);
    let (mut allowed, mut forbidden) = (0, 0);
    for run in 0..40_000 {
        let contract = match run % 2 {
            0 => any_contract(&mut random),
            _ => Contract::NAMED[run / 2 % Contract::NAMED.len()].1,
        };
        let Some(mut trace) = ideal_trace(&mut random, &contract, 20) else { continue };
        for _ in 0..3 {
            match judge(&contract, &trace) {
                Verdict::Forbidden(_) => forbidden += 1,
                _ => allowed += 1,
            }
            let Some(falsified) = falsify(&mut random, &trace) else { break };
            trace = falsified;
        }
    }
    assert!(allowed > 40_000 && forbidden > 40_000, "{allowed} are allowed, {forbidden} forbidden");
}

#[test]
fn a_load_shows_no_end_of_the_file() {
    let text = "file 5\nb1 mmap = ok\nb1 mread 4..6 = got 0 -";
    forbids(Leaked, &["linux", "fuse"], text);
}

#[test]
fn with_what_an_msync_covers_the_size_is_durable_that_this_made() {
    let text = "file 6\na1 mmap = ok\na1 pwrite 8..12 = ok\na1 pwrite 12..13 = ok\na1 msync 12..16 = ok\n\
                a1 pwrite 0..13 = ok\nnature crash a = ok\nserver pread 9..10 = got -";
    forbids(WrongSize, &["linux"], text);
}

#[test]
fn of_two_writes_a_flush_that_may_undo_the_second_keeps_the_first_that_it_knew() {
    let text = "a1 pwrite 0..1 = ok\na1 close = ok\nb1 open = ok\nb1 pwrite 2..3 = ok\na1 open = ok\n\
                a1 pwrite 0..1 = ok\na2 pread 0..1 = got 0";
    forbids(StaleRead, &["nfs", "fuse"], text);
}

/// A write fails, which had to read first say, but is seen.
const SEEN: &str = "file 6\nnature fail read EIO 1 = ok\na1 pwrite 4..8 = EIO\na1 pread 4..8 = got 1 1 1 1\n";

#[test]
fn what_a_failed_write_left_does_not_go_again_once_it_was_seen() {
    forbids(StaleRead, &["linux", "nfs", "fuse"], &format!("{SEEN}a1 pread 4..5 = got 0"));
    forbids(WrongSize, &["linux", "nfs", "fuse"], &format!("{SEEN}a1 pread 6..7 = got -"));
}

#[test]
fn what_is_copied_is_what_a_failed_write_was_seen_to_have_left() {
    forbids(StaleRead, &["linux"], &format!("{SEEN}a1 copy 4..5 0 = ok\na1 pread 0..1 = got 0"));
}

#[test]
fn an_append_lands_after_what_a_failed_write_was_seen_to_have_added() {
    forbids(WrongSize, &["linux", "nfs", "fuse"], &format!("{SEEN}a1 append 1 = at 6"));
}

#[test]
fn what_a_failed_write_was_seen_to_have_added_is_stored_to() {
    let text = format!("{SEEN}a1 mmap = ok\na1 mwrite 7..8 = ok\na1 pread 7..8 = got 1");
    forbids(StaleRead, &["linux"], &text);
}

#[test]
fn a_write_after_one_that_failed_and_was_seen_brings_nothing_older_back() {
    let text = format!("{SEEN}a1 close = ok\nb1 open = ok\nb1 pwrite 4..5 = ok\na1 pread 4..5 = got 0");
    forbids(StaleRead, &["nfs", "fuse"], &text);
}

#[test]
fn of_two_callers_writes_a_flush_that_may_undo_the_second_keeps_the_first_that_it_knew() {
    let text = "a1 pwrite 0..1 = ok\na1 close = ok\nb1 open = ok\nb1 pwrite 2..3 = ok\na2 pwrite 0..1 = ok\n\
                b1 fsync = ok\nserver pread 0..1 = got 0";
    forbids(LostWrite, &["nfs", "fuse"], text);
}

#[test]
fn a_sync_that_fails_for_one_writer_brings_back_nothing_older_than_anothers_write_before_it() {
    let text = "a2 pwrite 0..1 = ok\na2 fsync = ok\nnature fail write EIO 1 = ok\na1 pwrite 0..1 = ok\na1 fsync = EIO\n\
                server pread 0..1 = got 0";
    forbids(LostWrite, &["nfs", "fuse"], text);
}

#[test]
fn an_append_does_not_overlap_one_that_a_crash_may_have_taken_since() {
    let text = "file 4\nb1 > append 2\na1 > append 2\na1 < at 4\nnature > crash a\nnature < ok\nb1 < at 5";
    forbids(WrongSize, &["linux"], text);
}

/// Contracts under which something older may be shown, and what that is not.
const NOT_OLDER: &[(Kind, &str, &str)] = &[
    (WrongSize, APART, "a2 pwrite direct 0..1 = ok\nb1 append 1 = at 0"),
    (LostWrite, APART, "a1 pwrite direct 1..2 = ok\na2 pwrite 1..2 = ok\nserver pread 1..2 = got 0"),
    (
        LostWrite,
        APART,
        "a2 pwrite 0..1 = ok\na1 pwrite direct 1..2 = ok\na2 pwrite 1..2 = ok\nserver pread 1..2 = got 0",
    ),
    (WrongSize, APART, "server ftruncate 0 = ok\na1 pwrite direct 0..1 = ok\na2 pread 0..1 = got -"),
    (
        StaleRead,
        "fuse",
        "a2 pwrite 0..1 = ok\nb1 pwrite direct 0..1 = ok\nserver pwrite 0..1 = ok\na2 mread 0..1 = got 0",
    ),
    (StaleRead, "maps=remap,atomic=cell", "a1 mwrite 1..2 = ok\na1 mread 1..2 = got 0"),
    (WrongSize, "linux", "file 0\nb1 mread 0..1 = got 0"),
    (WrongSize, "linux", "file 0\na2 mread 1..2 = got 0"),
    (LostWrite, "divergence=folio,atomic=cell", "file 0\nserver pwrite 0..1 = ok\nserver pread 0..1 = got -"),
    (WrongSize, APART, "file 0\nb1 ftruncate 0 = ok\nserver pread 0..1 = got 0"),
    (WrongSize, APART, "file 2\nserver pwrite 4..5 = ok\na2 copy 4..5 4 = ok\na1 pread 4..5 = got -"),
    (WrongSize, APART, "file 0\nserver pwrite 0..1 = ok\na2 ftruncate 0 = ok\nserver pread 1..2 = got 0"),
    (StaleRead, APART, "server > pwrite 0..1\na2 pwrite 0..1 = ok\nserver < ok\na1 pread 0..1 = got 0"),
    (
        WrongSize,
        "fuse",
        "file 1\na2 pwrite 0..1 = ok\na2 fsync = ok\nserver pwrite 1..2 = ok\na2 pread direct 1..2 = got -",
    ),
    (
        LostWrite,
        "fuse",
        "file 1\nserver pwrite 4..5 = ok\nserver > pread 4..5\na2 mwrite 1..2 = ok\nserver < got -",
    ),
    (LostWrite, "fuse", "file 0\nserver pwrite 4..5 = ok\na2 pwrite 3..4 = ok\nserver pread 4..5 = got -"),
    (WrongSize, "fuse", "file 3\nb1 pwrite 2..3 = ok\na1 pwrite 4..5 = ok\na2 append 1 = at 4"),
    (
        StaleRead,
        "linux",
        "nature crash a = ok\na1 pwrite 0..1 = ok\na2 pwrite 0..1 = EIO\nb1 pread 0..1 = got 0",
    ),
    (
        StaleRead,
        "linux",
        "b1 pwrite direct 0..1 = ok\nb1 copy 1..2 1 = ok\nnature crash a = ok\na1 pread direct 0..1 = got 0",
    ),
    (WrongSize, "linux", "a2 pwrite 1..2 = ok\nnature crash a = ok\na1 pread 0..1 = got -"),
    (
        WrongSize,
        "linux",
        "file 0\nserver pwrite 1..2 = ok\na2 pwrite 1..2 = ok\nnature crash a = ok\na1 pread 0..1 = got -",
    ),
    (
        WrongSize,
        "linux",
        "nature fail write EIO 1 = ok\na2 pwrite 1..2 = EIO\na2 fsync = ok\nserver ftruncate 0 = ok\n\
         a2 pread 1..2 = got 0",
    ),
    (WrongSize, "linux", "a2 ftruncate 0 = ok\na1 mread 1..2 = got 0"),
    (WrongSize, APART, "file 2\nserver pwrite 4..5 = ok\nserver notify a 0..4 = ok\na1 append 1 = at 2"),
    (
        StaleRead,
        "fuse",
        "b1 pwrite 0..1 = ok\na1 pread 0..1 = got 1\na2 pwrite 0..1 = ok\na1 pwrite 0..1 = ok\n\
         a2 pread 0..1 = got 0",
    ),
    (
        Leaked,
        "linux",
        "a1 mmap private = ok\nb1 pwrite 2..3 = ok\nnature crash a = ok\na1 mread 0..1 = got 1",
    ),
    (
        Resurrected,
        "linux",
        "a2 pwrite 0..1 = ok\nnature crash a = ok\nb1 ftruncate 0 = ok\na2 pread 0..1 = got 1",
    ),
    (
        LostWrite,
        "linux",
        "server pwrite 0..1 = ok\nnature crash a = ok\nb1 fsync = EIO\nserver pread 0..1 = got 0",
    ),
];

/// Each host with a cache, and all else at its strongest but that cells are shown by themselves.
const APART: &str = "hosts=cached,atomic=cell";

#[test]
fn what_is_older_is_shown_to_nobody_who_knows_better() {
    for (kind, contract, text) in NOT_OLDER {
        forbids(*kind, &[contract], text);
    }
}

#[test]
fn where_a_flush_writes_the_whole_file_no_folio_is_judged_alone() {
    let text = "a2 pwrite 4..5 = ok\nb1 > punch 3..4\na1 > pread 4..5\nb1 < ok\na1 < got 0";
    allows(&["fuse,divergence=file,atomic=folio"], text);
    forbids(StaleRead, &["fuse,atomic=folio"], text);
}
