//! A finding: its timeline, its case to copy, and the mails and commits that it is held against.

use super::drawing::drawing;
use super::gather::Told;
use super::shown::Shown;
use super::verdicts::{grouped, spaced};
use crate::record::Subject;
use launder_fuzz::{Timeline, plural};
use launder_oracle::Verdict;
use maud::{Markup, html};

/// The findings of a subject.
pub fn of(told: &Told, subject: &Subject) -> Markup {
    let these: Vec<&Shown> = told.findings.iter().filter(|shown| shown.subject == subject.subject).collect();
    let news = these.iter().filter(|shown| shown.known.is_none()).count();
    if these.is_empty() {
        return html! {};
    }
    html! {
        section.subject id={ "of-" (subject.subject) } {
            h3 { code { (subject.subject) } " " span.small {
                @if news > 0 { (news) " new" @if news < these.len() { ", " } }
                @if news < these.len() { (these.len() - news) " known" }
            } }
            @for shown in these { (one(shown)) }
        }
    }
}

fn one(shown: &Shown) -> Markup {
    html! {
        details.finding id=(shown.id) data-known[shown.known.is_some()] {
            summary {
                @if shown.known.is_some() { span.mark.known { "known" } } @else { span.mark.new { "new" } }
                " " code { (shown.signature) }
                @if let Some(runs) = shown.runs { " " span.small { "after " (grouped(runs)) " " (plural(runs, "run")) } }
            }
            @match &shown.again {
                Ok((timeline, verdict)) => (told(shown, timeline, verdict)),
                Err(why) => p.note { (why) },
            }
            (case(shown))
            (sources(shown))
        }
    }
}

fn told(shown: &Shown, timeline: &Timeline, verdict: &Verdict) -> Markup {
    html! {
        ul.witness {
            @for violation in verdict.violations() {
                li { (timeline.sentence(violation)) }
                li.small { b { (violation.kind) } ", line " (violation.at) ": " (violation.why) }
            }
            @if let Verdict::Unanswered(_) = verdict { li { b { (shown.symptom()) } ": not every call was answered." } }
        }
        figure.timeline tabindex="0" role="group" aria-label={ "Timeline of " (shown.signature) } {
            div.controls {
                button type="button" data-go="first" { "first" } button type="button" data-go="back" { "back" }
                button type="button" data-go="next" { "next" } button type="button" data-go="last" { "last" }
                button type="button" data-go="held" { "violation" }
                p.tells aria-live="polite" {}
            }
            div.wide { (drawing(timeline)) }
        }
    }
}

fn case(shown: &Shown) -> Markup {
    html! {
        div.copied {
            h4 { "Case" } button type="button" data-copy { "copy" }
            pre { (shown.case) }
        }
        p.small { code { "launder run " (quoted(&shown.file)) " --subject " (shown.subject) } }
        @if let Some((trace, contract)) = &shown.kept {
            p.small {
                "It was not run again: the timeline is of what " code { (shown.subject) } " said then. "
                code { "launder judge " (quoted(&trace.display().to_string())) " --contract " (contract) }
            }
        }
    }
}

/// A word that a shell takes as one.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./+:,=@".contains(c);
    if word.chars().all(is_plain) { word.into() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

fn sources(shown: &Shown) -> Markup {
    let card = shown.planted.map(|planted| planted.card);
    let bug =
        shown.planted.and_then(|planted| planted.card.bugs.iter().find(|bug| Some(bug.name) == planted.bug));
    html! {
        h4 { "Source" }
        @if let Some(card) = card {
            blockquote { (card.source) footer { code { (card.name) } ", which promises " code { (spaced(&card.promises())) } } }
        }
        @if let Some(bug) = bug { blockquote { (bug.source) footer { "the bug " code { (bug.name) } ", planted on purpose" } } }
        @if let Some(hazard) = &shown.known {
            blockquote { (hazard) footer { "known of " code { (shown.subject) } } }
        }
        @if card.is_none() { p { "This version has no subject of that name." } }
    }
}
