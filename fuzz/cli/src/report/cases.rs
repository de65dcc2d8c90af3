//! Cases that are told without a hunt.

use super::gather::Told;
use super::shown::{Named, Shown};
use crate::held::Held;
use crate::input::read_case;
use crate::record::Subject;
use launder_fuzz::{Outcome, Planted, Signature, Symptom, Timeline, Trial};
use launder_impls::Case;
use launder_oracle::Verdict;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// These cases: those that a hunt has saved of their subjects, others of the subjects that are named, or of every model.
pub fn cases(files: &[PathBuf], subjects: &[Planted], contract: Option<Held>) -> Result<Told, String> {
    let mut told =
        Told { record: None, subjects: Vec::new(), findings: Vec::new(), notes: Vec::new(), contract };
    for path in files {
        let case = read_case(path)?;
        match Named::by_comments(&case) {
            Some(named) if subjects.is_empty() => {
                told.findings.push(Shown::again(named, path, case, told.contract.as_ref()))
            }
            _ if subjects.is_empty() => put(&mut told, path, &case, &Planted::models()),
            _ => put(&mut told, path, &case, subjects),
        }
    }
    for subject in without_counts(&told.findings) {
        if !told.subjects.iter().any(|known| known.subject == subject.subject) {
            told.subjects.push(subject);
        }
    }
    Ok(told)
}

/// Puts the case to subjects, and tells what goes wrong.
fn put(told: &mut Told, path: &Path, case: &Case, subjects: &[Planted]) {
    for planted in subjects {
        let outcome = Trial::open(*planted, &[], Held::axes(&told.contract)).map(|trial| {
            trial.record_steps(true);
            (trial.of(case), trial.watched())
        });
        let subject = subject(&mut told.subjects, &planted.to_string());
        let (trace, verdict, watched) = match outcome {
            Ok((Outcome::Judged(trace, verdict), watched)) => (trace, verdict, watched),
            Ok((Outcome::Skipped(_), _)) => {
                (subject.runs, subject.skipped) = (subject.runs + 1, subject.skipped + 1);
                continue;
            }
            Err(why) => {
                subject.why = Some(why);
                continue;
            }
        };
        count(subject, &verdict);
        let Some(symptom) = Symptom::of(&verdict).into_iter().next() else { continue };
        let signature = Signature::of(symptom, case);
        let known = signature.known(planted.card.known()).map(|known| known.hazard.to_string());
        let named =
            Named { subject: planted.to_string(), signature: signature.to_string(), known, runs: None };
        let timeline = Timeline::of(&trace, &verdict, case.asks.len(), &watched);
        told.findings.push(Shown::of(named, path, case.clone(), Ok((timeline, verdict))));
    }
}

fn subject<'s>(subjects: &'s mut Vec<Subject>, name: &str) -> &'s mut Subject {
    let at = subjects.iter().position(|subject| subject.subject == name).unwrap_or_else(|| {
        subjects.push(nothing_of(name.into()));
        subjects.len() - 1
    });
    &mut subjects[at]
}

fn count(subject: &mut Subject, verdict: &Verdict) {
    subject.runs += 1;
    *match verdict {
        Verdict::Allowed => &mut subject.allowed,
        Verdict::Forbidden(_) => &mut subject.forbidden,
        Verdict::Unanswered(_) => &mut subject.unanswered,
        Verdict::Unknown => &mut subject.unknown,
    } += 1;
}

/// The subjects of these findings, of whose other runs nothing is known.
pub fn without_counts(findings: &[Shown]) -> Vec<Subject> {
    let names: BTreeSet<&str> = findings.iter().map(|shown| shown.subject.as_str()).collect();
    names.into_iter().map(|name| nothing_of(name.into())).collect()
}

fn nothing_of(subject: String) -> Subject {
    Subject {
        subject,
        runs: 0,
        seconds: 0.0,
        allowed: 0,
        forbidden: 0,
        unanswered: 0,
        unknown: 0,
        skipped: 0,
        why: None,
        findings: Vec::new(),
        matrix: None,
    }
}
