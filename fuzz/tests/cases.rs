//! What every model makes of every case of `fuzz/cases`: a table, and a timeline of what went wrong.

use launder_fuzz::{Outcome, Planted, Symptom, Trial, table, timeline};
use launder_impls::Case;
use std::fs;
use std::path::{Path, PathBuf};

macro_rules! cases {
    ($($name:ident: $file:literal,)*) => {
        const LISTED: &[&str] = &[$($file),*];

        $(
            #[test]
            fn $name() {
                shows($file);
            }
        )*
    };
}

cases! {
    own_write_is_read: "own-write-is-read",
    store_slips_into_the_window: "store-slips-into-the-window",
    third_party_in_a_dirty_folio: "third-party-in-a-dirty-folio",
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

fn shows(file: &str) {
    let text = fs::read_to_string(folder().join(file).with_extension("case")).expect("the case can be read");
    let case = Case::parse(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(file, story(&case)));
}

fn story(case: &Case) -> String {
    let put = |planted: Planted| {
        let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
        trial.record_steps(true);
        (planted.to_string(), trial.of(case))
    };
    let outcomes: Vec<_> = Planted::models().into_iter().map(put).collect();
    let mut story = table(case, &outcomes);
    for (name, outcome) in &outcomes {
        if let Outcome::Judged(trace, verdict) = outcome
            && !Symptom::of(verdict).is_empty()
        {
            story += &format!("\n{name}\n{}", timeline(trace, verdict, case.asks.len()));
        }
    }
    story
}

#[test]
fn every_case_has_a_test_and_says_why_it_exists() {
    let files = fs::read_dir(folder()).expect("the folder can be read");
    let names = files.map(|file| file.expect("the folder can be read").path());
    let mut cases: Vec<PathBuf> =
        names.filter(|path| path.extension().is_some_and(|it| it == "case")).collect();
    cases.sort();
    let stems: Vec<_> = cases.iter().filter_map(|path| path.file_stem()?.to_str()).collect();
    let mut listed = LISTED.to_vec();
    listed.sort_unstable();
    assert_eq!(stems, listed);
    for path in &cases {
        let text = fs::read_to_string(path).expect("the case can be read");
        assert!(text.starts_with("# "), "{}: its first line says why it exists", path.display());
    }
}

#[test]
fn the_case_of_every_bug_and_known_broken_promise_exists() {
    for planted in Planted::all() {
        let bugs = planted.card.bugs.iter().map(|bug| bug.case);
        let known = planted.card.known.iter().map(|known| known.case);
        for case in bugs.chain(known).filter(|case| !case.is_empty()) {
            let stem = case.trim_end_matches(".case");
            assert!(LISTED.contains(&stem), "{planted}: {case} is no case of fuzz/cases");
        }
    }
}
