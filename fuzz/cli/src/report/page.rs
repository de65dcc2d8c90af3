//! The page: everything in one file, and nothing from anywhere else.

use super::gather::Told;
use super::{detection, finding, matrix, run, verdicts};
use crate::score::Scores;
use launder_fuzz::counted;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// What it looks like, and what it does: neither has a word of what was found.
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Whatever the page is made to say, a browser loads nothing for it and runs no script but this one.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

pub fn page(told: &Told, scores: &[Scores]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "launder: " (counted(told.findings.len() as u64, "finding")) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#findings" { "To the findings" }
                header {
                    h1 { "launder" }
                    (run::line(told))
                    nav aria-label="Sections" {
                        a href="#verdicts" { "Verdicts" } a href="#findings" { "Findings" } a href="#coverage" { "Coverage" }
                        a href="#detection" { "Detection" } a href="#run" { "Run" }
                    }
                }
                main {
                    section #verdicts { h2 { "Verdicts" } (verdicts::table(told)) }
                    section #findings { h2 { "Findings" } (findings(told)) }
                    section #coverage { h2 { "Coverage" } (matrix::maps(told)) }
                    section #detection { h2 { "Executions to detection" } (detection::plots(told, scores)) }
                    section #run { h2 { "Run" } (run::facts(told)) }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn findings(told: &Told) -> Markup {
    if told.findings.is_empty() {
        return html! { p { "None: every promise was kept in all that was run." } };
    }
    html! {
        div.filter {
            label { "Only with " input type="search" autocomplete="off" spellcheck="false" placeholder="word of a signature, subject"; }
            label { input type="checkbox"; " only new ones" }
            span.small role="status" {}
        }
        p.keys.small {
            kbd { "n" } " " kbd { "p" } " next, previous finding · " kbd { "j" } " " kbd { "k" } " next, previous step (also arrows, "
            kbd { "Home" } ", " kbd { "End" } " in a timeline) · " kbd { "x" } " what is held against it · " kbd { "c" }
            " copy its case · " kbd { "/" } " filter"
        }
        p.small {
            "A bar is a call, from its beginning to its reply; a dot is a step. The colour and number of a cell are those of the write "
            "that is held in it; a thick edge: to be written back, a dashed one: under writeback."
        }
        @for subject in &told.subjects { (finding::of(told, subject)) }
    }
}
