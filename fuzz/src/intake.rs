//! What a target that libFuzzer runs has found: taken in as it comes, and shrunk.

use crate::campaign::Hunted;
use crate::target::{read_counts, read_matrix};
use crate::{Outcome, Progress, Symptom, Trial};
use launder_impls::Case;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder that a target writes to: what is taken in of it is removed.
pub(crate) struct Intake {
    pub folder: PathBuf,
    /// Runs before the target's.
    before: u64,
}

impl Intake {
    pub fn new(folder: PathBuf, hunted: &Hunted) -> Intake {
        Intake { folder, before: hunted.hunt.counts.runs }
    }

    /// Shrinks what was found since, and tells of it: who is killed before that finds it here again.
    pub fn take(&self, trial: &Trial, hunted: &mut Hunted, progress: &Progress) {
        let fresh = files(&self.folder);
        for path in &fresh {
            let Some(case) = read(path) else { continue };
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let runs: u64 = name.rsplit("--").next().and_then(|runs| runs.parse().ok()).unwrap_or(0);
            if let Outcome::Judged(trace, verdict) = trial.of(&case) {
                for symptom in Symptom::of(&verdict) {
                    hunted.hunt.show(trial, &case, symptom, self.before + runs, &trace);
                }
            }
        }
        if !fresh.is_empty() {
            progress.tell(&hunted.planted, &hunted.hunt);
        }
        for path in fresh {
            let _ = fs::remove_file(path);
        }
    }

    /// Adds the target's counts once it has ended.
    pub fn end(self, hunted: &mut Hunted) {
        if let Some(counts) = read_counts(&self.folder) {
            hunted.hunt.counts.add(&counts);
        }
        if let Some(matrix) = read_matrix(&self.folder) {
            hunted.hunt.matrix.add(&matrix);
        }
        hunted.hunt.add(Default::default());
    }
}

/// The cases in a folder; none if there is no folder.
pub(crate) fn cases(folder: &Path) -> Vec<Case> {
    files(folder).iter().filter_map(|path| read(path)).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(|file| Some(file.ok()?.path()));
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "case")).collect();
    files.sort();
    files
}

fn read(path: &Path) -> Option<Case> {
    Case::parse(&fs::read_to_string(path).ok()?).ok()
}
