//! What the caches and the server hold while a case is carried out: for a reader, and beside the trace.

use launder_oracle::{Host, Value};
use std::fmt;

/// Who holds cells of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holder {
    /// The page cache of a host.
    Cache(Host),
    /// The server.
    Server,
}

impl Holder {
    /// All of them.
    pub const ALL: [Holder; 3] = [Holder::Cache(Host::A), Holder::Cache(Host::B), Holder::Server];

    fn index(self) -> usize {
        match self {
            Holder::Cache(host) => host.index(),
            Holder::Server => Host::ALL.len(),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Cache(host) => host.fmt(f),
            Holder::Server => f.write_str("server"),
        }
    }
}

/// What is held in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// The value.
    pub value: Value,
    /// It is to be written back: the folio is dirty, or an entry that maps it is. Never on the server.
    pub dirty: bool,
    /// Its folio is under writeback. Never on the server.
    pub writeback: bool,
}

/// What all of them hold: of each cell nothing where it is in no folio of the cache, or past the end of the server's file. Cells
/// that are not listed are not held.
///
/// ```
/// use launder_impls::{Contents, Holder};
/// use launder_oracle::{Host, Value};
///
/// let held = Contents::of_hole(16);
/// assert_eq!(held.at(Holder::Server, 0).map(|content| content.value), Some(Value::ZERO));
/// assert_eq!(held.at(Holder::Cache(Host::A), 0), None, "nothing is cached yet");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents([Vec<Option<Content>>; Holder::ALL.len()]);

impl Contents {
    /// Where a case begins: a file of so many cells of hole on the server, and nothing in the caches.
    pub fn of_hole(cells: u32) -> Contents {
        let mut contents = Contents::default();
        let zero = Content { value: Value::ZERO, dirty: false, writeback: false };
        contents.0[Holder::Server.index()] = vec![Some(zero); cells as usize];
        contents
    }

    /// What is held in a cell.
    pub fn at(&self, holder: Holder, cell: u32) -> Option<Content> {
        self.0[holder.index()].get(cell as usize).copied().flatten()
    }

    /// What a holder has, from the first cell on.
    pub fn of(&self, holder: Holder) -> &[Option<Content>] {
        &self.0[holder.index()]
    }

    /// A cell is held, or no longer.
    pub fn set(&mut self, holder: Holder, cell: u32, content: Option<Content>) {
        let cells = &mut self.0[holder.index()];
        if content.is_some() && cells.len() <= cell as usize {
            cells.resize(cell as usize + 1, None);
        }
        if let Some(held) = cells.get_mut(cell as usize) {
            *held = content;
        }
    }

    /// What has changed of it where `after` is what is held now, as line `line` of the trace says.
    fn changes(&self, after: &Contents, line: u32) -> Vec<Change> {
        let mut changes = Vec::new();
        for holder in Holder::ALL {
            let cells = self.of(holder).len().max(after.of(holder).len()) as u32;
            let change = |cell| {
                let (before, after) = (self.at(holder, cell), after.at(holder, cell));
                (before != after).then_some(Change { line, holder, cell, before, after })
            };
            changes.extend((0..cells).filter_map(change));
        }
        changes
    }
}

/// One cell changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The line of the trace, from 1, beside which it is to be shown: that of the step or of the reply that it came with.
    pub line: u32,
    /// Who holds it.
    pub holder: Holder,
    /// Which cell.
    pub cell: u32,
    /// What was held.
    pub before: Option<Content>,
    /// What is held from then on.
    pub after: Option<Content>,
}

/// What was held in the course of a run, in which the trace names the steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Whether the subject says what is held; if not, nothing is known.
    pub known: bool,
    /// What changed, in order.
    pub changes: Vec<Change>,
}

/// Notes what changes from line to line.
pub(crate) struct Watch {
    held: Contents,
    watched: Watched,
}

impl Watch {
    /// Of a case of a file with so many cells.
    pub fn new(cells: u32) -> Watch {
        Watch { held: Contents::of_hole(cells), watched: Watched::default() }
    }

    /// This is held now, if the subject says so, and line `line` goes with it.
    pub fn see(&mut self, now: Option<Contents>, line: u32) {
        let Some(now) = now else { return };
        self.watched.known = true;
        self.watched.changes.extend(self.held.changes(&now, line));
        self.held = now;
    }

    /// All that was seen.
    pub fn end(self) -> Watched {
        self.watched
    }
}
