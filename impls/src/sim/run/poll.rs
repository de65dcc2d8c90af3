//! A task moves: how far, and what comes of it.

use super::Runner;
use crate::sim::task::{CALLS, Spawned, Stage, Task};
use crate::sim::{Job, Sim};
use launder_oracle::{Call, Reply, Who};
use std::future::Future;
use std::task::{Context, Poll, Waker};

impl<F, W, MakeCall, MakeWork> Runner<'_, F, W, MakeCall, MakeWork>
where
    F: Future<Output = Reply>,
    W: Future<Output = ()>,
    MakeCall: Fn(Who, Call) -> F,
    MakeWork: Fn(Job) -> W,
{
    /// Lets a task go on. Says whether it can go on again and nothing else can that could not before.
    pub(super) fn poll(&mut self, task: usize) -> bool {
        let ask = self.set_out(task);
        let mut context = Context::from_waker(Waker::noop());
        let ended = if task < CALLS {
            let future = self.calls[task].as_mut().as_pin_mut();
            let reply = future.map_or(Poll::Pending, |future| future.poll(&mut context));
            reply.map(|reply| self.reply(task, ask, reply)).is_ready()
        } else {
            let future = self.works[task - CALLS].as_mut().as_pin_mut();
            let done = future.map_or(Poll::Pending, |future| future.poll(&mut context));
            done.map(|()| self.end_work(task)).is_ready()
        };
        let steps = self.sim.0.moving.steps.get();
        self.left -= steps - std::mem::replace(&mut self.steps[ask], steps);
        if !ended {
            self.stepped(task);
        }
        let mut tasks = self.sim.0.tasks.borrow_mut();
        let unparked = std::mem::take(&mut tasks.unparked);
        let alone = tasks.granted == 0 && tasks.spawned.is_empty() && !unparked;
        let goes_on = alone && !ended && tasks.is_free(task);
        drop(tasks);
        if !alone {
            self.count_grants();
            self.start_spawned();
        }
        goes_on
    }

    fn end_work(&mut self, task: usize) {
        self.works[task - CALLS].set(None);
        self.sim.0.tasks.borrow_mut().end(task);
    }

    /// The task is about to move: how far it may go by itself. Returns its ask.
    pub(super) fn set_out(&self, task: usize) -> usize {
        let ask = self.sim.0.tasks.borrow().all[task].ask;
        let steps = self.steps[ask];
        let held = self.holds(ask).iter().map(|hold| hold.step).filter(|step| *step > steps).min();
        let endless = steps + self.left + 1;
        let until = if self.straight { held.unwrap_or(endless).min(endless) } else { 0 };
        let moving = &self.sim.0.moving;
        moving.task.set(task);
        moving.steps.set(steps);
        moving.until.set(until);
        moving.undisturbed.set(self.straight && held.is_none() && self.sim.0.tasks.borrow().busy == 1);
        ask
    }

    /// Counts the step that `task` has made, if it has.
    pub(super) fn stepped(&mut self, task: usize) {
        let Task { ask, stage, .. } = self.sim.0.tasks.borrow().all[task];
        if matches!(stage, Stage::Stepped | Stage::Aside | Stage::Granted) {
            self.steps[ask] += 1;
            self.arrive(task);
        }
    }

    pub(super) fn count_grants(&mut self) {
        if std::mem::take(&mut self.sim.0.tasks.borrow_mut().granted) == 0 {
            return;
        }
        for task in 0..CALLS + self.works.len() {
            if self.sim.0.tasks.borrow().all[task].stage == Stage::Granted {
                self.stepped(task);
            }
        }
    }

    pub(super) fn start_spawned(&mut self) {
        while let Some(Spawned { job, host, ask }) = self.sim.next_spawned() {
            let free = self.works.iter().position(|work| work.is_none());
            let place = free.unwrap_or_else(|| {
                self.works.push(Box::pin(None));
                self.works.len() - 1
            });
            self.works[place].set(Some((self.work)(job)));
            let mut tasks = self.sim.0.tasks.borrow_mut();
            let born = tasks.ticket();
            let task = Task { stage: Stage::Ready, ask, born, host: Some(host), ..Task::default() };
            tasks.start(CALLS + place, task);
            drop(tasks);
            // Counted, so that a hold can delay spawned work before its first step.
            self.steps[ask] += 1;
            self.arrive(CALLS + place);
        }
    }
}

impl Sim {
    fn next_spawned(&self) -> Option<Spawned> {
        let mut tasks = self.0.tasks.borrow_mut();
        (!tasks.spawned.is_empty()).then(|| tasks.spawned.remove(0))
    }
}
