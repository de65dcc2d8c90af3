//! An interleaving as a case with holds.

use crate::Trial;
use launder_impls::sim::{Holds, Move, Schedule};
use launder_impls::{Case, Hold, Run};

/// The most holds that are hung up.
const MOST_HOLDS: usize = 2_000;

/// The case with holds that make it go through just these moves, as exploring found them.
///
/// Wherever the holds so far would move another ask than the wanted one, that ask gets one more hold at the step where it
/// stands: until the next ask begins (`+1`) where that is what is wanted, and to step aside (`+0`) otherwise, at one step as
/// often as it takes for the others' turn to come.
pub fn follow(trial: &Trial, case: &Case, wanted: &[Move]) -> Option<Case> {
    let mut case = case.without_holds();
    for _ in 0..MOST_HOLDS {
        let mut watched = Watched(Vec::new());
        let _ = trial.run_by(&case, &mut watched);
        let made = watched.0;
        let Some(at) = (0..made.len().max(wanted.len())).find(|at| made.get(*at) != wanted.get(*at)) else {
            return Some(case);
        };
        let (Some(Move::Step { ask, step, .. }), Some(wanted)) = (made.get(at), wanted.get(at)) else {
            return None;
        };
        let asks = u32::from(*wanted == Move::Begin);
        case.asks.get_mut(*ask)?.holds.push(Hold { step: *step, asks });
    }
    None
}

/// The case's own holds, and the moves that they lead to.
struct Watched(Vec<Move>);

impl Schedule for Watched {
    fn heeds_holds(&self) -> bool {
        true
    }

    fn pick(&mut self, moves: &[Move]) -> Option<usize> {
        Holds.pick(moves)
    }

    fn watches(&self) -> bool {
        true
    }

    fn moves(&mut self, it: Move) {
        self.0.push(it);
    }
}

/// Puts the case to the subject by these moves, as exploring found them.
pub fn replay(trial: &Trial, case: &Case, moves: &[Move]) -> Run {
    trial.run_by(&case.without_holds(), &mut Replay(moves.iter()))
}

struct Replay<'m>(std::slice::Iter<'m, Move>);

impl Schedule for Replay<'_> {
    fn pick(&mut self, moves: &[Move]) -> Option<usize> {
        let wanted = self.0.next()?;
        moves.iter().position(|it| it == wanted)
    }
}
