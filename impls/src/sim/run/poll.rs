//! A task moves: how far, and what comes of it.

use super::{NEVER, Progress, Runner};
use crate::sim::Sim;
use crate::sim::task::{Spawned, Stage, Task};
use std::task::Poll;

impl Runner<'_> {
    /// Lets a task go on. Says whether it can go on again and nothing else can that could not before.
    pub(super) fn poll(&mut self, task: usize) -> bool {
        let ask = self.set_out(task);
        let done = self.futures.poll(task);
        let ended = done.is_ready();
        if let Poll::Ready(reply) = done {
            self.end(task, ask, reply);
        }
        let steps = self.sim.0.moving.steps.get();
        self.left -= steps - std::mem::replace(&mut self.begun[ask].steps, steps);
        if !ended {
            self.stepped(task);
        }
        let mut tasks = self.sim.0.tasks.borrow_mut();
        if tasks.is_undisturbed() {
            return !ended && tasks.is_free(task);
        }
        tasks.unparked = false;
        drop(tasks);
        self.count_grants();
        self.start_spawned();
        false
    }

    /// The task is about to move: how far it may go by itself. Returns its ask.
    #[inline(always)]
    pub(super) fn set_out(&self, task: usize) -> usize {
        let tasks = self.sim.0.tasks.borrow();
        let ask = tasks.all[task].ask;
        let Progress { steps, hold } = self.begun[ask];
        let endless = steps + self.left + 1;
        let moving = &self.sim.0.moving;
        moving.task.set(task);
        moving.steps.set(steps);
        moving.until.set(if self.straight { hold.min(endless) } else { 0 });
        moving.undisturbed.set(self.straight & (hold == NEVER) & (tasks.busy == 1));
        ask
    }

    /// Counts the step that `task` has made, if it has.
    #[inline(always)]
    pub(super) fn stepped(&mut self, task: usize) {
        let Task { ask, stage, .. } = self.sim.0.tasks.borrow().all[task];
        if matches!(stage, Stage::Stepped | Stage::Aside | Stage::Granted(_)) {
            self.begun[ask].steps += 1;
            self.arrive(task);
        }
    }

    pub(super) fn count_grants(&mut self) {
        if std::mem::take(&mut self.sim.0.tasks.borrow_mut().granted) == 0 {
            return;
        }
        let count = self.sim.0.tasks.borrow().all.len();
        for task in 0..count {
            let stage = self.sim.0.tasks.borrow().all[task].stage;
            if let Stage::Granted(_) = stage {
                self.stepped(task);
            }
        }
    }

    pub(super) fn start_spawned(&mut self) {
        while let Some(Spawned { job, host, ask }) = self.sim.next_spawned() {
            let mut tasks = self.sim.0.tasks.borrow_mut();
            let place = tasks.idle_place_for_work();
            let born = tasks.ticket();
            tasks.start(place, Task { stage: Stage::Ready, ask, born, host: Some(host), ..Task::default() });
            drop(tasks);
            self.futures.work(place, job);
            // Counted, so that a hold can delay spawned work before its first step.
            self.begun[ask].steps += 1;
            self.arrive(place);
        }
    }
}

impl Sim {
    pub(in crate::sim) fn next_spawned(&self) -> Option<Spawned> {
        let mut tasks = self.0.tasks.borrow_mut();
        (!tasks.spawned.is_empty()).then(|| tasks.spawned.remove(0))
    }
}
