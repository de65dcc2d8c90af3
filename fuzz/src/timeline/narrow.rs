//! A timeline where there is little room: a lane for everyone who calls, and steps and cells across.

use super::cells::changed;
use super::fold::{Line, folded};
use super::margin::Margin;
use super::terminal::{Look, said};
use super::text::Text;
use super::{Lane, Row, Said, Timeline};
use launder_impls::Holder;

/// Characters of a lane, at the most.
const LANE: usize = 20;
/// Where steps begin, after the margin.
const STEP: usize = 4;
/// Characters that are left for cells, where steps are short.
const CELLS: usize = 28;

pub(super) struct Narrow<'t> {
    timeline: &'t Timeline,
    margin: Margin,
    /// What is held after each row by whose holding changed with it.
    cells: Vec<Vec<(Holder, Text)>>,
    lanes: Vec<Lane>,
    look: Look,
}

impl<'t> Narrow<'t> {
    pub fn of(timeline: &'t Timeline, look: Look) -> Narrow<'t> {
        let calls = |lane: &Lane| {
            timeline.rows.iter().any(|row| row.lane == *lane && matches!(row.said, Said::Call { .. }))
        };
        let lanes = timeline.lanes.iter().copied().filter(calls).collect();
        let cells =
            timeline.rows.iter().zip(timeline.contents()).map(|(row, held)| changed(row, &held)).collect();
        Narrow { timeline, margin: Margin::of(timeline), cells, lanes, look }
    }

    pub fn heading(&self) -> String {
        let lane = self.lane();
        let names: String = self.lanes.iter().map(|name| format!("{:lane$}", name.name())).collect();
        " ".repeat(self.margin.width()) + &names
    }

    pub fn line(&self, line: Line) -> Vec<String> {
        let rows = &self.timeline.rows;
        match line {
            Line::Row(at) => self.row(&rows[at], &self.cells[at]),
            Line::Settles => vec!["      -- settles --".into()],
            Line::Folded(at, many) => {
                vec![self.margin.between(rows[at].line) + &folded(&rows[at], many)]
            }
        }
    }

    fn lane(&self) -> usize {
        (self.room() / self.lanes.len().max(1)).min(LANE)
    }

    fn room(&self) -> usize {
        self.look.width - self.margin.width()
    }

    fn row(&self, row: &Row, cells: &[(Holder, Text)]) -> Vec<String> {
        let (text, place) = match &row.said {
            Said::Step(_) => (said(row, true), STEP),
            _ => {
                let text = said(row, true);
                let lane = self.lanes.iter().position(|lane| *lane == row.lane).unwrap_or(0) * self.lane();
                let place = lane.min(self.room().saturating_sub(text.width()));
                (text, place)
            }
        };
        let mut lines: Vec<(usize, Text)> = Vec::new();
        for (nth, text) in text.lines(self.room() - place, 2).into_iter().enumerate() {
            lines.push((place + if nth == 0 { 0 } else { 2 }, text));
        }
        let mut out: Vec<(String, usize)> = lines
            .iter()
            .map(|(place, text)| (" ".repeat(*place) + &text.paint(self.look.colour), place + text.width()))
            .collect();
        for (nth, cells) in cells.iter().map(|(holder, cells)| named(*holder, cells)).enumerate() {
            self.put_cells(&mut out, nth == 0, &cells);
        }
        let margins = (0..).map(|nth| match nth {
            0 => self.margin.beside(row),
            _ => self.margin.between(row.line),
        });
        margins.zip(out).map(|(margin, (text, _))| margin + &text).collect()
    }

    /// Puts cells at the right of the last line, where there is room, and under it otherwise.
    fn put_cells(&self, out: &mut Vec<(String, usize)>, beside: bool, cells: &Text) {
        let column = self.room().saturating_sub(CELLS).min(60);
        let column = column.min(self.room().saturating_sub(cells.width())).max(STEP);
        for (nth, cells) in cells.lines(self.room() - column, 2).into_iter().enumerate() {
            let last = out.last_mut().filter(|_| beside && nth == 0);
            let begin = last.as_ref().map_or(0, |(_, end)| end + 2);
            let fits = begin.max(column) + cells.width() <= self.room();
            let place = if nth == 0 { column } else { column + 2 };
            match last {
                Some((line, end)) if fits => {
                    let place = begin.max(place);
                    *line += &(" ".repeat(place - *end) + &cells.paint(self.look.colour));
                    *end = place + cells.width();
                }
                _ => out.push((" ".repeat(place) + &cells.paint(self.look.colour), place + cells.width())),
            }
        }
    }
}

/// Cells with the name of who holds them.
fn named(holder: Holder, cells: &Text) -> Text {
    let mut text = Text::plain(&holder.to_string());
    text.0.extend(cells.0.iter().cloned());
    text
}
