//! A crash, and who is cut off by it.

use super::Runner;
use crate::sim::task::{Stage, Task};
use launder_oracle::Host;

impl Runner<'_> {
    /// A crash happens at once: nobody moves between its beginning and its end.
    pub(super) fn crash(&mut self, task: usize) {
        while self.is_under_way(task) && !self.waits(task) {
            self.poll(task);
        }
    }

    pub(super) fn is_under_way(&self, task: usize) -> bool {
        self.sim.0.tasks.borrow().all[task].stage != Stage::Idle
    }

    fn waits(&self, task: usize) -> bool {
        matches!(self.sim.0.tasks.borrow().all[task].stage, Stage::Waiting(..))
    }

    /// A host crashes: its processes' calls, and what they spawned, are gone.
    pub(super) fn cut_off(&mut self, host: Host) {
        let count = self.sim.0.tasks.borrow().all.len();
        for task in 0..count {
            if self.sim.0.tasks.borrow().all[task].host == Some(host) {
                self.cut(task);
            }
        }
        self.count_grants();
    }

    pub(super) fn cut(&mut self, task: usize) {
        self.futures.cut(task);
        let mut tasks = self.sim.0.tasks.borrow_mut();
        tasks.end(task);
        tasks.all[task] = Task::default();
    }
}
