//! Corpora: a folder's files are bytes in the encoding, and what a target's coverage does not need of them can go.

use crate::instrumented::Driver;
use crate::target;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The committed cases that libFuzzer starts from, besides random ones.
pub(crate) fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/models")
}

impl Driver {
    /// Copies to `into` of the files in `from` as few as have all their coverage of the subjects (with commas between; every
    /// model if there is none), or, if it does not matter how often an edge is taken, all the edges; says whether the target did
    /// that. Both folders must be there.
    ///
    /// # Errors
    /// The target does not start.
    pub fn cover(&self, subjects: &str, from: &Path, into: &Path, often: bool) -> io::Result<bool> {
        let scratch = into.with_extension("found");
        fs::create_dir_all(&scratch)?;
        // `-set_cover_merge=1` chooses the next file by what all of them cover; `-merge=1` goes by size, and keeps far more.
        let mut child = Command::new(&self.target)
            .arg("-set_cover_merge=1")
            .arg(format!("-use_counters={}", u8::from(often)))
            .args([into, from])
            .env(target::SUBJECTS, subjects)
            .env(target::FINDINGS, &scratch)
            .env(target::LEASH, "1")
            .current_dir(&scratch)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // To wait would close it.
        let leash = child.stdin.take();
        let done = child.wait()?;
        drop(leash);
        fs::remove_dir_all(&scratch)?;
        Ok(done.success())
    }
}
