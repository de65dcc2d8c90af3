//! What a flush may do to a third party's write, and a third party's write to a local one.

use super::{allows, forbids};
use launder_oracle::Kind::{LostWrite, SpuriousError, StaleRead};

const BYTE: &str = "hosts=cached";
const FOLIO: &str = "hosts=cached,divergence=folio";
const FILE: &str = "hosts=cached,divergence=file";
const REPORTED: &str = "hosts=cached,divergence=folio,loser=reported";
const LOCAL: &str = "hosts=cached,divergence=folio,loser=local";

#[test]
fn a_flush_of_whole_folios_may_overwrite_the_bytes_beside_what_was_dirtied() {
    let text = "a1 pwrite 1..2 = ok\nserver pwrite 0..1 = ok\na1 fsync = ok\nserver pread 0..2 = got 0 1";
    forbids(LostWrite, &[BYTE, "linux"], text);
    allows(&[FOLIO, FILE, "nfs", "afs"], text);
}

#[test]
fn a_flush_of_the_whole_file_may_overwrite_any_of_it() {
    let text = "a1 pwrite 9..10 = ok\nserver pwrite 0..1 = ok\na1 fsync = ok\nserver pread 0..1 = got 0";
    forbids(LostWrite, &[BYTE, FOLIO, "nfs"], text);
    allows(&[FILE], text);
}

#[test]
fn what_a_local_write_had_seen_its_flush_keeps() {
    let text = "server pwrite 0..1 = ok\na1 pread 0..1 = got 1\na1 pwrite 1..2 = ok\na1 fsync = ok\n\
                server pread 0..1 = got 0";
    forbids(LostWrite, &[BYTE, FOLIO, FILE, "nfs"], text);
}

#[test]
fn what_was_flushed_before_overwrites_nothing_that_comes_later() {
    let text = "a1 pwrite 1..2 = ok\na1 fsync = ok\nserver pwrite 0..1 = ok\na1 fsync = ok\nserver pread 0..1 = got 0";
    forbids(LostWrite, &[BYTE, FOLIO, FILE], text);
}

#[test]
fn a_third_party_that_did_not_know_of_the_flush_may_lose() {
    let text =
        "a1 pwrite 1..2 = ok\nserver > pwrite 0..1\na1 fsync = ok\nserver < ok\nserver pread 0..1 = got 0";
    forbids(LostWrite, &[BYTE], text);
    allows(&[FOLIO, FILE], text);
}

#[test]
fn a_local_write_in_the_very_cell_wins_or_loses_under_every_contract() {
    for value in ["1", "2"] {
        let text = format!(
            "a1 pwrite 0..1 = ok\nserver pwrite 0..1 = ok\na1 fsync = ok\nserver pread 0..1 = got {value}"
        );
        allows(&[BYTE, FOLIO, FILE, LOCAL], &text);
    }
}

#[test]
fn a_vanished_write_may_still_be_seen_here_and_there() {
    allows(
        &[FOLIO],
        "a1 pwrite 1..2 = ok\nserver pwrite 0..1 = ok\nserver pread 0..1 = got 2\nserver pread 0..1 = got 0\n\
         server pread 0..1 = got 2",
    );
}

#[test]
fn a_direct_write_flushes_no_folio() {
    let text = "a1 > pwrite direct 1..2\nserver pwrite 0..1 = ok\na1 < ok\nserver pread 0..1 = got 0";
    forbids(LostWrite, &[BYTE, FOLIO, FILE], text);
}

#[test]
fn a_local_write_may_be_dropped_only_where_the_contract_says_so() {
    let text = "a1 pwrite 1..2 = ok\nserver pwrite 0..1 = ok\na1 pread 1..2 = got 0";
    forbids(StaleRead, &[BYTE, FOLIO, FILE, "nfs"], text);
    allows(&[REPORTED, LOCAL], text);
}

#[test]
fn a_dropped_local_write_is_reported_or_kept() {
    let text = "a1 pwrite 1..2 = ok\nserver pwrite 0..1 = ok\na1 fsync = ok\nserver pread 0..2 = got 2 0";
    forbids(LostWrite, &[FOLIO, REPORTED], text);
    allows(&[LOCAL], text);
}

#[test]
fn an_error_may_report_the_loss() {
    let text = "a1 pwrite 1..2 = ok\nserver pwrite 0..1 = ok\na1 fsync = EIO\nserver pread 0..2 = got 2 0";
    forbids(SpuriousError, &[FOLIO, BYTE], text);
    allows(&[REPORTED, LOCAL], text);
}

#[test]
fn a_local_write_loses_only_to_one_that_it_did_not_know() {
    let text = "server pwrite 0..1 = ok\na1 pread 0..1 = got 1\na1 pwrite 1..2 = ok\na1 pread 1..2 = got 0";
    forbids(StaleRead, &[FOLIO, REPORTED, LOCAL], text);
}

#[test]
fn a_local_write_loses_only_in_the_granule_that_they_share() {
    let text = "a1 pwrite 5..6 = ok\nserver pwrite 0..1 = ok\na1 pread 5..6 = got 0";
    forbids(StaleRead, &[FOLIO, REPORTED, LOCAL], text);
    allows(&["hosts=cached,divergence=file,loser=local"], text);
}
