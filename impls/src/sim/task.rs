//! The tasks of a run: calls, and the work that they spawn.

use super::lock::Want;
use super::{Move, Object, Sim};
use launder_oracle::{Host, Value, Who};
use std::cell::Cell;
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
    /// It goes on behind all that have been woken: where requests are counted and not steps.
    Behind,
    /// It waits for a lock, since this ticket.
    Waiting(Want, u32),
    /// A request of it has been executed, and its reply waits: where requests are counted and not steps.
    Sent {
        /// Whether writeback sent it, of whom the server learns no process.
        of_writeback: bool,
    },
    /// It has just been given the lock that it waited for, at this ticket, which is a step.
    Granted(u32),
    /// It waits for something that is not the simulator's, until [`Sim::unpark`].
    Parked,
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
    /// Whether it can move, and no hold keeps it.
    fn is_free(&self) -> bool {
        (self.stage == Stage::Ready) & self.held.is_none()
    }

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

/// The task that moves, apart from the others, as each step and each lock asks for it.
#[derive(Default)]
pub(super) struct Moving {
    pub task: Cell<usize>,
    /// Steps that its ask has made.
    pub steps: Cell<u32>,
    /// The step that it does not reach by itself: before it the task is the one that would be chosen.
    pub until: Cell<u32>,
    /// Whether nobody else is under way, and no hold is ahead of it: nothing else begins before it has ended.
    pub undisturbed: Cell<bool>,
    /// Whether a task pauses at its requests, and makes steps without a pause.
    pub by_requests: Cell<bool>,
}

impl Moving {
    /// Makes a step of the task that moves, if it would be chosen again after it.
    fn goes_straight(&self) -> bool {
        let next = self.steps.get() + 1;
        let goes = next < self.until.get();
        if goes {
            self.steps.set(next);
        }
        goes
    }

    /// Somebody else can move now, who may be chosen.
    pub fn is_no_longer_alone(&self) {
        self.until.set(0);
    }
}

/// All tasks of a run.
#[derive(Default)]
pub(super) struct Tasks {
    pub all: Vec<Task>,
    /// How many of them are not idle.
    pub busy: usize,
    pub spawned: Vec<Spawned>,
    /// Tickets handed out: the time of the run, for who came first.
    pub tickets: u32,
    /// How many tasks were granted a lock that has not been counted as a step yet.
    pub granted: u32,
    /// Whether a parked task can move since the last move.
    pub unparked: bool,
}

impl Tasks {
    pub fn reset(&mut self) {
        self.all.clear();
        self.all.resize(CALLS, Task::default());
        self.busy = 0;
        self.spawned.clear();
        self.tickets = 0;
        self.granted = 0;
        self.unparked = false;
    }

    /// The first place in which spawned work can be carried out.
    pub fn idle_place_for_work(&self) -> usize {
        let mut works = self.all.iter().enumerate().skip(CALLS);
        works.find(|(_, it)| it.stage == Stage::Idle).map_or(self.all.len(), |(place, _)| place)
    }

    /// Puts a task in an idle place, the first after all others at the furthest.
    pub fn start(&mut self, place: usize, task: Task) {
        self.busy += 1;
        match self.all.get_mut(place) {
            Some(idle) => *idle = task,
            None => self.all.push(task),
        }
    }

    /// The task is no more, if there is one.
    pub fn end(&mut self, task: usize) {
        if self.all[task].stage != Stage::Idle {
            self.busy -= 1;
            self.all[task].stage = Stage::Idle;
        }
    }

    /// Whether the task can move, and no hold keeps it.
    pub fn is_free(&self, task: usize) -> bool {
        self.all[task].is_free()
    }

    /// Of the tasks that are free one of the youngest ask, and of those the oldest. Found without a branch: a processor cannot foretell
    /// which tasks of a random case are free.
    pub fn first_free(&self) -> Option<usize> {
        let (mut least, mut first) = (u64::MAX, 0);
        for (task, it) in self.all.iter().enumerate() {
            let rank = u64::from(u32::MAX - it.ask as u32) << 32 | u64::from(it.born);
            let rank = if it.is_free() { rank } else { u64::MAX };
            (least, first) = if rank < least { (rank, task) } else { (least, first) };
        }
        (least < u64::MAX).then_some(first)
    }

    /// Whether the last move let nobody else move who could not before.
    pub fn is_undisturbed(&self) -> bool {
        (self.granted == 0) & self.spawned.is_empty() & !self.unparked
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
        self.0.moving.is_no_longer_alone();
        Object::TASKS.is_written();
        let mut tasks = self.0.tasks.borrow_mut();
        let ask = tasks.all[self.0.moving.task.get()].ask;
        tasks.spawned.push(Spawned { job, host, ask });
    }

    /// What the call that is under way stores in its cells, if it is a write.
    pub fn value(&self) -> Value {
        Value::of(self.0.tasks.borrow().all[self.0.moving.task.get()].number)
    }

    /// Whether the task that moves is the only one under way, and will be to its end.
    pub fn is_undisturbed(&self) -> bool {
        self.0.moving.undisturbed.get()
    }

    /// Lets the task that moves wait for something that is not the simulator's, until [`Sim::unpark`].
    pub fn park(&self) -> Step<'_> {
        Step { sim: self, pause: Some(Stage::Parked) }
    }

    /// What the call of `who` waits for has come, if it is parked.
    pub fn unpark(&self, who: Who) {
        let mut tasks = self.0.tasks.borrow_mut();
        let parked = tasks.all.get_mut(who.index()).filter(|task| task.stage == Stage::Parked);
        if let Some(task) = parked {
            task.stage = Stage::Ready;
            tasks.unparked = true;
            self.0.moving.is_no_longer_alone();
        }
    }

    /// The one scheduling point; see [`step!`](crate::step).
    pub fn step(&self) -> Step<'_> {
        Step { sim: self, pause: Some(Stage::Stepped) }
    }

    /// The step at which a request has been executed: what waits now is its reply.
    pub fn reply(&self, of_writeback: bool) -> Step<'_> {
        let sent = Stage::Sent { of_writeback };
        let stage = if self.0.moving.by_requests.get() { sent } else { Stage::Stepped };
        Step { sim: self, pause: Some(stage) }
    }

    /// From here on tasks pause at requests, and make steps without a pause.
    pub fn go_by_requests(&self) {
        self.0.moving.by_requests.set(true);
    }

    /// Whether the calls that begin from here on have nobody beside them, where tasks go by requests and that is for others to say.
    pub fn go_undisturbed(&self, undisturbed: bool) {
        self.0.moving.undisturbed.set(undisturbed);
    }

    /// Whether requests are counted, and not steps.
    pub fn goes_by_requests(&self) -> bool {
        self.0.moving.by_requests.get()
    }

    /// The same of a request that no step stands for, as it does and brings nothing.
    pub fn idle_reply(&self) -> Step<'_> {
        let sent = Stage::Sent { of_writeback: false };
        Step { sim: self, pause: self.0.moving.by_requests.get().then_some(sent) }
    }

    /// The step at which a request is sent that is answered at once, so that no hold delays its reply. Where requests are counted it is
    /// the server's turn first, and then that of who has sent it.
    pub async fn passing_reply(&self) {
        let turns = match self.0.moving.by_requests.get() {
            true => &[Stage::Behind; 2][..],
            false => &[Stage::Stepped],
        };
        for stage in turns {
            Step { sim: self, pause: Some(*stage) }.await;
        }
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

    #[inline]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let Some(stage) = self.pause.take() else { return Poll::Ready(()) };
        let moving = &self.sim.0.moving;
        if stage == Stage::Stepped && moving.goes_straight() {
            return Poll::Ready(());
        }
        if stage == Stage::Aside {
            Object::all_are_written();
        }
        self.sim.0.tasks.borrow_mut().all[moving.task.get()].stage = stage;
        Poll::Pending
    }
}
