//! Every case is listed and says why it exists, and shows what bugs and known broken promises name it for.

use crate::{LISTED, folder, read};
use launder_fuzz::{Planted, Signature, Symptom, Trial};
use launder_impls::Case;
use std::fs;
use std::path::PathBuf;

#[test]
fn every_case_has_a_test_and_says_why_it_exists() {
    let files = fs::read_dir(folder()).expect("the folder can be read");
    let names = files.map(|file| file.expect("the folder can be read").path());
    let mut cases: Vec<PathBuf> =
        names.filter(|path| path.extension().is_some_and(|it| it == "case")).collect();
    cases.sort();
    let mut stems: Vec<_> = cases.iter().filter_map(|path| path.file_stem()?.to_str()).collect();
    stems.sort_unstable();
    let mut listed = LISTED.to_vec();
    listed.sort_unstable();
    assert_eq!(stems, listed);
    for path in &cases {
        let text = fs::read_to_string(path).expect("the case can be read");
        assert!(text.starts_with("# "), "{}: its first line says why it exists", path.display());
    }
}

#[test]
fn every_planted_bug_is_shown_by_its_case() {
    for planted in Planted::models().into_iter().flat_map(Planted::bugs) {
        let bug =
            planted.card.bugs.iter().find(|bug| Some(bug.name) == planted.bug).expect("a bug of the card");
        let case = read(bug.case);
        let whole = symptoms(Planted { bug: None, ..planted }, &case);
        let broken = symptoms(planted, &case);
        assert!(broken.iter().any(|symptom| !whole.contains(symptom)), "{planted}: {}", bug.case);
    }
}

#[test]
fn every_known_broken_promise_is_shown_by_its_case() {
    let mut unshown = Vec::new();
    for planted in Planted::models() {
        for known in planted.card.known() {
            let case = read(known.case);
            let shown = symptoms(planted, &case);
            let shows = shown.into_iter().any(|symptom| {
                let signature = Signature::of(symptom, &case);
                symptom == known.symptom && signature.known([known]).is_some()
            });
            if !shows {
                unshown.push(format!("{planted}: {} ({})", known.case, known.symptom));
            }
        }
    }
    assert!(unshown.is_empty(), "not shown:\n{}", unshown.join("\n"));
}

fn symptoms(planted: Planted, case: &Case) -> Vec<Symptom> {
    let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
    trial.verdict(case).map(|verdict| Symptom::of(&verdict)).unwrap_or_default()
}
