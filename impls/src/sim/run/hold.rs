//! Holds: where a task waits, and until when.

use super::{BEFORE_ALL, Runner};
use crate::sim::task::{Held, Stage, Task};

impl Runner<'_> {
    pub(super) fn later_ask_has_begun(&mut self) {
        let count = self.sim.0.tasks.borrow().all.len();
        for task in 0..count {
            let mut tasks = self.sim.0.tasks.borrow_mut();
            let Some(held) = &mut tasks.all[task].held else { continue };
            match held.asks {
                0 => {}
                1 => {
                    drop(tasks);
                    self.open(task);
                }
                _ => held.asks -= 1,
            }
        }
    }

    /// A task has arrived at the step that its ask has counted: a hold may wait there.
    #[inline(always)]
    pub(super) fn arrive(&mut self, task: usize) {
        let mut tasks = self.sim.0.tasks.borrow_mut();
        let it = &mut tasks.all[task];
        let ask = it.ask;
        it.step = self.steps[ask];
        let aside = it.stage == Stage::Aside;
        it.stage = Stage::Ready;
        if aside {
            let since = tasks.ticket();
            tasks.all[task].held = Some(Held { which: BEFORE_ALL, asks: 0, since });
        } else if !self.holds(ask).is_empty() {
            drop(tasks);
            self.hold(task, 0);
        }
    }

    pub(super) fn open(&mut self, task: usize) {
        let held = self.sim.0.tasks.borrow_mut().all[task].held.take();
        if let Some(held) = held {
            self.hold(task, held.which.wrapping_add(1));
        }
    }

    /// Waits out the first of the ask's holds at this step, from number `from` on.
    pub(super) fn hold(&mut self, task: usize, from: usize) {
        let mut tasks = self.sim.0.tasks.borrow_mut();
        let Task { ask, step, .. } = tasks.all[task];
        let mut later = self.holds(ask).iter().enumerate().skip(from);
        let Some((which, hold)) = later.find(|(_, hold)| hold.step == step) else { return };
        let since = tasks.ticket();
        tasks.all[task].held = Some(Held { which, asks: hold.asks, since });
    }
}
