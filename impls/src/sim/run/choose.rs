//! Who moves next.

use super::Runner;
use crate::sim::task::{Held, Stage};
use crate::sim::{Footprint, Move, Schedule};
use std::cmp::Reverse;

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
            let (mut best, mut aside, mut held) = (None, None, None);
            let tasks = self.sim.0.tasks.borrow();
            let under_way = tasks.all.iter().enumerate().filter(|(_, it)| it.stage != Stage::Idle);
            for (task, it) in under_way.take(tasks.busy) {
                match (it.stage, it.held) {
                    (Stage::Ready, None) => keep_least(&mut best, (Reverse(it.ask), it.born), task),
                    (Stage::Ready, Some(Held { asks: 0, since, .. })) => keep_least(&mut aside, since, task),
                    (Stage::Ready, Some(Held { since, .. })) => keep_least(&mut held, since, task),
                    _ => {}
                }
            }
            if let Some((_, task)) = best {
                return Some(tasks.all[task].to_move(task));
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

fn keep_least<K: Ord>(least: &mut Option<(K, usize)>, key: K, task: usize) {
    if least.as_ref().is_none_or(|(best, _)| key < *best) {
        *least = Some((key, task));
    }
}
