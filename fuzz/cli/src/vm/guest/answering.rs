//! What is asked of a guest, and how it is answered.

use super::super::file_system::FileSystem;
use super::super::wire::Message;
use super::machinery::{mount_at, wait_for};
use super::{nfs, nine_p};
use launder_fuzz::Trial;
use launder_impls::sim::Holds;
use launder_impls::{Case, Run};
use launder_oracle::{Who, Words};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The subjects that have been made ready, by their words.
#[derive(Default)]
pub struct Answering(HashMap<String, Result<Trial, String>>);

impl Answering {
    /// `open WORD`: is it ready, and how many hosts has it; `knows WORD`: a call; `put WORD [steps]`: a case.
    pub fn answer(&mut self, question: &Message) -> Message {
        let (verb, words) = question.words();
        let word = words.first().copied().unwrap_or_default();
        let trial = match self.trial(word) {
            Ok(trial) => trial,
            Err(why) => return Message::new("no", why),
        };
        match verb {
            "open" => Message::new(format!("opened {}", if trial.has_two_hosts() { 2 } else { 1 }), ""),
            "knows" => {
                let call = |who| Words::of(1, &question.body).call(who).ok();
                let knows =
                    [Who::Server, Who::Nature].into_iter().filter_map(call).any(|call| trial.knows(&call));
                Message::new(if knows { "yes" } else { "no" }, "")
            }
            "put" => {
                let delegates = word.starts_with("nfs").then(|| nfs::delegate(word == "nfs-delegations"));
                let _delegates = match delegates.transpose() {
                    Ok(stays) => stays,
                    Err(why) => return Message::new("no", why),
                };
                trial.record_steps(words.contains(&"steps"));
                put(trial, &question.body)
            }
            _ => Message::new("no", format!("there is no `{verb}`")),
        }
    }

    fn trial(&mut self, word: &str) -> &Result<Trial, String> {
        self.0.entry(word.into()).or_insert_with(|| open(word))
    }
}

fn put(trial: &Trial, case: &str) -> Message {
    let case = match Case::parse(case) {
        Ok(case) => case,
        Err(error) => return Message::new("no", error.to_string()),
    };
    // Nobody judges it here.
    match trial.run_by(&case, &mut Holds) {
        Run::Trace(trace) => Message::new("trace", trace.to_string()),
        Run::Skipped(why) => Message::new("skipped", why),
        Run::Abandoned => Message::new("skipped", "given up"),
    }
}

fn open(word: &str) -> Result<Trial, String> {
    let file_system = FileSystem::all().find(|it| it.word == word).ok_or("there is no such subject")?;
    let planted = file_system.planted().ok_or("it is not built in")?;
    Trial::open(planted, &directories(file_system)?, None)
}

/// The directories in which subjects work, once somebody has mounted them.
static MOUNTED: Mutex<BTreeMap<&str, Result<Vec<PathBuf>, String>>> = Mutex::new(BTreeMap::new());

/// Where the subject is to work.
fn directories(file_system: &FileSystem) -> Result<Vec<PathBuf>, String> {
    let mut mounted = MOUNTED.lock().map_err(|error| error.to_string())?;
    let word = if file_system.word == "nfs-delegations" { "nfs" } else { file_system.word };
    mounted.entry(word).or_insert_with(|| mount(file_system)).clone()
}

/// A disk with a file system.
fn disk(number: usize) -> Result<String, String> {
    let name = ["/dev/vda", "/dev/vdb"][number];
    wait_for("the disk", || Path::new(name).exists().then(|| name.into()))
}

/// Mounts what the subject is to work in.
fn mount(file_system: &FileSystem) -> Result<Vec<PathBuf>, String> {
    if let (Some(mode), Some(tags)) = (file_system.cache(), file_system.tags()) {
        return nine_p::mount(mode, &tags);
    }
    match file_system.word {
        "ext4" => disk(0).and_then(|disk| mount_at(&disk, "ext4", "/ext4")).map(|()| vec!["/ext4".into()]),
        "nfs" | "nfs-delegations" => disk(1).and_then(|disk| nfs::export(&disk)),
        _ => Ok(Vec::new()),
    }
}
