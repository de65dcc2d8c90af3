//! `launder report`: one HTML page of a campaign, or of cases.

use crate::answer::{Status, print};
use crate::args;
use crate::score::Scores;
use launder_fuzz::{counted, write_whole};
use std::fs;
use std::path::Path;

mod bands;
mod cases;
mod detection;
mod drawing;
mod finding;
mod gather;
mod matrix;
mod page;
mod rows;
mod run;
mod shown;
mod verdicts;

pub fn report(job: &args::Report) -> Result<Status, String> {
    let scores = job.score.iter().map(|path| read_scores(path)).collect::<Result<Vec<_>, _>>()?;
    let told = gather::gather(job)?;
    let html = page::page(&told, &scores).into_string();
    let shown = job.output.display();
    write_whole(&job.output, &html).map_err(|error| format!("{shown}: {error}"))?;
    let findings = counted(told.findings.len() as u64, "finding");
    let subjects = counted(told.subjects.len() as u64, "subject");
    print(&format!("{shown}: {findings} of {subjects}, {} KiB\n", html.len().div_ceil(1024)))?;
    Ok(Status::Kept)
}

/// What `launder score --json` printed.
fn read_scores(path: &Path) -> Result<Scores, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let no = |error| format!("{}: not what `launder score --json` prints: {error}", path.display());
    serde_json::from_str(&text).map_err(no)
}
