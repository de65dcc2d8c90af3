//! Registers: for each cell what it holds, and whether it is inside the file; and the writes to each.

use super::budget::{Budget, Spent};
use super::ops::{NEVER, Op};
use crate::Value;
use crate::clock::{CHAINS, Chain, Chains, Clock, Time};

/// What is uncertain of a write to a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It happened.
    Certain,
    /// Its call failed, or a crash cut it off or met it before it was durable: once seen after `since`, it stays.
    Doubtful { since: u32 },
    /// It may be there or not, now so and now otherwise.
    Loose,
    /// As `Loose` until `until`, and certain from then on.
    LooseUntil { until: u32 },
    /// It may turn back, once, until then.
    Excused { until: u32 },
    /// An older value came back by such an excuse: it stays, while the excuse lasts.
    TurnedBack { until: u32 },
    /// Short of it: only reads that began before `until` may have seen it.
    Void { until: u32 },
    /// Stored past the end of the file through a mapping: no part of the file.
    Stray,
}

impl Standing {
    /// Whether a read that begins at `time` can count on it.
    pub fn is_certain(self, time: u32) -> bool {
        match self {
            Standing::Certain => true,
            Standing::Excused { until } | Standing::LooseUntil { until } => time > until,
            Standing::TurnedBack { until } => time <= until,
            _ => false,
        }
    }

    /// Whether a read that begins at `time` may name it.
    pub fn may_be_read(self, time: u32) -> bool {
        match self {
            Standing::TurnedBack { until } | Standing::Void { until } => time <= until,
            Standing::Stray => false,
            _ => true,
        }
    }
}

/// A write to one register, or the echo of one: a read that settles what was doubtful.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<T> {
    /// The place in the trace at which it began.
    pub began: u32,
    pub chain: Chain,
    pub standing: Standing,
    pub value: Value,
    /// The call.
    pub op: u32,
    /// It is the echo of a write.
    pub echo: bool,
    /// The record that it is the echo of.
    pub of: u32,
    /// What had been written when it began.
    pub replaced: Clock<T>,
    /// The one before it in its chain.
    before: u32,
}

impl<T> Record<T> {
    /// Whether it is an older value that came back.
    pub fn came_back(&self) -> bool {
        matches!(self.standing, Standing::TurnedBack { .. })
    }
}

/// Who reads.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    /// When the call began.
    pub began: u32,
    /// It reads what the cache holds, which may have dropped what failed; the server never had that, and need not stay so.
    pub of_cache: bool,
}

impl Reader {
    pub fn of(op: &Op) -> Reader {
        Reader { began: op.start, of_cache: op.who.host().is_some() && !op.may_pass_the_cache() }
    }
}

/// The writes to all registers.
pub(super) struct Registers<T> {
    pub records: Vec<Record<T>>,
    /// For each register the chains that have records, and for each chain the last.
    heads: Vec<(Chains, [u32; CHAINS])>,
    /// Some write may turn back.
    pub excuses: bool,
}

/// No record.
const NONE: u32 = u32::MAX;
/// The most records: what they need in memory is bounded.
const RECORDS: usize = 1 << 21;

/// What a reader can count on: every write that this knows has been replaced.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dead<T> {
    pub replaced: Clock<T>,
    /// What the register held at first has been replaced.
    pub first: bool,
}

/// What a value that was read can be.
pub(super) enum Named<T> {
    /// Nothing that may be read.
    Nothing,
    /// Something, of which the reader learns what all that it can be have in common.
    Something { learned: Clock<T>, seen: Seen },
}

/// What a read saw in a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// What the register held at first.
    First,
    /// This write.
    Write(u32),
    /// One of several.
    Unclear,
}

impl<T: Time> Registers<T> {
    pub fn new(registers: usize) -> Registers<T> {
        Registers {
            records: Vec::with_capacity(64),
            heads: vec![(Chains::default(), [NONE; CHAINS]); registers],
            excuses: false,
        }
    }

    pub fn push(&mut self, register: usize, mut record: Record<T>) -> Result<u32, Spent> {
        if self.records.len() >= RECORDS {
            return Err(Spent);
        }
        let (chains, heads) = &mut self.heads[register];
        chains.add(record.chain);
        let head = &mut heads[record.chain.index()];
        record.before = *head;
        *head = self.records.len() as u32;
        self.records.push(record);
        Ok(*head)
    }

    /// A record without a place yet.
    pub fn record(began: u32, chain: Chain, op: u32, value: Value, replaced: Clock<T>) -> Record<T> {
        Record {
            began,
            chain,
            standing: Standing::Certain,
            value,
            op,
            echo: false,
            of: NONE,
            replaced,
            before: NONE,
        }
    }

    /// The chains that have records in a register.
    pub fn chains(&self, register: usize) -> Chains {
        self.heads[register].0
    }

    /// The records of a chain, last first.
    pub fn chain(&self, register: usize, chain: Chain) -> impl Iterator<Item = (u32, &Record<T>)> {
        let mut next = self.heads[register].1[chain.index()];
        std::iter::from_fn(move || {
            let place = next;
            let record = self.records.get(place as usize)?;
            next = record.before;
            Some((place, record))
        })
    }

    /// Whether a reader can count on the record: on an echo no longer than on what it echoes, and on what came back in a
    /// cache only there.
    pub fn is_certain(&self, record: &Record<T>, reader: Reader) -> bool {
        let elsewhere = !reader.of_cache && record.came_back();
        record.standing.is_certain(reader.began) && !elsewhere && !self.is_loosened(record, reader.began)
    }

    /// Whether what the record echoes may be there or not; what came back is not.
    fn is_loosened(&self, record: &Record<T>, time: u32) -> bool {
        let loose = |of: &Record<T>| match of.standing {
            Standing::Loose => true,
            Standing::LooseUntil { until } => time <= until,
            _ => false,
        };
        !record.came_back() && self.records.get(record.of as usize).is_some_and(loose)
    }

    /// What has been replaced for a reader that knows `known`.
    #[inline(always)]
    pub fn dead(
        &self,
        register: usize,
        known: &Clock<T>,
        reader: Reader,
        budget: &mut Budget,
    ) -> Result<Dead<T>, Spent> {
        let mut dead = Dead::default();
        for chain in self.chains(register) {
            if !known.knows_of(chain) {
                continue;
            }
            let mut visits = 1;
            for (_, record) in self.chain(register, chain) {
                visits += 1;
                if known.knows(chain, record.began) && self.is_certain(record, reader) {
                    dead.replaced.join(&record.replaced);
                    dead.first = true;
                    // What came before a write in its chain that write has replaced; its echo need not have.
                    if !record.echo {
                        break;
                    }
                }
            }
            budget.spend(visits)?;
        }
        Ok(dead)
    }

    /// The records that are not dead and that a read that begins at `time` may name.
    pub fn alive<'r>(
        &'r self,
        register: usize,
        dead: &'r Dead<T>,
        time: u32,
    ) -> impl Iterator<Item = (u32, &'r Record<T>)> {
        let (mut chains, heads) = (self.chains(register), &self.heads[register].1);
        let mut next = NONE;
        std::iter::from_fn(move || {
            loop {
                let Some(record) = self.records.get(next as usize) else {
                    next = heads[chains.next()?.index()];
                    continue;
                };
                if dead.replaced.knows(record.chain, record.began) {
                    next = NONE;
                    continue;
                }
                let place = next;
                next = record.before;
                // What settled a doubtful write is not one more to be read.
                let new = !record.echo || record.came_back();
                if new && record.standing.may_be_read(time) {
                    return Some((place, record));
                }
            }
        })
    }

    /// Lets `change` see the writes to the register, of one chain, of which `known` does not know, and counts those for which
    /// it says so.
    pub fn change_unknown(
        &mut self,
        register: usize,
        chain: Chain,
        known: &Clock<T>,
        mut change: impl FnMut(&mut Record<T>) -> bool,
    ) -> usize {
        let mut next = self.heads[register].1[chain.index()];
        let mut changed = 0;
        while let Some(record) = self.records.get_mut(next as usize) {
            if known.knows(chain, record.began) {
                break;
            }
            next = record.before;
            changed += usize::from(!record.echo && change(record));
        }
        changed
    }

    /// What a value can be that was read: `named` tells whether a record can be it, `first` whether what the register held
    /// at first can.
    pub fn name(
        &self,
        register: usize,
        dead: &Dead<T>,
        time: u32,
        first: bool,
        budget: &mut Budget,
        mut named: impl FnMut(&Record<T>, &mut Budget) -> Result<bool, Spent>,
    ) -> Result<Named<T>, Spent> {
        let first = first && !dead.first;
        let mut learned: Option<Clock<T>> = first.then(Clock::default);
        let mut seen = first.then_some(Seen::First);
        for (place, record) in self.alive(register, dead, time) {
            budget.spend(1)?;
            if !named(record, budget)? {
                continue;
            }
            let mut clock = record.replaced;
            clock.learn(record.chain, record.began);
            match &mut learned {
                Some(learned) => learned.meet(&clock),
                None => learned = Some(clock),
            }
            seen = Some(match seen {
                None => Seen::Write(place),
                // A write and its echoes are one; it is the write.
                Some(Seen::Write(other)) if self.records[other as usize].op == record.op => {
                    Seen::Write(if record.echo { other } else { place })
                }
                _ => Seen::Unclear,
            });
        }
        Ok(match learned.zip(seen) {
            None => Named::Nothing,
            Some((learned, seen)) => Named::Something { learned, seen },
        })
    }

    /// Until when the excuses last by which writes that the reader knew, and that had replaced what it saw, have turned back;
    /// and what they had replaced, and they themselves. What may have passed the cache the server may have, though a cache
    /// shows what is older: that need not stay so.
    pub fn turned_back(
        &self,
        ops: &[Op],
        register: usize,
        known: &Clock<T>,
        seen: Seen,
        time: u32,
    ) -> Option<(u32, Clock<T>)> {
        if !self.excuses || seen == Seen::Unclear {
            return None;
        }
        let mut turned: Option<(u32, Clock<T>)> = None;
        for chain in self.chains(register) {
            for (_, record) in self.chain(register, chain) {
                let Standing::Excused { until } = record.standing else { continue };
                let replaced = match seen {
                    Seen::Write(place) => {
                        let old = &self.records[place as usize];
                        old.op != record.op && record.replaced.knows(old.chain, old.began)
                    }
                    _ => true,
                };
                let stood = !self.is_loosened(record, time);
                let cached = !ops[record.op as usize].may_pass_the_cache();
                if time <= until && stood && replaced && cached && known.knows(chain, record.began) {
                    let (least, clock) = turned.get_or_insert((NEVER, Clock::default()));
                    *least = (*least).min(until);
                    clock.join(&record.replaced);
                    let turned = self.records.get(record.of as usize).unwrap_or(record);
                    clock.learn(turned.chain, turned.began);
                }
            }
        }
        turned
    }
}
