//! Who sees what on another host, when: hosts, open and notify.

use super::{allows, forbids};
use launder_oracle::Kind::{LostWrite, StaleRead};

const COHERENT: &str = "hosts=coherent";
const CACHED: &str = "hosts=cached";
const CLOSED: &str = "hosts=cached,open=cached";
const IGNORED: &str = "hosts=cached,notify=ignored";

#[test]
fn coherent_hosts_see_what_completed_elsewhere() {
    let text = "a1 pwrite 0..1 = ok\nb1 pread 0..1 = got 0";
    forbids(StaleRead, &[COHERENT, "posix", "linux"], text);
    allows(&[CACHED, "nfs", "afs", "fuse"], text);
}

#[test]
fn the_processes_of_one_host_share_a_cache() {
    forbids(StaleRead, &[COHERENT, CACHED, "nfs"], "a1 pwrite 0..1 = ok\na2 pread 0..1 = got 0");
    allows(&[COHERENT, CACHED, "nfs"], "a1 pwrite 0..1 = ok\na2 pread 0..1 = got 1");
}

#[test]
fn a_call_under_way_may_or_may_not_be_seen() {
    allows(&[COHERENT, CACHED], "a1 > pwrite 0..1\na2 pread 0..1 = got 0\na2 pread 0..1 = got 1\na1 < ok");
    forbids(
        StaleRead,
        &[COHERENT, CACHED],
        "a1 > pwrite 0..1\na2 pread 0..1 = got 1\na2 pread 0..1 = got 0\na1 < ok",
    );
}

#[test]
fn concurrent_writes_may_be_read_in_either_order() {
    let text = "a1 > pwrite 0..1\na2 > pwrite 0..1\na1 < ok\na2 < ok";
    allows(&[COHERENT, CACHED], &format!("{text}\na1 pread 0..1 = got 1"));
    allows(&[COHERENT, CACHED], &format!("{text}\na1 pread 0..1 = got 2"));
    forbids(StaleRead, &[COHERENT, CACHED], &format!("{text}\na1 pread 0..1 = got 0"));
}

#[test]
fn a_fresh_open_sees_what_was_closed_before() {
    for (release, acquire) in
        [("close", "open"), ("fsync", "open"), ("fdatasync", "open"), ("unlock", "lock")]
    {
        let text = format!(
            "b1 close = ok\na1 pwrite 0..1 = ok\na1 {release} = ok\nb1 {acquire} = ok\nb1 pread 0..1 = got 0"
        );
        forbids(StaleRead, &[CACHED, "nfs", "afs"], &text);
        allows(&[CLOSED], &text);
    }
}

#[test]
fn a_fresh_open_need_not_see_what_was_not_closed() {
    allows(&[CACHED, "nfs"], "b1 close = ok\na1 pwrite 0..1 = ok\nb1 open = ok\nb1 pread 0..1 = got 0");
}

#[test]
fn an_open_that_began_before_the_close_returned_need_not_see_it() {
    allows(
        &[CACHED],
        "b1 close = ok\na1 pwrite 0..1 = ok\na1 > close\nb1 > open\na1 < ok\nb1 < ok\nb1 pread 0..1 = got 0",
    );
}

#[test]
fn what_was_synced_is_on_the_server() {
    for sync in ["fsync", "fdatasync", "close", "unlock"] {
        let text = format!("a1 pwrite 0..1 = ok\na1 {sync} = ok\nserver pread 0..1 = got 0");
        forbids(LostWrite, &[COHERENT, CACHED, "nfs"], &text);
    }
    allows(&[CACHED, "nfs"], "a1 pwrite 0..1 = ok\nserver pread 0..1 = got 0");
}

#[test]
fn what_one_process_wrote_is_synced_by_another_of_its_host() {
    forbids(LostWrite, &[CACHED], "a1 pwrite 0..1 = ok\na2 fsync = ok\nserver pread 0..1 = got 0");
    allows(&[CACHED], "a1 pwrite 0..1 = ok\nb1 fsync = ok\nserver pread 0..1 = got 0");
}

#[test]
fn a_processed_notification_is_honoured() {
    let text = "server pwrite 0..1 = ok\nserver notify a 0..4 = ok\na1 pread 0..1 = got 0";
    forbids(StaleRead, &[CACHED, "afs", "fuse"], text);
    allows(&[IGNORED, "nfs"], text);
}

#[test]
fn a_notification_is_for_one_host_and_its_own_cells() {
    allows(&[CACHED], "server pwrite 0..1 = ok\nserver notify b 0..4 = ok\na1 pread 0..1 = got 0");
    allows(&[CACHED], "server pwrite 0..1 = ok\nserver notify a 4..8 = ok\na1 pread 0..1 = got 0");
}

#[test]
fn a_notification_means_nothing_before_it_is_processed() {
    allows(&[CACHED], "server pwrite 0..1 = ok\nserver > notify a 0..4\na1 pread 0..1 = got 0\nserver < ok");
}

#[test]
fn what_was_read_once_is_not_unread() {
    forbids(
        StaleRead,
        &[CACHED, "nfs"],
        "server pwrite 0..1 = ok\na1 pread 0..1 = got 1\na2 pread 0..1 = got 0",
    );
}

#[test]
fn reading_one_cell_says_nothing_of_another() {
    allows(
        &[CACHED, "nfs"],
        "server pwrite 0..2 = ok\na1 pread 0..1 = got 1\na1 pread 1..2 = got 0\na1 pread 1..2 = got 1",
    );
}

#[test]
fn reading_a_write_orders_what_it_replaced() {
    forbids(
        StaleRead,
        &[CACHED],
        "server pwrite 0..1 = ok\nserver pwrite 0..1 = ok\na1 pread 0..1 = got 2\na1 pread 0..1 = got 1",
    );
    allows(
        &[CACHED],
        "server pwrite 0..1 = ok\nserver pwrite 0..1 = ok\na1 pread 0..1 = got 1\na1 pread 0..1 = got 2",
    );
}
