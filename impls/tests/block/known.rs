//! What the file systems are known for shows with the cases that are named for it, and nowhere else.

use super::put::{ground, trace};
use launder_impls::Subject;
use launder_impls::kernel::{Btrfs, Ext4, Xfs};
use launder_oracle::{Symptom, judge};

/// The cases about a disk that fails, and nothing else.
const CASES: [&str; 5] = [
    "cut-off-and-zeroed-in-vain.case",
    "punched-after-its-writeback-failed.case",
    "written-again-after-its-writeback-failed-is-read.case",
    "written-again-after-its-writeback-failed-without-an-error.case",
    "written-again-after-its-writeback-failed.case",
];

/// A kernel that keeps the promise is welcome.
fn breaks_only_what_is_known<S: Subject>() {
    let Some(ground) = ground::<S>() else { return };
    for name in CASES {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/cases");
        let case = std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
        for case in [case.clone(), case.replace("fail write EIO", "drop")] {
            let trace = trace::<S>(&ground, &case);
            let found = Symptom::of(&judge(&S::CONTRACT, &trace));
            println!("{}: {name}: {found:?}", S::NAME);
            let known = || S::KNOWN.iter().copied().flatten();
            let kinds: Vec<_> = match known().any(|known| known.case == name) {
                true => known().map(|known| known.symptom).collect(),
                false => Vec::new(),
            };
            assert!(found.iter().all(|symptom| kinds.contains(symptom)), "{}: {found:?}\n{trace}", S::NAME);
        }
    }
}

#[test]
fn ext4_breaks_only_what_it_is_known_to() {
    breaks_only_what_is_known::<Ext4>();
}

#[test]
fn xfs_breaks_only_what_it_is_known_to() {
    breaks_only_what_is_known::<Xfs>();
}

#[test]
fn btrfs_breaks_only_what_it_is_known_to() {
    breaks_only_what_is_known::<Btrfs>();
}
