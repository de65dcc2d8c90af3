//! What a crash leaves.

use super::{allows, forbids};
use launder_oracle::Kind::{LostWrite, StaleRead, WrongSize};

const ALL: &[&str] = &["posix", "linux", "nfs", "afs"];

#[test]
fn what_was_not_durable_may_be_gone_after_a_crash() {
    let text = "a1 pwrite 0..1 = ok\na1 pread 0..1 = got 1\nnature crash a = ok\na1 open = ok\n";
    allows(ALL, &format!("{text}a1 pread 0..1 = got 0"));
    allows(ALL, &format!("{text}a1 pread 0..1 = got 1"));
}

#[test]
fn what_was_durable_survives_a_crash() {
    for sync in ["fsync", "fdatasync"] {
        let text = format!("a1 pwrite 0..1 = ok\na1 {sync} = ok\nnature crash a = ok\n");
        forbids(StaleRead, ALL, &format!("{text}a1 open = ok\na1 pread 0..1 = got 0"));
        forbids(LostWrite, ALL, &format!("{text}server pread 0..1 = got 0"));
    }
}

#[test]
fn what_an_msync_covered_survives_a_crash_and_the_rest_need_not() {
    for write in ["mwrite", "pwrite"] {
        let part = format!("a1 mmap = ok\na1 {write} 0..8 = ok\na1 msync 0..4 = ok\nnature crash a = ok\n");
        let mapped: &[&str] = if write == "mwrite" { ALL } else { &["posix", "linux", "afs"] };
        forbids(LostWrite, mapped, &format!("{part}server pread 3..4 = got 0"));
        allows(ALL, &format!("{part}server pread 4..5 = got 0"));
        let both = part.replace("a1 msync 0..4 = ok", "a1 msync 0..4 = ok\na1 msync 4..8 = ok");
        forbids(LostWrite, mapped, &format!("{both}server pread 3..4 = got 0"));
        forbids(LostWrite, mapped, &format!("{both}server pread 4..5 = got 0"));
    }
}

#[test]
fn close_makes_nothing_durable() {
    allows(
        ALL,
        "a1 pwrite 0..1 = ok\na1 close = ok\nnature crash a = ok\na1 open = ok\na1 pread 0..1 = got 0",
    );
}

#[test]
fn what_was_seen_after_the_crash_stays() {
    forbids(
        StaleRead,
        ALL,
        "a1 pwrite 0..1 = ok\nnature crash a = ok\na1 open = ok\na1 pread 0..1 = got 1\na1 pread 0..1 = got 0",
    );
}

#[test]
fn what_was_seen_only_before_the_crash_may_go() {
    allows(
        ALL,
        "nature fail write EIO 1 = ok\na1 pwrite 0..1 = EIO\na1 pread 0..1 = got 1\nnature crash a = ok\na1 open = ok\n\
         a1 pread 0..1 = got 0",
    );
}

#[test]
fn a_call_that_the_crash_cuts_may_or_may_not_have_happened() {
    let text = "a1 > pwrite 0..1\nnature crash a = ok\na2 open = ok\n";
    allows(ALL, &format!("{text}a2 pread 0..1 = got 0\na2 pread 0..1 = got 1"));
    forbids(StaleRead, ALL, &format!("{text}a2 pread 0..1 = got 1\na2 pread 0..1 = got 0"));
}

#[test]
fn a_crash_of_one_host_spares_the_writes_of_another() {
    forbids(StaleRead, ALL, "b1 pwrite 0..1 = ok\nnature crash a = ok\nb1 pread 0..1 = got 0");
}

#[test]
fn a_crash_ends_a_private_mapping() {
    forbids(
        StaleRead,
        &["linux"],
        "a1 mmap private = ok\nnature crash a = ok\na1 open = ok\na1 mmap = ok\na1 mwrite 0..1 = ok\na1 mread 0..1 = got 0",
    );
}

#[test]
fn a_crash_that_did_not_happen_takes_nothing() {
    let text = "a1 pwrite 0..1 = ok\nnature crash a = ENOSYS\na1 pread 0..1 = got";
    forbids(StaleRead, ALL, &format!("{text} 0"));
    allows(ALL, &format!("{text} 1"));
}

#[test]
fn a_crash_settles_nothing_of_a_write_that_may_be_the_loser() {
    allows(
        &["posix,maps=unified,loser=local"],
        "b1 pwrite direct 3..4 = ok\nnature > crash a\nb1 > ftruncate 0\na1 > pwrite 3..4\nnature < ok\n\
         server pread 3..4 = got 2\nb1 < ok\nserver pread 3..4 = got 1",
    );
}

#[test]
fn what_a_crash_spared_and_was_seen_turns_back_for_no_fault_that_is_yet_to_come() {
    let spared = "a1 pwrite 0..1 = ok\na2 pwrite 0..1 = ok\nnature crash a = ok\nserver pread 0..1 = got 2\n";
    forbids(LostWrite, ALL, &format!("{spared}server pread 0..1 = got 1\nnature fail write EIO 1 = ok"));
    allows(ALL, &format!("{spared}nature fail write EIO 1 = ok\nserver pread 0..1 = got 1"));
}

#[test]
fn with_all_of_a_write_that_an_msync_covers_the_size_is_durable_too() {
    let text = |sync: &str| {
        format!(
            "file 0\na1 pwrite 0..1 = ok\na2 msync {sync} = ok\nnature crash a = ok\nb1 pread 0..1 = got -"
        )
    };
    allows(&["posix", "linux"], &text("1..2"));
    forbids(WrongSize, &["posix", "linux"], &text("0..1"));
}

#[test]
fn nothing_settles_a_write_that_lost_and_of_which_its_writer_was_told_nothing_before_a_crash() {
    let text = "server pwrite 0..1 = ok\na1 mwrite 0..1 = ok\nnature crash a = ok\nb1 pread 0..1 = got 2\n\
                a1 pread 0..1 = got 0";
    allows(&["posix,loser=reported"], text);
    forbids(StaleRead, &["posix"], text);
}

#[test]
fn that_the_file_reaches_so_far_does_not_say_which_of_two_writes_a_crash_spared() {
    allows(
        &["posix", "linux"],
        "file 0\na1 pwrite 0..1 = ok\na1 ftruncate 0 = ok\na2 pwrite 0..1 = ok\nnature crash a = ok\n\
         server pread 0..1 = got 0\nserver pread 0..1 = got -",
    );
}

#[test]
fn what_a_crash_cut_off_and_was_seen_stays_though_a_fault_comes_later() {
    let text = "file 0\na2 > pwrite direct 1..2\nnature > crash a\nnature < ok\na2 fsync = ok\n\
                a1 pread 1..2 = got 1\na2 pread direct 1..2 = got -\nnature fail write EIO 1 = ok";
    forbids(WrongSize, &["posix", "linux"], text);
}
