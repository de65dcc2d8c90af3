//! What a read learns by what it was served, and what a crash makes everyone forget.

use super::excuse::{durable, flushed};
use super::machine::{Knows, Machine, Return};
use super::reach::{Register, beyond};
use super::script::{Fate, Ops, bit, members};
use launder_oracle::{Call, Host};
use std::rc::Rc;

impl Machine {
    /// What `reader` learns by being served `write`.
    pub fn learn(&self, reader: usize, register: Register, write: usize) -> Knows {
        let began = self.script.ops[reader].begun;
        let unsettled = self.unsettled_since(write, register);
        let told = self.knew(write, register);
        Knows {
            met: bit(write) | told.met,
            sealed: told.sealed | if unsettled.is_some_and(|since| since < began) { bit(write) } else { 0 },
            returns: told.returns,
        }
    }

    /// What it means that `reader` was served `write`, if writes that it knew of have turned back for that: while their
    /// excuses last, it is as if `write` had been written over them.
    pub fn come_back(&self, reader: usize, register: Register, write: usize) -> Option<Return> {
        // Only a cache shows that it has dropped what failed: the server never had it, and need not stay so.
        let by = &self.script.ops[reader];
        let of_cache = by.host().is_some() && !by.passes_the_cache();
        // And what came back stays only if it cannot itself turn back.
        let stays = self.certain(write, register, reader) && !self.excused(write, register, reader);
        let turned = members(self.knew(reader, register).met).filter(|_| of_cache && stays).filter(|op| {
            self.excused(*op, register, reader)
                // Nor does what did not go through the cache: it is there when the cache has dropped what is older.
                && !self.script.ops[*op].passes_the_cache()
                && self.certain(*op, register, reader)
                && self.knew(*op, register).met & bit(write) != 0
        });
        turned.fold(None, |back: Option<Return>, op| {
            let (until, knew) = (
                self.excuses[op].as_ref().map_or(0, |excuse| excuse.until),
                self.knew(reader, register).returns,
            );
            let back = back.unwrap_or(Return { to: write, until, turned: 0, over: 0, knew });
            Some(Return {
                until: until.min(back.until),
                turned: back.turned | bit(op),
                over: back.over | self.knew(op, register).met,
                ..back
            })
        })
    }

    /// Since when nobody knows whether `write` happened.
    fn unsettled_since(&self, write: usize, register: Register) -> Option<usize> {
        let op = &self.script.ops[write];
        let failed = op.failed() || beyond(op, register) && op.call.is_direct();
        op.over.filter(|_| failed).max(self.crashed(write, register))
    }

    /// The writes that the crash cuts are known of, as failed ones are.
    pub fn cut(&mut self) {
        for op in 1..self.script.ops.len() {
            let call = &self.script.ops[op];
            if call.fate == Fate::Cut && call.over == Some(self.now) && call.writes() {
                self.tell(op, &[]);
            }
        }
    }

    /// What was not durable on the host may or may not have happened.
    pub fn crash(&mut self, host: Host) {
        for op in 1..self.script.ops.len() {
            let lost = &self.script.ops[op];
            if lost.begun >= self.now || !lost.writes() || lost.host() != Some(host) {
                continue;
            }
            let cut_now = lost.fate == Fate::Cut && lost.over == Some(self.now);
            if let (Call::Copy { from, to }, true) = (lost.call, cut_now) {
                self.settle_copy(op, from.start, to);
            }
            self.met_crash[op] = true;
            let lost = self.registers().filter(|register| self.crashed(op, *register) == Some(self.now));
            lost.collect::<Vec<_>>().into_iter().for_each(|register| self.forget(bit(op), register));
        }
    }

    /// When the last crash was that found `write` not durable in this register, if one did.
    pub fn crashed(&self, write: usize, register: Register) -> Option<usize> {
        if !self.met_crash[write] {
            return None;
        }
        let write = &self.script.ops[write];
        let durable = match register {
            Register::Content(cell) => flushed(&self.script, write, &[cell]),
            Register::Inside(_) => durable(&self.script, write),
        };
        let crashes = self.script.ops.iter().filter(|op| op.fate == Fate::Done);
        let crashes = crashes.filter(|op| matches!(op.call, Call::Crash(host) if write.host() == Some(host)));
        let met = crashes.filter_map(|op| op.over).filter(|over| write.begun < *over && *over <= self.now);
        met.filter(|over| durable.is_none_or(|since| since >= *over)).max()
    }

    /// Nobody knows any more that these happened.
    fn forget(&mut self, ops: Ops, register: Register) {
        let index = self.index(register);
        self.places.iter_mut().for_each(|knows| knows[index].sealed &= !ops);
        for view in &mut self.views {
            if view[index].sealed & ops != 0 {
                Rc::make_mut(view)[index].sealed &= !ops;
            }
        }
    }
}
