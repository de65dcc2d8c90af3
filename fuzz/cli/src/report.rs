//! `launder report`: one HTML page of a campaign, or of cases.

use crate::answer::{Status, print};
use crate::args;
use crate::score::Scores;
use launder_fuzz::write_whole;
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
    let (findings, kib) = (told.findings.len(), html.len().div_ceil(1024));
    print(&format!("{shown}: {findings} findings of {} subjects, {kib} KiB\n", told.subjects.len()))?;
    Ok(Status::Kept)
}

/// What `launder score --json` printed.
fn read_scores(path: &Path) -> Result<Scores, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let no = |error| format!("{}: not what `launder score --json` prints: {error}", path.display());
    serde_json::from_str(&text).map_err(no)
}
