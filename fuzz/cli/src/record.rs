//! The record of a campaign: what a hunt has come to, as JSON, and what `launder report` makes its page of.

use crate::machine::{Machine, Versions, now};
use launder_fuzz::{RECORD_FILE, write_whole_by};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// What a campaign leaves beside its findings: when it is written, its subjects may be what writes them.
#[derive(Serialize, Deserialize)]
pub struct Record<Subjects = Vec<Subject>> {
    pub versions: Versions,
    pub machine: Machine,
    /// The command line, word for word.
    pub command: Vec<String>,
    pub seed: u64,
    /// What all subjects were held to, if not to their own contracts.
    pub contract: Option<String>,
    pub begun: String,
    /// How long it took; null of one that has not ended, or was killed.
    pub seconds: Option<f64>,
    pub subjects: Subjects,
}

/// What was found out about a subject.
#[derive(Serialize, Deserialize)]
pub struct Subject {
    pub subject: String,
    pub runs: u64,
    pub seconds: f64,
    pub allowed: u64,
    pub forbidden: u64,
    pub unanswered: u64,
    pub unknown: u64,
    pub skipped: u64,
    /// Why this machine could not run it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    pub findings: Vec<Found>,
    /// Null of a real subject.
    pub matrix: Option<Met>,
}

/// A finding, whose case is in a file.
#[derive(Serialize, Deserialize)]
pub struct Found {
    pub signature: String,
    pub known: bool,
    /// How many runs it took to come upon it.
    pub runs: u64,
    pub case: String,
    /// The file with what a real subject said to it, which it cannot be made to say again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// Whether no earlier hunt has kept it in this folder.
    pub new: bool,
    /// What is known of it, if something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hazard: Option<Cow<'static, str>>,
}

/// The matrix of a subject.
#[derive(Serialize, Deserialize)]
pub struct Met {
    /// Pairs that were met.
    pub met: u32,
    /// Pairs of all states and of the events that can happen to the subject.
    pub of: u32,
    pub missing: Vec<String>,
    pub states: Vec<String>,
    pub events: Vec<String>,
    /// For each state, how many runs met each event in it; null where that cannot happen to the subject.
    pub times: Vec<Vec<Option<u64>>>,
}

impl<Subjects: Serialize> Record<Subjects> {
    /// That of a hunt which begins now, having come to nothing.
    pub fn begin(seed: u64, contract: Option<String>, nothing: Subjects) -> Record<Subjects> {
        Record {
            versions: Versions::this(),
            machine: Machine::this(),
            command: command(),
            seed,
            contract,
            begun: now(),
            seconds: None,
            subjects: nothing,
        }
    }

    /// It has ended, having come to this.
    pub fn end(&mut self, began: Instant, subjects: Subjects) {
        self.seconds = Some((began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0);
        self.subjects = subjects;
    }

    /// Writes it in the folder of its findings, which is made if need be; it is there whole or not at all.
    pub fn save(&self, folder: &Path) -> Result<(), String> {
        let path = folder.join(RECORD_FILE);
        let write = |file: &mut dyn Write| {
            serde_json::to_writer(&mut *file, self)?;
            writeln!(file)
        };
        fs::create_dir_all(folder)
            .and_then(|()| write_whole_by(&path, write))
            .map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// The command line; of the program only its name.
fn command() -> Vec<String> {
    let words = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    std::iter::once(env!("CARGO_PKG_NAME").to_string()).chain(words).collect()
}
