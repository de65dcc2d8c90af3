//! Calls that are put to the processes of a mount, and the requests that they cause.
//!
//! A call that nobody else can meet is answered while the gate is open, and costs no more than it does. Of others each
//! request is waited for, with everybody who is under way seen to be blocked, and answered when its turn comes.

use super::super::Answer;
use super::rig::{PATIENCE, Rig};
use super::watch::{Thread, all_sleep};
use super::wire::{self, Line};
use launder_oracle::Who;
use rustix::io::{Errno, Result};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

/// A request that waits for its reply.
#[derive(Debug)]
pub struct Request {
    id: u64,
    /// Whether others are to overtake it.
    pub aside: bool,
    /// What it says.
    pub text: String,
}

/// The processes, and what they are asked.
pub struct Asking {
    /// The processes.
    pub rig: Rig,
    closed: Cell<bool>,
    hung: Cell<bool>,
    recording: Cell<bool>,
    /// Who has moved since everybody was seen to be blocked.
    unsettled: Cell<Option<Who>>,
    gone: Cell<Option<Errno>>,
    calls: RefCell<[Under; 5]>,
}

/// A call under way.
#[derive(Default)]
struct Under {
    way: bool,
    answer: Option<Answer>,
    requests: VecDeque<Request>,
    /// Requests go on being answered though the call has returned.
    goes_on: bool,
}

/// How long a look is put off while somebody runs: they share our processor, and cannot while we look.
const GLANCE: Duration = Duration::from_micros(200);
/// How long somebody may run before a call returns.
const ENDLESS: Duration = Duration::from_secs(60);

impl Asking {
    /// Nothing is asked yet.
    pub fn new(rig: Rig) -> Asking {
        Asking {
            rig,
            closed: Cell::new(false),
            hung: Cell::new(false),
            recording: Cell::new(false),
            unsettled: Cell::new(None),
            gone: Cell::new(None),
            calls: RefCell::default(),
        }
    }

    /// Whether something hangs in the kernel, or is not done with.
    pub fn is_hung(&self) -> bool {
        self.hung.get() || self.calls.borrow().iter().any(|call| call.way || !call.requests.is_empty())
    }

    /// Why what is said counts for nothing: a process has died.
    pub fn gone(&self) -> Option<Errno> {
        self.gone.get()
    }

    /// What the server says to an order.
    pub fn order(&self, order: fmt::Arguments<'_>) -> Result<String> {
        self.note(self.rig.order(order))
    }

    fn note<T>(&self, result: Result<T>) -> Result<T> {
        if let Err(errno) = &result {
            self.gone.set(Some(*errno));
        }
        result
    }

    fn close(&self, closed: bool) -> Result<()> {
        if self.closed.replace(closed) != closed {
            self.order(format_args!("gate {}", if closed { "closed" } else { "open" }))?;
        }
        Ok(())
    }

    /// From here on calls are answered at once.
    pub fn open_gate(&self) -> Result<()> {
        self.close(false)
    }

    /// Whether requests are told of; those before are forgotten.
    pub fn record(&self, recording: bool) -> Result<()> {
        if self.recording.replace(recording) || recording {
            self.order(format_args!("record {}", u8::from(recording)))?;
        }
        Ok(())
    }

    /// Has a process that is in no call take these bytes of the file, which are whole pages, out of its page table.
    pub fn unmap(&self, who: Who, bytes: std::ops::Range<u64>) -> Answer {
        let line = &self.rig.agents[who.index()];
        self.note(line.say(format_args!("unmap {}..{}", bytes.start, bytes.end)))?;
        self.note(line.hear(wire::parse))?
    }

    /// A call is under way that was ordered with another before it.
    pub fn goes_on_with(&self, who: Who) {
        self.calls.borrow_mut()[who.index()] = Under { way: true, ..Under::default() };
    }

    /// Begins a call.
    pub fn begin(&self, who: Who, order: &str, alone: bool) -> Result<()> {
        self.moves(who)?;
        self.close(!alone)?;
        self.goes_on_with(who);
        self.note(self.rig.agents[who.index()].say(format_args!("{order}")))
    }

    /// Waits for the answer to the only call under way: nothing if it hangs.
    pub fn answer_alone(&self, who: Who) -> Result<Option<Answer>> {
        let line = &self.rig.agents[who.index()];
        let start = Instant::now();
        let answer = loop {
            match line.hear(wire::parse) {
                Err(Errno::AGAIN) if all_sleep(&self.under_way()) || start.elapsed() > ENDLESS => {
                    self.hung.set(true);
                    return Ok(None);
                }
                Err(Errno::AGAIN) => {}
                answer => break self.note(answer)?,
            }
        };
        self.calls.borrow_mut()[who.index()].way = false;
        Ok(Some(answer))
    }

    /// The threads that may move: the server's, and those of calls under way.
    fn under_way(&self) -> Vec<&Thread> {
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
            if !heard && all_sleep(&self.under_way()) && !self.hear(mover)? {
                self.unsettled.set(None);
                return self.answer_strays();
            }
            self.glance(GLANCE)?;
        }
        self.hung.set(true);
        Ok(())
    }

    fn is_alone_and_waits(&self, mover: Who) -> bool {
        let calls = self.calls.borrow();
        let others = Who::ALL.into_iter().filter(|who| *who != mover);
        let alone = others.map(|who| &calls[who.index()]).all(|call| !call.way && call.requests.is_empty());
        alone && !calls[mover.index()].requests.is_empty()
    }

    /// Somebody moves: if that is another than before, everybody is to be blocked.
    pub fn moves(&self, mover: Who) -> Result<()> {
        let start = Instant::now();
        while let Some(before) = self.unsettled.get().filter(|before| *before != mover) {
            let heard = self.hear(before)?;
            if !heard && all_sleep(&self.under_way()) && !self.hear(before)? {
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
        self.note(wire::wait(&lines, most))
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
        let own = call.way || call.answer.is_some() || call.goes_on;
        if own { None } else { call.requests.pop_front() }
    }

    /// The next request of a call that waits.
    pub fn next(&self, who: Who) -> Option<Request> {
        self.calls.borrow_mut()[who.index()].requests.pop_front()
    }

    /// Puts a request behind the others of its call.
    pub fn put_back(&self, who: Who, request: Request) {
        self.calls.borrow_mut()[who.index()].requests.push_back(Request { aside: false, ..request });
    }

    /// Answers a request: what there is to say of that.
    pub fn answer(&self, who: Who, request: &Request) -> Result<String> {
        self.moves(who)?;
        let said = self.order(format_args!("answer {}", request.id))?;
        Ok(said.strip_prefix("ok ").unwrap_or_default().into())
    }

    /// The answer to a call, and whether requests of it still wait.
    pub fn take_answer(&self, who: Who) -> Option<(Answer, bool)> {
        let call = &mut self.calls.borrow_mut()[who.index()];
        let answer = call.answer.take()?;
        call.goes_on = !call.requests.is_empty();
        Some((answer, call.goes_on))
    }

    /// No request of a call that has returned waits any more.
    pub fn goes_on_no_longer(&self, who: Who) {
        self.calls.borrow_mut()[who.index()].goes_on = false;
    }

    /// Whose calls have something to go on with.
    pub fn ready(&self) -> Vec<Who> {
        let calls = self.calls.borrow();
        let ready = |who: &Who| {
            let call = &calls[who.index()];
            call.answer.is_some() || !call.requests.is_empty()
        };
        Who::ALL.into_iter().filter(ready).collect()
    }

    /// Whether this one has a call under way.
    pub fn is_busy(&self, who: Who) -> bool {
        self.calls.borrow()[who.index()].way
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
        let server = self.rig.server.iter().filter(|thread| thread.name() == "notify");
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
