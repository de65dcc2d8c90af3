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
