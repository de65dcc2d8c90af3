//! Where the file ends: truncates, appends, holes, and mappings past the end.

use super::{allows, forbids, trace};
use crate::judge;
use launder_oracle::Contract;
use launder_oracle::Kind::{Leaked, Resurrected, SpuriousError, StaleRead, WrongSize};

const ALL: &[&str] = &["posix", "linux", "nfs", "afs"];
const UNIFIED: &[&str] = &["linux", "afs"];

#[test]
fn the_file_is_as_long_as_it_began() {
    allows(ALL, "file 2\na1 pread 0..4 = got 0 0 - -");
    forbids(WrongSize, ALL, "file 2\na1 pread 0..4 = got 0 - - -");
    forbids(WrongSize, ALL, "file 2\na1 pread 0..4 = got 0 0 0 -");
}

#[test]
fn a_truncate_moves_the_end() {
    allows(ALL, "file 4\na1 ftruncate 2 = ok\na1 pread 0..4 = got 0 0 - -");
    allows(ALL, "file 4\na1 ftruncate 6 = ok\na1 pread 2..7 = got 0 0 0 0 -");
    forbids(WrongSize, ALL, "file 4\na1 ftruncate 6 = ok\na1 pread 2..6 = got 0 0 - -");
}

#[test]
fn a_write_past_the_end_moves_it_and_leaves_a_hole() {
    allows(ALL, "file 2\na1 pwrite 4..5 = ok\na1 pread 0..6 = got 0 0 0 0 1 -");
    forbids(WrongSize, ALL, "file 2\na1 pwrite 4..5 = ok\na1 pread 3..4 = got -");
}

#[test]
fn fallocate_and_zero_move_the_end_and_punch_does_not() {
    allows(ALL, "file 2\na1 fallocate 3..4 = ok\na1 pread 2..5 = got 0 0 -");
    allows(ALL, "file 2\na1 zero 3..4 = ok\na1 pread 2..5 = got 0 0 -");
    allows(ALL, "file 2\na1 punch 3..4 = ok\na1 pread 2..5 = got - - -");
}

#[test]
fn what_was_removed_does_not_come_back() {
    for removal in ["ftruncate 0 = ok\na1 ftruncate 4", "punch 0..1", "zero 0..1"] {
        let text = format!("a1 pwrite 0..1 = ok\na1 {removal} = ok\na1 pread 0..1 = got");
        allows(ALL, &format!("{text} 0"));
        forbids(Resurrected, ALL, &format!("{text} 1"));
    }
}

#[test]
fn fallocate_removes_nothing() {
    forbids(StaleRead, ALL, "a1 pwrite 0..1 = ok\na1 fallocate 0..2 = ok\na1 pread 0..1 = got 0");
}

#[test]
fn a_copy_carries_its_source() {
    let text = "a1 pwrite 0..1 = ok\na1 copy 0..1 4 = ok\na1 pread 4..5 = got";
    allows(ALL, &format!("{text} 1"));
    forbids(StaleRead, ALL, &format!("{text} 0"));
}

#[test]
fn a_copy_is_not_its_source() {
    allows(ALL, "a1 pwrite 0..1 = ok\na1 copy 0..1 4 = ok\na1 pwrite 0..1 = ok\na1 pread 4..5 = got 1");
}

#[test]
fn an_append_lands_at_the_end() {
    allows(ALL, "file 2\na1 append 2 = at 2\na1 pread 0..5 = got 0 0 1 1 -");
    forbids(WrongSize, ALL, "file 2\na1 append 2 = at 1");
    forbids(WrongSize, ALL, "file 2\na1 append 2 = at 3");
}

#[test]
fn an_append_lands_behind_what_was_appended_before() {
    forbids(WrongSize, ALL, "file 2\na1 append 2 = at 2\na2 append 2 = at 2");
    allows(ALL, "file 2\na1 append 2 = at 2\na2 append 2 = at 4");
}

#[test]
fn concurrent_appends_do_not_overlap() {
    let text = "file 2\na1 > append 2\na2 > append 2\na1 < at 2\na2 < at";
    allows(ALL, &format!("{text} 4"));
    forbids(WrongSize, ALL, &format!("{text} 2"));
    forbids(WrongSize, ALL, &format!("{text} 3"));
}

#[test]
fn concurrent_appends_overlap_where_one_may_have_turned_back() {
    let failing = "file 2\nnature fail write EIO 1 = ok\na2 > append 2\na1 append 2 = at 2\na1 fsync =";
    allows(ALL, &format!("{failing} EIO\na2 < at 2"));
    forbids(WrongSize, ALL, &format!("{failing} ok\na2 < at 2\na1 fsync = ok\na2 fsync = ok"));
}

#[test]
fn of_two_appends_none_makes_the_end_that_the_other_found() {
    let text = "file 2\nnature fail write EIO 1 = ok\na1 > append 1\na2 > append 1\na1 < at 3\na2 < at";
    forbids(WrongSize, ALL, &format!("{text} 3\na1 fsync = EIO"));
    forbids(WrongSize, ALL, &format!("{text} 4\na1 fsync = EIO"));
}

#[test]
fn what_lay_before_an_earlier_append_may_be_the_end_of_a_cache_that_has_not_heard_of_a_truncate() {
    let text = "a1 append 1 = at 16\na1 pwrite 4..5 = ok\nb1 ftruncate 0 = ok\na1 append 1 = at 8";
    allows(&["nfs", "fuse"], text);
    forbids(WrongSize, &["posix", "linux"], text);
}

#[test]
fn concurrent_appends_of_different_hosts_overlap_unless_all_are_coherent() {
    let text = "file 2\na1 > append 2\nb1 > append 2\na1 < at 2\nb1 < at 2";
    forbids(WrongSize, &["posix", "linux"], text);
    allows(&["nfs", "afs"], text);
}

#[test]
fn a_truncate_between_lets_appends_overlap() {
    allows(ALL, "file 2\na1 > append 2\na2 > append 2\na1 < at 2\nserver ftruncate 2 = ok\na2 < at 2");
}

#[test]
fn a_truncate_that_was_refused_lets_no_appends_overlap() {
    let text = "file 2\na1 > append 2\na2 > append 2\na1 < at 2\nserver ftruncate 2 = ENOSYS\na2 < at";
    allows(ALL, &format!("{text} 4"));
    forbids(WrongSize, ALL, &format!("{text} 2"));
}

#[test]
fn a_mapping_shows_zeroes_past_the_end_and_never_the_end_itself() {
    allows(ALL, "file 2\na1 mmap = ok\na1 mread 0..4 = got 0 0 0 0");
    let text = "file 2\na1 mmap = ok\na1 mwrite 2..3 = ok\na1 mread 2..3 = got";
    allows(ALL, &format!("{text} 0"));
    allows(ALL, &format!("{text} 1"));
}

#[test]
fn a_store_past_the_end_is_no_part_of_the_file() {
    let text = "file 2\na1 mmap = ok\na1 mwrite 2..3 = ok\na1 ftruncate 4 = ok\na1 pread 2..3 = got";
    allows(ALL, &format!("{text} 0"));
    forbids(Leaked, ALL, &format!("{text} 1"));
}

#[test]
fn a_folio_wholly_past_the_end_cannot_be_touched() {
    allows(ALL, "file 2\na1 mmap = ok\na1 mread 4..5 = SIGBUS\na1 mwrite 4..5 = SIGBUS");
    forbids(WrongSize, ALL, "file 2\na1 mmap = ok\na1 mread 4..5 = got 0");
    forbids(WrongSize, ALL, "file 2\na1 mmap = ok\na1 mwrite 4..5 = ok");
}

#[test]
fn a_folio_of_the_file_can_be_touched() {
    forbids(SpuriousError, ALL, "file 2\na1 mmap = ok\na1 mread 3..4 = SIGBUS");
    allows(ALL, "file 2\na1 mmap = ok\nnature fail read EIO 1 = ok\na1 mread 0..1 = SIGBUS");
}

#[test]
fn a_mapping_may_hold_on_to_what_a_truncate_under_way_cuts_off() {
    let text = "a1 pwrite 0..8 = ok\na1 mmap = ok\na1 mread 0..8 = got 1 1 1 1 1 1 1 1\n\
                a2 > ftruncate 2\na1 pread 0..3 = got 1 1 -\n";
    for access in
        ["mread 2..5 = got 1 1 1", "mread 2..4 = got 0 0", "mwrite 4..5 = ok", "mread 4..5 = SIGBUS"]
    {
        allows(ALL, &format!("{text}a1 {access}\na2 < ok"));
    }
    forbids(WrongSize, UNIFIED, &format!("{text}a2 < ok\na1 mread 4..5 = got 1"));
}

#[test]
fn a_store_into_what_a_truncate_under_way_cuts_off_is_no_part_of_the_file() {
    let text = "a1 pwrite 0..4 = ok\na1 mmap = ok\na2 > ftruncate 0\na1 pread 0..1 = got -\n\
                a1 mwrite 0..1 = ok\na2 < ok\na2 ftruncate 4 = ok\na2 pread 0..1 = got";
    allows(ALL, &format!("{text} 0"));
    forbids(Leaked, UNIFIED, &format!("{text} 2"));
}

#[test]
fn a_write_in_parts_puts_inside_again_what_was_cut_off_between_them() {
    let text = |write: &str, kept: &str| {
        format!(
            "a1 ftruncate 0 = ok\na1 > pwrite {write}\na2 pread 0..1 = got 0\na2 ftruncate 0 = ok\na1 < ok\n\
             server pread 0..8 = got {kept}"
        )
    };
    let (within, across) = (text("2..4", "0 0 0 1 - - - -"), text("3..5", "0 0 0 0 1 - - -"));
    allows(&["atomic=cell"], &within);
    forbids(WrongSize, &["atomic=call", "atomic=folio"], &within);
    allows(&["atomic=cell", "atomic=folio"], &across);
    forbids(WrongSize, &["atomic=call"], &across);
    // Of one part, nothing is still to come.
    forbids(WrongSize, &["atomic=cell"], &text("3..4", "0 0 0 1 - - - -"));
}

#[test]
fn what_the_server_has_seen_cut_off_stays_cut_off() {
    let text = "server > pread 3..4\na1 > ftruncate 3\nserver < got -\na1 < ok\nserver pread 3..4 = got";
    allows(ALL, &format!("{text} -"));
    forbids(WrongSize, ALL, &format!("{text} 0"));
}

#[test]
fn what_a_direct_read_has_seen_inside_the_file_a_cache_of_its_host_does_not_put_outside() {
    let text = "file 1\nserver > pwrite 2..3\na1 pread direct 2..3 = got 1\na2 pread 2..3 = got";
    allows(&["posix", "linux"], &format!("{text} 1\nserver < ok"));
    forbids(WrongSize, &["posix", "linux"], &format!("{text} -\nserver < ok"));
}

#[test]
fn past_the_end_a_mapping_shows_nothing_that_nobody_stored() {
    let text = "a1 mmap = ok\na1 mwrite 2..3 = ok\na1 ftruncate 1 = ok\na1 mread 2..3 = got";
    allows(ALL, &format!("{text} 1"));
    forbids(Leaked, ALL, &format!("{text} ?"));
}

#[test]
fn a_copy_carries_nothing_that_was_written_after_it() {
    let text = "a1 copy 0..1 4 = ok\na1 > pwrite 0..1\nserver pread 4..5 = got";
    allows(ALL, &format!("{text} 0\na1 < ok"));
    forbids(Leaked, ALL, &format!("{text} 1\na1 < ok"));
}

#[test]
fn a_copy_moves_the_end_in_parts_where_a_write_does_not() {
    let text =
        |call: &str| format!("file 1\na1 > pread 1..2\na2 > {call}\na1 < got 0\nb1 append 2 = at 1\na2 < ok");
    allows(&["atomic=call", "atomic=folio"], &text("copy 1..3 1"));
    forbids(WrongSize, &["atomic=call", "atomic=folio"], &text("pwrite 1..3"));
}

#[test]
fn a_wrong_size_names_the_write_that_shows_it_and_a_read_is_none() {
    let of = |text: &str| judge(&Contract::POSIX, &trace(text)).violations()[0].clone();
    let (short, far) = (of("file 2\na1 append 2 = at 1"), of("file 2\na1 append 2 = at 3"));
    assert_eq!((short.write, far.write), (Some(1), Some(1)));
    assert!(short.why.contains("before the end") && far.why.contains("past the end"), "{short:?} {far:?}");
    assert_eq!(of("file 2\na1 mmap = ok\na1 mread 4..5 = got 0").write, None);
}

#[test]
fn a_read_that_others_overtake_knows_of_each_cell_whether_it_was_inside() {
    let text = "file 4\na1 ftruncate 8 = ok\na2 > pread 4..8\nb1 fsync = ok\na2 < got";
    allows(ALL, &format!("{text} 0 0 0 0"));
    forbids(WrongSize, ALL, &format!("{text} 0 - - -"));
}

#[test]
fn what_was_seen_of_the_last_part_of_a_write_no_append_lands_on() {
    let text = "file 5\na2 > pwrite 5..7\na1 pread 6..7 = got 1\na1 append 1 = at";
    allows(&["atomic=cell"], &format!("{text} 7\na2 < ok"));
    forbids(WrongSize, &["atomic=cell"], &format!("{text} 6\na2 < ok"));
}

#[test]
fn a_write_of_nothing_moves_no_end() {
    for nothing in [
        "pwrite 4..4 = ok",
        "pwrite 4..6 = wrote 0",
        "copy 0..0 4 = ok",
        "zero 4..4 = ok",
        "fallocate 4..4 = ok",
    ] {
        let text = format!("file 2\na1 {nothing}\na1 pread 2..4 = got");
        allows(ALL, &format!("{text} - -"));
        forbids(WrongSize, ALL, &format!("{text} 0 0"));
    }
}

#[test]
fn a_short_write_moves_the_end_no_further_than_it_wrote() {
    let text = |read: &str| format!("file 2\na1 > pwrite 2..4\na2 pread 2..4 = got {read}\na1 < wrote 1");
    allows(ALL, &text("1 -"));
    forbids(WrongSize, ALL, &text("1 1"));
    forbids(WrongSize, ALL, "file 2\na1 > pwrite 4..6\na2 pread 2..4 = got 0 0\na1 < wrote 0");
}

#[test]
fn a_truncate_dirties_the_folio_of_the_new_end_and_no_other() {
    let cut = "b1 ftruncate 0 = ok\nserver ftruncate 1 = ok\nnature short write 1 = ok\nb1 mwrite 4..5 = ok";
    forbids(WrongSize, &["posix,maps=unified"], cut);
    let cut = "server ftruncate 0 = ok\na1 ftruncate 0 = ok\nb1 pread direct 1..2 = got 0";
    forbids(WrongSize, &["posix,hosts=cached"], cut);
}

#[test]
fn a_truncate_dirties_the_folio_of_the_new_end_where_the_file_names_no_cell_of_it() {
    allows(&["posix"], "file 1\na1 ftruncate 4 = ok\nserver ftruncate 1 = ok\nb1 append 1 = at 3");
}

#[test]
fn a_short_write_of_nothing_dirties_nothing() {
    let text =
        |wrote: &str| format!("file 1\nb1 pwrite 1..2 = {wrote}\na1 pwrite 1..2 = ok\na2 append 1 = at 1");
    forbids(WrongSize, &["posix,hosts=cached"], &text("wrote 0"));
}

#[test]
fn an_open_that_failed_tells_nobody_what_the_server_did() {
    let text = |opens: &str| {
        format!(
            "server ftruncate 3 = ok\nnature fail write EIO 1 = ok\na1 open = {opens}\na2 append 1 = at 4"
        )
    };
    allows(&["posix,hosts=cached", "nfs"], &text("EIO"));
    forbids(WrongSize, &["posix,hosts=cached", "nfs"], &text("ok"));
}

#[test]
fn a_read_that_two_writes_explain_tells_of_neither() {
    allows(
        &["maps=unified"],
        "file 0\na2 > pread 4..5\nb1 > pwrite 4..5\nserver pwrite 4..5 = ok\na2 < got 2\na1 pread 4..5 = got -\nb1 < ok",
    );
}
