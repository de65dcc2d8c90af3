//! The directories that a user names: that one is none, or one too many, is a bad call, and no subject is asked.

use launder_fuzz::Planted;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

/// Refuses what is no directory, and more of them than a subject that works in any can be put in.
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
    for planted in subjects {
        let most = planted.card.directories();
        if let (1.., Some(more)) = (most, at.get(most)) {
            return Err(format!("--at {}: `{planted}` works in at most {most} directories", more.display()));
        }
    }
    Ok(())
}
