//! Reads: what each cell may show, and what a reader learns from what it showed.

use super::Judge;
use super::atomic::Shown;
use super::budget::{Budget, Spent};
use super::flow::{Flow, Place};
use super::ops::Op;
use super::register::{Dead, Named, Reader, Record, Registers, Seen, Standing};
use super::write::{INSIDE, OUTSIDE};
use crate::clock::{Chain, Clock, Time};
use crate::{Call, Direct, Value};

/// How deep copies of copies are followed; beyond, a copy may hold anything.
const COPIES: usize = 64;

impl<T: Time> Judge<'_, T> {
    pub(super) fn end_read(&mut self, place: u32, flow: &Flow, values: &[Value]) -> Result<(), Spent> {
        let op = self.ops[place as usize];
        let (Call::Pread { range, .. } | Call::Mread(range)) = op.call else { return Ok(()) };
        if op.private || values.len() != range.len() as usize {
            return Ok(());
        }
        self.budget.spend(values.len())?;
        if op.call.is_mapped() {
            self.check_mapped_size(place, range)?;
        }
        let mut seen = Vec::new();
        let judged = self.known.judged(range);
        let values = values.iter().skip((judged.start - range.start) as usize);
        for ((nth, cell), value) in judged.cells().enumerate().zip(values) {
            let shown = match op.call {
                Call::Mread(_) if self.may_be_outside(place, cell)? => {
                    self.load_near_the_end(place, nth, cell, *value)?;
                    Seen::Unclear
                }
                Call::Mread(_) => self.read_content(place, flow, nth, cell, *value)?,
                _ => self.read_cell(place, flow, (nth, cell), *value)?,
            };
            if self.contract.atomic != crate::Atomic::Cell {
                seen.push(Shown { seen: shown, past_the_end: *value == Value::END });
            }
        }
        if !op.call.is_mapped() {
            self.check_torn(place, judged, &seen)?;
        }
        Ok(())
    }

    /// A cell of a pread: past the end, or inside and with this content.
    fn read_cell(
        &mut self,
        place: u32,
        flow: &Flow,
        (nth, cell): (usize, u32),
        value: Value,
    ) -> Result<Seen, Spent> {
        let op = self.ops[place as usize];
        let (size, content) = match value {
            Value::END => (OUTSIDE, None),
            _ => (INSIDE, Some(self.read_content(place, flow, nth, cell, value)?)),
        };
        let known = self.size_acquired(&op, cell);
        match self.named_size(&known, Reader::of(&op), cell, size)? {
            Named::Nothing => {
                self.accuse_end(place, cell, value, &known)?;
                Ok(Seen::Unclear)
            }
            Named::Something { learned, seen } => {
                if let Some(register) = self.known.inside(cell) {
                    let mut learns = *flow;
                    if op.call.is_direct() && self.contract.direct != Direct::None {
                        // It is the end that its host believes in: if that has moved since it began, the server was not told.
                        self.known.tell(flow.releases, register, &known);
                        learns.releases = flow.releases.without(Place::SERVER);
                    }
                    self.learn(place, &learns, register, known, learned, seen)?;
                }
                Ok(content.unwrap_or(seen))
            }
        }
    }

    fn size_acquired(&self, op: &Op, cell: u32) -> Clock<T> {
        let Call::Pread { range, .. } = op.call else { return Clock::default() };
        let range = self.known.judged(range);
        let first = range.start.max(self.known.floor);
        let nth = cell.checked_sub(first).map(|nth| (range.len() + nth) as usize);
        match (nth, self.known.inside(cell)) {
            (Some(nth), Some(register)) => self.known.acquired(op, nth, register),
            _ => Clock::default(),
        }
    }

    /// The content of a cell that is inside the file.
    fn read_content(
        &mut self,
        place: u32,
        flow: &Flow,
        nth: usize,
        cell: u32,
        value: Value,
    ) -> Result<Seen, Spent> {
        let op = self.ops[place as usize];
        let known = self.known.acquired(&op, nth, cell as usize);
        let register = cell as usize;
        let dead = self.registers.dead(register, &known, Reader::of(&op), &mut self.budget)?;
        match self.named(register, &dead, op.start, value)? {
            Named::Nothing => {
                self.accuse_read(place, cell, &known, value)?;
                Ok(Seen::Unclear)
            }
            Named::Something { learned, seen } => {
                self.learn(place, flow, register, known, learned, seen)?;
                Ok(seen)
            }
        }
    }

    fn named(&mut self, register: usize, dead: &Dead<T>, time: u32, value: Value) -> Result<Named<T>, Spent> {
        let (judge, budget) =
            (View { ops: &self.ops, registers: &self.registers, known: &self.known }, &mut self.budget);
        self.registers.name(register, dead, time, value == Value::ZERO, budget, |record, budget| {
            judge.holds(record, register as u32, value, &mut Vec::new(), budget)
        })
    }

    /// Whether the record, of this register, can hold the value.
    pub(super) fn holds(&mut self, record: &Record<T>, register: usize, value: Value) -> Result<bool, Spent> {
        let judge = View { ops: &self.ops, registers: &self.registers, known: &self.known };
        judge.holds(record, register as u32, value, &mut Vec::new(), &mut self.budget)
    }

    /// A load from a cell that may be past the end: zero, or what was stored there through a mapping, which Linux keeps in the
    /// folio, and which is no part of the file.
    fn load_near_the_end(&mut self, place: u32, nth: usize, cell: u32, value: Value) -> Result<(), Spent> {
        if value == Value::ZERO || self.was_stored(cell, value)? {
            return Ok(());
        }
        let op = self.ops[place as usize];
        let known = self.known.acquired(&op, nth, cell as usize);
        let dead = self.registers.dead(cell as usize, &known, Reader::of(&op), &mut self.budget)?;
        let mapped = self.may_be_mapped(place, cell)?;
        if let (true, Named::Something { .. }) = (mapped, self.named(cell as usize, &dead, op.start, value)?)
        {
            return Ok(());
        }
        self.accuse_read(place, cell, &known, value)
    }

    fn was_stored(&mut self, cell: u32, value: Value) -> Result<bool, Spent> {
        for chain in self.registers.chains(cell as usize) {
            let mut visits = 0;
            let mut records = self.registers.chain(cell as usize, chain);
            let stored = records.any(|(_, record)| {
                visits += 1;
                record.value == value && matches!(self.ops[record.op as usize].call, Call::Mwrite(_))
            });
            self.budget.spend(visits)?;
            if stored {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The reader now knows what it knew before and what it read; so do those that it releases to.
    fn learn(
        &mut self,
        place: u32,
        flow: &Flow,
        register: usize,
        known: Clock<T>,
        learned: Clock<T>,
        seen: Seen,
    ) -> Result<(), Spent> {
        let mut now = known;
        now.join(&learned);
        if let Some(echo) = self.echo(place, flow, register, &known, seen)? {
            now.learn(echo.chain, echo.began);
            self.registers.push(register, echo)?;
        }
        self.known.tell(flow.releases, register, &now);
        Ok(())
    }

    /// What the read settles: a doubtful write that was seen stays, and so does what came back by an excuse.
    fn echo(
        &mut self,
        place: u32,
        flow: &Flow,
        register: usize,
        known: &Clock<T>,
        seen: Seen,
    ) -> Result<Option<Record<T>>, Spent> {
        let op = self.ops[place as usize];
        let chain = Chain::of(op.who, flow.channel);
        let mut echo = match seen {
            Seen::Write(at) => {
                let mut record = self.registers.records[at as usize];
                record.of = if record.echo { record.of } else { at };
                record
            }
            Seen::First => Registers::record(0, chain, place, self.first(register), Clock::default()),
            Seen::Unclear => return Ok(None),
        };
        // Only the cache itself shows that it has dropped what failed.
        let of_cache = Reader::of(&op).of_cache;
        // An older value that may itself turn back does not stay.
        let stays = echo.standing.is_certain(op.start);
        let turned = self.registers.turned_back(&self.ops, register, known, seen, op.start);
        let turned = turned.filter(|_| of_cache && stays);
        let settles = matches!(echo.standing, Standing::Doubtful { since } if op.start > since);
        echo.standing = match turned {
            Some((until, replaced)) => {
                echo.replaced.join(&replaced);
                let until = match echo.standing {
                    Standing::TurnedBack { until: before } => until.min(before),
                    _ => until,
                };
                Standing::TurnedBack { until }
            }
            // Like any other write, one that failed and stayed may turn back for an error that a sync reports later, or for a fault
            // that none can, once that is there.
            None if settles => {
                let write = self.ops[echo.op as usize];
                match self.excuse_of(&write, self.told_by(echo.of as usize, &write))? {
                    until if until > 0 && write.excused_from < op.end => Standing::Excused { until },
                    _ => Standing::Certain,
                }
            }
            None => return Ok(None),
        };
        (echo.echo, echo.began, echo.chain) = (true, op.end, chain);
        Ok(Some(echo))
    }

    /// What a register held at first.
    fn first(&self, register: usize) -> Value {
        let beyond = (register as u32).checked_sub(self.known.reach);
        let past = beyond.is_some_and(|beyond| beyond + self.known.floor >= self.known.cells);
        if past { OUTSIDE } else { INSIDE }
    }
}

/// What it takes to tell whether a record holds a value.
struct View<'j, T> {
    ops: &'j [Op],
    registers: &'j Registers<T>,
    known: &'j super::known::Known<T>,
}

impl<T: Time> View<'_, T> {
    /// Whether the record, of this cell, can hold the value: a copy holds what its source could show it. `copies` are those
    /// on the way here, which have nothing to give to themselves.
    fn holds(
        &self,
        record: &Record<T>,
        cell: u32,
        value: Value,
        copies: &mut Vec<(u32, u32)>,
        budget: &mut Budget,
    ) -> Result<bool, Spent> {
        let op = &self.ops[record.op as usize];
        let Call::Copy { from, to } = op.call else { return Ok(record.value == value) };
        if copies.len() >= COPIES {
            return Ok(true);
        }
        if copies.contains(&(record.op, cell)) {
            return Ok(false);
        }
        let nth = cell - to;
        let source = (from.start + nth) as usize;
        let known = self.known.acquired(op, nth as usize, source);
        let dead = self.registers.dead(source, &known, Reader::of(op), budget)?;
        if value == Value::ZERO && !dead.first {
            return Ok(true);
        }
        copies.push((record.op, cell));
        for (_, record) in self.registers.alive(source, &dead, op.start) {
            budget.spend(1)?;
            // An echo shows nothing new, but where it is that of an older value that came back.
            let new = !record.echo || record.came_back();
            let begun = record.began < op.end && new;
            if begun && self.holds(record, source as u32, value, copies, budget)? {
                copies.pop();
                return Ok(true);
            }
        }
        copies.pop();
        Ok(false)
    }
}
