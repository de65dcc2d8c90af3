//! Whether O_DIRECT agrees with the cache.

use super::{allows, forbids};
use launder_oracle::Kind::{LostWrite, StaleRead, WrongSize};

const COHERENT: &str = "hosts=cached";
const ORDERED: &str = "hosts=cached,direct=ordered";
const NONE: &str = "hosts=cached,direct=none";

#[test]
fn a_direct_read_sees_what_is_dirty_in_the_cache() {
    let text = "a1 pwrite 0..1 = ok\na1 pread direct 0..1 = got 0";
    forbids(StaleRead, &[COHERENT, ORDERED, "posix", "linux"], text);
    allows(&[NONE], text);
}

#[test]
fn the_cache_sees_what_was_written_past_it() {
    let text = "a1 pwrite direct 0..1 = ok\na1 pread 0..1 = got 0";
    forbids(StaleRead, &[COHERENT, ORDERED, "posix", "linux"], text);
    allows(&[NONE, "direct=none"], text);
}

#[test]
fn direct_calls_agree_with_the_server() {
    forbids(StaleRead, &[COHERENT, ORDERED, NONE], "server pwrite 0..1 = ok\na1 pread direct 0..1 = got 0");
    forbids(LostWrite, &[COHERENT, ORDERED, NONE], "a1 pwrite direct 0..1 = ok\nserver pread 0..1 = got 0");
}

#[test]
fn a_direct_read_brings_nothing_into_the_cache() {
    allows(
        &[COHERENT, ORDERED, NONE],
        "server pwrite 0..1 = ok\na1 pread direct 0..1 = got 1\na1 pread 0..1 = got 0",
    );
}

#[test]
fn a_direct_read_puts_what_the_host_knows_on_the_server() {
    let text = "a1 pwrite 0..1 = ok\na1 pread direct 0..1 = got 1\nserver pread 0..1 = got 0";
    forbids(LostWrite, &[COHERENT, ORDERED, NONE], text);
}

#[test]
fn a_direct_read_says_nothing_to_the_server_of_an_end_that_moved_meanwhile() {
    let grown = "file 0\na1 > pwrite 0..1\na2 > pread direct 0..1\na1 < ok\na2 < got 0\n";
    allows(&[COHERENT, ORDERED], &format!("{grown}server pread 0..1 = got -"));
    let before = "file 0\na1 pwrite 0..1 = ok\na2 pread direct 0..1 = got 1\n";
    forbids(LostWrite, &[COHERENT, ORDERED], &format!("{before}server pread 0..1 = got -"));
}

#[test]
fn a_direct_and_a_cached_write_at_once_settle_nothing_in_the_folio_that_they_share() {
    let text = "a1 > pwrite direct 0..1\na2 > pwrite 1..2\na1 < ok\na2 < ok\n";
    for values in ["0 0", "1 0", "0 2"] {
        let text = format!("{text}a1 pread 0..2 = got {values}");
        forbids(StaleRead, &[COHERENT], &text);
        allows(&[ORDERED, "linux", NONE], &text);
    }
}

#[test]
fn seeing_what_raced_settles_nothing() {
    allows(
        &[ORDERED],
        "a1 > pwrite direct 0..1\na2 > pwrite 1..2\na1 < ok\na2 < ok\na1 pread 0..1 = got 1\na1 pread 0..1 = got 0",
    );
}

#[test]
fn a_direct_and_a_cached_write_in_different_folios_do_not_race() {
    forbids(
        StaleRead,
        &[COHERENT, ORDERED, "linux"],
        "a1 > pwrite direct 0..1\na2 > pwrite 4..5\na1 < ok\na2 < ok\na1 pread 0..1 = got 0",
    );
}

#[test]
fn a_direct_and_a_cached_write_one_after_the_other_do_not_race() {
    forbids(
        StaleRead,
        &[COHERENT, ORDERED, "linux"],
        "a1 pwrite direct 0..1 = ok\na2 pwrite 1..2 = ok\na1 pread 0..1 = got 0",
    );
}

#[test]
fn two_direct_writes_do_not_race() {
    forbids(
        StaleRead,
        &[ORDERED, NONE],
        "a1 > pwrite direct 0..1\na2 > pwrite direct 1..2\na1 < ok\na2 < ok\na1 pread direct 0..1 = got 0",
    );
}

#[test]
fn a_direct_write_races_in_the_folios_that_it_shares_and_in_no_other() {
    for direct in ["0..1", "3..4", "0..4"] {
        let text = |read: &str| {
            format!(
                "a1 > pwrite 0..12\na2 > pwrite direct {direct}\na1 < ok\na2 < ok\na1 pread {read} = got 0"
            )
        };
        allows(&[ORDERED], &text("3..4"));
        forbids(StaleRead, &[COHERENT, ORDERED, "linux"], &text("4..5"));
        forbids(StaleRead, &[COHERENT, ORDERED, "linux"], &text("8..9"));
    }
}

#[test]
fn what_a_short_direct_write_has_written_is_on_the_server() {
    let text = "a1 pwrite direct 4..6 = wrote 1\nserver pread 4..6 = got";
    allows(&[COHERENT, ORDERED, NONE], &format!("{text} 1 0"));
    forbids(LostWrite, &[COHERENT, ORDERED, NONE], &format!("{text} 0 0"));
}

#[test]
fn past_the_cache_too_a_read_sees_what_the_server_has() {
    for contract in ["posix,direct=none", NONE] {
        forbids(WrongSize, &[contract], "file 0\nserver pwrite 1..2 = ok\na1 pread direct 1..2 = got -");
    }
}

#[test]
fn a_direct_write_that_failed_past_the_cache_may_come_before_or_after_what_the_server_is_told_next() {
    let text = "b1 pwrite direct 1..2 = wrote 0\nserver pwrite 1..2 = ok\nserver pread 1..2 = got";
    allows(&["posix,direct=none", NONE], &format!("{text} 1"));
    allows(&["posix,direct=none", NONE], &format!("{text} 2"));
}

#[test]
fn a_direct_write_does_not_mix_with_what_the_server_is_told_at_once() {
    let text = "server > pwrite 0..1\na2 pwrite direct 0..1 = ok\nserver < ok\nserver pread 0..1 = got";
    forbids(LostWrite, &["posix,direct=none"], &format!("{text} 0"));
    allows(&["posix,direct=none"], &format!("{text} 1"));
    allows(&["posix,direct=none"], &format!("{text} 2"));
}
