//! A timeline in a terminal, or in a file: as many columns as there is room for, and what was held against it in words.

use super::fold::lines;
use super::narrow::Narrow;
use super::text::{Text, brief};
use super::wide::Wide;
use super::{Lane, Row, Said, Timeline};
use crate::table::short;
use launder_oracle::{End, Reply, Value, Violation};
use std::fmt::Write;

/// How a timeline is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Characters of a line; no fewer than [`Look::LEAST`] are used.
    pub width: usize,
    /// Whether numbers of writes have colours, in the sequences of ECMA-48.
    pub colour: bool,
}

impl Look {
    /// As it is kept in a file: 80 columns and no colour.
    pub const PLAIN: Look = Look { width: 80, colour: false };
    /// The narrowest line.
    pub const LEAST: usize = 60;
}

impl Timeline {
    /// It as text.
    pub fn show(&self, look: Look) -> String {
        let look = Look { width: look.width.max(Look::LEAST), ..look };
        let mut text = String::new();
        match Wide::of(self, look) {
            Some(wide) => {
                line(&mut text, &wide.heading());
                lines(self).into_iter().flat_map(|it| wide.line(it)).for_each(|it| line(&mut text, &it));
            }
            None => {
                let narrow = Narrow::of(self, look);
                line(&mut text, &narrow.heading());
                lines(self).into_iter().flat_map(|it| narrow.line(it)).for_each(|it| line(&mut text, &it));
            }
        }
        line(
            &mut text,
            match self.end {
                End::Quiet => "      end quiet",
                End::Stuck => "      end stuck",
                End::Endless => "      and so on: end endless",
            },
        );
        for group in self.violations.chunk_by(is_alike) {
            self.tell(&mut text, group, look);
        }
        text
    }

    /// What is held against it: in plain words, then how that is known, and of which other cells the same holds.
    fn tell(&self, text: &mut String, alike: &[Violation], look: Look) {
        let first = &alike[0];
        let plain = format!("{} (line {}): {}", first.kind, first.at, self.sentence(first));
        wrap(text, &plain, 0, look);
        let witness = first.why.clone() + ".";
        if !plain.ends_with(&witness) {
            wrap(text, &format!("Witness: {witness}"), 3, look);
        }
        let cells: Vec<String> =
            alike[1..].iter().filter_map(|violation| violation.cell).map(|cell| cell.to_string()).collect();
        if !cells.is_empty() {
            let cell = if cells.len() == 1 { "cell" } else { "cells" };
            wrap(text, &format!("The same holds of {cell} {}.", cells.join(", ")), 3, look);
        }
    }
}

/// Whether two violations are one but for the cell that shows it.
fn is_alike(one: &Violation, other: &Violation) -> bool {
    (one.kind, one.at, one.write, &one.lines) == (other.kind, other.at, other.write, &other.lines)
}

/// What a row says; a step with where it happens, where no column says that.
pub(super) fn said(row: &Row, with_place: bool) -> Text {
    match &row.said {
        Said::Call { call, write } => {
            let mut text = Text::plain(&call.to_string());
            if let Some(number) = write {
                text.push("→", None);
                text.push(number.to_string(), Some(Value::of(*number)));
            }
            text
        }
        Said::Reply { reply, .. } => {
            let mut text = Text::plain(&format!("= {}", short(reply)));
            if let Reply::Got(_) = reply {
                text.colour_numbers();
            }
            text
        }
        Said::Step(step) => {
            let shown = row.changes.iter().any(|change| Some(change.holder) == row.lane.holder());
            let step = if shown { brief(step) } else { step };
            match with_place {
                true => Text::plain(&format!(". {}{step}", place(row.lane))),
                false => Text::plain(step),
            }
        }
    }
}

fn place(lane: Lane) -> String {
    match lane {
        Lane::Cache(host) => format!("{host}: "),
        Lane::Server => "server: ".into(),
        Lane::Process(_) | Lane::Nature => String::new(),
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{}", line.trim_end()).unwrap_or_default();
}

/// Adds prose, broken between words.
fn wrap(text: &mut String, prose: &str, indent: usize, look: Look) {
    let lines = Text::prose(prose).lines(look.width - indent, 3 - indent);
    for (nth, words) in lines.into_iter().enumerate() {
        let indent = if nth == 0 { indent } else { 3 };
        line(text, &(" ".repeat(indent) + &words.paint(look.colour)));
    }
}
