//! Files from anybody: read whole, up to a limit, or refused in one line that names file, line and word.

use launder_impls::Case;
use launder_oracle::{FILE_BYTES, Trace};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Reads a .case file, or as a case an .fsxops file, or the bytes that a fuzzer has left behind.
pub fn read_case(path: &Path) -> Result<Case, String> {
    if is_left_by_a_fuzzer(path) {
        return read_bytes(path).map(|bytes| launder_fuzz::decode(&bytes));
    }
    let text = read_text(path)?;
    if path.extension().is_some_and(|extension| extension == "fsxops") {
        return launder_fuzz::read_fsxops(&text).map_err(|error| format!("{}: {error}", path.display()));
    }
    Case::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Whether the file is named as libFuzzer names what a target stopped at, or AFL++ a file of its queue: every byte string is a case.
fn is_left_by_a_fuzzer(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    ["crash-", "timeout-", "slow-unit-", "oom-", "leak-", "id:"].iter().any(|begins| name.starts_with(begins))
        && path.extension().is_none()
}

/// The files of a folder that are cases, in order; that there is none is an error.
pub fn case_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let error = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(error)?.map(|entry| Ok(entry.map_err(error)?.path()));
    let is_case = |path: &PathBuf| {
        path.extension().is_some_and(|end| end == "case" || end == "fsxops") || is_left_by_a_fuzzer(path)
    };
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
    String::from_utf8(read_bytes(path)?).map(visible).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
        format!("{shown}: line {line}: no UTF-8 text")
    })
}

/// The text without a byte order mark, and with what a terminal would obey and nobody would see as `?`.
fn visible(mut text: String) -> String {
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    let hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.contains(hidden) { text.replace(hidden, "?") } else { text }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let shown = path.display();
    let open = || {
        // A pipe would block when it is opened; what is no file is said to be none before that.
        if fs::metadata(path)?.is_dir() {
            return Err(std::io::Error::other("is a directory: name the files in it"));
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = open().map_err(|error| format!("{shown}: {error}"))?;
    if bytes.len() > FILE_BYTES {
        return Err(format!("{shown}: more than {FILE_BYTES} bytes, the limit"));
    }
    Ok(bytes)
}
