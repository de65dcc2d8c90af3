//! Witnesses: what was broken, and how the reader came to know better. Built only where something is forbidden.

use super::flow::{Places, Scope};
use super::ops::Op;
use super::register::{Reader, Record};
use super::{Judge, Spent};
use crate::clock::{Clock, Time};
use crate::{Call, Kind, Lines, Range, Value, Violation, What, Who};

impl<T: Time> Judge<'_, T> {
    /// A call, for a reader.
    pub(super) fn describe(&self, op: &Op) -> String {
        let line = self.line(op.start);
        match op.number {
            0 => format!("{}'s `{}` (line {line})", op.who, op.call),
            number => format!("write {number} ({}'s `{}`, line {line})", op.who, op.call),
        }
    }

    /// A read showed what it may not.
    pub(super) fn accuse_read(
        &mut self,
        place: u32,
        cell: u32,
        known: &Clock<T>,
        value: Value,
    ) -> Result<(), Spent> {
        let read = self.ops[place as usize];
        let superseding = self.superseding(cell as usize, known, &read, value)?;
        let path = superseding.map(|by| self.path(&by, cell, place)).unwrap_or_default();
        let (kind, write, why) = match superseding {
            None if value == Value::ZERO => {
                let why = format!(
                    "{}'s `{}` saw zeroes at cell {cell} that are no longer there",
                    read.who, read.call
                );
                (Kind::StaleRead, None, why)
            }
            None => (Kind::Leaked, value.number(), self.leaked(&read, cell, value)),
            Some(record) => {
                let by = self.ops[self.shown_by(&record) as usize];
                let kind = self.kind(&read, cell, value, &by);
                let write = if kind == Kind::Resurrected { value.number() } else { Some(by.number) };
                (
                    kind,
                    write.filter(|number| *number > 0),
                    self.superseded(place, cell, value, &record, &path),
                )
            }
        };
        let lines = Lines {
            shows: Some(self.line(read.start)),
            superseding: superseding.map(|by| self.line(self.ops[self.shown_by(&by) as usize].start)),
            seen: self.written_by(value).map(|op| self.line(op.start)),
            through: self.beginnings(&path),
        };
        let at = self.line(read.end);
        self.accuse(Violation { kind, cell: Some(cell), write, at, why, lines });
        Ok(())
    }

    /// Where calls begin.
    fn beginnings(&self, ops: &[Op]) -> Vec<u32> {
        ops.iter().map(|op| self.line(op.start)).collect()
    }

    /// The write that stored the value.
    fn written_by(&self, value: Value) -> Option<&Op> {
        value.number().and_then(|number| self.ops.iter().find(|op| op.number == number))
    }

    /// A read showed, or did not show, the end of the file at a cell.
    pub(super) fn accuse_end(
        &mut self,
        place: u32,
        cell: u32,
        value: Value,
        known: &Clock<T>,
    ) -> Result<(), Spent> {
        let read = self.ops[place as usize];
        let at = self.line(read.end);
        if self.violations.last().is_some_and(|last| last.at == at && last.cell == Some(cell)) {
            return Ok(());
        }
        let size = if value == Value::END { super::write::OUTSIDE } else { super::write::INSIDE };
        let by = match self.known.inside(cell) {
            Some(register) => self.last_certain(register, known, &read, |record| record.value != size)?,
            None => None,
        };
        let path = by.map(|by| self.path(&by, cell, place)).unwrap_or_default();
        let through = self.beginnings(&path);
        let came_back = by.is_some_and(|record| record.came_back());
        let by = by.map(|record| self.ops[self.shown_by(&record) as usize]);
        let lost =
            by.filter(|by| value == Value::END && by.writes_data() && by.content(self.known.reach).has(cell));
        let kind = lost.map_or(Kind::WrongSize, |by| self.kind(&read, cell, value, &by));
        let kind = if kind == Kind::StaleRead { Kind::WrongSize } else { kind };
        let side = if value == Value::END { "past the end" } else { "inside the file" };
        let other = if value == Value::END { "inside" } else { "past the end" };
        let by_whom = match &by {
            Some(by) if came_back => format!("{} had shown it {other}", self.describe(by)),
            Some(by) => format!("{} had put it {other}", self.describe(by)),
            None => format!("it has always been {other}"),
        };
        let why = format!("{}'s `{}` showed cell {cell} {side}, though {by_whom}", read.who, read.call);
        let write = by.map(|by| by.number).filter(|number| *number > 0);
        let lines = Lines {
            shows: Some(self.line(read.start)),
            superseding: by.map(|by| self.line(by.start)),
            seen: None,
            through,
        };
        self.accuse(Violation { kind, cell: Some(cell), write, at, why, lines });
        Ok(())
    }

    fn leaked(&self, read: &Op, cell: u32, value: Value) -> String {
        let what = match value.number() {
            None => "bytes that no write made".into(),
            Some(number) => match self.written_by(value) {
                None => format!("{number}, which no write stored"),
                Some(write) => format!("{}, which is no part of the file there", self.describe(write)),
            },
        };
        format!("{}'s `{}` saw at cell {cell} {what}", read.who, read.call)
    }

    /// Through which call a reader knows of a record: the write, or, where an error had an older value come back, the read
    /// that saw that.
    fn shown_by(&self, record: &Record<T>) -> u32 {
        match self.ops.iter().position(|op| op.end == record.began) {
            Some(read) if record.came_back() => read as u32,
            _ => record.op,
        }
    }

    /// The write that the reader knows and that had replaced what it saw: the last zeroing where a write came back, and
    /// otherwise the last of all; or what came back for an error in place of what it saw.
    fn superseding(
        &mut self,
        register: usize,
        known: &Clock<T>,
        read: &Op,
        value: Value,
    ) -> Result<Option<Record<T>>, Spent> {
        let mut readable = Vec::new();
        for chain in self.registers.chains(register) {
            let records = self.registers.chain(register, chain);
            readable
                .extend(records.map(|(_, record)| *record).filter(|it| it.standing.may_be_read(read.start)));
        }
        self.budget.spend(readable.len())?;
        let mut seen = Vec::new();
        for record in readable {
            if self.holds(&record, register, value)? {
                seen.push(record);
            }
        }
        let replaced = |record: &Record<T>, old: &Record<T>| record.replaced.knows(old.chain, old.began);
        let first = value == Value::ZERO;
        let ops = &self.ops;
        let zeroed = |record: &Record<T>| ops[record.op as usize].zeroes() && !first && !record.came_back();
        let mut found: Option<Record<T>> = None;
        for chain in self.registers.chains(register) {
            for (_, record) in self.registers.chain(register, chain) {
                self.budget.spend(seen.len() + 1)?;
                let certain =
                    known.knows(chain, record.began) && self.registers.is_certain(record, Reader::of(read));
                let supersedes = first || seen.iter().any(|old| replaced(record, old));
                let key = |record: &Record<T>| (zeroed(record), !record.came_back(), record.began);
                if certain && supersedes && found.as_ref().is_none_or(|best| key(best) < key(record)) {
                    found = Some(*record);
                }
            }
        }
        Ok(found)
    }

    fn last_certain(
        &mut self,
        register: usize,
        known: &Clock<T>,
        read: &Op,
        wanted: impl Fn(&Record<T>) -> bool,
    ) -> Result<Option<Record<T>>, Spent> {
        let mut found: Option<Record<T>> = None;
        for chain in self.registers.chains(register) {
            for (_, record) in self.registers.chain(register, chain) {
                self.budget.spend(1)?;
                let certain =
                    known.knows(chain, record.began) && self.registers.is_certain(record, Reader::of(read));
                if certain && wanted(record) && found.as_ref().is_none_or(|best| best.began < record.began) {
                    found = Some(*record);
                }
            }
        }
        Ok(found)
    }

    fn kind(&self, read: &Op, cell: u32, value: Value, by: &Op) -> Kind {
        if by.zeroes() && value.number().is_some() {
            return Kind::Resurrected;
        }
        let later = self.ops.iter().any(|op| is_server_read(op, cell) && op.start > read.start);
        if !is_server_read(read, cell) || later {
            return Kind::StaleRead;
        }
        if self.was_told_nothing(by) { Kind::SilentError } else { Kind::LostWrite }
    }

    /// Whether a fault was injected, the writer had the file open after that, and no call of the writer's, from the write on,
    /// answered an error.
    fn was_told_nothing(&self, write: &Op) -> bool {
        let Some(fault) = self.faults.first else { return false };
        let own = |op: &&Op| op.who == write.who;
        let told = self.ops.iter().filter(own).any(|op| op.end > write.start && op.error().is_some());
        let mut open = true;
        let mut open_later = false;
        for op in self.ops.iter().filter(own) {
            open_later |= open && op.start > fault;
            match op.call {
                Call::Close => open = false,
                Call::Open if op.is_whole() => open = true,
                _ => {}
            }
        }
        write.who.host().is_some() && open_later && !told
    }

    fn superseded(&self, place: u32, cell: u32, value: Value, by: &Record<T>, path: &[Op]) -> String {
        let read = &self.ops[place as usize];
        let better = self.describe(&self.ops[self.shown_by(by) as usize]);
        let old = match self.written_by(value) {
            Some(old) => self.describe(old),
            None if value == Value::ZERO => "the zeroes before it".into(),
            None => value.to_string(),
        };
        let via = match path {
            [] => String::new(),
            path => {
                let steps: Vec<String> = path.iter().map(|op| self.describe(op)).collect();
                format!(", and was known through {}", steps.join(" and "))
            }
        };
        let knew = match by.came_back() {
            true => format!("{better} showed that {old} was gone from cell {cell}"),
            false => format!("{better} replaced {old} at cell {cell}"),
        };
        format!(
            "{knew}{via}; yet {}'s `{}` (line {}) saw {value}",
            read.who,
            read.call,
            self.line(read.start)
        )
    }

    /// The calls through which knowledge of a write to `cell` reached the reader.
    fn path(&self, by: &Record<T>, cell: u32, reader: u32) -> Vec<Op> {
        let first = self.shown_by(by);
        let mut told: Vec<Option<Vec<u32>>> = vec![None; super::flow::Place::COUNT];
        let mut carrying: Vec<Option<Vec<u32>>> = vec![None; Who::ALL.len()];
        for (event, &place) in self.trace.events.iter().zip(&self.of_event) {
            let Some(op) = self.ops.get(place as usize) else { continue };
            let flow = op.flow(self.contract);
            let own = place == first;
            let covers = own || touches(op, flow.scope, cell, self.known.reach);
            match &event.what {
                What::Call(..) => {
                    let known = first_told(&told, flow.acquires).filter(|_| covers);
                    if place == reader {
                        return known.unwrap_or_default().iter().map(|op| self.ops[*op as usize]).collect();
                    }
                    carrying[op.who.index()] = if own { Some(Vec::new()) } else { known };
                }
                What::Reply(..) => {
                    let Some(mut path) = carrying[op.who.index()].take() else { continue };
                    if !own {
                        path.push(place);
                    }
                    for place in flow.releases.iter().filter(|_| own || op.is_whole()) {
                        told[place.index()].get_or_insert_with(|| path.clone());
                    }
                }
                What::Step(_) => {}
            }
        }
        Vec::new()
    }
}

fn first_told(told: &[Option<Vec<u32>>], acquires: Places) -> Option<Vec<u32>> {
    acquires.iter().filter_map(|place| told[place.index()].clone()).min_by_key(Vec::len)
}

fn touches(op: &Op, scope: Scope, cell: u32, reach: u32) -> bool {
    let in_scope = match scope {
        Scope::All => true,
        Scope::Cells(range) => range.has(cell),
    };
    in_scope || op.content(reach).has(cell)
}

fn is_server_read(op: &Op, cell: u32) -> bool {
    match op.call {
        Call::Pread { range: Range { start, end }, .. } => {
            op.who == Who::Server && (start..end).contains(&cell)
        }
        _ => false,
    }
}
