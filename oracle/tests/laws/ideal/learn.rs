//! What a read learns by what it was served, and what a crash makes everyone forget.

use super::excuse::durable;
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
        let stays = self.certain(write, register, reader) && !self.excused(write, reader);
        let turned = members(self.knew(reader, register).met).filter(|_| of_cache && stays).filter(|op| {
            self.excused(*op, reader)
                // Nor does what did not go through the cache: it is there when the cache has dropped what is older.
                && !self.script.ops[*op].passes_the_cache()
                && self.certain(*op, register, reader)
                && self.knew(*op, register).met & bit(write) != 0
        });
        turned.fold(None, |back: Option<Return>, op| {
            let (until, knew) =
                (self.excuses[op].map_or(0, |excuse| excuse.until), self.knew(reader, register).returns);
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
        op.over.filter(|_| failed).max(self.crashed[write])
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
            let mine = lost.begun < self.now && lost.writes() && lost.host() == Some(host);
            if !mine || durable(&self.script, lost).is_some_and(|since| since < self.now) {
                continue;
            }
            let cut_now = lost.fate == Fate::Cut && lost.over == Some(self.now);
            if let (Call::Copy { from, to }, true) = (lost.call, cut_now) {
                self.settle_copy(op, from.start, to);
            }
            self.crashed[op] = Some(self.now);
            self.forget(bit(op));
        }
    }

    /// Nobody knows any more that these happened.
    fn forget(&mut self, ops: Ops) {
        let unseal = |knows: &mut Knows| knows.sealed &= !ops;
        self.places.iter_mut().flatten().for_each(unseal);
        for view in &mut self.views {
            if view.iter().any(|knows| knows.sealed & ops != 0) {
                Rc::make_mut(view).iter_mut().for_each(unseal);
            }
        }
    }
}
