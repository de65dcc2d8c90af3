//! `launder shrink`: the smallest case that goes wrong in the same way.

use crate::answer::{Status, print, print_json, say};
use crate::args;
use crate::at;
use crate::entry::{Entry, Runs};
use crate::held::Held;
use crate::input::read_case;
use crate::run::status_of;
use launder_fuzz::{Hunt, Outcome, Symptom, Trial};

pub fn shrink(job: &args::Shrink) -> Result<Status, String> {
    let planted = job.subject;
    at::check(&job.how.at, &[planted])?;
    let shown = job.case.display().to_string();
    let entry = Entry { case: Some(shown.clone()), ..Entry::default() };
    let case = match read_case(&job.case) {
        Ok(case) => case,
        Err(why) if job.how.told.json => {
            print_json(&Runs { runs: vec![entry.error(why)] })?;
            return Ok(Status::Bad);
        }
        Err(why) => return Err(why),
    };
    let entry = Entry { subject: Some(planted.to_string()), ..entry };
    let trial = Trial::open(planted, &job.how.at, Held::axes(&job.how.told.contract));
    let outcome = trial.as_ref().map_or_else(|why| Outcome::Skipped(why.clone()), |trial| trial.of(&case));
    let (trial, trace, verdict) = match (trial, outcome) {
        (Ok(trial), Outcome::Judged(trace, verdict)) => (trial, trace, verdict),
        (_, Outcome::Skipped(why)) | (Err(why), _) => {
            if job.how.told.json {
                print_json(&Runs { runs: vec![entry.skipped(why)] })?;
            } else {
                say(&format_args!("{shown}: {planted} skipped: {why}"));
            }
            return Ok(Status::Kept);
        }
    };
    let mut hunt = Hunt::default();
    if let Some(symptom) = Symptom::of(&verdict).first() {
        hunt.show(&trial, &case, *symptom, 1, &trace);
    }
    let mut entry = entry.judged(&verdict);
    if let Some(finding) = hunt.findings().next() {
        let small = finding.commented(&planted).to_string();
        if !job.how.told.json {
            print(&small)?;
        }
        (entry.signature, entry.found) = (Some(finding.signature.to_string()), Some(small));
    } else if !job.how.told.json {
        say(&format_args!("{shown}: {planted} keeps its promises: {}", verdict.name()));
    }
    if job.how.told.json {
        print_json(&Runs { runs: vec![entry] })?;
    }
    Ok(status_of(&verdict))
}
