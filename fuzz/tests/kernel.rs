//! The running kernel, where this machine lets us mount: every kept case, and nothing that is not known.
#![cfg(all(target_os = "linux", feature = "kernel"))]

use launder_fuzz::{Outcome, Planted, Signature, Symptom, Trial};
use launder_impls::Case;
use launder_oracle::{Unanswered, Verdict};
use std::path::{Path, PathBuf};

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
