//! `launder run --export`: what a subject made of a case, as a program for people who do not run us.

use crate::answer::{Status, print, say};
use crate::args::{self, Form};
use crate::at;
use crate::held::Held;
use crate::input::read_case;
use crate::run::status_of;
use launder_fuzz::{Observed, Outcome, Planted, Trial};
use std::fs;

pub fn export(job: &args::Run, form: Form) -> Result<Status, String> {
    let [path] = &job.cases[..] else { return Err("--export: name one CASE".into()) };
    let planted = match job.subjects[..] {
        [] => "path".parse().map_err(|error| format!("--export: name a --subject: {error}"))?,
        [planted] => planted,
        _ => return Err("--export: name one --subject".into()),
    };
    at::check(&job.how.at, &[planted])?;
    let case = read_case(path)?;
    let trial = Trial::open(planted, &job.how.at, Held::axes(&job.how.told.contract));
    let outcome = trial.as_ref().map_or_else(|why| Outcome::Skipped(why.clone()), |trial| trial.of(&case));
    let (trace, verdict) = match (trial, outcome) {
        (Ok(_), Outcome::Judged(trace, verdict)) => (trace, verdict),
        (_, Outcome::Skipped(why)) | (Err(why), _) => {
            say(&format_args!("{}: {planted} skipped: {why}", path.display()));
            return Ok(Status::Kept);
        }
    };
    let (of, held) = (named(&planted), job.how.told.contract.as_ref());
    let contract = held.map_or_else(|| planted.card.promises(), Held::to_string);
    let observed = Observed { case: &case, of: &of, contract: &contract, trace: &trace, verdict: &verdict };
    let exported = launder_fuzz::export(form.into(), &observed);
    print(&exported.text)?;
    if let Some(left_out) = exported.left_out() {
        say(&format_args!("launder: not expressed, and left out: {left_out}"));
    }
    Ok(status_of(&verdict))
}

/// The subject, and the kernel that it is if it is real.
fn named(planted: &Planted) -> String {
    match fs::read_to_string("/proc/sys/kernel/osrelease") {
        Ok(release) if !planted.is_model() => format!("{planted} on Linux {}", release.trim()),
        _ => planted.to_string(),
    }
}
