//! What a read may be served in one cell, and what it learns by it.

use super::machine::{Knows, Machine, Return};
use super::reach::Register;
use super::script::{MOST, Ops, bit, members};
use launder_oracle::{Call, Value};

/// One thing that a read may be served in one cell.
#[derive(Clone, Debug)]
pub struct Choice {
    pub cell: u32,
    /// What it shows.
    pub value: Value,
    /// The write by which the cell is inside or outside, where that matters.
    pub inside: Option<usize>,
    /// The write whose content is shown, unless that is no part of the file.
    pub content: Option<usize>,
    /// What a copy must have brought where, for the value to be this.
    pub brought: Option<(usize, Value)>,
}

impl Machine {
    /// All that `reader` may be served in `cell`.
    pub fn choices(&self, reader: usize, cell: u32) -> Vec<Choice> {
        let mut choices = Vec::new();
        let mut insiders = vec![None];
        if self.borders(cell) {
            let stock = self.stock(reader, Register::Inside(cell));
            insiders = members(stock).filter(|op| self.inside(*op, cell)).map(Some).collect();
            for outside in members(stock).filter(|op| !self.inside(*op, cell)) {
                self.past_the_end(reader, cell, outside, &mut choices);
            }
            if insiders.is_empty() && self.is_still_mapped(reader, cell) {
                insiders.push(None);
            }
        }
        for inside in insiders {
            for content in members(self.stock(reader, Register::Content(cell))) {
                for (value, brought) in self.values(content, cell) {
                    let brought = brought.then_some((content, value));
                    choices.push(Choice { cell, value, inside, content: Some(content), brought });
                }
            }
        }
        choices
    }

    fn past_the_end(&self, reader: usize, cell: u32, outside: usize, choices: &mut Vec<Choice>) {
        let blank = Choice { cell, value: Value::END, inside: Some(outside), content: None, brought: None };
        if !self.script.ops[reader].call.is_mapped() {
            choices.push(blank);
            return;
        }
        let stores = self.script.ops.iter().filter(|op| op.begun <= self.now && op.writes());
        let stores = stores.filter(|op| matches!(op.call, Call::Mwrite(range) if range.has(cell)));
        let values = stores.filter_map(|op| op.number.map(Value::of));
        let values = values.chain([Value::ZERO]);
        choices.extend(values.map(|value| Choice { value, ..blank.clone() }));
    }

    /// What the write `op` may show in `cell`, and whether that has yet to be settled.
    pub fn values(&self, op: usize, cell: u32) -> Vec<(Value, bool)> {
        let Call::Copy { from, to } = self.script.ops[op].call else {
            return vec![(self.script.ops[op].number.map_or(Value::ZERO, Value::of), false)];
        };
        let settled = self.brought.iter().find(|(copy, at, _)| (*copy, *at) == (op, cell));
        if let Some((_, _, value)) = settled {
            return vec![(*value, false)];
        }
        let mut values = Vec::new();
        self.carried(op, from.start + (cell - to), cell, 0, &mut values);
        values.sort();
        values.dedup();
        values.into_iter().map(|value| (value, true)).collect()
    }

    fn carried(&self, copy: usize, from: u32, cell: u32, seen: Ops, values: &mut Vec<Value>) {
        let finished = self.sources.iter().find(|(op, at, _)| (*op, *at) == (copy, cell));
        let stock = finished.map_or_else(|| self.stock(copy, Register::Content(from)), |found| found.2);
        for source in members(stock & !seen & !bit(copy)) {
            match self.script.ops[source].call {
                Call::Copy { from: behind, to } if !self.is_settled(source, from) => {
                    let behind = behind.start + (from - to);
                    self.carried(source, behind, from, seen | bit(copy), values);
                }
                _ => values.extend(self.values(source, from).into_iter().map(|(value, _)| value)),
            }
        }
    }

    fn is_settled(&self, copy: usize, cell: u32) -> bool {
        self.brought.iter().any(|(op, at, _)| (*op, *at) == (copy, cell))
    }

    /// `reader` is served `choices`; what it learns by that.
    pub fn serve(&mut self, reader: usize, choices: &[Choice]) -> Vec<(Register, Knows)> {
        let mut news = Vec::new();
        for choice in choices {
            let (inside, content) = (Register::Inside(choice.cell), Register::Content(choice.cell));
            for (register, write) in [(inside, choice.inside), (content, choice.content)] {
                let Some(write) = write else { continue };
                let mut learnt = self.learn(reader, register, write);
                if let Some(back) = self.come_back(reader, register, write) {
                    learnt.returns |= bit(self.number_of(back));
                }
                news.push((register, learnt));
            }
            if let Some((copy, value)) = choice.brought {
                self.brought.push((copy, choice.cell, value));
            }
        }
        news
    }

    /// The number of a return, which gets one if it is new.
    fn number_of(&mut self, back: Return) -> usize {
        self.returns.iter().position(|known| *known == back).unwrap_or_else(|| {
            self.returns.push(back);
            assert!(self.returns.len() < MOST, "more returns than a set holds");
            self.returns.len() - 1
        })
    }

    /// Whether being served `choice` teaches `reader` nothing that it did not know.
    pub fn teaches_nothing(&self, reader: usize, choice: &Choice) -> bool {
        choice.brought.is_none()
            && choice.inside.is_none_or(|op| self.is_no_news(reader, Register::Inside(choice.cell), op))
            && choice.content.is_none_or(|op| self.is_no_news(reader, Register::Content(choice.cell), op))
    }

    fn is_no_news(&self, reader: usize, register: Register, write: usize) -> bool {
        let (learnt, knew) = (self.learn(reader, register, write), self.knew(reader, register));
        let mut both = knew;
        both.hear(learnt);
        both == knew && self.come_back(reader, register, write).is_none()
    }
}
