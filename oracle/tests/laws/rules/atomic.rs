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
