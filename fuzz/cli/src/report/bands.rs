//! The cells of a drawing: for each holder a column for cells that go through the same, with a span for each content.

use super::rows::Row;
use launder_fuzz::{Lane, Timeline};
use launder_impls::{Content, Contents, Holder};
use launder_oracle::Value;

/// Columns of a holder, at the most: what is found is small, but a case that is given need not be.
const MOST: usize = 12;

/// Cells that hold the same all the time, each of every holder.
pub struct Column {
    pub holder: Holder,
    /// Half open.
    cells: (u32, u32),
    pub spans: Vec<Span>,
}

/// What is held from after one row, none from the beginning, until another.
#[derive(PartialEq, Eq)]
pub struct Span {
    pub from: Option<usize>,
    pub to: usize,
    pub content: Content,
}

impl Column {
    pub fn name(&self) -> String {
        match self.cells {
            (first, end) if end == first + 1 => first.to_string(),
            (first, end) => format!("{first}..{end}"),
        }
    }

    pub fn holder_name(&self) -> &'static str {
        Lane::ALL.into_iter().find(|lane| lane.holder() == Some(self.holder)).map_or("", Lane::name)
    }

    /// In pixels.
    pub fn wide(&self) -> usize {
        let digits = self.spans.iter().map(|span| span.content.value.to_string().len()).max().unwrap_or(1);
        (self.name().len() * 7).max(digits * 8).max(14) + 4
    }
}

impl Span {
    /// Its colour is that of the write.
    pub fn class(&self) -> String {
        let value = match self.content.value.number() {
            Some(number) if number > 0 => format!("w{}", number % 8),
            _ if self.content.value == Value::ZERO => "zero".into(),
            _ => "nobody".into(),
        };
        let dirty = if self.content.dirty { " dirty" } else { "" };
        let writeback = if self.content.writeback { " writeback" } else { "" };
        format!("{value}{dirty}{writeback}")
    }
}

/// The columns of all holders, of those cells in which there is anything but zeroes, or about which something is held against the run.
pub fn columns(timeline: &Timeline, rows: &[Row]) -> Vec<Column> {
    if !timeline.known {
        return Vec::new();
    }
    let changed = rows.iter().flat_map(|row| &row.changes);
    let cells = changed.clone().map(|change| change.cell + 1).max().unwrap_or(0).max(timeline.cells);
    let is_told = |cell: u32| {
        timeline.violations.iter().any(|violation| violation.cell == Some(cell))
            || changed.clone().any(|change| {
                change.cell == cell && change.after.is_some_and(|content| content.value != Value::ZERO)
            })
    };
    let holders: Vec<Holder> = timeline.lanes.iter().filter_map(|lane| lane.holder()).collect();
    let mut groups: Vec<Group> = Vec::new();
    for cell in (0..cells).filter(|cell| is_told(*cell)) {
        let spans = holders.iter().map(|holder| spans(timeline.cells, rows, *holder, cell)).collect();
        match groups.last_mut() {
            Some(group) if group.cells.1 == cell && group.spans == spans => group.cells.1 += 1,
            _ => groups.push(Group { cells: (cell, cell + 1), spans }),
        }
    }
    groups.truncate(MOST);
    groups.into_iter().flat_map(|group| group.columns(&holders)).collect()
}

/// Neighbours that go through the same with every holder.
struct Group {
    cells: (u32, u32),
    /// For each holder.
    spans: Vec<Vec<Span>>,
}

impl Group {
    fn columns(self, holders: &[Holder]) -> Vec<Column> {
        let column = |(holder, spans): (&Holder, _)| Column { holder: *holder, cells: self.cells, spans };
        holders.iter().zip(self.spans).map(column).collect()
    }
}

/// What a holder has in a cell, from beginning to end.
fn spans(size: u32, rows: &[Row], holder: Holder, cell: u32) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut held = Contents::of_hole(size).at(holder, cell);
    let mut since = None;
    let mut end = |since: Option<usize>, to: usize, held: Option<Content>| {
        if let Some(content) = held.filter(|_| to > since.unwrap_or(0)) {
            spans.push(Span { from: since, to, content });
        }
    };
    for (at, row) in rows.iter().enumerate() {
        let last = row.changes.iter().rfind(|change| change.holder == holder && change.cell == cell);
        if let Some(change) = last.filter(|change| change.after != held) {
            end(since, at, held);
            (held, since) = (change.after, Some(at));
        }
    }
    end(since, rows.len(), held);
    spans
}
