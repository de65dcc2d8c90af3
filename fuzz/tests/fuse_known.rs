//! What the models of FUSE are known to break the running kernel breaks too: no weakness is an artefact of a model.
#![cfg(all(target_os = "linux", feature = "kernel"))]

use launder_fuzz::{Outcome, Planted, Symptom, Trial};
use launder_impls::Case;
use std::path::Path;

#[path = "fuse_known/replies.rs"]
mod replies;

/// The models are of 6.18, and what they are known to break has been so since iomap writes back, in 6.17.
const SINCE: (u32, u32) = (6, 17);

fn is_of_this_kernel() -> bool {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut numbers = release.split(['.', '-']).map(|number| number.trim().parse().unwrap_or(0));
    let release = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    release >= SINCE
}

/// The twin of the model, ready; nothing, and a line that says why, where this machine cannot tell.
fn twin(model: Planted) -> Option<Trial> {
    if !is_of_this_kernel() {
        println!("skipped: this kernel is older than {SINCE:?}");
        return None;
    }
    let twin: Planted = model.card.twin.expect("it has a twin").parse().expect("a subject");
    match Trial::open(twin, &[], None) {
        Ok(twin) => Some(twin),
        Err(why) => {
            println!("skipped: {why}");
            None
        }
    }
}

fn read(file: &str) -> Case {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(file);
    let text = std::fs::read_to_string(&path).expect("the case can be read");
    Case::parse(&text).expect("it is a case")
}

/// What the kernel breaks in this case; nothing, where it lacks a word of it.
fn broken(twin: &Trial, case: &Case) -> Option<Vec<Symptom>> {
    match twin.of(case) {
        Outcome::Judged(_, verdict) => Some(Symptom::of(&verdict)),
        Outcome::Skipped(_) => None,
    }
}

/// Each promise that the model is known to break: by its case as it is, or with replies delayed to the same end.
fn is_shown_by_the_kernel(model: &str) {
    let model: Planted = model.parse().expect("a model");
    let Some(twin) = twin(model) else { return };
    let (mut put, mut unshown) = (0, Vec::new());
    for known in model.card.known() {
        if replies::NOT_AMONG_REPLIES.contains(&known.case) {
            continue;
        }
        let Some(mut shown) = broken(&twin, &read(known.case)) else { continue };
        for (_, case) in replies::CASES.iter().filter(|(file, _)| *file == known.case) {
            shown.extend(broken(&twin, &Case::parse(case).expect("it is a case")).unwrap_or_default());
        }
        put += 1;
        if !shown.contains(&known.symptom) {
            unshown.push(format!("{}: {}", known.symptom, known.case));
        }
    }
    println!("{model}: {put} of {} are put to {}", model.card.known().count(), twin.planted);
    assert!(put > 30, "{put} are put");
    assert!(unshown.is_empty(), "{} does not show:\n{}", twin.planted, unshown.join("\n"));
}

#[test]
fn what_writing_through_breaks_the_kernel_breaks() {
    is_shown_by_the_kernel("fuse-write-through");
}

#[test]
fn what_writing_back_breaks_the_kernel_breaks() {
    is_shown_by_the_kernel("fuse-writeback");
}

#[test]
fn what_a_notification_breaks_over_writing_back_the_kernel_breaks() {
    is_shown_by_the_kernel("fuse-notify");
}

#[test]
fn what_a_notification_breaks_over_writing_through_the_kernel_breaks() {
    is_shown_by_the_kernel("fuse-notify-write-through");
}

/// Each case stands for one that is kept, and what cannot be shown is still not shown.
#[test]
fn no_case_is_there_in_vain() {
    for (file, case) in replies::CASES {
        assert_ne!(Case::parse(case).expect("it is a case"), read(file), "{file}");
    }
    let model: Planted = "fuse-notify-write-through".parse().expect("a model");
    let Some(twin) = twin(model) else { return };
    for file in replies::NOT_AMONG_REPLIES {
        assert_eq!(broken(&twin, &read(file)), Some(Vec::new()), "{file}");
    }
}
