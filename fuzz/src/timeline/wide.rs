//! A timeline where there is room: a column for each lane, and one for the cells of each cache and of the server.

use super::cells::changed;
use super::fold::{Line, folded, lines};
use super::margin::Margin;
use super::terminal::{Look, said};
use super::text::Text;
use super::{Lane, Row, Timeline};
use launder_impls::{Contents, Holder};

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    /// What is said in a lane.
    Said(Lane),
    /// The cells of who holds some.
    Cells(Holder),
}

/// Characters that the columns take at the most, of what processes say, of steps, and of cells: as much room as there is.
const MOST: [[usize; 3]; 3] = [[32, 48, 40], [24, 36, 30], [18, 26, 26]];
/// Spaces between columns.
const GAP: usize = 2;

pub(super) struct Wide<'t> {
    timeline: &'t Timeline,
    margin: Margin,
    columns: Vec<(Column, usize)>,
    /// What stands in the columns of each row.
    texts: Vec<Vec<Text>>,
    look: Look,
}

impl<'t> Wide<'t> {
    /// Nothing where there is no room for all columns.
    pub fn of(timeline: &'t Timeline, look: Look) -> Option<Wide<'t>> {
        let told = told(timeline);
        let columns = columns(timeline, &told);
        let texts: Vec<Vec<Text>> = timeline
            .contents()
            .enumerate()
            .map(|(at, held)| {
                let stands = |column: &Column| match told[at] {
                    true => stands(&timeline.rows[at], &held, *column),
                    false => Text::default(),
                };
                columns.iter().map(stands).collect()
            })
            .collect();
        let margin = Margin::of(timeline);
        let room = look.width.checked_sub(margin.width())?;
        let widths = MOST.iter().find_map(|most| {
            let widths = widths(&columns, &texts, most);
            (widths.iter().map(|width| width + GAP).sum::<usize>() <= room).then_some(widths)
        })?;
        Some(Wide { timeline, margin, columns: columns.into_iter().zip(widths).collect(), texts, look })
    }

    pub fn heading(&self) -> String {
        let names = self.columns.iter().map(|(column, width)| format!("{:1$}", column.name(), width + GAP));
        " ".repeat(self.margin.width()) + &names.collect::<String>()
    }

    pub fn line(&self, line: Line) -> Vec<String> {
        let rows = &self.timeline.rows;
        match line {
            Line::Row(at) => self.row(at),
            Line::Settles => vec!["      -- settles --".into()],
            Line::Folded(at, many) => {
                vec![self.margin.between(rows[at].line) + &folded(&rows[at], many)]
            }
        }
    }

    fn row(&self, at: usize) -> Vec<String> {
        let row = &self.timeline.rows[at];
        if row.is_nobodys() {
            return self.across(row);
        }
        let broken: Vec<Vec<Text>> = self.texts[at]
            .iter()
            .zip(&self.columns)
            .map(|(text, (_, width))| text.lines(*width, 2))
            .collect();
        let deep = broken.iter().map(Vec::len).max().unwrap_or(1);
        let line = |nth: usize| {
            let margin = if nth == 0 { self.margin.beside(row) } else { self.margin.between(row.line) };
            let columns = broken.iter().zip(&self.columns).map(|(lines, (_, width))| {
                let indent = if nth == 0 { 0 } else { 2 };
                let Some(text) = lines.get(nth) else { return " ".repeat(width + GAP) };
                let rest = (width + GAP).saturating_sub(indent + text.width());
                " ".repeat(indent) + &text.paint(self.look.colour) + &" ".repeat(rest)
            });
            margin + &columns.collect::<String>()
        };
        (0..deep).map(line).collect()
    }
}

impl Wide<'_> {
    /// A row that belongs in no column.
    fn across(&self, row: &Row) -> Vec<String> {
        let lines = said(row, true).lines(self.look.width - self.margin.width() - 4, 2);
        let line = |(nth, text): (usize, Text)| match nth {
            0 => format!("{}    {}", self.margin.beside(row), text.paint(self.look.colour)),
            _ => format!("{}      {}", self.margin.between(row.line), text.paint(self.look.colour)),
        };
        lines.into_iter().enumerate().map(line).collect()
    }
}

/// Which rows are told.
fn told(timeline: &Timeline) -> Vec<bool> {
    let mut told = vec![false; timeline.rows.len()];
    for line in lines(timeline) {
        if let Line::Row(at) = line {
            told[at] = true;
        }
    }
    told
}

/// The columns of those who say something in a row that is told, or hold something else after it.
fn columns(timeline: &Timeline, told: &[bool]) -> Vec<Column> {
    let rows = || timeline.rows.iter().zip(told).filter(|(_, told)| **told).map(|(row, _)| row);
    let cells = |lane: &Lane| lane.holder().filter(|_| timeline.known).map(Column::Cells);
    let lanes = timeline.lanes.iter().filter(|lane| rows().any(|row| row.takes_part(**lane)));
    lanes.flat_map(|lane| [Some(Column::Said(*lane)), cells(lane)]).flatten().collect()
}

impl Column {
    fn name(self) -> String {
        match self {
            Column::Said(lane) => lane.name().into(),
            Column::Cells(holder) => format!("{holder} holds"),
        }
    }
}

fn stands(row: &Row, held: &Contents, column: Column) -> Text {
    match column {
        Column::Said(lane) if lane == row.lane && !row.is_nobodys() => said(row, false),
        Column::Said(_) => Text::default(),
        Column::Cells(holder) => changed(row, held)
            .into_iter()
            .find(|(it, _)| *it == holder)
            .map(|(_, cells)| cells)
            .unwrap_or_default(),
    }
}

fn widths(columns: &[Column], texts: &[Vec<Text>], most: &[usize; 3]) -> Vec<usize> {
    let width = |(at, column): (usize, &Column)| {
        let most = match column {
            Column::Said(Lane::Process(_) | Lane::Nature) => most[0],
            Column::Said(_) => most[1],
            Column::Cells(_) => most[2],
        };
        let widest = texts.iter().map(|row| row[at].width()).max().unwrap_or(0).min(most);
        widest.max(column.name().chars().count())
    };
    columns.iter().enumerate().map(width).collect()
}
