//! What a flush may do to a third party's write, and a third party's write to a local one.

use super::{allows, forbids};
use launder_oracle::Kind::{LostWrite, SpuriousError, StaleRead, WrongSize};

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

#[test]
fn a_read_of_the_third_party_or_of_another_host_is_no_reason_for_an_error() {
    for who in ["server", "b1"] {
        let error = |call: &str| format!("{who} {call}\na1 close = EIO");
        allows(&[REPORTED, "posix,loser=reported"], &error("pwrite 0..1 = ok"));
        forbids(SpuriousError, &[REPORTED, "posix,loser=reported"], &error("pread 0..1 = got 0"));
    }
}

#[test]
fn what_makes_the_file_reach_over_a_folio_does_not_write_that_folio_back() {
    let text = |writes: &str| {
        format!("file 3\nserver pwrite 2..3 = ok\nb1 > pwrite {writes}\nserver pread 2..3 = got 0\nb1 < ok")
    };
    allows(&[FOLIO, "fuse"], &text("3..5"));
    forbids(LostWrite, &[FOLIO, "fuse"], &text("4..5"));
}

#[test]
fn no_flush_undoes_what_another_process_of_one_system_wrote() {
    let text = "a2 > pwrite 4..5\nb1 > pwrite 3..4\nb1 < ok\na2 < ok\nserver pread 4..5 = got 0";
    forbids(LostWrite, &["posix,divergence=file"], text);
    allows(&[FILE], text);
}

#[test]
fn a_write_of_nothing_by_the_third_party_makes_nobody_lose() {
    let lose = |wrote: &str| {
        format!("file 3\na2 pwrite 4..5 = ok\nserver pwrite 4..5 = {wrote}\na1 append 1 = at 4")
    };
    allows(&[REPORTED], &lose("ok"));
    forbids(WrongSize, &[REPORTED, "hosts=cached,loser=reported"], &lose("wrote 0"));
}

#[test]
fn a_write_that_lost_twice_stays_lost_no_longer_than_until_its_writer_s_sync() {
    let text = "b1 pwrite 0..1 = ok\na1 pwrite direct 0..1 = ok\nserver pwrite 0..1 = ok\n";
    let read = "server pread 0..1 = got 0";
    forbids(LostWrite, &["hosts=cached,loser=reported"], &format!("{text}b1 fsync = ok\n{read}"));
}

#[test]
fn what_the_third_party_wrote_does_not_lose_to_a_local_write() {
    let text = "server > pwrite 1..2\nb1 pwrite direct 0..1 = ok\nserver < ok\nserver pread 1..2 = got 0";
    forbids(LostWrite, &["hosts=cached,divergence=file,loser=local", LOCAL], text);
}

#[test]
fn a_local_write_loses_to_a_short_direct_one_as_to_a_whole_one() {
    for wrote in ["ok", "wrote 0"] {
        let text = format!("b1 pwrite 0..1 = ok\na1 pwrite direct 1..2 = {wrote}\nb1 pread 0..1 = got 0");
        allows(&[LOCAL], &text);
        forbids(StaleRead, &[FOLIO], &text);
    }
}
