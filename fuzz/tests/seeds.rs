//! The committed seeds of the fuzz targets: few, small, each itself a case or a trace, and nothing comes of them that is not known.
//!
//! `LAUNDER_SEEDS=write cargo test -p launder-fuzz --test seeds` makes them anew, which needs what `launder fuzz` needs for libFuzzer.

#[path = "seeds/made.rs"]
mod made;

use launder_fuzz::{Matrix, Planted, Trial, decode, encode, target};
use launder_impls::Case;
use launder_oracle::Trace;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

/// The least seeds for `models`, for `judge`, and the most bytes of all of them.
const MODELS: usize = 200;
const JUDGE: usize = 25;
const BYTES: usize = 60_000;
/// The least kept cases that fit the encoding.
const KEPT: usize = 480;

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("the folder can be read");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("the folder can be read").path()).collect();
    files.sort();
    files
}

/// The seeds of a target, which are made first if that is asked for.
fn seeds(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    static MADE: Once = Once::new();
    if std::env::var("LAUNDER_SEEDS").as_deref() == Ok("write") {
        MADE.call_once(|| made::make(&package().join("seeds")));
    }
    let read = |path: PathBuf| (path.clone(), fs::read(&path).expect("the seed can be read"));
    files(&package().join("seeds").join(name)).into_iter().map(read).collect()
}

fn kept() -> Vec<(PathBuf, Case)> {
    let mut paths = files(&package().join("cases"));
    paths.retain(|path| path.extension().is_some_and(|it| it == "case"));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("the case can be read");
        let case = Case::parse(&text).expect("a case");
        (path, Case { comments: Vec::new(), ..case })
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn seeds_are_few_and_small_and_each_is_another() {
    let (models, judge) = (seeds("models"), seeds("judge"));
    assert!(models.len() >= MODELS && judge.len() >= JUDGE, "{} and {}", models.len(), judge.len());
    let all: Vec<&Vec<u8>> = models.iter().chain(&judge).map(|(_, bytes)| bytes).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    let bytes: usize = all.iter().map(|bytes| bytes.len()).sum();
    assert!(bytes <= BYTES, "{bytes} bytes");
}

#[test]
fn a_seed_is_a_case_as_the_encoding_writes_it_and_shows_nothing_that_is_not_known() {
    for (path, bytes) in seeds("models") {
        assert_eq!(encode(&decode(&bytes)).as_ref(), Some(&bytes), "{}", path.display());
        assert!(target::models(&bytes), "{}: a run of it does not end", path.display());
    }
}

#[test]
fn a_kept_case_goes_through_the_encoding_and_shows_nothing_that_is_not_known() {
    let mut put = 0;
    for (path, case) in kept() {
        let Some(bytes) = encode(&case) else { continue };
        assert_eq!(decode(&bytes), case, "{}", path.display());
        target::models(&bytes);
        put += 1;
    }
    assert!(put >= KEPT, "{put} of the kept cases fit the encoding");
}

#[test]
fn a_seed_of_the_judge_is_a_trace_that_it_judges_the_long_way_as_the_short_way() {
    for (path, bytes) in seeds("judge") {
        let text = std::str::from_utf8(&bytes[8..]).expect("text");
        assert!(Trace::parse(text).is_ok(), "{}", path.display());
        target::judges(&bytes);
    }
}

#[test]
fn a_target_without_a_fuzzer_puts_what_it_is_given_and_stops_at_what_is_new() {
    let models = |subject: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_models"));
        command.env("LAUNDER_SUBJECTS", subject).env("RUST_BACKTRACE", "0");
        command
    };
    let folder = package().join("seeds/models");
    let whole = models("launder-folio").arg(&folder).output().expect("the target runs");
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    let broken = models("launder-folio+no_launder").arg(&folder).output().expect("the target runs");
    let said = String::from_utf8_lossy(&broken.stderr);
    assert!(broken.status.code() == Some(101) && said.contains("launder-folio+no_launder: "), "{said}");
    // As AFL++ does.
    let file = fs::File::open(&files(&folder)[0]).expect("the seed can be read");
    assert!(models("launder-folio").stdin(file).status().expect("the target runs").success());
}

/// Seeds that met little would have libFuzzer start over. Measured when they were made: 39 of 80 pairs of the model of which they
/// meet the least, 2,197 of 3,540 of all models together.
#[test]
fn seeds_meet_of_every_model_a_good_part_of_what_can_meet() {
    let cases: Vec<Case> = seeds("models").iter().map(|(_, bytes)| decode(bytes)).collect();
    let (mut all, mut possible) = (0, 0);
    for planted in Planted::models() {
        let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
        let mut matrix = Matrix::default();
        for case in &cases {
            trial.of(case);
            matrix.count(trial.met());
        }
        let (met, of) = (matrix.met(1).count(), planted.card.possible().count());
        assert!(5 * met >= 2 * of, "{planted}: {met} of {of} pairs");
        all += met;
        possible += of;
    }
    println!("{all} of {possible} pairs, of all models together");
    assert!(5 * all >= 3 * possible, "{all} of {possible} pairs, of all models together");
}
