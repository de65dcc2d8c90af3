//! A finding as a page shows it: its case, what names it, and its trace: when it is run again, or as it was kept.

use crate::held::Held;
use crate::input::read_trace;
use crate::record::{Found, Subject};
use launder_fuzz::{Outcome, Planted, Timeline, Trial, trace_file};
use launder_impls::{Case, Watched};
use launder_oracle::{Contract, Trace, Verdict, What, judge};
use std::collections::BTreeSet;
use std::iter;
use std::path::{Path, PathBuf};

/// What names a finding, and what a campaign says of it.
pub struct Named {
    pub subject: String,
    pub signature: String,
    /// What is known of it, if something is.
    pub known: Option<String>,
    /// How many runs it took to come upon it, where that is recorded.
    pub runs: Option<u64>,
}

/// A finding on a page.
pub struct Shown {
    pub subject: String,
    /// None where this program has no subject of that name.
    pub planted: Option<Planted>,
    pub signature: String,
    pub known: Option<String>,
    pub runs: Option<u64>,
    /// What a link to it ends in: the name of its file, which stays what it is from hunt to hunt.
    pub id: String,
    /// Its file, as it was named.
    pub file: String,
    pub case: Case,
    /// What was said when it was run again, or why it was not.
    pub again: Result<(Timeline, Verdict), String>,
    /// The trace that was kept of it, and what this was held to now, if that is what is told.
    pub kept: Option<(PathBuf, Held)>,
}

impl Named {
    pub fn by_record(subject: &Subject, found: &Found) -> Named {
        Named {
            subject: subject.subject.clone(),
            signature: found.signature.clone(),
            known: found.known.then(|| found.hazard.clone().unwrap_or_default().into_owned()),
            runs: Some(found.runs),
        }
    }

    /// By the comments that a hunt saves with a case, if it has them.
    pub fn by_comments(case: &Case) -> Option<Named> {
        let comment = |begin: &str| case.comments.iter().find_map(|comment| comment.strip_prefix(begin));
        let (subject, _) = case.comments.first()?.split_once(": ")?;
        Some(Named {
            subject: subject.into(),
            signature: comment("Signature: ")?.into(),
            known: comment("Known: ").map(String::from),
            runs: None,
        })
    }
}

impl Shown {
    /// The finding, its case run again.
    pub fn again(named: Named, path: &Path, case: Case, held: Option<&Held>) -> Shown {
        let trace = trace_file(path);
        let (again, kept) = match named.subject.parse::<Planted>() {
            Ok(planted) if planted.is_model() => {
                (run_again(planted, &named.signature, &case, held.map(|held| held.contract)), None)
            }
            Ok(planted) if !trace.exists() => {
                let why = "is a real subject: this is what was saved of it, and it was not run again.";
                (Err(format!("{planted} {why}")), None)
            }
            Ok(planted) => {
                let held = held.cloned().unwrap_or_else(|| planted.card.into());
                (as_kept(&trace, &named.signature, &case, &held), Some((trace, held)))
            }
            Err(error) => (Err(format!("This version cannot run it again: {error}.")), None),
        };
        let kept = kept.filter(|_| again.is_ok());
        Shown { kept, ..Shown::of(named, path, case, again) }
    }

    /// The finding, which was run just now.
    pub fn of(named: Named, path: &Path, case: Case, again: Result<(Timeline, Verdict), String>) -> Shown {
        let Named { subject, signature, known, runs } = named;
        let planted = subject.parse().ok();
        let (file, id) = (path.display().to_string(), id(&subject, path));
        Shown { subject, planted, signature, known, runs, id, file, case, again, kept: None }
    }

    /// The promise that is broken, by the name of its symptom.
    pub fn symptom(&self) -> &str {
        self.signature.split(':').next().unwrap_or_default()
    }
}

fn id(subject: &str, path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let is_ours = name.strip_prefix(subject).is_some_and(|rest| rest.starts_with("--"));
    let whole = if is_ours { name.into_owned() } else { format!("{subject}--{name}") };
    let letter = |c: char| if c.is_ascii_alphanumeric() || "-_.+".contains(c) { c } else { '-' };
    whole.chars().map(letter).collect()
}

/// Of several with one name the later ones have a number besides.
pub fn number_namesakes(findings: &mut [Shown]) {
    let mut taken = BTreeSet::new();
    for shown in findings {
        let name = shown.id.clone();
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let mut names = iter::once(name.clone()).chain(numbered);
        shown.id = names.find(|id| taken.insert(id.clone())).expect("numbers do not end");
    }
}

/// What a real subject said, judged again: it is not asked again, for it may say something else, and may do harm.
fn as_kept(path: &Path, signature: &str, case: &Case, held: &Held) -> Result<(Timeline, Verdict), String> {
    let trace = read_trace(path)?;
    if !is_of(&trace, case) {
        return Err(format!("{} is not the trace of this case.", path.display()));
    }
    let verdict = judge(&held.contract, &trace);
    if !shows(&verdict, signature) {
        let (trace, verdict) = (path.display(), verdict.name());
        return Err(format!("{trace}, judged again, by this version and held to {held}, is {verdict}."));
    }
    Ok((Timeline::of(&trace, &verdict, case.asks.len(), &Watched::default()), verdict))
}

/// Whether it begins with the asks of the case, of which not all need have begun.
fn is_of(trace: &Trace, case: &Case) -> bool {
    let calls = trace.events.iter().filter_map(|event| match event.what {
        What::Call(who, call) => Some((who, call)),
        _ => None,
    });
    let asks = case.asks.iter().map(|ask| (ask.who, ask.call));
    trace.cells == case.cells && calls.zip(asks).all(|(call, ask)| call == ask)
}

/// A model says the same whenever it is asked.
fn run_again(
    planted: Planted,
    signature: &str,
    case: &Case,
    contract: Option<Contract>,
) -> Result<(Timeline, Verdict), String> {
    let trial = Trial::open(planted, &[], contract)?;
    trial.record_steps(true);
    match trial.of(case) {
        Outcome::Skipped(why) => Err(format!("When it was run again it was skipped: {why}.")),
        Outcome::Judged(_, verdict) if !shows(&verdict, signature) => Err(format!(
            "When it was run again, by this version, it was {}: this is what the hunt saved of it.",
            verdict.name()
        )),
        Outcome::Judged(trace, verdict) => {
            Ok((Timeline::of(&trace, &verdict, case.asks.len(), &trial.watched()), verdict))
        }
    }
}

/// Whether what the signature is of is wrong.
fn shows(verdict: &Verdict, signature: &str) -> bool {
    let symptoms = launder_fuzz::Symptom::of(verdict);
    symptoms.iter().any(|symptom| signature.split(':').next() == Some(symptom.name()))
}
