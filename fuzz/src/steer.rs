//! The random cases of a lane, steered by its matrix: some have the words, and each as often, of one that met what few do.

use crate::dice::Dice;
use crate::{Matrix, Random};
use launder_impls::{Case, Event, Met, State};
use std::array;

/// Lanes of a subject: fixed, so that what a seed finds does not depend on the number of threads.
pub const LANES: u64 = 4;
/// Cases of a seed before one is steered: till then its lanes learn what is rare, and most bugs are found as soon without.
const FREE: u64 = 4_000;
/// Once in how many cases from there on one is steered: those meet more, and take almost twice as long.
const STEERED: u32 = 2;
/// Of so many pairs, drawn from those that were met, the rarest is sought: not always the rarest of all.
const DRAWN: u32 = 3;

/// The random cases of a lane: they depend on the seed, the subject and the lane alone.
#[derive(Clone, Debug)]
pub struct Steered {
    random: Random,
    /// What the lane's cases met.
    met: Met,
    matrix: Matrix,
    /// The case whose swarm met a pair last.
    last: [[u64; State::ALL.len()]; Event::ALL.len()],
    /// The case whose swarm the newest case is of: itself, if it is not steered.
    swarm: u64,
}

impl Steered {
    /// A lane of these random cases that has met nothing yet.
    pub fn new(random: Random) -> Steered {
        Steered { random, met: Met::default(), matrix: Matrix::default(), last: Default::default(), swarm: 0 }
    }

    /// The lanes of a subject: case `number` is that of lane `number % LANES`.
    pub fn lanes(random: &Random) -> [Steered; LANES as usize] {
        array::from_fn(|_| Steered::new(random.clone()))
    }

    /// Case number `number`, the lane's next.
    pub fn case(&mut self, number: u64) -> Case {
        let mut dice = Dice::of(self.random.seed, number);
        let steered = number >= FREE && dice.one_in(STEERED);
        let rare = if steered { self.rare(&mut dice) } else { None };
        self.swarm = rare.unwrap_or(number);
        rare.map_or_else(|| self.random.case(number), |of| self.random.like(of, number, dice))
    }

    /// The lane's newest case met this.
    pub fn met(&mut self, met: Met) {
        self.met = self.met | met;
        self.matrix.count(met);
        for (state, event) in met.pairs() {
            self.last[event as usize][state as usize] = self.swarm;
        }
    }

    /// A case whose swarm met what is rare; none if nothing was met, as of a real subject.
    fn rare(&self, dice: &mut Dice) -> Option<u64> {
        let met = self.met.count();
        if met == 0 {
            return None;
        }
        let drawn = (0..DRAWN).filter_map(|_| self.met.pairs().nth(dice.below(met) as usize));
        let (state, event) = drawn.min_by_key(|(state, event)| self.matrix.times(*state, *event))?;
        Some(self.last[event as usize][state as usize])
    }
}
