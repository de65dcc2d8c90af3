//! Holds: where a task waits, and until when.

use super::{BEFORE_ALL, NEVER, Progress, Runner};
use crate::sim::task::{Held, Stage, Task};

impl Runner<'_> {
    pub(super) fn later_ask_has_begun(&mut self) {
        let count = self.sim.0.tasks.borrow().all.len();
        let nobody = !self.sim.0.tasks.borrow().all.iter().fold(false, |any, it| any | it.held.is_some());
        if nobody {
            return;
        }
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
        let Progress { steps, hold } = self.begun[ask];
        it.step = steps;
        let aside = it.stage == Stage::Aside;
        it.stage = Stage::Ready;
        if aside {
            let since = tasks.ticket();
            tasks.all[task].held = Some(Held { which: BEFORE_ALL, asks: 0, since });
        }
        drop(tasks);
        if hold == steps {
            self.turn_to_next_hold(ask);
            if !aside {
                self.hold(task, 0);
            }
        }
    }

    pub(super) fn turn_to_next_hold(&mut self, ask: usize) {
        let later = self.holds(ask).iter().map(|hold| hold.step).filter(|step| *step > self.begun[ask].steps);
        self.begun[ask].hold = later.min().unwrap_or(NEVER);
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
