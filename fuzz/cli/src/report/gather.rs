//! What a page is made of: the record of a campaign, its cases, and what became of them when they were run again.

use super::cases::{cases, without_counts};
use super::shown::{Named, Shown, number_namesakes};
use crate::args::{self, FINDINGS};
use crate::held::Held;
use crate::input::{case_files, read_case};
use crate::record::{Record, Subject};
use launder_fuzz::{Planted, RECORD_FILE};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// All that a page tells.
pub struct Told {
    /// The campaign, if it is one.
    pub record: Option<Record>,
    /// What is told of each subject.
    pub subjects: Vec<Subject>,
    pub findings: Vec<Shown>,
    /// What a reader must know of how this came together.
    pub notes: Vec<String>,
    /// What all were held to, if not to their own contracts.
    pub contract: Option<Held>,
}

pub fn gather(job: &args::Report) -> Result<Told, String> {
    let mut told = match job.paths.as_slice() {
        [folder] if folder.is_dir() || folder == Path::new(FINDINGS) => {
            campaign(folder, job.contract.clone())?
        }
        files => cases(files, &job.subjects, job.contract.clone())?,
    };
    if !job.subjects.is_empty() {
        let names: Vec<String> = job.subjects.iter().map(Planted::to_string).collect();
        told.subjects.retain(|subject| names.contains(&subject.subject));
        told.findings.retain(|shown| names.contains(&shown.subject));
    }
    super::verdicts::sort(&mut told);
    number_namesakes(&mut told.findings);
    Ok(told)
}

/// What a hunt left in this folder.
fn campaign(folder: &Path, contract: Option<Held>) -> Result<Told, String> {
    let mut record = read_record(folder)?;
    let held = record.contract.as_deref().map(str::parse::<Held>).transpose();
    let held = held.map_err(|error| format!("{}: {error}", folder.join(RECORD_FILE).display()))?;
    let subjects = std::mem::take(&mut record.subjects);
    let mut told =
        Told { record: None, subjects, findings: Vec::new(), notes: Vec::new(), contract: contract.or(held) };
    match record.seconds {
        Some(_) => recorded(&mut told, folder)?,
        None => unended(&mut told, folder)?,
    }
    told.record = Some(record);
    Ok(told)
}

/// The findings that the record names; those of other hunts are counted.
fn recorded(told: &mut Told, folder: &Path) -> Result<(), String> {
    let mut named = BTreeSet::new();
    for (subject, found) in told.subjects.iter().flat_map(|s| s.findings.iter().map(move |found| (s, found)))
    {
        let path = folder.join(Path::new(&found.case).file_name().unwrap_or_default());
        let case = read_case(&path)?;
        told.findings.push(Shown::again(
            Named::by_record(subject, found),
            &path,
            case,
            told.contract.as_ref(),
        ));
        named.insert(path);
    }
    let other = case_files(folder).unwrap_or_default().iter().filter(|path| !named.contains(*path)).count();
    if other > 0 {
        told.notes.push(format!(
            "{more} in {folder} not of this hunt and not told here: launder report {folder}/*.case tells all.",
            more = if other == 1 { "One more case is".into() } else { format!("{other} more cases are") },
            folder = folder.display()
        ));
    }
    Ok(())
}

/// What is in the folder of a hunt that has no more to say of itself.
fn unended(told: &mut Told, folder: &Path) -> Result<(), String> {
    told.notes.push("The hunt has not ended, or was killed: this is what was in its folder.".into());
    for path in case_files(folder).unwrap_or_default() {
        let case = read_case(&path)?;
        if let Some(named) = Named::by_comments(&case) {
            told.findings.push(Shown::again(named, &path, case, told.contract.as_ref()));
        }
    }
    told.subjects = without_counts(&told.findings);
    Ok(())
}

fn read_record(folder: &Path) -> Result<Record, String> {
    let path = folder.join(RECORD_FILE);
    let shown = path.display();
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(format!(
                "{shown}: no hunt has left its record here; first run: launder fuzz --out {}",
                folder.display()
            ));
        }
        text => text.map_err(|error| format!("{shown}: {error}"))?,
    };
    serde_json::from_str(&text)
        .map_err(|error| format!("{shown}: not the record of a hunt by this version: {error}"))
}
