//! Files from anybody: read whole, up to a limit, or refused in one line that names file, line and word.

use launder_impls::Case;
use launder_oracle::{FILE_BYTES, Trace};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Reads a .case file, or an .fsxops file as a case.
pub fn read_case(path: &Path) -> Result<Case, String> {
    let text = read_text(path)?;
    if path.extension().is_some_and(|extension| extension == "fsxops") {
        return launder_fuzz::read_fsxops(&text).map_err(|error| format!("{}: {error}", path.display()));
    }
    Case::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The .case and .fsxops files of a folder, in order; that there is none is an error.
pub fn case_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let error = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(error)?.map(|entry| Ok(entry.map_err(error)?.path()));
    let is_case = |path: &PathBuf| path.extension().is_some_and(|end| end == "case" || end == "fsxops");
    let mut files = entries.collect::<Result<Vec<_>, String>>()?;
    files.retain(is_case);
    files.sort();
    if files.is_empty() {
        return Err(format!("{}: no .case or .fsxops file is in it", folder.display()));
    }
    Ok(files)
}

/// Reads a .trace file.
pub fn read_trace(path: &Path) -> Result<Trace, String> {
    let text = read_text(path)?;
    Trace::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_text(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let open = || {
        // A pipe would block when it is opened; what is no file is said to be none before that.
        if fs::metadata(path)?.is_dir() {
            return Err(std::io::Error::other("is a directory"));
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = open().map_err(|error| format!("{shown}: {error}"))?;
    if bytes.len() > FILE_BYTES {
        return Err(format!("{shown}: more than {FILE_BYTES} bytes, the limit"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
        format!("{shown}: line {line}: no UTF-8 text")
    })
}
