//! A finding: a broken promise, its shrunk case, and the file that keeps it.

use crate::{Planted, Signature};
use launder_impls::{Case, Known};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A broken promise.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What names it.
    pub signature: Signature,
    /// The known broken promise that it is, if it is one.
    pub known: Option<&'static Known>,
    /// The shrunk case.
    pub case: Case,
    /// A witness that a person can follow.
    pub why: String,
    /// How many runs it took to come upon it.
    pub runs: u64,
    /// How many runs have shown it.
    pub seen: u64,
}

impl Finding {
    /// The name of its file.
    pub fn file_name(&self, planted: &Planted) -> String {
        let words = self.signature.words.join("-").replace(' ', "-");
        let mut name = format!("{planted}--{}--{words}", self.signature.symptom);
        name.truncate(200);
        name + ".case"
    }

    /// Its case, with comments that say what it shows.
    pub fn commented(&self, planted: &Planted) -> Case {
        let mut case = self.case.clone();
        case.comments = vec![format!("{planted}: {}.", self.why.trim_end_matches('.'))];
        case.comments.push(format!("Signature: {}", self.signature));
        if let Some(known) = self.known {
            case.comments.push(format!("Known: {}", known.hazard));
        }
        case
    }
}

/// Keeps the finding's case in a file in `folder`, which is made if need be; says which.
///
/// # Errors
/// The file cannot be written.
pub fn save(finding: &Finding, planted: &Planted, folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join(finding.file_name(planted));
    fs::write(&path, finding.commented(planted).to_string())?;
    Ok(path)
}
