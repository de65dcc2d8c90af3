//! The coverage matrix as a heat map: which states of folios met which events.

use super::gather::Told;
use super::verdicts::grouped;
use crate::record::{Met, Subject};
use launder_fuzz::{counted, plural};
use maud::{Markup, html};

/// Shades of a heat map, of which the first is for what was never met.
const SHADES: usize = 7;

pub fn maps(told: &Told) -> Markup {
    let all: Vec<(&Subject, &Met)> =
        told.subjects.iter().filter_map(|subject| Some((subject, subject.matrix.as_ref()?))).collect();
    html! {
        @match all.as_slice() {
            [] => { p { "No matrix was recorded: that of a real subject cannot be seen, and cases that are put once have none." } }
            [(subject, met)] => {
                p { "In how many runs of " code { (subject.subject) } " a state of a folio met an event." }
                (map(met, |state, event| runs(met, state, event)))
            }
            [(_, first), ..] => {
                p { "In how many of the subjects to which an event can happen it met a state of a folio." }
                (map(first, |state, event| subjects(&all, state, event)))
                details.plain {
                    summary { "Each subject by itself, by runs" }
                    @for (subject, met) in &all {
                        h3 { code { (subject.subject) } " " span.small { (met.met) " of " (met.of) " pairs" } }
                        (map(met, |state, event| runs(met, state, event)))
                    }
                }
            }
        }
        p.small { "Darker is more. " b { "0" } " was possible and not met; an empty field cannot happen." }
    }
}

/// A field: its text, all of it for who points at it, and its shade. None for what cannot happen.
type Field = Option<(String, String, usize)>;

fn map(met: &Met, field: impl Fn(usize, usize) -> Field) -> Markup {
    html! {
        div.wide tabindex="0" role="region" aria-label="Matrix" {
            table.heat {
                thead { tr {
                    td {}
                    @for event in &met.events { th scope="col" { span { (event) } } }
                } }
                tbody { @for (state, name) in met.states.iter().enumerate() { tr {
                    th scope="row" { (name) }
                    @for (event, other) in met.events.iter().enumerate() {
                        @match field(state, event) {
                            None => td.never {},
                            Some((text, whole, shade)) => {
                                td class={ "h" (shade) } title={ (name) " × " (other) ": " (whole) } { (text) }
                            }
                        }
                    }
                } } }
            }
        }
    }
}

fn times(met: &Met, state: usize, event: usize) -> Option<u64> {
    *met.times.get(state)?.get(event)?
}

/// By the logarithm: a pair that a thousand times as many runs met is a few shades darker.
fn runs(met: &Met, state: usize, event: usize) -> Field {
    let times = times(met, state, event)?;
    let most = met.times.iter().flatten().flatten().max().copied().unwrap_or(1).max(2);
    let share = (times.max(1) as f64).ln() / (most as f64).ln();
    let shade = if times == 0 { 0 } else { 1 + (share * (SHADES - 2) as f64).round() as usize };
    Some((short(times), format!("{} {}", grouped(times), plural(times, "run")), shade))
}

fn subjects(all: &[(&Subject, &Met)], state: usize, event: usize) -> Field {
    let possible: Vec<u64> = all.iter().filter_map(|(_, met)| times(met, state, event)).collect();
    let (met, of) = (possible.iter().filter(|times| **times > 0).count(), possible.len());
    let shade = if met == 0 { 0 } else { 1 + met * (SHADES - 2) / of.max(1) };
    (of > 0).then(|| (format!("{met}"), format!("{met} of {}", counted(of as u64, "subject")), shade))
}

/// A number in four letters at the most.
fn short(number: u64) -> String {
    match number {
        0..10_000 => number.to_string(),
        10_000..1_000_000 => format!("{}k", number / 1_000),
        1_000_000..1_000_000_000 => format!("{}M", number / 1_000_000),
        _ => format!("{}G", number / 1_000_000_000),
    }
}
