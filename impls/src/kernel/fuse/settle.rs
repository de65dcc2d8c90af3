//! When everybody is blocked: what has been said by then, and who is to go on.

use super::super::rig::{Line, Thread, all_sleep, wait, wire};
use super::asking::{Asking, ENDLESS};
use super::rig::PATIENCE;
use crate::requests::Request;
use launder_oracle::Who;
use rustix::io::{Errno, Result};
use std::time::{Duration, Instant};

/// How long a look is put off while somebody runs: they share our processor, and cannot while we look.
const GLANCE: Duration = Duration::from_micros(200);

/// Many times as long as nature's process sleeps between two looks at what it writes back.
const LOOKS_UP: Duration = Duration::from_millis(50);

impl Asking {
    /// The threads that may move: the server's, and those of calls under way.
    pub(super) fn under_way(&self) -> Vec<&Thread> {
        let calls = self.calls.borrow();
        let busy = Who::ALL.into_iter().filter(|who| calls[who.index()].way);
        busy.filter_map(|who| self.rig.thread(who)).chain(&self.rig.server).collect()
    }

    /// Hears what has been said so far; whether anything was. A request of writeback has no process: it is of who moved.
    fn hear(&self, mover: Who) -> Result<bool> {
        let mut calls = self.calls.borrow_mut();
        let mut some = false;
        while let Some(told) = self.note(self.rig.told.heard(read_request))? {
            some = true;
            let (pid, request) = told.ok_or(Errno::PROTO)?;
            let drivers = self.rig.people.drivers;
            let sender = Who::PROCESSES.into_iter().find(|who| drivers[who.index()] == pid);
            let sender = sender.or((pid == self.rig.people.nature).then_some(Who::Nature)).unwrap_or(mover);
            calls[sender.index()].requests.push_back(request);
        }
        for who in Who::ALL {
            let call = &mut calls[who.index()];
            if call.way
                && let Some(answer) = self.note(self.rig.agents[who.index()].heard(wire::parse))?
            {
                (call.way, call.answer, some) = (false, Some(answer), true);
            }
        }
        Ok(some)
    }

    /// Waits, after `mover` has moved, until everybody who is under way is blocked or has answered. Where that is `mover`
    /// alone, of whom a request waits, it is put off until somebody else is to move.
    pub fn settle(&self, mover: Who) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < ENDLESS {
            let heard = self.hear(mover)?;
            if self.is_alone_and_waits(mover) {
                self.unsettled.set(Some(mover));
                return Ok(());
            }
            if !heard && self.all_are_blocked(mover)? {
                self.unsettled.set(None);
                return self.answer_strays();
            }
            self.glance(GLANCE)?;
        }
        self.hung.set(true);
        Ok(())
    }

    /// Whether all who are under way are blocked. Who writes back for nature, and waits for no reply, looks up from time to
    /// time whether it is done: that is no block before some such times have passed.
    fn all_are_blocked(&self, mover: Who) -> Result<bool> {
        if !all_sleep(&self.under_way()) || self.hear(mover)? {
            return Ok(false);
        }
        let looks_up = {
            let nature = &self.calls.borrow()[Who::Nature.index()];
            nature.way && nature.requests.is_empty()
        };
        Ok(!looks_up || !self.glance(LOOKS_UP)?)
    }

    fn is_alone_and_waits(&self, mover: Who) -> bool {
        let calls = self.calls.borrow();
        let others = Who::ALL.into_iter().filter(|who| *who != mover);
        let alone = others.map(|who| &calls[who.index()]).all(|call| !call.way && call.requests.is_empty());
        alone && !calls[mover.index()].requests.is_empty()
    }

    /// Somebody moves: if that is another than before, everybody is to be blocked.
    pub fn moves(&self, mover: Who) -> Result<()> {
        self.move_beside(Some(mover))
    }

    /// Several move, one after the other, and nobody looks between: everybody is to be blocked.
    pub fn all_move(&self) -> Result<()> {
        self.move_beside(None)
    }

    fn move_beside(&self, mover: Option<Who>) -> Result<()> {
        let start = Instant::now();
        while let Some(before) = self.unsettled.get().filter(|before| Some(*before) != mover) {
            let heard = self.hear(before)?;
            if !heard && self.all_are_blocked(before)? {
                self.unsettled.set(None);
                self.answer_strays()?;
            } else if start.elapsed() > ENDLESS {
                self.hung.set(true);
                return Ok(());
            } else {
                self.glance(GLANCE)?;
            }
        }
        Ok(())
    }

    /// Waits for something to be said.
    fn glance(&self, most: Duration) -> Result<bool> {
        let calls = self.calls.borrow();
        let busy = Who::ALL.into_iter().filter(|who| calls[who.index()].way);
        let mut lines: Vec<&Line> = busy.map(|who| &self.rig.agents[who.index()]).collect();
        lines.push(&self.rig.told);
        self.note(wait(&lines, most))
    }

    /// The kernel writes back of its own accord too: a request that no call under way has caused is answered at once.
    fn answer_strays(&self) -> Result<()> {
        for who in Who::ALL {
            while let Some(request) = self.stray(who) {
                self.order(format_args!("answer {}", request.id))?;
            }
        }
        Ok(())
    }

    fn stray(&self, who: Who) -> Option<Request> {
        let call = &mut self.calls.borrow_mut()[who.index()];
        let own = call.way || call.answer.is_some();
        if own { None } else { call.requests.pop_front() }
    }

    /// Nobody can go on: waits for the kernel to. Whether it does; if not, it hangs.
    pub fn wait(&self) -> Result<bool> {
        let Some(who) = Who::ALL.into_iter().find(|who| self.is_busy(*who)) else { return Ok(false) };
        let start = Instant::now();
        while !self.hung.get() && start.elapsed() < ENDLESS {
            if self.glance(PATIENCE)? {
                self.settle(who)?;
                return Ok(true);
            }
            self.hung.set(all_sleep(&self.under_way()));
        }
        self.hung.set(true);
        Ok(false)
    }

    /// Where in the kernel they hang.
    pub fn stacks(&self) -> Vec<String> {
        let told = |thread: &Thread| format!("{} is in {}", thread.name(), thread.stack());
        let busy = Who::ALL.into_iter().filter(|who| self.is_busy(*who));
        let of = |who: Who| Some(format!("{who}: {}", told(self.rig.thread(who)?)));
        let server = self.rig.server.iter().filter(|thread| thread.name() == super::serving::NOTIFIES);
        busy.filter_map(of).chain(server.map(told)).collect()
    }
}

/// `id pid aside text`
fn read_request(text: &str) -> Option<(i32, Request)> {
    let mut words = text.splitn(4, ' ');
    let id = wire::number(words.next())?;
    let pid = wire::number(words.next())?;
    let aside = words.next()? == "1";
    Some((pid, Request { id, aside, text: words.next()?.into() }))
}
