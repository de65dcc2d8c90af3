//! Executions to detection, on a logarithmic axis: how many runs each finding took, and how many cases each planted bug.

use super::gather::Told;
use super::verdicts::grouped;
use crate::score::Scores;
use launder_fuzz::{counted, plural};
use maud::{Markup, html};

/// Height of a row, and of the axis beneath, in pixels.
const ROW: usize = 38;
const AXIS: usize = 24;

/// A row of a plot: its name, and its dots.
struct Row<'t> {
    name: &'t str,
    /// What is said of it at the right.
    aside: String,
    dots: Vec<Dot>,
    /// Where a line marks the middle.
    median: Option<u64>,
}

struct Dot {
    at: u64,
    title: String,
    link: Option<String>,
    known: bool,
}

pub fn plots(told: &Told, scores: &[Scores]) -> Markup {
    let rows: Vec<Row> = told.subjects.iter().filter_map(|subject| found(told, &subject.subject)).collect();
    html! {
        @if !rows.is_empty() {
            h3 { "Findings of this campaign" }
            p { "A dot is a finding: so many runs of its subject it took to come upon it. Hollow ones are known." }
            (plot(&rows, "How many runs each finding took"))
        }
        @for scores in scores { (scored(scores)) }
        @if rows.is_empty() && scores.is_empty() {
            p { "Nothing was recorded of how many runs a finding took. " code { "launder score --json > score.json" }
                " hunts every planted bug blind, and " code { "launder report --score score.json" } " plots what it takes." }
        }
    }
}

fn found<'t>(told: &Told, subject: &'t str) -> Option<Row<'t>> {
    let these = told.findings.iter().filter(|shown| shown.subject == subject);
    let dot = |shown: &super::shown::Shown| {
        Some(Dot {
            at: shown.runs?,
            title: format!(
                "{}: after {} {}",
                shown.signature,
                grouped(shown.runs?),
                plural(shown.runs?, "run")
            ),
            link: Some(format!("#{}", shown.id)),
            known: shown.known.is_some(),
        })
    };
    let mut dots: Vec<Dot> = these.filter_map(dot).collect();
    dots.sort_by_key(|dot| (!dot.known, dot.at));
    let aside = format!("{} found", dots.len());
    (!dots.is_empty()).then_some(Row { name: subject, aside, dots, median: None })
}

fn scored(scores: &Scores) -> Markup {
    let row = |bug: &'_ crate::score::Bug| -> (u64, String, String, Vec<u64>, Option<u64>) {
        let found: Vec<u64> = bug.tries.iter().flatten().copied().collect();
        let aside = format!("{} of {}", found.len(), counted(bug.tries.len() as u64, "seed"));
        (bug.median.unwrap_or(u64::MAX), bug.bug.clone(), aside, found, bug.median)
    };
    let mut bugs: Vec<_> = scores.bugs.iter().map(row).collect();
    bugs.sort();
    let dot = |at: &u64| Dot {
        at: *at,
        title: format!("{} {}", grouped(*at), plural(*at, "case")),
        link: None,
        known: false,
    };
    let rows: Vec<Row> = bugs
        .iter()
        .map(|(_, name, aside, found, median)| Row {
            name,
            aside: aside.clone(),
            dots: found.iter().map(dot).collect(),
            median: *median,
        })
        .collect();
    html! {
        h3 { "Planted bugs, hunted blind" }
        p { "A dot is a seed: so many " (scores.by.cases()) " it took to find the bug, of " (grouped(scores.runs))
            " at the most. The line is the median of " (if scores.seeds > 1 { format!("all {} seeds", scores.seeds) } else { "the one seed".into() }) "; what is found last is at the bottom." }
        (plot(&rows, "How many cases each planted bug took"))
    }
}

fn plot(rows: &[Row], label: &str) -> Markup {
    let most = rows.iter().flat_map(|row| row.dots.iter().map(|dot| dot.at)).max().unwrap_or(1);
    let decades = (1..=19).find(|decades| 10_u64.pow(*decades) >= most).unwrap_or(19);
    let x = |at: u64| format!("{:.2}%", 2.0 + 94.0 * (at.max(1) as f64).log10() / f64::from(decades));
    let bottom = rows.len() * ROW;
    html! {
        svg.plot width="100%" height=(bottom + AXIS) role="img" aria-label=(label) {
            @for decade in 0..=decades {
                line.grid x1=(x(10_u64.pow(decade))) x2=(x(10_u64.pow(decade))) y1="0" y2=(bottom) {}
                text.tick x=(x(10_u64.pow(decade))) y=(bottom + 16) { (tick(decade)) }
            }
            @for (at, row) in rows.iter().enumerate() {
                @let y = at * ROW;
                text.name x="0" y=(y + 18) { (row.name) }
                text.aside x="100%" y=(y + 18) { (row.aside) }
                line.base x1="2%" x2="96%" y1=(y + 30) y2=(y + 30) {}
                @if let Some(median) = row.median { line.median x1=(x(median)) x2=(x(median)) y1=(y + 22) y2=(y + 38) {} }
                @for dot in &row.dots { (mark(dot, &x(dot.at), y + 30)) }
            }
        }
    }
}

fn mark(dot: &Dot, x: &str, y: usize) -> Markup {
    let circle = html! { circle.hollow[dot.known] cx=(x) cy=(y) r="4" { title { (dot.title) } } };
    html! {
        // Hundreds of them are no stops for who goes on by the tab key: the list of findings has the same links.
        @if let Some(link) = &dot.link { a href=(link) tabindex="-1" { (circle) } } @else { (circle) }
    }
}

fn tick(decade: u32) -> String {
    match decade {
        0..=3 => 10_u64.pow(decade).to_string(),
        4..=5 => format!("{}k", 10_u64.pow(decade - 3)),
        6..=8 => format!("{}M", 10_u64.pow(decade - 6)),
        _ => format!("{}G", 10_u64.pow(decade - 9)),
    }
}
