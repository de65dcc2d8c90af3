//! What a hunt has come to, as JSON and as text.

use super::keep::Keep;
use super::met;
use crate::answer::{Status, print, print_json};
use crate::held::Held;
use crate::record::{Found, Subject};
use launder_fuzz::{Finding, Hunted, counted, save, trace_file};
use serde::{Serialize, Serializer};
use std::fmt::Write;

/// What a hunt has come to: each subject is made up when it is told, and forgotten then. All of them together, with what is said of
/// each finding of a long hunt, would take half as much memory as the hunt.
#[derive(Clone, Copy)]
pub struct Told<'h> {
    hunted: &'h [Hunted],
    keep: &'h Keep,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Subjects<'h> {
    subjects: Told<'h>,
}

impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.subjects())
    }
}

impl<'h> Told<'h> {
    /// Of a hunt that has not come to anything yet.
    pub fn nothing(keep: &'h Keep) -> Told<'h> {
        Told { hunted: &[], keep }
    }

    /// Of one that has ended; its findings are saved, each as it is by now.
    pub fn of(hunted: &'h [Hunted], keep: &'h Keep) -> Result<Told<'h>, String> {
        for Hunted { planted, hunt, .. } in hunted {
            for finding in hunt.findings() {
                save(&finding, planted, &keep.out)
                    .map_err(|error| format!("{}: {error}", keep.out.display()))?;
            }
        }
        Ok(Told { hunted, keep })
    }

    /// Whether nothing was found but what is known.
    pub fn status(&self) -> Status {
        let mut findings = self.hunted.iter().flat_map(|hunted| hunted.hunt.findings());
        if findings.any(|finding| finding.known.is_none()) { Status::Broken } else { Status::Kept }
    }

    fn subjects(&self) -> impl Iterator<Item = Subject> + use<'h> {
        let Told { hunted, keep } = *self;
        hunted.iter().map(|hunted| subject(hunted, keep))
    }

    /// Prints it, as JSON or as text.
    pub fn print(self, json: bool, contract: Option<&Held>) -> Result<(), String> {
        if json { print_json(&Subjects { subjects: self }) } else { print(&self.text(contract)) }
    }

    /// The verdict table, and what was found.
    fn text(&self, contract: Option<&Held>) -> String {
        let names = self.hunted.iter().map(|hunted| hunted.planted.to_string().len());
        let wide = names.max().unwrap_or(0).max(7);
        let mut text = format!(
            "{:wide$} {:>10} {:>10} {:>10} {:>10} {:>8} {:>10} {:>8}  findings\n",
            "subject", "runs", "allowed", "forbidden", "unanswered", "unknown", "skipped", "met"
        );
        let mut found = String::new();
        for (subject, hunted) in self.subjects().zip(self.hunted) {
            text += &row(&subject, wide);
            found += &known(&subject);
            found += &unknown(&subject, hunted, contract);
        }
        text += &met::text(self.hunted);
        if !found.is_empty() {
            let out = self.keep.out.display();
            let _ =
                writeln!(found, "\nFindings are in {out}; see one with: launder run FILE --subject SUBJECT");
        }
        text + &found
    }
}

fn subject(hunted: &Hunted, keep: &Keep) -> Subject {
    let Hunted { planted, hunt, spent, skipped } = hunted;
    let found = |finding: Finding| {
        let path = keep.out.join(finding.file_name(planted));
        Found {
            signature: finding.signature.to_string(),
            known: finding.known.is_some(),
            hazard: finding.known.map(|known| known.hazard.into()),
            new: keep.is_new(planted, &finding),
            runs: finding.runs,
            trace: finding.trace.map(|_| trace_file(&path).display().to_string()),
            case: path.display().to_string(),
        }
    };
    let counts = hunt.counts;
    Subject {
        subject: planted.to_string(),
        runs: counts.runs,
        seconds: (spent.as_secs_f64() * 1000.0).round() / 1000.0,
        allowed: counts.allowed,
        forbidden: counts.forbidden,
        unanswered: counts.unanswered,
        unknown: counts.unknown,
        skipped: counts.skipped,
        why: skipped.clone(),
        findings: hunt.findings().map(found).collect(),
        matrix: met::of(hunted),
    }
}

/// Its line of the verdict table.
fn row(subject: &Subject, wide: usize) -> String {
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
    format!(
        "{subject:wide$} {runs:>10} {allowed:>10} {forbidden:>10} {unanswered:>10} {unknown:>8} {skipped:>10} {met:>8}  {tally}\n"
    )
}

/// What nobody knew of it, each with where it is.
fn unknown(subject: &Subject, hunted: &Hunted, contract: Option<&Held>) -> String {
    let mut text = String::new();
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
            let held = contract.map_or_else(|| hunted.planted.card.promises(), Held::to_string);
            let _ = writeln!(text, "    what it said: launder judge {trace} --contract {held}");
        }
    }
    text
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
