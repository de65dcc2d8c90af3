//! A finding: a broken promise, its shrunk case, and the file that keeps it.

use crate::{Planted, Signature};
use launder_impls::{Case, Known};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;

/// Letters of a file's name from which on a number stands for the rest.
const LONGEST: usize = 200;

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
        let name = format!("{planted}--{}--{words}", self.signature.symptom);
        match name.char_indices().nth(LONGEST) {
            None => name + ".case",
            // Two long signatures that begin alike are two files all the same.
            Some((end, _)) => format!("{}-{:016x}.case", &name[..end], fnv(name.as_bytes())),
        }
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

/// Keeps the finding's case in a file in `folder`, which is made if need be, in the place of an earlier one of its signature;
/// says which.
///
/// # Errors
/// The file cannot be written.
pub fn save(finding: &Finding, planted: &Planted, folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join(finding.file_name(planted));
    write_whole(&path, &finding.commented(planted).to_string())?;
    Ok(path)
}

/// Writes a file that is there whole or not at all, whoever is killed meanwhile: under another name first.
pub(crate) fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", process::id()));
    let temporary = path.with_file_name(name);
    fs::write(&temporary, text)?;
    fs::rename(&temporary, path)
}

/// FNV-1a.
fn fnv(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use launder_oracle::{Kind, Symptom};

    #[test]
    fn long_signatures_that_begin_alike_are_kept_in_two_files() {
        let planted = Planted::models()[0];
        let name = |last: &'static str| {
            let mut words = vec!["fadvise dontneed"; 20];
            words.push(last);
            let signature = Signature { symptom: Symptom::Broken(Kind::LostWrite), words };
            let case = Case::new(Vec::new());
            let finding = Finding { signature, known: None, case, why: String::new(), runs: 1, seen: 1 };
            finding.file_name(&planted)
        };
        assert_ne!(name("mread"), name("mwrite"));
        assert!(name("mread").len() <= 255 - ".4194304.tmp".len(), "a file system takes it");
    }
}
