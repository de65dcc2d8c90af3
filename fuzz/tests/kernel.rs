//! The running kernel, where this machine lets us mount: every kept case, and nothing that is not known.
#![cfg(all(target_os = "linux", feature = "kernel"))]

use launder_fuzz::{Outcome, Planted, Signature, Symptom, Trial};
use launder_impls::{Case, Known, cards};
use launder_oracle::{Unanswered, Verdict};
use std::path::{Path, PathBuf};

#[path = "fuse_known/replies.rs"]
mod replies;

fn cases() -> Vec<(PathBuf, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let names =
        std::fs::read_dir(folder).expect("the folder can be read").map(|file| file.expect("it can").path());
    let mut names: Vec<_> = names.filter(|path| path.extension().is_some_and(|it| it == "case")).collect();
    names.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("the case can be read");
        let case = Case::parse(&text).expect("it is a case");
        (path, case)
    };
    names.into_iter().map(read).collect()
}

/// Puts every kept case. A case's holds count the steps of its model; here they count requests, and delay others.
fn puts_every_kept_case(subject: &str) {
    let planted: Planted = subject.parse().expect("a subject");
    let trial = match Trial::open(planted, &[], None) {
        Ok(trial) => trial,
        Err(why) => return println!("skipped: {why}"),
    };
    let (mut news, mut put) = (Vec::new(), 0);
    for (path, case) in cases() {
        let Outcome::Judged(trace, verdict) = trial.of(&case) else { continue };
        put += 1;
        assert_ne!(verdict, Verdict::Unanswered(Unanswered::Stuck), "{}\n{trace}", path.display());
        for symptom in Symptom::of(&verdict) {
            if Signature::of(symptom, &case).known(planted.card.known()).is_none() {
                news.push(format!("{}: {symptom}", path.file_stem().unwrap_or_default().display()));
            }
        }
    }
    assert!(put > 300, "{put} cases are put");
    assert!(news.is_empty(), "not known:\n{}", news.join("\n"));
}

#[test]
fn fuse() {
    puts_every_kept_case("kernel-fuse");
}

#[test]
fn fuse_with_a_writeback_cache() {
    puts_every_kept_case("kernel-fuse-writeback");
}

/// The steps of a model that a kept case's holds count are no requests: each of the first few is tried in their place, and none; and
/// what stands for the case where replies are held.
fn as_requests(file: &str, case: &Case) -> Vec<Case> {
    let at = |step: u32| {
        let mut case = case.clone();
        case.asks.iter_mut().flat_map(|ask| &mut ask.holds).for_each(|hold| hold.step = step);
        case
    };
    let anew = replies::CASES.iter().filter(|(kept, _)| *kept == file);
    let anew = anew.map(|(_, text)| Case::parse(text).expect("it is a case"));
    let mut cases: Vec<Case> =
        anew.chain([case.clone(), case.without_holds()]).chain((0..4).map(at)).collect();
    cases.dedup();
    cases
}

/// A disk that drops a request fails it, too.
fn with_drops(case: &Case) -> Case {
    let text = case.to_string().replace("fail write EIO", "drop");
    Case::parse(&text).expect("both words take a number")
}

/// Each promise that a subject is known to break it breaks here, in its case, on the kernel on which that was found.
fn known_is_shown(subject: &str, variants: fn(&str, &Case) -> Vec<Case>) {
    let planted: Planted = subject.parse().expect("a subject");
    let trial = match Trial::open(planted, &[], None) {
        Ok(trial) => trial,
        Err(why) => return println!("skipped: {why}"),
    };
    let (mut broken, mut due) = (0, Vec::new());
    for known in planted.card.known() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(known.case);
        let text = std::fs::read_to_string(path).expect("the case can be read");
        let case = Case::parse(&text).expect("it is a case");
        let mut variants = variants(known.case, &case).into_iter();
        match variants.any(|case| shows(&trial, &case, known)) {
            true => broken += 1,
            false if replies::NOT_AMONG_REPLIES.contains(&known.case) => {}
            false => due.push(format!("{} ({known})", known.case)),
        }
    }
    println!("{subject}: {broken} are shown");
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    match release.starts_with("6.18.") {
        true => assert!(due.is_empty(), "{subject} does not show:\n{}", due.join("\n")),
        false => println!("{subject} on {} keeps {due:?}", release.trim()),
    }
}

/// Whether the case shows what is known; not, if it cannot be put.
fn shows(trial: &Trial, case: &Case, known: &Known) -> bool {
    match trial.of(case) {
        Outcome::Judged(_, verdict) => Symptom::of(&verdict).contains(&known.symptom),
        Outcome::Skipped(_) => false,
    }
}

#[test]
fn what_fuse_is_known_to_break_it_breaks_here() {
    for card in cards().filter(|card| card.name.starts_with("kernel-fuse")) {
        known_is_shown(card.name, as_requests);
    }
}

#[test]
fn what_file_systems_are_known_to_break_on_a_disk_that_fails_they_break_here() {
    for subject in ["kernel-ext4", "kernel-xfs", "kernel-btrfs"] {
        known_is_shown(subject, |_, case| vec![case.clone()]);
        known_is_shown(subject, |_, case| vec![with_drops(case)]);
    }
}
