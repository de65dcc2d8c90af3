//! The cells that changed with a row, as text: the folios of them, each with what it holds then.

use super::Row;
use super::text::Text;
use launder_impls::{Content, Contents, Holder};
use launder_oracle::{FOLIO, Range, Value};

/// What a run of folios holds after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Folios {
    range: Range,
    cells: Vec<Option<Content>>,
    was_dirty: bool,
}

/// Who holds something else after the row, and what, where `held` is what is held then.
pub(super) fn changed(row: &Row, held: &Contents) -> Vec<(Holder, Text)> {
    let of = |holder| {
        let folios = folios(row, holder, held);
        (!folios.is_empty()).then(|| (holder, text(holder, &folios)))
    };
    Holder::ALL.into_iter().filter_map(of).collect()
}

fn folios(row: &Row, holder: Holder, held: &Contents) -> Vec<Folios> {
    let mut all: Vec<Folios> = Vec::new();
    for change in row.changes.iter().filter(|change| change.holder == holder) {
        let start = change.cell / FOLIO * FOLIO;
        let dirty = change.before.is_some_and(|before| before.dirty);
        if let Some(last) = all.last_mut().filter(|last| last.range.start == start) {
            last.was_dirty |= dirty;
            continue;
        }
        let range = Range::new(start, start + FOLIO);
        let cells = range.cells().map(|cell| held.at(holder, cell)).collect();
        all.push(Folios { range, cells, was_dirty: dirty });
    }
    all.into_iter().fold(Vec::new(), |mut merged: Vec<Folios>, next| {
        match merged.last_mut().filter(|last| last.goes_with(&next)) {
            Some(last) => {
                last.range.end = next.range.end;
                last.cells.extend(next.cells);
            }
            None => merged.push(next),
        }
        merged
    })
}

impl Folios {
    /// Whether both hold one and the same in all of their cells, and are neighbours.
    fn goes_with(&self, next: &Folios) -> bool {
        let same = self.cells.iter().chain(&next.cells).all(|cell| *cell == self.cells[0]);
        same && self.range.end == next.range.start && self.was_dirty == next.was_dirty
    }
}

fn text(holder: Holder, all: &[Folios]) -> Text {
    let mut text = Text::default();
    for folios in all {
        if let Some(last) = text.0.last_mut() {
            last.text.push(',');
        }
        text.push(format!("{}:", folios.range), None);
        if holder != Holder::Server && folios.cells.iter().all(Option::is_none) {
            text.push(if folios.was_dirty { "gone, was dirty" } else { "gone" }, None);
            continue;
        }
        for run in folios.cells.chunk_by(|one, other| one == other) {
            let (word, value) = match run[0] {
                Some(content) => (content.value.to_string(), Some(content.value)),
                None if holder == Holder::Server => (Value::END.to_string(), None),
                None => (".".into(), None),
            };
            match run.len() {
                1..=4 => run.iter().for_each(|_| text.push(word.clone(), value)),
                times => text.push(format!("{word} x{times}"), value),
            }
        }
        let any = |is: fn(&Content) -> bool| folios.cells.iter().flatten().any(is);
        let states = [(any(|it| it.dirty), "dirty"), (any(|it| it.writeback), "writeback")];
        states.iter().filter(|(so, _)| *so).for_each(|(_, state)| text.push(*state, None));
    }
    text
}
