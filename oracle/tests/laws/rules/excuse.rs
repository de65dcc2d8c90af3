//! What an error that a sync reports excuses, and for how long.

use super::{allows, forbids};
use launder_oracle::Kind::{LostWrite, SilentError, SpuriousError, StaleRead, Torn, WrongSize};

const ALL: &[&str] = &["posix", "linux", "nfs", "afs"];
const WROTE: &str = "nature fail write EIO 1 = ok\na1 pwrite 0..1 = ok\n";

#[test]
fn a_write_may_turn_back_when_a_sync_reports_an_error() {
    for sync in ["fsync", "fdatasync", "close", "unlock"] {
        allows(ALL, &format!("{WROTE}a1 pread 0..1 = got 1\na1 {sync} = EIO\na2 pread 0..1 = got 0"));
    }
    forbids(StaleRead, ALL, &format!("{WROTE}a1 pread 0..1 = got 1\na1 fsync = ok\na2 pread 0..1 = got 0"));
}

#[test]
fn a_refused_sync_excuses_nothing() {
    forbids(StaleRead, ALL, &format!("{WROTE}a1 fsync = EINTR\na2 pread 0..1 = got 0\na1 fsync = ok"));
}

#[test]
fn a_read_that_fails_excuses_nothing() {
    forbids(StaleRead, ALL, &format!("{WROTE}a1 pread 0..1 = EIO\na2 pread 0..1 = got 0\na1 fsync = ok"));
}

#[test]
fn a_write_may_turn_back_before_the_error_is_reported() {
    allows(ALL, &format!("{WROTE}a1 pread 0..1 = got 0\na1 fsync = EIO"));
}

#[test]
fn a_write_turns_back_once() {
    let back = format!("{WROTE}a1 fsync = EIO\na1 pread 0..1 = got 0\n");
    forbids(StaleRead, ALL, &format!("{back}a1 pread 0..1 = got 1"));
    allows(ALL, &format!("{WROTE}a1 fsync = EIO\na1 pread 0..1 = got 1\na1 pread 0..1 = got 0"));
}

#[test]
fn what_came_back_in_a_cache_does_not_bind_the_server() {
    let back = format!("{WROTE}a1 fsync = EIO\na1 pread 0..1 = got 0\na1 close = ok\n");
    allows(ALL, &format!("{back}server pread 0..1 = got 1"));
    allows(ALL, &format!("{back}server pread 0..1 = got 0"));
}

#[test]
fn what_went_past_the_cache_is_there_when_a_cache_has_dropped_what_is_older() {
    let fault = "nature fail release 1 = ok\na1 pwrite 1..2 = ok\n";
    for write in ["pwrite direct 0..1", "copy 1..2 0"] {
        let value = if write.starts_with("copy") { 1 } else { 2 };
        let back = format!(
            "{fault}a1 {write} = ok\na2 pread 0..1 = got {value}\na1 fsync = EIO\na1 pread 0..1 = got 0\n"
        );
        allows(&["linux"], &format!("{back}a1 pread 0..1 = got {value}"));
    }
}

#[test]
fn a_writer_that_asks_no_more_after_a_fault_cannot_complain() {
    allows(ALL, &format!("{WROTE}a1 pread 0..1 = got 1\na1 pread 0..1 = got 0"));
    forbids(StaleRead, ALL, &format!("{WROTE}a1 pread 0..1 = got 1\na1 pread 0..1 = got 0\na1 fsync = ok"));
    forbids(StaleRead, ALL, "a1 pwrite 0..1 = ok\na1 pread 0..1 = got 0");
}

#[test]
fn nothing_is_lost_by_a_fault_before_the_fault_is_there() {
    for fault in ["nature fail write EIO 1", "nature short write 1", "nature drop 1", "server deny a2"] {
        let seen = "a1 pwrite 0..1 = ok\na1 pread 0..1 = got 0";
        forbids(StaleRead, ALL, &format!("{seen}\n{fault} = ok"));
        allows(ALL, &format!("a1 pwrite 0..1 = ok\n{fault} = ok\na1 pread 0..1 = got 0"));
    }
    let closed = "a1 pwrite 0..1 = ok\na1 close = ok\nserver pread 0..1 = got 0";
    forbids(LostWrite, ALL, &format!("{closed}\nnature fail write EIO 1 = ok"));
}

#[test]
fn a_fault_that_is_refused_loses_nothing_and_is_no_reason() {
    for fault in ["nature fail write EIO 1", "nature drop 1", "server deny a1"] {
        forbids(StaleRead, ALL, &format!("{fault} = ENOSYS\na1 pwrite 0..1 = ok\na1 pread 0..1 = got 0"));
    }
    forbids(SpuriousError, ALL, "nature fail write EIO 1 = ENOSYS\na1 pwrite 0..1 = ok\na1 fsync = EIO");
    forbids(SpuriousError, ALL, "nature crash b = ENOSYS\na1 pwrite 0..1 = ok\na1 fsync = EIO");
}

#[test]
fn who_is_denied_loses_what_its_own_host_sends() {
    forbids(StaleRead, ALL, "server deny b1 = ok\na1 pwrite 0..1 = ok\na2 pread 0..1 = got 0");
    allows(ALL, "server deny a2 = ok\na1 pwrite 0..1 = ok\na2 pread 0..1 = got 0");
}

#[test]
fn a_writer_that_opens_the_file_late_is_not_told_of_what_was_reported_before() {
    let text =
        format!("{WROTE}a2 fsync = EIO\na1 close = ok\na1 open = ok\na1 fsync = ok\na1 pread 0..1 = got");
    allows(ALL, &format!("{text} 0"));
    forbids(
        StaleRead,
        ALL,
        &format!("{WROTE}a1 close = ok\na1 open = ok\na2 fsync = EIO\na1 fsync = ok\na1 pread 0..1 = got 0"),
    );
}

#[test]
fn a_durable_write_does_not_turn_back() {
    forbids(StaleRead, ALL, &format!("{WROTE}a1 fsync = ok\na1 fsync = EIO\na1 pread 0..1 = got 0"));
    forbids(StaleRead, ALL, &format!("{WROTE}a2 fdatasync = ok\na1 fsync = EIO\na1 pread 0..1 = got 0"));
}

#[test]
fn a_sync_that_began_before_the_write_returned_makes_nothing_durable() {
    allows(
        ALL,
        "nature fail write EIO 1 = ok\na1 > pwrite 0..1\na2 > fsync\na1 < ok\na2 < ok\na1 fsync = EIO\na1 pread 0..1 = got 0",
    );
}

#[test]
fn a_write_that_begins_after_the_error_has_no_excuse() {
    forbids(
        StaleRead,
        ALL,
        "nature fail write EIO 1 = ok\na1 fsync = EIO\na1 pwrite 0..1 = ok\na1 pread 0..1 = got 0\na1 fsync = ok",
    );
}

#[test]
fn an_error_on_one_host_excuses_nothing_on_another() {
    forbids(
        StaleRead,
        ALL,
        "nature fail write EIO 1 = ok\na1 pwrite 0..1 = ok\nb1 fsync = EIO\na1 pread 0..1 = got 0\na1 fsync = ok",
    );
}

#[test]
fn another_process_is_told_and_its_own_writer_not() {
    let told = format!("{WROTE}a2 fsync = EIO\n");
    allows(ALL, &format!("{told}a1 pread 0..1 = got 0"));
    forbids(StaleRead, ALL, &format!("{told}a1 fsync = ok\na1 pread 0..1 = got 0"));
}

#[test]
fn a_writer_that_was_told_cannot_complain() {
    allows(ALL, &format!("{WROTE}a1 fsync = EIO\na1 fsync = ok\na1 pread 0..1 = got 0"));
    allows(ALL, &format!("{WROTE}a1 fsync = EIO\na1 fsync = ok\nserver pread 0..1 = got 0"));
}

#[test]
fn every_process_of_the_host_may_be_told_of_the_same_error() {
    allows(
        ALL,
        &format!(
            "{WROTE}a1 fsync = EIO\na2 fsync = EIO\na1 fsync = ok\na2 fsync = ok\na2 pread 0..1 = got 0"
        ),
    );
}

#[test]
fn an_msync_of_a_private_mapping_makes_nothing_durable() {
    let then = "nature fail write EIO 1 = ok\na1 fsync = EIO\na1 pread 0..1 = got 0";
    let mapped = |how: &str| format!("a1 pwrite 0..1 = ok\na1 mmap{how} = ok\na1 msync 0..1 = ok\n{then}");
    allows(ALL, &mapped(" private"));
    forbids(StaleRead, &["linux"], &mapped(""));
}

#[test]
fn what_an_msync_covers_no_later_error_takes_and_the_rest_it_may() {
    let mapped = "nature fail write EIO 1 = ok\na1 mmap = ok\na1 mwrite 0..2 = ok\n";
    let after = |msync: &str, read: &str| format!("{mapped}{msync} = ok\na1 fsync = EIO\n{read} = got 0");
    forbids(StaleRead, &["linux", "afs"], &after("a1 msync 0..4", "a1 mread 0..1"));
    forbids(StaleRead, &["linux", "afs"], &after("a1 msync 0..1", "a1 mread 0..1"));
    allows(&["linux", "afs"], &after("a1 msync 0..1", "a1 mread 1..2"));
    forbids(StaleRead, &["linux", "afs"], &after("a2 mmap = ok\na2 msync 1..2", "a2 mread 1..2"));
    allows(&["linux", "afs"], &after("a1 msync async 0..1", "a1 mread 0..1"));
}

#[test]
fn what_an_msync_covers_a_writer_who_could_not_be_told_does_not_lose() {
    let ends = |read: &str| {
        format!(
            "a1 mmap = ok\na1 mwrite 0..2 = ok\na1 msync 0..1 = ok\nnature drop 1 = ok\nserver pread {read}"
        )
    };
    forbids(LostWrite, ALL, &ends("0..1 = got 0"));
    allows(ALL, &ends("1..2 = got 0"));
    let crashes = ends("0..1 = got 0").replace("server pread", "nature crash a = ok\nserver pread");
    forbids(LostWrite, ALL, &crashes);
    allows(ALL, &crashes.replace("0..1 = got 0", "1..2 = got 0"));
}

#[test]
fn an_msync_that_covers_what_a_failed_write_left_keeps_it() {
    let seen = |msync: &str, read: &str| {
        format!(
            "nature fail write EIO 2 = ok\na1 mmap = ok\na1 pwrite 0..2 = EIO\na1 mread 0..2 = got 1 1\n\
             a1 msync {msync} = ok\na1 fsync = EIO\na1 mread {read} = got 0"
        )
    };
    forbids(StaleRead, &["linux", "afs"], &seen("0..1", "0..1"));
    allows(&["linux", "afs"], &seen("0..1", "1..2"));
}

#[test]
fn a_write_lost_after_a_fault_without_a_word_is_a_silent_error() {
    forbids(SilentError, ALL, &format!("{WROTE}a1 fsync = ok\nserver pread 0..1 = got 0"));
    forbids(LostWrite, ALL, "a1 pwrite 0..1 = ok\na1 fsync = ok\nserver pread 0..1 = got 0");
}

#[test]
fn a_writer_that_had_closed_the_file_before_the_fault_could_not_be_told() {
    forbids(
        LostWrite,
        &["posix", "linux"],
        "a1 pwrite 0..1 = ok\na1 fsync = ok\na1 close = ok\nnature fail write EIO 1 = ok\nserver pread 0..1 = got 0",
    );
}

#[test]
fn a_sync_of_another_process_leaves_it_to_the_writer_s_own_to_end_the_excuse() {
    let told = format!("{WROTE}a2 fsync = EIO\na2 fsync = ok\n");
    allows(ALL, &format!("{told}a1 pread 0..1 = got 0"));
    forbids(StaleRead, ALL, &format!("{told}a1 fsync = ok\na1 pread 0..1 = got 0"));
}

#[test]
fn an_older_value_on_the_server_does_not_bind_a_cache() {
    let back =
        "a1 pwrite 0..1 = ok\nnature fail write EIO 1 = ok\nserver pread 0..1 = got 0\na1 pread 0..1 = got";
    allows(ALL, &format!("{back} 0"));
    allows(ALL, &format!("{back} 1"));
}

#[test]
fn a_write_turns_back_once_to_what_another_had_written() {
    let back = "server pwrite 0..1 = ok\nnature fail write EIO 1 = ok\na1 pwrite 0..1 = ok\n\
                a2 pread 0..1 = got 1\na1 pread 0..1 = got";
    allows(&["posix", "linux"], &format!("{back} 1\na1 fsync = EIO"));
    forbids(StaleRead, &["posix", "linux"], &format!("{back} 2\na1 fsync = EIO"));
}

#[test]
fn a_crash_comes_when_it_returns_and_what_was_synced_by_then_is_safe() {
    let text = format!("{WROTE}nature > crash a\na1 fsync = ok\nnature < ok\nserver pread 0..1 = got");
    allows(ALL, &format!("{text} 1"));
    forbids(SilentError, ALL, &format!("{text} 0"));
}

#[test]
fn an_msync_on_another_host_spares_nothing() {
    let text = |who: &str| {
        format!(
            "file 1\nb1 pwrite 4..5 = ok\n{who} msync 1..5 = ok\nnature fail write EIO 1 = ok\na1 pread 3..4 = got -"
        )
    };
    allows(&["posix", "linux"], &text("a2"));
    forbids(WrongSize, &["posix", "linux"], &text("b1"));
}

#[test]
fn a_write_that_is_under_way_when_a_sync_reports_an_error_may_turn_back() {
    let text = |reports: &str| {
        format!(
            "a2 > pwrite 2..4\nb1 pread 2..4 = got 0 1\nserver pwrite 4..5 = ok\na1 msync 4..5 = {reports}\na2 < ok"
        )
    };
    allows(&["posix,loser=reported"], &text("EIO"));
    forbids(Torn, &["posix,loser=reported"], &text("ok"));
}

#[test]
fn an_append_may_land_where_one_had_that_may_turn_back() {
    let text = |fault: &str| {
        format!("file 0\nb1 > append 1\na2 > append 1\n{fault}a2 < at 0\na1 fsync = ok\nb1 < at 0")
    };
    allows(&["posix"], &text("nature fail write EIO 1 = ok\n"));
    forbids(WrongSize, &["posix"], &text(""));
}
