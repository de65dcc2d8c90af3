//! Saves what is found in files that are there whole or not at all, whoever is killed meanwhile.

use crate::{Finding, Planted};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process;

/// The name of the file, in a folder of findings, that says which campaign they are of.
pub const RECORD_FILE: &str = "campaign.json";

/// Keeps the finding's case in a file in `folder`, which is made if need be, in the place of an earlier one of its signature, and
/// beside it, if it has one, its trace, under the same name with another ending; says which is the case's.
///
/// # Errors
/// The file cannot be written.
pub fn save(finding: &Finding, planted: &Planted, folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join(finding.file_name(planted));
    keep_trace(finding, planted, &path)?;
    write_whole(&path, &finding.commented(planted).to_string())?;
    Ok(path)
}

/// The file beside a case that has what a real subject said to it.
pub fn trace_file(case: &Path) -> PathBuf {
    case.with_extension("trace")
}

/// None stays there of an earlier finding. Comments come last, so that each line has the number that a witness gives it.
fn keep_trace(finding: &Finding, planted: &Planted, case: &Path) -> io::Result<()> {
    let path = trace_file(case);
    match &finding.trace {
        Some(trace) => {
            let of = case.file_name().unwrap_or_default().display();
            write_whole(&path, &format!("{trace}# What {planted} said to {of}.\n"))
        }
        None if path.exists() => fs::remove_file(path),
        None => Ok(()),
    }
}

/// Writes a file that is there whole or not at all, whoever is killed meanwhile: under another name first.
///
/// # Errors
/// The file cannot be written.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    write_whole_by(path, |file| file.write_all(text.as_bytes()))
}

/// The same of a file that is not made as one text before.
///
/// # Errors
/// The file cannot be written.
pub fn write_whole_by(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", process::id()));
    let temporary = path.with_file_name(name);
    let mut file = BufWriter::new(File::create(&temporary)?);
    write(&mut file)?;
    file.flush()?;
    fs::rename(&temporary, path)
}

/// Removes from a folder of findings what was left by those who were killed while they saved a case, a trace, or the record.
pub fn sweep(folder: &Path) {
    // Where nobody can be seen to live, all may.
    if !lives(process::id()) {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && maker(&entry.file_name()).is_some_and(|maker| !lives(maker)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The process that began to write a file under this name; none if the name is not one of ours.
fn maker(name: &OsStr) -> Option<u32> {
    let (file, maker) = name.to_str()?.strip_suffix(".tmp")?.rsplit_once('.')?;
    (is_ours(file) && maker.bytes().all(|byte| byte.is_ascii_digit())).then(|| maker.parse().ok())?
}

fn is_ours(name: &str) -> bool {
    let is_findings = [".case", ".trace"].iter().any(|end| name.ends_with(end)) && name.contains("--");
    name == RECORD_FILE || is_findings
}

fn lives(process: u32) -> bool {
    Path::new(&format!("/proc/{process}")).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dead_have_left_is_removed_and_what_the_living_write_or_a_user_keeps_is_not() {
        let folder = std::env::temp_dir().join(format!("launder-sweep-{}", process::id()));
        fs::create_dir_all(&folder).expect("the folder can be made");
        // Linux gives no process this number: the limit is 2^22 (proc_sys_kernel(5), pid_max).
        let dead = [
            "nfs--stuck--open.case.4194305.tmp",
            "path--leaked--mwrite.trace.4194305.tmp",
            "campaign.json.4194305.tmp",
        ];
        let kept = [
            format!("nfs--stuck--open.case.{}.tmp", process::id()),
            "nfs--stuck--open.case".into(),
            "nfs--stuck--open.case.tmp".into(),
            "nfs--stuck--open.case.+4194305.tmp".into(),
            "mine.case.4194305.tmp".into(),
            "mine.trace.4194305.tmp".into(),
            "nfs--stuck--open.4194305.tmp".into(),
            "campaign.json".into(),
            "other.json.4194305.tmp".into(),
        ];
        for name in kept.iter().map(String::as_str).chain(dead) {
            fs::write(folder.join(name), "a1 open\n").expect("the file can be written");
        }
        sweep(&folder);
        let left: Vec<_> = kept.iter().filter(|name| folder.join(name).exists()).collect();
        assert!(dead.iter().all(|dead| !folder.join(dead).exists()));
        assert_eq!(left, kept.iter().collect::<Vec<_>>());
        fs::remove_dir_all(&folder).expect("it can be removed");
    }
}
