//! What a concurrent read, or another write, may see of a write.

use super::{allows, forbids};
use launder_oracle::Kind::Torn;

const CALL: &str = "hosts=cached";
const FOLIO: &str = "hosts=cached,atomic=folio";
const CELL: &str = "hosts=cached,atomic=cell";

#[test]
fn a_concurrent_read_sees_all_or_nothing_of_a_call() {
    let text = "a1 > pwrite 3..5\na2 pread 3..5 = got 1 0\na1 < ok";
    forbids(Torn, &[CALL, "posix"], text);
    allows(&[FOLIO, CELL, "linux"], text);
}

#[test]
fn a_concurrent_read_sees_all_or_nothing_of_a_folio() {
    let text = "a1 > pwrite 0..2\na2 pread 0..2 = got 0 1\na1 < ok";
    forbids(Torn, &[CALL, FOLIO, "posix"], text);
    allows(&[CELL, "linux", "nfs"], text);
}

#[test]
fn all_or_nothing_is_allowed() {
    for values in ["0 0", "1 1"] {
        allows(&[CALL, FOLIO, CELL], &format!("a1 > pwrite 0..2\na2 pread 0..2 = got {values}\na1 < ok"));
    }
}

#[test]
fn one_of_two_concurrent_writes_comes_last() {
    let text = "a1 > pwrite 0..2\na2 > pwrite 0..2\na1 < ok\na2 < ok\na1 pread 0..2 = got 1 2";
    forbids(Torn, &[CALL, FOLIO, "posix"], text);
    allows(&[CELL, "linux"], text);
}

#[test]
fn writes_that_overlap_in_part_need_not_tear() {
    let text = "a1 > pwrite 0..2\na2 > pwrite 1..3\na1 < ok\na2 < ok\na1 pread 0..3 = got 1 2 2";
    allows(&[CALL, FOLIO, CELL], text);
}

#[test]
fn an_append_is_as_whole_as_a_write() {
    let text = "file 0\na1 append 1 = at 0\na1 > pwrite 0..2\na2 pread 0..2 = got 2 -\na1 < ok";
    forbids(Torn, &[CALL, FOLIO], text);
    allows(&[CELL], text);
}

#[test]
fn mapped_calls_are_never_whole() {
    allows(&[CALL], "a2 mmap = ok\na1 > pwrite 0..2\na2 mread 0..2 = got 1 0\na1 < ok");
    allows(&[CALL], "a1 mmap = ok\na1 > mwrite 0..2\na2 pread 0..2 = got 1 0\na1 < ok");
}

#[test]
fn other_hosts_see_whole_calls_only_if_all_are_coherent() {
    let text = "a1 > pwrite 0..2\nb1 pread 0..2 = got 1 0\na1 < ok";
    forbids(Torn, &["hosts=coherent", "posix"], text);
    allows(&[CALL], text);
}

#[test]
fn a_short_write_is_seen_as_far_as_it_went() {
    allows(&[CALL], "a1 > pwrite 0..2\na2 pread 0..2 = got 1 0\na1 < wrote 1");
}

#[test]
fn two_reads_may_see_different_halves() {
    allows(&[CALL], "a1 > pwrite 0..2\na2 pread 0..1 = got 1\na2 pread 1..2 = got 0\na1 < ok");
}

#[test]
fn only_of_calls_that_are_under_way_at_once_is_all_or_nothing_asked() {
    let past = |ends: &str| format!("b1 > pwrite direct 0..2\n{ends}a2 pread 0..2 = got 1 0\n");
    allows(&["posix,direct=none"], &past("b1 < ok\n"));
    let text =
        "server pwrite 1..2 = ok\na1 punch 1..2 = ok\na1 pwrite 0..2 = ok\na1 pread direct 0..2 = got 2 0";
    allows(&["posix,direct=none"], text);
    let text = "a1 ftruncate 1 = ok\na1 pwrite 0..2 = ok\na1 pread direct 0..2 = got 1 -";
    allows(&["posix,direct=none"], text);
    forbids(Torn, &["posix,direct=none"], &format!("{}b1 < ok", past("")));
}

#[test]
fn what_a_call_does_to_the_size_is_a_part_of_it() {
    let text =
        |ends: &str| format!("a1 ftruncate 1 = ok\na1 > pwrite 0..2\na2 pread 0..2 = got {ends}\na1 < ok");
    allows(&[CALL, "posix"], &text("1 1"));
    allows(&[CALL, "posix"], &text("0 -"));
    forbids(Torn, &[CALL, FOLIO, "posix"], &text("1 -"));
}

#[test]
fn a_write_is_whole_in_every_folio_that_it_reaches() {
    let text = |got: &str| format!("a1 > pwrite 3..6\na2 pread 3..6 = got {got}\na1 < ok");
    allows(&[FOLIO], &text("1 0 0"));
    forbids(Torn, &[CALL, FOLIO], &text("1 1 0"));
}

#[test]
fn what_zeroes_may_be_seen_in_part_beside_a_write() {
    allows(&[CALL, "posix"], "a1 > punch 0..2\na2 pwrite 0..2 = ok\na1 < ok\na1 pread 0..2 = got 1 0");
}
