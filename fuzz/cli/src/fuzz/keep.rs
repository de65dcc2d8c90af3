//! Keeps findings as they come, so that who is killed has them, and tells those that the folder had before from those that are new.

use launder_fuzz::{Finding, Planted, save, sweep};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A folder of findings.
pub struct Keep {
    pub out: PathBuf,
    /// The files that it had at first.
    before: BTreeSet<OsString>,
    lines: Mutex<Vec<String>>,
}

impl Keep {
    /// Those who were killed while they saved a case have left nothing in it from here on.
    pub fn new(out: &Path) -> Keep {
        sweep(out);
        let files = fs::read_dir(out).into_iter().flatten();
        let before = files.filter_map(|file| Some(file.ok()?.file_name())).collect();
        Keep { out: out.into(), before, lines: Mutex::default() }
    }

    /// Keeps a finding that came just now, and has it told if it is news.
    pub fn keep(&self, planted: &Planted, finding: &Finding) {
        // That it cannot be kept is an error when all of them are told, at the end.
        let Ok(path) = save(finding, planted, &self.out) else { return };
        if finding.known.is_none() && self.is_new(planted, finding) {
            let line = format!("NEW {planted}: {}  {}", finding.signature, path.display());
            self.lines.lock().expect("no thread panics while it adds a line").push(line);
        }
    }

    /// Whether no earlier hunt has kept it here.
    pub fn is_new(&self, planted: &Planted, finding: &Finding) -> bool {
        !self.before.contains(&OsString::from(finding.file_name(planted)))
    }

    /// The lines that are to be told, once each.
    pub fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().expect("no thread panics while it adds a line"))
    }
}
