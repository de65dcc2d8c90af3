//! Who moves next.

use super::Runner;
use crate::sim::task::{Held, Stage};
use crate::sim::{Footprint, Move, Schedule};

impl Runner<'_> {
    /// The schedule's next move; none if there is no move; nothing if the schedule gives up.
    pub(super) fn choose(&mut self, schedule: &mut dyn Schedule) -> Option<Option<Move>> {
        self.list_moves();
        if self.moves.is_empty() {
            return Some(None);
        }
        if schedule.asks_for_footprints() {
            schedule.moved(Footprint::take());
        }
        let chosen = self.moves[schedule.pick(&self.moves)?];
        for it in &mut self.sim.0.tasks.borrow_mut().all {
            it.held = None;
        }
        Some(Some(chosen))
    }

    /// Lists every move but that of a task which has just stepped aside, unless there is no other.
    pub(super) fn list_moves(&mut self) {
        self.moves.clear();
        let tasks = self.sim.0.tasks.borrow();
        let ready = || tasks.all.iter().enumerate().filter(|(_, it)| it.stage == Stage::Ready);
        self.moves.extend(ready().filter(|(_, it)| it.held.is_none()).map(|(task, it)| it.to_move(task)));
        if self.can_begin() {
            self.moves.push(Move::Begin);
        }
        if self.moves.is_empty() {
            self.moves.extend(ready().map(|(task, it)| it.to_move(task)));
        }
    }

    pub(super) fn choose_by_holds(&mut self) -> Option<Move> {
        if self.is_idle() {
            return self.can_begin().then_some(Move::Begin);
        }
        loop {
            let tasks = self.sim.0.tasks.borrow();
            if let Some(task) = tasks.first_free() {
                return Some(tasks.all[task].to_move(task));
            }
            let (mut aside, mut held) = (None, None);
            for (task, it) in tasks.all.iter().enumerate().filter(|(_, it)| it.stage == Stage::Ready) {
                match it.held {
                    Some(Held { asks: 0, since, .. }) => keep_least(&mut aside, since, task),
                    Some(Held { since, .. }) => keep_least(&mut held, since, task),
                    None => {}
                }
            }
            drop(tasks);
            match (aside, held) {
                (Some((_, task)), _) => self.open(task),
                (None, _) if self.can_begin() => return Some(Move::Begin),
                (None, Some((_, task))) => self.open(task),
                (None, None) => return None,
            }
        }
    }
}

fn keep_least(least: &mut Option<(u32, usize)>, since: u32, task: usize) {
    if least.is_none_or(|(best, _)| since < best) {
        *least = Some((since, task));
    }
}
