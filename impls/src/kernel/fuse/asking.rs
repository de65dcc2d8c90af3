//! Calls that are put to the processes of a mount, and the requests that they cause.
//!
//! A call that nobody else can meet is answered while the gate is open, and costs no more than it does. Of others each
//! request is waited for, with everybody who is under way seen to be blocked, and answered when its turn comes.

use super::super::Answer;
use super::super::rig::{Standing, all_sleep, wire};
use super::rig::Rig;
use crate::requests::{Request, Requests};
use launder_oracle::Who;
use rustix::io::{Errno, Result};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

/// The processes, and what they are asked.
pub struct Asking {
    /// The processes.
    pub rig: Rig,
    pub(super) closed: Cell<bool>,
    pub(super) hung: Cell<bool>,
    recording: Cell<bool>,
    /// Who has moved since everybody was seen to be blocked.
    pub(super) unsettled: Cell<Option<Who>>,
    pub(super) gone: Cell<Option<Errno>>,
    pub(super) calls: RefCell<[Under; 5]>,
    /// Answers to a row that have been heard, and are of calls that will be asked next.
    answers: RefCell<VecDeque<String>>,
    /// Whether the first answer of the next row says that the file has been opened.
    begins: Cell<bool>,
    /// The descriptors of the processes' paths to the file.
    pub(super) paths: RefCell<[Option<u32>; 3]>,
    /// On which hosts nature's process has the file, and has not done with it.
    pub(super) natures: Cell<[bool; 2]>,
}

/// A call under way.
#[derive(Default)]
pub(super) struct Under {
    pub(super) way: bool,
    pub(super) answer: Option<Answer>,
    pub(super) requests: VecDeque<Request>,
}

/// How long somebody may run before a call returns.
pub(super) const ENDLESS: Duration = Duration::from_secs(60);

impl Standing for Asking {
    const WHAT: &'static str = "mount";

    /// An answer that nobody has asked for is of a call that was ordered and not made.
    fn is_hung(&self) -> bool {
        let is_under_way = |call: &Under| call.way || !call.requests.is_empty();
        self.hung.get() || self.calls.borrow().iter().any(is_under_way) || !self.answers.borrow().is_empty()
    }

    fn gone(&self) -> Option<Errno> {
        self.gone.get()
    }

    fn processes(&self) -> Vec<i32> {
        self.rig.processes()
    }
}

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
            answers: RefCell::default(),
            begins: Cell::new(false),
            paths: RefCell::default(),
            natures: Cell::default(),
        }
    }

    /// What the server says to an order.
    pub fn order(&self, order: fmt::Arguments<'_>) -> Result<String> {
        self.note(self.rig.control.ask(order))
    }

    /// What the server says to an order that another process has passed on.
    pub fn ordered(&self) -> Result<String> {
        self.note(self.rig.control.hear(str::to_owned))
    }

    pub(super) fn note<T>(&self, result: Result<T>) -> Result<T> {
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

    /// Waits for the answer to the only call under way, as it was said: nothing if it hangs.
    pub fn answer_alone(&self, who: Who) -> Result<Option<String>> {
        if self.answers.borrow().is_empty() && !self.hung.get() {
            self.hear_row(who)?;
        }
        let answer = self.answers.borrow_mut().pop_front();
        if answer.is_some() {
            self.calls.borrow_mut()[who.index()].way = false;
        }
        Ok(answer)
    }

    /// Hears the answers to the calls that were ordered together; if one of them hangs, those to the calls before.
    fn hear_row(&self, who: Who) -> Result<()> {
        let line = &self.rig.agents[who.index()];
        let hear = |text: &str| self.answers.borrow_mut().extend(text.lines().map(str::to_owned));
        let start = Instant::now();
        loop {
            match line.hear(hear) {
                Err(Errno::AGAIN) if all_sleep(&self.under_way()) || start.elapsed() > ENDLESS => {
                    self.hung.set(true);
                    hear(&self.rig.answered(who));
                    break;
                }
                Err(Errno::AGAIN) => {}
                heard => break self.note(heard)?,
            }
        }
        match self.begins.take() {
            true => self.heard_that_it_begins(who),
            false => Ok(()),
        }
    }

    fn heard_that_it_begins(&self, who: Who) -> Result<()> {
        let answer = self.answers.borrow_mut().pop_front();
        self.note(self.opened(who, answer.map_or(Err(Errno::PROTO), |answer| wire::parse(&answer))))
    }

    /// The next row begins with an order to open the file.
    pub fn begins(&self) {
        self.begins.set(true);
    }

    /// Whether this one has a call under way.
    pub fn is_busy(&self, who: Who) -> bool {
        self.calls.borrow()[who.index()].way
    }
}

impl Requests for Asking {
    type Answer = Answer;

    fn next(&self, who: Who) -> Option<Request> {
        self.calls.borrow_mut()[who.index()].requests.pop_front()
    }

    fn put_back(&self, who: Who, request: Request) {
        self.calls.borrow_mut()[who.index()].requests.push_back(request);
    }

    fn answer(&self, who: Who, request: &Request) -> String {
        let said = self.moves(who).and_then(|()| self.order(format_args!("answer {}", request.id)));
        // If somebody has died, the case counts for nothing.
        let _ = self.settle(who);
        said.ok().and_then(|said| said.strip_prefix("ok ").map(str::to_owned)).unwrap_or_default()
    }

    fn take_answer(&self, who: Who) -> Option<Answer> {
        self.calls.borrow_mut()[who.index()].answer.take()
    }

    fn ready(&self) -> Vec<Who> {
        let calls = self.calls.borrow();
        let ready = |who: &Who| {
            let call = &calls[who.index()];
            call.answer.is_some() || !call.requests.is_empty()
        };
        Who::ALL.into_iter().filter(ready).collect()
    }

    fn gone(&self) -> Option<Answer> {
        self.gone.get().map(|_| Err(Errno::PIPE))
    }
}
