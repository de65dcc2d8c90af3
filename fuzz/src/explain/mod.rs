//! What a word means: kinds of broken promises, hazards, subjects, their bugs, contracts and axes; each with a case to run.
//!
//! Each is said where it is defined, and asked for here; a test runs every case that is named.

mod contract;
mod hazard;
mod subject;
mod symptom;

use crate::Planted;
use launder_oracle::{Contract, Symptom, nearest};
use std::fmt;
use std::path::{Path, PathBuf};

/// What a word means.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The word.
    pub word: String,
    /// What it is a word for.
    pub sort: &'static str,
    /// What it is.
    pub says: String,
    /// Where that is from, if what it says does not quote it.
    pub source: Option<String>,
    /// What belongs to it.
    pub parts: Vec<Part>,
    /// What to run.
    pub shown: Vec<Shown>,
    /// What to run where no case shows it.
    pub command: Option<String>,
}

/// What belongs to what is explained.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is.
    pub says: String,
    /// The cases that show it, and what each shows.
    pub shown: Vec<Shown>,
}

/// A case that shows something of a subject.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The file in `fuzz/cases`.
    pub case: &'static str,
    /// Who is asked.
    pub subject: Planted,
    /// What the subject is held to, where that is not its own.
    pub contract: Option<String>,
    /// What comes of it.
    pub shows: Shows,
}

/// What comes of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shows {
    /// This is among what is wrong.
    Symptom(Symptom),
    /// Something is wrong.
    Wrong,
    /// Something is wrong that is not wrong of the subject without its bug.
    Bug,
    /// The contract allows it.
    Allowed,
    /// It is the steps that show it.
    Steps,
}

impl Explanation {
    fn new(word: impl Into<String>, sort: &'static str, says: impl Into<String>) -> Explanation {
        let (parts, shown) = (Vec::new(), Vec::new());
        Explanation { word: word.into(), sort, says: says.into(), source: None, parts, shown, command: None }
    }

    /// Every case that it names.
    pub fn cases(&self) -> impl Iterator<Item = &Shown> {
        self.parts.iter().flat_map(|part| &part.shown).chain(&self.shown)
    }
}

impl Shown {
    fn of(case: &'static str, subject: Planted, shows: Shows) -> Shown {
        Shown { case, subject, contract: None, shows }
    }

    /// Where the case is: beneath here, or else where this was built from, as far as that is still there.
    pub fn file(&self) -> PathBuf {
        let beneath = Path::new("fuzz/cases").join(self.case);
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(self.case);
        if !beneath.is_file() && sources.is_file() { sources } else { beneath }
    }

    /// The command that shows it, from here: `launder run …`.
    pub fn command(&self) -> String {
        let mut command = format!("launder run {} --subject {}", self.file().display(), self.subject);
        if let Some(contract) = &self.contract {
            command += &format!(" --contract {contract}");
        }
        command
    }
}

/// `shows lost-write`
impl fmt::Display for Shows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shows::Symptom(symptom) => write!(f, "shows {symptom}"),
            Shows::Wrong => f.write_str("goes wrong"),
            Shows::Bug => f.write_str("goes wrong as it does not without the bug"),
            Shows::Allowed => f.write_str("is allowed"),
            Shows::Steps => f.write_str("shows it in its steps"),
        }
    }
}

/// Every word that is explained, sort by sort.
pub fn explanations() -> Vec<Explanation> {
    let all = [symptom::all(), hazard::all(), contract::all(), subject::all()];
    all.into_iter().flatten().collect()
}

/// What the word means; a word may have several meanings (`nfs`).
///
/// ```
/// use launder_fuzz::explain;
///
/// let [kind] = &explain("lost-write")?[..] else { panic!("one word, one meaning") };
/// assert!(kind.cases().any(|shown| shown.case.ends_with(".case")));
/// assert!(explain("lost-wrtie").is_err_and(|why| why.ends_with("did you mean `lost-write`?")));
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
/// That nothing of that name is explained, and which word is near, in one line.
pub fn explain(word: &str) -> Result<Vec<Explanation>, String> {
    let wanted = word.trim();
    let mut all = explanations();
    let is_hazard = |it: &Explanation| it.sort == hazard::SORT && it.word.eq_ignore_ascii_case(wanted);
    if all.iter().any(|it| it.word == wanted || is_hazard(it)) {
        all.retain(|it| it.word == wanted || is_hazard(it));
        return Ok(all);
    }
    if wanted.contains('=')
        && let Ok(contract) = wanted.parse::<Contract>()
    {
        return Ok(vec![contract::of(&contract)]);
    }
    let shown: String = wanted.chars().filter(|c| !c.is_control()).take(60).collect();
    Err(match nearest(wanted, all.iter().map(|it| it.word.as_str())) {
        Some(near) => format!("`{shown}` is not explained; did you mean `{near}`?"),
        None => format!("`{shown}` is not explained; `launder explain` names what is"),
    })
}
