//! What a hunt has come to, as JSON and as text.

use super::keep::Keep;
use super::met;
use crate::held::Held;
use crate::record::{Found, Subject};
use launder_fuzz::{Finding, Hunted, counted, save, trace_file};
use serde::Serialize;
use std::fmt::Write;
use std::path::Path;

/// What `--json` prints.
#[derive(Serialize)]
pub struct Subjects<'r> {
    pub subjects: &'r [Subject],
}

/// What is told of a subject; its findings are saved.
pub fn subject(hunted: &Hunted, keep: &Keep) -> Result<Subject, String> {
    let Hunted { planted, hunt, spent, skipped } = hunted;
    let found = |finding: &Finding| {
        let saved = save(finding, planted, &keep.out);
        let path = saved.map_err(|error| format!("{}: {error}", keep.out.display()))?;
        Ok(Found {
            signature: finding.signature.to_string(),
            known: finding.known.is_some(),
            hazard: finding.known.map(|known| known.hazard.into()),
            new: keep.is_new(planted, finding),
            runs: finding.runs,
            trace: finding.trace.as_ref().map(|_| trace_file(&path).display().to_string()),
            case: path.display().to_string(),
        })
    };
    let counts = hunt.counts;
    Ok(Subject {
        subject: planted.to_string(),
        runs: counts.runs,
        seconds: (spent.as_secs_f64() * 1000.0).round() / 1000.0,
        allowed: counts.allowed,
        forbidden: counts.forbidden,
        unanswered: counts.unanswered,
        unknown: counts.unknown,
        skipped: counts.skipped,
        why: skipped.clone(),
        findings: hunt.findings().map(|finding| found(&finding)).collect::<Result<_, String>>()?,
        matrix: met::of(hunted),
    })
}

/// The verdict table, and what was found.
pub fn text(subjects: &[Subject], out: &Path, hunted: &[Hunted], contract: Option<&Held>) -> String {
    let wide = subjects.iter().map(|subject| subject.subject.len()).max().unwrap_or(0).max(7);
    let mut text = format!(
        "{:wide$} {:>10} {:>10} {:>10} {:>10} {:>8} {:>10} {:>8}  findings\n",
        "subject", "runs", "allowed", "forbidden", "unanswered", "unknown", "skipped", "met"
    );
    for subject in subjects {
        let Subject {
            subject,
            runs,
            allowed,
            forbidden,
            unanswered,
            unknown,
            skipped,
            findings,
            why,
            matrix,
            ..
        } = subject;
        let known = findings.iter().filter(|found| found.known).count();
        let met = matrix.as_ref().map_or("-".into(), |met| format!("{}/{}", met.met, met.of));
        let tally = match (why, findings.len()) {
            (Some(why), _) => format!("skipped: {why}"),
            (None, 0) => "none".into(),
            (None, all) => format!("{all} ({known} known)"),
        };
        let _ = writeln!(
            text,
            "{subject:wide$} {runs:>10} {allowed:>10} {forbidden:>10} {unanswered:>10} {unknown:>8} {skipped:>10} {met:>8}  {tally}"
        );
    }
    text += &met::text(subjects);
    for subject in subjects {
        text += &known(subject);
        for Found { signature, runs, case, new, trace, .. } in
            subject.findings.iter().filter(|found| !found.known)
        {
            let word = if *new { "NEW" } else { "AGAIN" };
            let _ = writeln!(
                text,
                "\n{word} {}: {signature}  (after {})\n    {case}",
                subject.subject,
                counted(*runs, "run")
            );
            if let Some(trace) = trace {
                let held_to = held_to(subject, hunted, contract);
                let _ = writeln!(text, "    what it said: launder judge {trace}{held_to}");
            }
        }
    }
    let some = subjects.iter().any(|subject| !subject.findings.is_empty());
    if some {
        let _ = writeln!(
            text,
            "\nFindings are in {}; see one with: launder run FILE --subject SUBJECT",
            out.display()
        );
    }
    text
}

/// What a subject was held to, for a command line.
fn held_to(subject: &Subject, hunted: &[Hunted], contract: Option<&Held>) -> String {
    let planted = hunted.iter().map(|hunted| &hunted.planted).find(|it| it.to_string() == subject.subject);
    let own = || planted.map(|planted| planted.card.promises());
    let held = contract.map(Held::to_string).or_else(own);
    held.map_or(String::new(), |held| format!(" --contract {held}"))
}

/// The known broken promises that a hunt came upon again, each once, with one of its cases.
fn known(subject: &Subject) -> String {
    let mut hazards: Vec<(&str, Vec<&Found>)> = Vec::new();
    for found in &subject.findings {
        let Some(hazard) = found.hazard.as_deref() else { continue };
        match hazards.iter_mut().find(|(known, _)| *known == hazard) {
            Some((_, again)) => again.push(found),
            None => hazards.push((hazard, vec![found])),
        }
    }
    let mut text = String::new();
    for (hazard, found) in hazards {
        let Some(shortest) = found.iter().min_by_key(|found| found.signature.len()) else { continue };
        let (subject, signatures, case) =
            (&subject.subject, counted(found.len() as u64, "signature"), &shortest.case);
        let _ = writeln!(text, "\nknown {subject}: {hazard}  ({signatures})\n    {case}");
    }
    text
}
