//! `launder list`.

use crate::answer::{Status, print, print_json};
use crate::args;
use launder_fuzz::Planted;
use launder_oracle::Contract;
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize)]
struct Lists {
    subjects: Vec<Subject>,
    contracts: Vec<Named>,
}

#[derive(Serialize)]
struct Subject {
    subject: &'static str,
    contract: String,
    source: &'static str,
    model: bool,
    twin: Option<&'static str>,
    bugs: Vec<Bug>,
    known: Vec<Known>,
}

#[derive(Serialize)]
struct Bug {
    bug: &'static str,
    source: &'static str,
    case: &'static str,
}

#[derive(Serialize)]
struct Known {
    signature: String,
    hazard: &'static str,
    case: &'static str,
}

#[derive(Serialize)]
struct Named {
    contract: &'static str,
    axes: String,
}

pub fn list(job: &args::List) -> Result<Status, String> {
    let subjects = Planted::all().map(|planted| subject(&planted)).collect();
    let named = |(contract, axes): (&'static str, Contract)| Named { contract, axes: axes_of(&axes) };
    let lists = Lists { subjects, contracts: Contract::NAMED.into_iter().map(named).collect() };
    if job.json {
        print_json(&lists)?
    } else {
        print(&text(&lists))?
    }
    Ok(Status::Kept)
}

fn subject(planted: &Planted) -> Subject {
    let card = planted.card;
    let bugs = card.bugs.iter().map(|bug| Bug { bug: bug.name, source: bug.source, case: bug.case });
    let known = card.known().map(|known| Known {
        signature: known.to_string(),
        hazard: known.hazard,
        case: known.case,
    });
    Subject {
        subject: card.name,
        contract: card.promises(),
        source: card.source,
        model: planted.is_model(),
        twin: card.twin,
        bugs: bugs.collect(),
        known: known.collect(),
    }
}

/// Where it stands on each axis.
fn axes_of(contract: &Contract) -> String {
    contract.words().map(|(axis, point)| format!("{axis}={point}")).join(",")
}

fn text(lists: &Lists) -> String {
    let mut text = String::new();
    for subject in &lists.subjects {
        let Subject { subject, contract, source, model, twin, bugs, known } = subject;
        let sort = if *model { "a model" } else { "a real subject" };
        let _ = writeln!(text, "{subject}  ({sort}, promises {contract})\n    {source}");
        if let Some(twin) = twin {
            let _ = writeln!(text, "    must answer like {twin}");
        }
        for Bug { bug, source, .. } in bugs {
            let _ = writeln!(text, "    +{bug}: {source}");
        }
        for Known { signature, hazard, .. } in known {
            let _ = writeln!(text, "    known {signature}: {hazard}");
        }
    }
    text.push('\n');
    for Named { contract, axes } in &lists.contracts {
        let _ = writeln!(text, "contract {contract:6} {axes}");
    }
    text
}
