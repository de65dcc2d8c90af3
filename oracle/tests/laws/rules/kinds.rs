//! What a violation is called.

use super::{allows, forbids, trace};
use crate::judge;
use launder_oracle::Kind::{Leaked, LostWrite, StaleRead};
use launder_oracle::{Contract, Kind, Symptom, Unanswered, VIOLATIONS, Verdict};

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

#[test]
fn a_write_that_was_seen_to_be_gone_is_held_against_the_read_that_showed_it_and_not_against_what_it_had_replaced()
 {
    let back = "a1 pwrite 0..1 = ok\na1 fsync = ok\nnature fail write EIO 1 = ok\na1 pwrite 0..1 = ok\na1 fsync = EIO\n";
    for (first, older) in [(back, "1"), (&back[back.find("nature").expect("a fault")..], "0")] {
        let said = trace(&format!(
            "{first}a1 pread 0..1 = got {older}\na1 pread 0..1 = got {}\n",
            if older == "1" { "2" } else { "1" }
        ));
        let Verdict::Forbidden(violations) = judge(&Contract::POSIX, &said) else {
            panic!("allowed: {said}")
        };
        let [violation] = &violations[..] else { panic!("{violations:#?}") };
        let (again, showed) =
            (violation.lines.shows.expect("a read"), violation.lines.superseding.expect("a read"));
        assert_eq!(
            (violation.kind, violation.write, again - showed),
            (Kind::StaleRead, None, 2),
            "{violation:?}"
        );
        assert!(
            violation.why.contains(&format!("`pread 0..1` (line {showed}) showed that write")),
            "{violation:?}"
        );
    }
}

#[test]
fn an_end_that_was_seen_to_have_come_back_is_held_against_the_read_that_showed_it() {
    let said = trace(
        "nature fail write EIO 1 = ok\na1 pwrite 16..17 = ok\na1 fsync = EIO\na1 pread 16..17 = got -\na1 pread 16..17 = got 1\n",
    );
    let Verdict::Forbidden(violations) = judge(&Contract::POSIX, &said) else { panic!("allowed: {said}") };
    for violation in &violations {
        assert!(violation.why.contains("had shown it past the end"), "{violation:?}");
    }
}

#[test]
fn a_violation_is_told_by_its_kind_and_line() {
    let trace = trace("a1 pread 0..1 = got ?");
    let verdict = judge(&Contract::POSIX, &trace);
    let told = verdict.violations()[0].to_string();
    assert_eq!(told, "leaked (line 2): a1's `pread 0..1` saw at cell 0 bytes that no write made");
}

#[test]
fn a_verdict_lists_so_many_violations_and_no_more() {
    let trace = trace(&format!("file 4096\na1 pread 0..4096 = got{}", " ?".repeat(4096)));
    assert_eq!(judge(&Contract::LINUX, &trace).violations().len(), VIOLATIONS);
}

#[test]
fn what_is_wrong_is_counted_once_a_kind() {
    for symptom in Symptom::all() {
        assert_eq!(Symptom::all().filter(|other| other.name() == symptom.name()).count(), 1, "{symptom}");
        assert_eq!(symptom.to_string(), symptom.name());
        let words = Kind::WORDS.iter().chain(Unanswered::WORDS);
        assert_eq!(words.filter(|word| **word == (symptom.name(), symptom.says())).count(), 1, "{symptom}");
    }
    for (text, wrong) in [
        ("a1 pread 0..2 = got ? 0", vec![Symptom::Broken(Leaked)]),
        ("a1 pread 0..2 = got ? ?", vec![Symptom::Broken(Leaked)]),
        (
            "a1 fsync = EIO\na1 pread 0..1 = got ?",
            vec![Symptom::Broken(Kind::SpuriousError), Symptom::Broken(Leaked)],
        ),
        ("a1 > fsync\nend stuck", vec![Symptom::Stuck]),
        ("a1 > fsync\nend endless", vec![Symptom::Endless]),
        ("a1 fsync = ok", vec![]),
    ] {
        let verdict = judge(&Contract::POSIX, &trace(text));
        assert_eq!(Symptom::of(&verdict), wrong, "{text}");
        for symptom in Symptom::all() {
            assert_eq!(symptom.is_in(&verdict), wrong.contains(&symptom), "{symptom} of {text}");
        }
    }
}

#[test]
fn an_error_without_a_cause_is_told_with_the_call_and_the_write_that_it_is_about() {
    for (call, error, write) in [("fsync", "EIO", None), ("pwrite 0..1", "ENOSPC", Some(1))] {
        let verdict = judge(&Contract::POSIX, &trace(&format!("a1 {call} = {error}")));
        let violation = &verdict.violations()[0];
        assert_eq!(violation.why, format!("a1's `{call}` answered {error}, and nothing had failed"));
        assert_eq!((violation.kind, violation.write), (Kind::SpuriousError, write));
    }
}
