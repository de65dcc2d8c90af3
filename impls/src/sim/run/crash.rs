//! A crash, and who is cut off by it.

use super::Runner;
use crate::sim::Job;
use crate::sim::task::{CALLS, Stage, Task};
use launder_oracle::{Call, Host, Reply, Who};
use std::future::Future;

impl<F, W, MakeCall, MakeWork> Runner<'_, F, W, MakeCall, MakeWork>
where
    F: Future<Output = Reply>,
    W: Future<Output = ()>,
    MakeCall: Fn(Who, Call) -> F,
    MakeWork: Fn(Job) -> W,
{
    /// A crash happens at once: nobody moves between its beginning and its end.
    pub(super) fn crash(&mut self, task: usize) {
        while self.calls[task].is_some() && !self.waits(task) {
            self.poll(task);
        }
    }

    pub(super) fn waits(&self, task: usize) -> bool {
        matches!(self.sim.0.tasks.borrow().all[task].stage, Stage::Waiting(..))
    }

    /// A host crashes: its processes' calls, and what they spawned, are gone.
    pub(super) fn cut_off(&mut self, host: Host) {
        for task in 0..CALLS + self.works.len() {
            if self.sim.0.tasks.borrow().all[task].host == Some(host) {
                self.cut(task);
            }
        }
        self.count_grants();
    }

    pub(super) fn cut(&mut self, task: usize) {
        match task.checked_sub(CALLS) {
            None => self.calls[task].set(None),
            Some(work) => self.works[work].set(None),
        }
        let mut tasks = self.sim.0.tasks.borrow_mut();
        tasks.end(task);
        tasks.all[task] = Task::default();
    }
}
