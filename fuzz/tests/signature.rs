//! A finding is known by its symptom and its words.

use launder_fuzz::{Signature, Symptom};
use launder_impls::{Case, Known};
use launder_oracle::Kind;

const KNOWN: &[Known] = &[Known {
    symptom: Symptom::Broken(Kind::Leaked),
    words: &["mwrite"],
    one_of: &["ftruncate", "append"],
    hazard: "",
    case: "",
}];

fn is_known(kind: Kind, text: &str) -> bool {
    let case = Case::parse(text).expect("a case");
    Signature::of(Symptom::Broken(kind), &case).known(KNOWN).is_some()
}

#[test]
fn a_finding_is_known_that_has_all_the_words_and_one_of_the_others() {
    assert!(is_known(Kind::Leaked, "a1 mmap\na1 mwrite 0..1\na1 ftruncate 8\n"));
    assert!(is_known(Kind::Leaked, "a1 mwrite 0..1\na1 append 1\na1 ftruncate 8\n"));
    assert!(!is_known(Kind::Leaked, "a1 mwrite 0..1\na1 pwrite 0..1\n"));
    assert!(!is_known(Kind::Leaked, "a1 ftruncate 8\n"));
    assert!(!is_known(Kind::LostWrite, "a1 mwrite 0..1\na1 ftruncate 8\n"));
}

const LOST: &[Known] = &[Known {
    symptom: Symptom::Broken(Kind::LostWrite),
    words: &["notify"],
    one_of: &[],
    hazard: "",
    case: "",
}];

fn is_lost(kind: Kind, text: &str) -> bool {
    let case = Case::parse(text).expect("a case");
    Signature::of(Symptom::Broken(kind), &case).known(LOST).is_some()
}

#[test]
fn a_lost_write_is_known_by_the_face_that_another_word_gives_it() {
    assert!(is_lost(Kind::SilentError, "server notify a 0..1\nnature crash b\n"));
    assert!(!is_lost(Kind::SilentError, "server notify a 0..1\n"));
    assert!(is_lost(Kind::Resurrected, "server notify a 0..1\na1 punch 0..1\n"));
    assert!(!is_lost(Kind::Resurrected, "server notify a 0..1\na1 pwrite 0..1\n"));
    assert!(is_lost(Kind::Leaked, "server notify a 0..1\na1 copy 0..1 4\n"));
    assert!(!is_lost(Kind::Leaked, "server notify a 0..1\na1 punch 0..1\n"));
}

#[test]
fn what_a_hole_has_taken_along_is_stale_to_who_reads_it_first_if_holes_are_what_it_is_known_for() {
    const TAKEN: &[Known] = &[Known { one_of: &["punch", "zero"], ..LOST[0] }];
    let is_known = |text: &str, known: &'static [Known]| {
        let case = Case::parse(text).expect("a case");
        Signature::of(Symptom::Broken(Kind::StaleRead), &case).known(known).is_some()
    };
    let read = "server notify a 0..1\na1 zero 0..1\na1 mread 0..1\n";
    assert!(is_known(read, TAKEN));
    assert!(!is_known(read, LOST));
    assert!(!is_known("server notify a 0..1\na1 zero 0..1\n", TAKEN));
    assert!(!is_known("server notify a 0..1\na1 mread 0..1\n", TAKEN));
}

#[test]
fn what_is_stale_is_missed_only_where_a_call_failed_that_would_have_left_it() {
    const STALE: &[Known] = &[Known { symptom: Symptom::Broken(Kind::StaleRead), ..LOST[0] }];
    const END: &[Known] = &[Known { symptom: Symptom::Broken(Kind::WrongSize), ..LOST[0] }];
    for known in [STALE, END] {
        let is_known = |text: &str| {
            let case = Case::parse(text).expect("a case");
            Signature::of(Symptom::Broken(Kind::LostWrite), &case).known(known).is_some()
        };
        assert!(is_known("server notify a 0..1\nnature drop 1\na1 copy 0..1 4\n"));
        assert!(!is_known("server notify a 0..1\nnature drop 1\na1 pwrite 0..1\n"));
        assert!(!is_known("server notify a 0..1\na1 copy 0..1 4\n"));
    }
}

#[test]
fn a_face_is_known_only_with_the_words_of_what_it_is_of() {
    assert!(!is_lost(Kind::SilentError, "a1 pwrite 0..1\nnature crash b\n"));
    assert!(!is_lost(Kind::WrongSize, "server notify a 0..1\na1 copy 0..1 4\nnature crash b\n"));
}
