//! When a mapping agrees with the file.

use super::{allows, forbids};
use launder_oracle::Kind::{Leaked, LostWrite, SpuriousError, StaleRead};

const UNIFIED: &str = "hosts=cached,maps=unified";
const MSYNC: &str = "hosts=cached,maps=msync";
const REMAP: &str = "hosts=cached,maps=remap";

#[test]
fn a_unified_mapping_sees_writes_at_once() {
    let text = "a1 mmap = ok\na2 pwrite 0..1 = ok\na1 mread 0..1 = got 0";
    forbids(StaleRead, &[UNIFIED, "linux", "afs"], text);
    allows(&[MSYNC, REMAP, "posix", "nfs"], text);
}

#[test]
fn stores_to_a_unified_mapping_are_seen_at_once() {
    let text = "a1 mmap = ok\na1 mwrite 0..1 = ok\na2 pread 0..1 = got 0";
    forbids(StaleRead, &[UNIFIED, "linux"], text);
    allows(&[MSYNC, REMAP, "posix"], text);
}

#[test]
fn each_mapping_agrees_with_itself() {
    forbids(
        StaleRead,
        &[UNIFIED, MSYNC, REMAP, "posix"],
        "a1 mmap = ok\na1 mwrite 0..1 = ok\na1 mread 0..1 = got 0",
    );
}

#[test]
fn msync_shows_stores_to_the_host() {
    for flag in ["", "invalidate "] {
        let text =
            format!("a1 mmap = ok\na1 mwrite 0..1 = ok\na1 msync {flag}0..1 = ok\na2 pread 0..1 = got 0");
        forbids(StaleRead, &[UNIFIED, MSYNC, REMAP, "posix"], &text);
    }
}

#[test]
fn msync_async_promises_nothing() {
    allows(
        &[MSYNC, REMAP],
        "a1 mmap = ok\na1 mwrite 0..1 = ok\na1 msync async 0..1 = ok\na2 pread 0..1 = got 0",
    );
}

#[test]
fn msync_is_about_its_own_cells() {
    allows(&[MSYNC], "a1 mmap = ok\na1 mwrite 0..1 = ok\na1 msync 4..8 = ok\na2 pread 0..1 = got 0");
}

#[test]
fn msync_shows_the_file_to_a_mapping_unless_it_must_be_mapped_again() {
    let text = "a1 mmap = ok\na2 pwrite 0..1 = ok\na1 msync 0..4 = ok\na1 mread 0..1 = got 0";
    forbids(StaleRead, &[UNIFIED, MSYNC, "posix"], text);
    allows(&[REMAP], text);
}

#[test]
fn mapping_again_shows_the_file() {
    forbids(
        StaleRead,
        &[UNIFIED, MSYNC, REMAP],
        "a1 mmap = ok\na2 pwrite 0..1 = ok\na1 munmap = ok\na1 mmap = ok\na1 mread 0..1 = got 0",
    );
}

#[test]
fn unmapping_shows_stores_to_the_host() {
    forbids(
        StaleRead,
        &[UNIFIED, MSYNC, REMAP],
        "a1 mmap = ok\na1 mwrite 0..1 = ok\na1 munmap = ok\na2 pread 0..1 = got 0",
    );
}

#[test]
fn msync_reaches_the_server() {
    let text = "a1 mmap = ok\na1 mwrite 0..1 = ok\na1 msync 0..1 = ok\nserver pread 0..1 = got 0";
    forbids(LostWrite, &[UNIFIED, MSYNC, REMAP], text);
}

#[test]
fn fsync_covers_stores_only_where_maps_are_unified() {
    let text = "a1 mmap = ok\na1 mwrite 0..1 = ok\na1 fsync = ok\nserver pread 0..1 = got 0";
    forbids(LostWrite, &[UNIFIED, "linux", "afs"], text);
    allows(&[MSYNC, REMAP, "nfs"], text);
}

#[test]
fn a_coherent_system_tells_nothing_to_a_mapping_that_is_not_unified() {
    let text = "b1 mmap = ok\na1 pwrite 0..1 = ok\nb1 mread 0..1 = got 0";
    forbids(StaleRead, &["maps=unified"], text);
    allows(&["maps=msync", "maps=remap"], text);
}

#[test]
fn stores_to_a_private_mapping_are_no_part_of_the_file() {
    let text = "a1 mmap private = ok\na1 mwrite 0..1 = ok\na1 mread 0..1 = got 1";
    allows(&[UNIFIED, "posix"], &format!("{text}\na2 pread 0..1 = got 0"));
    forbids(Leaked, &[UNIFIED, "posix"], &format!("{text}\na2 pread 0..1 = got 1"));
}

#[test]
fn loads_from_a_private_mapping_are_not_judged() {
    allows(
        &[UNIFIED, "posix"],
        "a1 pwrite 0..1 = ok\na1 mmap private = ok\na1 pwrite 0..1 = ok\na1 mread 0..2 = got 0 7",
    );
}

#[test]
fn a_private_mapping_may_answer_sigbus() {
    allows(&[UNIFIED, "posix"], "a1 mmap private = ok\na1 mread 0..2 = SIGBUS\na1 mwrite 0..2 = SIGBUS");
    forbids(SpuriousError, &[UNIFIED, "posix"], "a1 mmap = ok\na1 mwrite 0..2 = SIGBUS");
}

#[test]
fn a_mapping_is_private_until_it_is_unmapped() {
    forbids(
        StaleRead,
        &[UNIFIED],
        "a1 mmap private = ok\na1 munmap = ok\na1 mmap = ok\na1 mwrite 0..1 = ok\na2 pread 0..1 = got 0",
    );
}

#[test]
fn a_store_that_failed_tells_other_mappings_nothing_of_those_before_it() {
    let text = |fails: &str| {
        format!(
            "nature fail read EIO 1 = ok\na1 mwrite 0..1 = ok\na1 mwrite 0..1 = {fails}\na2 mread 0..1 = got 0"
        )
    };
    allows(&["posix", "maps=remap"], &text("SIGBUS"));
    allows(&["posix", "maps=remap"], &text("EIO"));
}
