//! Saves what is found in files that are there whole or not at all, whoever is killed meanwhile.

use crate::{Finding, Planted};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;

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
