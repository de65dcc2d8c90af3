//! What a violation is called.

use super::{allows, forbids, trace};
use crate::judge;
use launder_oracle::Kind::{Leaked, LostWrite, StaleRead};
use launder_oracle::{Contract, Kind, Verdict};

const ALL: &[&str] = &["posix", "linux", "nfs", "afs"];

#[test]
fn bytes_that_nobody_wrote_are_leaked() {
    forbids(Leaked, ALL, "a1 pread 0..1 = got ?");
    forbids(Leaked, ALL, "a1 pread 0..1 = got 1");
    forbids(Leaked, ALL, "a1 pwrite 0..1 = ok\na1 pread 1..2 = got 1");
    forbids(Leaked, ALL, "a1 pread 0..1 = got 1\na1 pwrite 0..1 = ok");
}

#[test]
fn writes_are_numbered_in_the_order_of_their_calls() {
    allows(ALL, "a1 > pwrite 0..1\na2 > pwrite 1..2\na2 < ok\na1 < ok\na1 pread 0..2 = got 1 2");
    allows(ALL, "a1 pwrite 0..1 = ENOSYS\nserver pwrite 1..2 = ok\nserver pread 1..2 = got 2");
}

#[test]
fn a_loss_that_the_server_was_left_with_is_a_lost_write() {
    let text = "a1 pwrite 0..1 = ok\na1 fsync = ok\nserver pread 0..1 = got 0\n";
    forbids(LostWrite, ALL, text);
    forbids(StaleRead, ALL, &format!("{text}server pread 0..1 = got 1"));
}

#[test]
fn a_violation_names_its_line_its_cell_and_its_write() {
    let said = trace("# why\n\na1 pwrite 2..3 = ok\na1 pread 2..3 = got 0\n");
    let Verdict::Forbidden(violations) = judge(&Contract::POSIX, &said) else { panic!("allowed") };
    let [violation] = &violations[..] else { panic!("{violations:#?}") };
    assert_eq!((violation.kind, violation.at, violation.cell), (Kind::StaleRead, 6, Some(2)));
    assert_eq!(violation.write, Some(1));
    assert!(violation.why.contains("a1"), "{}", violation.why);
}
