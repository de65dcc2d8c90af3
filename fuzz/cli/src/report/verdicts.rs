//! The verdict table: a row for each subject, a column for each promise, worst first.

use super::gather::Told;
use super::shown::Shown;
use crate::record::Subject;
use launder_fuzz::{Planted, Symptom};
use launder_oracle::Kind;
use maud::{Markup, html};
use std::cmp::Reverse;

/// What goes wrong, worst first, and the promise that this breaks.
pub const PROMISES: [(Symptom, &str); 10] = [
    (
        Symptom::Broken(Kind::LostWrite),
        "The server keeps every write that it was told of, until another covers it.",
    ),
    (Symptom::Broken(Kind::SilentError), "A write that is lost after a fault is reported to its writer."),
    (Symptom::Broken(Kind::Resurrected), "What a truncate, a punch or a zeroing removed stays away."),
    (Symptom::Broken(Kind::Leaked), "Nobody reads bytes that nobody wrote, or that lie past the end."),
    (Symptom::Broken(Kind::Torn), "A read sees all of a write, or nothing, in the granule that is promised."),
    (Symptom::Broken(Kind::WrongSize), "The file has no size but those that it was given."),
    (Symptom::Broken(Kind::StaleRead), "A read sees no value that a write it knows of has replaced."),
    (Symptom::Broken(Kind::SpuriousError), "No call fails where nothing failed."),
    (Symptom::Stuck, "Calls do not wait for each other for ever."),
    (Symptom::Endless, "Calls come to an end."),
];

/// How many findings of a subject break a promise.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Count {
    news: usize,
    known: usize,
}

fn count<'s>(findings: impl Iterator<Item = &'s Shown>) -> Count {
    findings.fold(Count::default(), |count, shown| match shown.known {
        None => Count { news: count.news + 1, ..count },
        Some(_) => Count { known: count.known + 1, ..count },
    })
}

fn of<'t>(told: &'t Told, subject: &'t str) -> impl Iterator<Item = &'t Shown> {
    told.findings.iter().filter(move |shown| shown.subject == subject)
}

/// Puts subjects and findings in order: what is not known first, then the worst.
pub fn sort(told: &mut Told) {
    let badness = |told: &Told, subject: &str| {
        let by = |known: bool| {
            let like = |symptom: Symptom| {
                move |shown: &&Shown| shown.symptom() == symptom.name() && shown.known.is_some() == known
            };
            PROMISES.map(|(symptom, _)| of(told, subject).filter(like(symptom)).count())
        };
        let all = count(of(told, subject));
        (all.news, by(false), all.known, by(true))
    };
    let mut subjects = std::mem::take(&mut told.subjects);
    subjects.sort_by_cached_key(|s| (s.why.is_some(), Reverse(badness(told, &s.subject)), s.subject.clone()));
    let place = |shown: &Shown| subjects.iter().position(|subject| subject.subject == shown.subject);
    let worst = |shown: &Shown| PROMISES.iter().position(|(symptom, _)| symptom.name() == shown.symptom());
    told.findings.sort_by_cached_key(|shown| {
        (place(shown), shown.known.is_some(), worst(shown), shown.signature.clone(), shown.file.clone())
    });
    told.subjects = subjects;
}

pub fn table(told: &Told) -> Markup {
    let broken = |symptom: Symptom| told.findings.iter().any(|shown| shown.symptom() == symptom.name());
    let (columns, kept): (Vec<_>, Vec<_>) = PROMISES.into_iter().partition(|(symptom, _)| broken(*symptom));
    html! {
        div.wide tabindex="0" role="region" aria-label="Verdicts" {
            table.verdicts {
                thead { tr {
                    th scope="col" { "subject" }
                    @for (symptom, promise) in &columns { th scope="col" title=(promise) { (symptom.name()) } }
                    th.n scope="col" { "runs" }
                    th.n scope="col" { "met" }
                } }
                tbody { @for subject in &told.subjects { (row(told, subject, &columns)) } }
            }
        }
        p.small {
            "A number is how many findings break a promise: " b { "new" } " are those that are not known of their subject. " span.kept { "·" } " is kept in all runs."
            @if !kept.is_empty() {
                " Kept by all subjects: "
                @for (at, (symptom, _)) in kept.iter().enumerate() {
                    @if at > 0 { ", " } (symptom.name())
                }
                "."
            }
        }
        details.plain {
            summary { "What each promise says" }
            dl.promises { @for (symptom, promise) in PROMISES {
                dt { (symptom.name()) } dd { (promise) }
            } }
        }
    }
}

fn row(told: &Told, subject: &Subject, columns: &[(Symptom, &str)]) -> Markup {
    let planted = subject.subject.parse::<Planted>().ok();
    let own = || planted.map(|planted| format!("promises {}", planted.card.promises()));
    let contract = told.contract.as_ref().map(|held| format!("held to {held}")).or_else(own);
    let any = of(told, &subject.subject).next().is_some();
    html! {
        tr {
            th scope="row" {
                @if any { a href={ "#of-" (subject.subject) } { (subject.subject) } } @else { (subject.subject) }
                @if let Some(contract) = contract { span.contract { (spaced(&contract)) } }
            }
            @if let Some(why) = &subject.why {
                td.skipped colspan=(columns.len()) { "skipped: " (why) }
            } @else {
                @for (symptom, _) in columns { (cell(told, subject, *symptom)) }
            }
            td.n { @if subject.runs > 0 { (grouped(subject.runs)) } @else { "–" } }
            td.n { @if let Some(met) = &subject.matrix { (met.met) "/" (met.of) } @else { "–" } }
        }
    }
}

fn cell(told: &Told, subject: &Subject, symptom: Symptom) -> Markup {
    let mut these = of(told, &subject.subject).filter(|shown| shown.symptom() == symptom.name()).peekable();
    let Some(first) = these.peek() else { return html! { td.kept { "·" span.aside { "kept" } } } };
    let link = format!("#{}", first.id);
    let Count { news, known } = count(these);
    html! {
        td.new[news > 0].known[news == 0] {
            a href=(link) {
                @if news > 0 { b { (news) " new" } }
                @if news > 0 && known > 0 { " + " }
                @if known > 0 { (known) }
            }
        }
    }
}

/// A contract's words, with room for a line to end between them.
pub fn spaced(contract: &str) -> String {
    contract.replace(',', ", ")
}

/// A number with its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join("\u{202f}")
}
