//! The tasks of a run: calls, and the work that they spawn.

use super::lock::Want;
use super::{Move, Sim};
use launder_oracle::{Host, Value, Who};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The tasks of calls come first, one for each who; spawned work follows.
pub(super) const CALLS: usize = Who::ALL.len();

/// A number by which a subject knows the work that it spawned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job(pub u32);

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Stage {
    /// There is no such task.
    #[default]
    Idle,
    /// It can move.
    Ready,
    /// It has just made a step.
    Stepped,
    /// It has just made a step, and lets others move first.
    Aside,
    /// It waits for a lock, since this ticket.
    Waiting(Want, u32),
    /// It has just been given the lock that it waited for, which is a step.
    Granted,
}

/// A hold that is being waited out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    /// Which of the ask's holds.
    pub which: usize,
    /// How many more asks must begin; none: until no other can move.
    pub asks: u32,
    /// When the wait began.
    pub since: u32,
}

/// One task.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Task {
    pub stage: Stage,
    /// The ask that it belongs to, in order of beginning.
    pub ask: usize,
    /// The step of the ask at which it arrived last.
    pub step: u32,
    /// When it was born: of two tasks of one ask, the older moves first.
    pub born: u32,
    pub held: Option<Held>,
    /// The number of its write, if it is one.
    pub number: u32,
    /// The host that takes it along when it crashes.
    pub host: Option<Host>,
}

impl Task {
    /// Its next move, where it is task number `task`.
    pub fn to_move(self, task: usize) -> Move {
        Move::Step { task, ask: self.ask, step: self.step }
    }
}

/// Work that was spawned and has no task yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spawned {
    pub job: Job,
    pub host: Host,
    pub ask: usize,
}

/// All tasks of a run.
#[derive(Default)]
pub(super) struct Tasks {
    pub current: usize,
    pub all: Vec<Task>,
    pub spawned: Vec<Spawned>,
    /// Tickets handed out: the time of the run, for who came first.
    pub tickets: u32,
    /// How many tasks were granted a lock that has not been counted as a step yet.
    pub granted: u32,
    /// How far the task that moves may go on by itself.
    pub straight: Straight,
    /// Moves that are left before the run counts as endless.
    pub left: usize,
}

/// The steps that a task makes without anybody being asked who moves next: while that would be itself.
#[derive(Clone, Copy, Default)]
pub(super) struct Straight {
    /// Steps that its ask has made.
    pub steps: u32,
    /// The step that it does not reach so: there is a hold, or somebody wants to be asked.
    pub until: u32,
}

impl Tasks {
    pub fn reset(&mut self) {
        self.all.clear();
        self.all.resize(CALLS, Task::default());
        self.spawned.clear();
        self.tickets = 0;
        self.granted = 0;
    }

    /// Makes a step of the task that moves, if it would be chosen again after it.
    fn go_straight(&mut self) -> bool {
        let next = self.straight.steps + 1;
        let goes =
            next < self.straight.until && self.left > 0 && self.granted == 0 && self.spawned.is_empty();
        if goes {
            self.straight.steps = next;
            self.left -= 1;
        }
        goes
    }

    pub fn ticket(&mut self) -> u32 {
        self.tickets += 1;
        self.tickets
    }
}

impl Sim {
    /// Has the subject's [`work`](crate::Subject::work) carry out `job` beside the ask that is under way; a crash of
    /// `host` ends it.
    pub fn spawn(&self, host: Host, job: Job) {
        let mut tasks = self.0.tasks.borrow_mut();
        let ask = tasks.all[tasks.current].ask;
        tasks.spawned.push(Spawned { job, host, ask });
    }

    /// What the call that is under way stores in its cells, if it is a write.
    pub fn value(&self) -> Value {
        let tasks = self.0.tasks.borrow();
        Value::of(tasks.all[tasks.current].number)
    }

    /// The one scheduling point; see [`step!`](crate::step).
    pub fn step(&self) -> Step<'_> {
        Step { sim: self, pause: Some(Stage::Stepped) }
    }

    /// A step after which every other task that can move moves first.
    pub fn step_aside(&self) -> Step<'_> {
        Step { sim: self, pause: Some(Stage::Aside) }
    }
}

/// A pause of the task that makes a step.
#[must_use]
pub struct Step<'s> {
    sim: &'s Sim,
    pause: Option<Stage>,
}

impl Future for Step<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let Some(stage) = self.pause.take() else { return Poll::Ready(()) };
        let mut tasks = self.sim.0.tasks.borrow_mut();
        if stage == Stage::Stepped && tasks.go_straight() {
            return Poll::Ready(());
        }
        let current = tasks.current;
        tasks.all[current].stage = stage;
        Poll::Pending
    }
}
