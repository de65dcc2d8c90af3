//! One random case, dealt ask by ask: each word as likely as this case has it, and sensible more often than not.

use crate::dice::Dice;
use crate::word::Speaker;
use crate::{Fields, Word};
use launder_impls::{Ask, Hold};
use launder_oracle::{CELLS, Call, Errno, FOLIO, Host, Range, Who};

/// What a process has, as far as a case can tell: so that most calls make sense.
#[derive(Clone, Copy, Default)]
struct Standing {
    closed: bool,
    mapped: bool,
    locked: bool,
}

impl Standing {
    fn note(&mut self, call: &Call) {
        match call {
            Call::Mmap { .. } => self.mapped = true,
            Call::Munmap => self.mapped = false,
            Call::Lock => self.locked = true,
            Call::Unlock => self.locked = false,
            Call::Open => self.closed = false,
            Call::Close => self.closed = true,
            _ => {}
        }
    }
}

/// A case being dealt.
pub(crate) struct Deal<'w> {
    pub dice: Dice,
    words: &'w [&'static Word],
    weights: Vec<u32>,
    processes: &'static [Who],
    standing: [Standing; 3],
    /// The folio that much of the case is about.
    folio: u32,
    /// Once in how many asks there is a hold; 0 is never.
    holds: u32,
    /// What is likely to come next, by tags, and where: what makes the last ask matter. The last comes first.
    next: Vec<(&'static [u8], Option<Range>)>,
    /// The last word was one of those.
    chained: bool,
}

/// What makes a fault matter, and what makes a write of the third party matter.
const RELEASES: &[u8] = &[32, 5, 5];
const REQUESTS: &[u8] = &[19, 20, 15, 35, 36, 5, 3, 32];
const TELLS: &[u8] = &[32];
/// Who changes what a failing release leaves stale, and who sees it.
const CHANGES: &[u8] = &[30, 30, 5];
const CACHES: &[u8] = &[2];
const SEES: &[u8] = &[2, 3, 4, 5];
/// What matters while the kernel is held between two steps of its own.
const STORES: &[u8] = &[4, 14, 14];
const SYNCS: &[u8] = &[19, 3, 15, 35];
const LOOKS: &[u8] = &[2, 13, 14];

impl<'w> Deal<'w> {
    /// Deals with these words, and one of these companies.
    pub fn new(words: &'w [&'static Word], company: &[&'static [Who]], mut dice: Dice) -> Deal<'w> {
        let weights = words.iter().map(|word| match dice.below(8) {
            0..=2 if word.weight < 20 => 0,
            0..=5 => word.weight,
            _ => 4 * word.weight,
        });
        let weights = weights.collect();
        let processes = dice.pick(company);
        let (folio, holds) = (dice.below(CELLS / FOLIO), dice.pick(&[0, 2, 3, 5]));
        Deal {
            dice,
            words,
            weights,
            processes,
            standing: Default::default(),
            folio,
            holds,
            next: Vec::new(),
            chained: false,
        }
    }

    /// The next ask.
    pub fn ask(&mut self) -> Ask {
        let (who, call) = self.call();
        let holds = self.holds();
        self.meet(&call, &holds);
        Ask { who, call, holds }
    }

    /// The ask with one of the fields of its word dealt anew.
    pub fn vary(&mut self, ask: &Ask) -> Ask {
        let Some(word) = Word::of(ask.who, &ask.call) else { return ask.clone() };
        let (mut fields, dealt) = (Fields::of(ask.who, &ask.call), self.fields(word));
        match self.dice.below(4) {
            0 => fields.who = dealt.who,
            1 => fields.range = dealt.range,
            2 => (fields.number, fields.errno) = (dealt.number, dealt.errno),
            _ => fields.host = dealt.host,
        }
        let (who, call) = word.ask(&fields);
        Ask { who, call, holds: ask.holds.clone() }
    }

    /// Who asks next, and what.
    fn call(&mut self) -> (Who, Call) {
        let (word, range) = self.word();
        let mut fields = self.fields(word);
        fields.range = range.unwrap_or(fields.range);
        let (who, call) = word.ask(&fields);
        let call = if word.speaker == Speaker::Process { self.sensible(who, call) } else { call };
        self.note(who, &call);
        (who, call)
    }

    /// Takes an ask that was not dealt here as the last one.
    pub fn hear(&mut self, ask: &Ask) {
        (self.next, self.chained) = (Vec::new(), false);
        self.note(ask.who, &ask.call);
        self.meet(&ask.call, &ask.holds);
    }

    /// What the process has after this, and what is likely to come next.
    fn note(&mut self, who: Who, call: &Call) {
        if who.host().is_some() {
            self.standing[who.index()].note(call);
        }
        match *call {
            // Of several folios, so that what the failure of one means for the others shows.
            Call::FailRelease(_) => {
                let both = Some(self.two_folios());
                let second = both.map(|both| Range::new(both.start + FOLIO, both.end));
                self.next = vec![(SEES, second), (RELEASES, both)];
                if self.dice.one_in(2) {
                    self.next.extend([(CHANGES, second), (CACHES, both)]);
                }
            }
            Call::FailWrite(..)
            | Call::FailRead(..)
            | Call::ShortWrite(_)
            | Call::Drop(_)
            | Call::Swap(_) => self.next = vec![(REQUESTS, None)],
            Call::Pwrite { range, .. } if who == Who::Server && self.next.is_empty() => {
                self.next = vec![(TELLS, Some(range))]
            }
            _ => {}
        }
    }

    /// An ask that is held is of use if those that it waits for meet it: a store and a sync, in either order, while the kernel is at
    /// work by itself; one who looks, while somebody changes the file past the cache.
    fn meet(&mut self, call: &Call, holds: &[Hold]) {
        use Call::*;
        let most = holds.iter().map(|hold| hold.asks).max().unwrap_or(0);
        let cell = FOLIO * self.folio + self.dice.below(FOLIO);
        let here = Some(Range::new(cell, cell + 1));
        match call {
            Writeback(..) | Reclaim(..) | Notify(..) | Fsync | Msync(..) | FadviseDontneed(_)
                if most == 2 =>
            {
                self.next = match self.dice.one_in(2) {
                    true => vec![(SYNCS, here), (STORES, here)],
                    false => vec![(STORES, here), (SYNCS, here)],
                };
            }
            Punch(_) | Zero(_) | Pwrite { direct: true, .. } | Append { direct: true, .. } if most > 0 => {
                self.next = vec![(LOOKS, here), (LOOKS, here)];
            }
            _ => {}
        }
    }

    /// The next word: half of the time one that makes the last ask matter, if there is one; and its range, if that is clear.
    fn word(&mut self) -> (&'static Word, Option<Range>) {
        if let Some((tags, range)) = self.next.pop() {
            // Once begun, such a chain is mostly gone through.
            if self.dice.one_in(if self.chained { 4 } else { 2 }) {
                (self.chained, self.next) = (false, Vec::new());
                return (self.words[self.dice.weighed(&self.weights)], None);
            }
            self.chained = !self.next.is_empty();
            let tag = self.dice.pick(tags);
            if let Some(word) = self.words.iter().find(|word| word.tag == tag) {
                return (word, range);
            }
        }
        (self.words[self.dice.weighed(&self.weights)], None)
    }

    fn fields(&mut self, word: &Word) -> Fields {
        let who = self.dice.pick(self.processes);
        let host = self.host();
        let number = match word.speaker {
            Speaker::Nature => self.dice.pick(&[1, 1, 2, 3]),
            _ if matches!(word.tag, 6 | 7) => 1 + self.dice.below(2 * FOLIO),
            _ => self.dice.below(CELLS + FOLIO + 1),
        };
        const ERRNOS: [Errno; 4] = [Errno::EIO, Errno::EIO, Errno::ENOSPC, Errno::EDQUOT];
        let everything = matches!(word.tag, 32 | 35 | 36) && self.dice.one_in(3);
        let range = if everything { Range::new(0, CELLS) } else { self.range() };
        Fields { who, host, range, number, errno: self.dice.pick(&ERRNOS) }
    }

    fn host(&mut self) -> Host {
        self.dice.pick(self.processes).host().unwrap_or(Host::A)
    }

    fn two_folios(&self) -> Range {
        let first = FOLIO * self.folio.min(CELLS / FOLIO - 2);
        Range::new(first, first + 2 * FOLIO)
    }

    fn range(&mut self) -> Range {
        let folio = FOLIO * if self.dice.one_in(3) { self.dice.below(CELLS / FOLIO) } else { self.folio };
        let cell = folio + self.dice.below(FOLIO);
        let (start, cells) = match self.dice.below(12) {
            0..=2 => (cell, 1),
            3 => (folio, FOLIO / 2),
            4 => (folio + FOLIO / 2, FOLIO / 2),
            5..=7 => (folio, FOLIO),
            8 if folio + FOLIO < CELLS => (folio, 2 * FOLIO),
            8 => (folio + FOLIO / 2, FOLIO),
            9 => (0, CELLS),
            10 => (CELLS - self.dice.below(FOLIO), 1 + self.dice.below(FOLIO)),
            _ => (cell, 1 + self.dice.below(CELLS - cell)),
        };
        Range::new(start, start + cells)
    }

    /// This call, or more often than not one that it needs first.
    fn sensible(&mut self, who: Who, call: Call) -> Call {
        let standing = self.standing[who.index()];
        let needed = match call {
            Call::Mread(_) | Call::Mwrite(_) | Call::Munmap | Call::MadviseDontneed(_) | Call::Msync(..)
                if !standing.mapped =>
            {
                Call::Mmap { private: false, range: None }
            }
            Call::Unlock if !standing.locked => Call::Lock,
            Call::Lock if standing.locked => Call::Unlock,
            Call::Open if !standing.closed => Call::Close,
            _ if standing.closed && !call.is_mapped() => Call::Open,
            _ => call,
        };
        if self.dice.one_in(12) { call } else { needed }
    }

    /// The holds of the ask.
    pub fn holds(&mut self) -> Vec<Hold> {
        let mut holds = Vec::new();
        while self.holds > 0 && holds.len() < 3 && self.dice.one_in(self.holds) {
            let farthest = 1 + self.dice.below(13);
            let step = self.dice.below(farthest);
            holds.push(Hold { step, asks: self.dice.pick(&[1, 1, 1, 1, 2, 2, 0]) });
        }
        holds
    }
}
