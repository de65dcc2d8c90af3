//! What ran, on what: so that it can be run again.

use super::gather::Told;
use super::verdicts::grouped;
use crate::machine::Versions;
use crate::record::Record;
use launder_fuzz::{counted, plural};
use maud::{Markup, html};

/// One line beneath the title.
pub fn line(told: &Told) -> Markup {
    let news = told.findings.iter().filter(|shown| shown.known.is_none()).count();
    let (all, subjects) = (told.findings.len(), told.subjects.len());
    let runs: u64 = told.subjects.iter().map(|subject| subject.runs).sum();
    html! {
        p.lead {
            @if news > 0 { b.new { (news) " new" } " of " } (counted(all as u64, "finding"))
            @if news == 0 && all > 0 { ", " (if all > 1 { "all of them known" } else { "known" }) } ", " (counted(subjects as u64, "subject"))
            @if runs > 0 { ", " (grouped(runs)) " " (plural(runs, "run")) }
            @if let Some(record) = &told.record { ", begun " time datetime=(record.begun) { (record.begun) } }
        }
    }
}

pub fn facts(told: &Told) -> Markup {
    let this = Versions::this();
    html! {
        dl.facts {
            @if let Some(record) = &told.record { (campaign(record)) } @else {
                dt { "Made of" } dd { "cases that were put to their subjects for this page" }
            }
            @if let Some(contract) = &told.contract { dt { "All held to" } dd { code { (contract) } } }
            @if told.record.as_ref().is_none_or(|record| record.versions != this) {
                dt { "Page made by" } dd { (versions(&this)) }
            }
        }
        @for note in &told.notes { p.note { (note) } }
    }
}

fn campaign(record: &Record) -> Markup {
    let Record { versions: ran, machine, command, seed, begun, seconds, .. } = record;
    html! {
        dt { "Command" } dd { code { (command.join(" ")) } }
        dt { "Seed" } dd { code { (seed) } }
        dt { "Begun" } dd { (begun) @if let Some(seconds) = seconds { ", took " (format!("{seconds:.1}")) " s" } }
        dt { "Machine" } dd {
            (machine.processor.as_deref().unwrap_or("a processor that is not named")) " (" (machine.architecture) "), "
            (counted(machine.cores as u64, "core")) @if let Some(memory) = machine.memory { ", " (grouped(memory)) " MiB" }
        }
        dt { "Kernel" } dd { (machine.kernel.as_deref().unwrap_or("not named")) }
        dt { "Versions" } dd { (versions(ran)) }
    }
}

fn versions(versions: &Versions) -> Markup {
    html! {
        "launder " (versions.launder)
        @if let Some(commit) = &versions.commit { ", built at or after commit " code { (commit) } }
        @if let Some(rustc) = &versions.rustc { ", by " (rustc) }
    }
}
