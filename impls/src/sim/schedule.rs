//! Who moves next.

use super::Footprint;

/// A move of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// A task goes on to its next step.
    Step {
        /// The task.
        task: usize,
        /// The ask that it belongs to.
        ask: usize,
        /// The step of the ask at which the task arrived last: a hold of that step would have held it here.
        step: u32,
    },
    /// The next ask begins.
    Begin,
}

/// Decides between moves.
pub trait Schedule {
    /// Whether the case's holds decide, and [`Schedule::pick`] is never asked.
    fn heeds_holds(&self) -> bool {
        false
    }

    /// Which of the moves, of which there is at least one; `None` gives the run up. Not asked while the run settles.
    fn pick(&mut self, moves: &[Move]) -> Option<usize>;

    /// Whether it wants to be told what the moves that it picks read and write.
    fn asks_for_footprints(&self) -> bool {
        false
    }

    /// Told before each pick what the move before it has read and written, if it asks.
    fn moved(&mut self, _: Footprint) {}

    /// Whether it wants to be told of each move.
    fn watches(&self) -> bool {
        false
    }

    /// Told of each move before it is made, if it watches, while the run does not settle yet.
    fn moves(&mut self, _: Move) {}
}

/// The schedule that the case's own holds say.
///
/// The youngest ask that can move does; of its tasks the oldest. When none can, the hold that steps aside (`+0`) and has
/// waited longest opens; when there is none, the next ask begins; when it cannot, the hold that has waited longest opens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Holds;

impl Schedule for Holds {
    fn heeds_holds(&self) -> bool {
        true
    }

    fn pick(&mut self, _: &[Move]) -> Option<usize> {
        None
    }
}
