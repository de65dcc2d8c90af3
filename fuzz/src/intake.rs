//! What a target that libFuzzer runs has found: taken in as it comes, and shrunk.

use crate::campaign::Hunted;
use crate::target::{read_counts, read_matrix};
use crate::{Outcome, Symptom, Trial};
use launder_impls::Case;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder that a target writes to, and what of it was taken in.
pub(crate) struct Intake {
    pub folder: PathBuf,
    /// Runs before the target's.
    before: u64,
    taken: BTreeSet<PathBuf>,
}

impl Intake {
    pub fn new(folder: PathBuf, hunted: &Hunted) -> Intake {
        Intake { folder, before: hunted.hunt.counts.runs, taken: BTreeSet::new() }
    }

    /// Shrinks what was found since; says how many cases that were.
    pub fn take(&mut self, trial: &Trial, hunted: &mut Hunted) -> usize {
        let mut fresh = files(&self.folder);
        fresh.retain(|path| !self.taken.contains(path));
        let count = fresh.len();
        for path in fresh {
            let Some(case) = read(&path) else { continue };
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let runs: u64 = name.rsplit("--").next().and_then(|runs| runs.parse().ok()).unwrap_or(0);
            if let Outcome::Judged(trace, verdict) = trial.of(&case) {
                for symptom in Symptom::of(&verdict) {
                    hunted.hunt.show(trial, &case, symptom, self.before + runs, (&trace, &verdict));
                }
            }
            self.taken.insert(path);
        }
        count
    }

    /// Adds the target's counts once it has ended; what it found is removed, for the hunt has it.
    pub fn end(self, hunted: &mut Hunted) {
        if let Some(counts) = read_counts(&self.folder) {
            hunted.hunt.counts.add(&counts);
        }
        if let Some(matrix) = read_matrix(&self.folder) {
            hunted.hunt.matrix.add(&matrix);
        }
        hunted.hunt.add(Default::default());
        for path in self.taken {
            let _ = fs::remove_file(path);
        }
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
