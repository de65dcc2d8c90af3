//! A finding as a page shows it: its case, what names it, and its trace when it is run again.

use crate::record::{Found, Subject};
use launder_fuzz::{Outcome, Planted, Timeline, Trial};
use launder_impls::Case;
use launder_oracle::{Contract, Verdict};
use std::collections::BTreeSet;
use std::iter;
use std::path::Path;

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
}

impl Named {
    pub fn by_record(subject: &Subject, found: &Found) -> Named {
        Named {
            subject: subject.subject.clone(),
            signature: found.signature.clone(),
            known: found.known.then(|| found.hazard.clone().unwrap_or_default()),
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
    pub fn again(named: Named, path: &Path, case: Case, contract: Option<Contract>) -> Shown {
        let again = match named.subject.parse::<Planted>() {
            Ok(planted) => run_again(planted, &named.signature, &case, contract),
            Err(error) => Err(format!("This version cannot run it again: {error}.")),
        };
        Shown::of(named, path, case, again)
    }

    /// The finding, which was run just now.
    pub fn of(named: Named, path: &Path, case: Case, again: Result<(Timeline, Verdict), String>) -> Shown {
        let Named { subject, signature, known, runs } = named;
        let planted = subject.parse().ok();
        let (file, id) = (path.display().to_string(), id(&subject, path));
        Shown { subject, planted, signature, known, runs, id, file, case, again }
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

/// A model says the same whenever it is asked; what is real is not asked again: what it does may have changed, and may do harm.
fn run_again(
    planted: Planted,
    signature: &str,
    case: &Case,
    contract: Option<Contract>,
) -> Result<(Timeline, Verdict), String> {
    if !planted.is_model() {
        return Err(format!(
            "{planted} is a real subject: this is what the hunt saved of it, and it was not run again."
        ));
    }
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
