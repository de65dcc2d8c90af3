//! The directories that a user names: that one is none, one too many, or of no use to anybody is a bad call, and no subject is asked.

use launder_fuzz::Planted;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

/// Refuses what is no directory, any where nobody works in one, and more than a subject that works in some can be put in.
pub fn check(at: &[PathBuf], subjects: &[Planted]) -> Result<(), String> {
    for path in at {
        let why = match fs::metadata(path) {
            Ok(found) if !found.is_dir() => "no directory".to_string(),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                error.to_string()
            }
            // What is there but cannot be used, as a mount whose server is gone, its subject is skipped for.
            _ => continue,
        };
        return Err(format!("--at {}: {why}", path.display()));
    }
    let uses_none = |planted: &Planted| planted.card.directories() == 0;
    if let (Some(first), true) = (at.first(), subjects.iter().all(uses_none)) {
        let who = match subjects {
            [one] => format!("`{one}` works in no directory"),
            _ => "none of these subjects works in a directory".into(),
        };
        return Err(format!("--at {}: {who}; `path` does", first.display()));
    }
    for planted in subjects {
        let most = planted.card.directories();
        if let (1.., Some(more)) = (most, at.get(most)) {
            return Err(format!("--at {}: `{planted}` works in at most {most} directories", more.display()));
        }
    }
    Ok(())
}
