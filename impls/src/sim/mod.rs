//! The simulator: one thread, one visible effect a step, and an order of steps that the case decides.
//!
//! A model awaits [`step!`](crate::step) after each visible effect, takes its locks here, and spawns here what goes on
//! after its call has returned.

mod describe;
mod footprint;
mod lock;
mod processor;
mod run;
mod schedule;
mod settle;
mod shared;
mod task;

pub use footprint::{Footprint, Object};
pub use lock::{Acquire, Guard, Lock, Named};
pub use processor::{Calls, Processor, Running};
pub use run::{Run, run};
pub use schedule::{Holds, Move, Schedule};
pub use shared::{Field, Shared, SharedRef};
pub use task::{Job, Step};

use crate::Met;
use crate::contents::Watched;
use launder_oracle::{Event, What, Who};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

/// A handle on the simulator of a run; handles are cheap to clone and all mean the same one.
#[derive(Clone, Default)]
pub struct Sim(Rc<Inner>);

#[derive(Default)]
struct Inner {
    bug: Cell<Option<&'static str>>,
    recording: Cell<bool>,
    cells: Cell<u32>,
    capacity: Cell<u32>,
    taking_part: Cell<[bool; Who::ALL.len()]>,
    moving: task::Moving,
    tasks: RefCell<task::Tasks>,
    locks: RefCell<Vec<lock::State>>,
    said: RefCell<Said>,
    met: Cell<Met>,
    watched: RefCell<Watched>,
    /// How many objects have been numbered.
    objects: Cell<u8>,
}

/// The trace so far.
#[derive(Default)]
struct Said {
    events: Vec<Event>,
    line: u32,
}

impl Sim {
    /// A simulator of healthy subjects that records no steps.
    pub fn new() -> Sim {
        Sim::default()
    }

    /// Breaks the subject on purpose, in the way of this name.
    pub fn plant(&self, bug: Option<&'static str>) {
        self.0.bug.set(bug);
    }

    /// How the subject is broken on purpose.
    pub(crate) fn planted(&self) -> Option<&'static str> {
        self.0.bug.get()
    }

    /// Whether the subject is broken in the way of this name.
    #[inline]
    pub fn bug(&self, name: &str) -> bool {
        self.0.bug.get().is_some_and(|planted| is_bug(planted, name))
    }

    /// Whether the trace names the steps, for a reader.
    pub fn record_steps(&self, recording: bool) {
        self.0.recording.set(recording);
    }

    /// Whether the trace names the steps.
    pub fn records_steps(&self) -> bool {
        self.0.recording.get()
    }

    /// Cells of the file that the case begins with.
    pub fn cells(&self) -> u32 {
        self.0.cells.get()
    }

    /// Cells that the file may come to have, at the most; whole folios.
    pub fn capacity(&self) -> u32 {
        self.0.capacity.get()
    }

    /// Whether anything is asked of who in the case.
    pub fn takes_part(&self, who: Who) -> bool {
        self.0.taking_part.get()[who.index()]
    }

    /// Notes that events met folios in these states.
    pub fn meet(&self, met: Met) {
        self.0.met.set(self.0.met.get() | met);
    }

    /// What events met in the last run.
    pub fn met(&self) -> Met {
        self.0.met.get()
    }

    /// What was held in the course of the last run, if it named the steps.
    pub fn take_watched(&self) -> Watched {
        self.0.watched.take()
    }

    /// The line of the trace that was written last.
    fn line(&self) -> u32 {
        self.0.said.borrow().line
    }

    /// Puts a step's text into the trace, if it names steps.
    #[cold]
    pub fn say(&self, text: fmt::Arguments<'_>) {
        if self.records_steps() {
            self.write(|| What::Step(text.to_string().into_boxed_str()));
        }
    }

    /// Adds a line to the trace, and makes it where it is to stand: an event is large, and copying it shows.
    #[inline]
    fn write(&self, what: impl FnOnce() -> What) {
        let mut said = self.0.said.borrow_mut();
        said.line += 1;
        let line = said.line;
        said.events.extend(std::iter::once_with(|| Event { line, what: what() }));
    }
}

/// Apart, and cold, so that what a bug changes stands apart from what a healthy subject does: models are straight code, each line of
/// which a run passes once or twice, and what they cost is to fetch it.
#[cold]
#[inline(never)]
fn is_bug(planted: &str, name: &str) -> bool {
    planted == name
}

/// One step: a visible effect has just taken place; say it and let others move.
#[macro_export]
macro_rules! step {
    ($sim:expr, $($text:tt)*) => {{
        if $sim.records_steps() {
            $sim.say(format_args!($($text)*));
        }
        $sim.step().await
    }};
}

/// The step at which a request has been executed; see [`Sim::reply`].
#[macro_export]
macro_rules! reply {
    ($sim:expr, $of_writeback:expr, $($text:tt)*) => {{
        if $sim.records_steps() {
            $sim.say(format_args!($($text)*));
        }
        $sim.reply($of_writeback).await
    }};
}
