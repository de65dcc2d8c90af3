//! The calls that all are given, dealt from one seed.

use launder_impls::{Ask, Case, Hold};
use launder_oracle::{CELLS, Call, Range, Who};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// Calls of a program of three tasks, and programs that are run in turn.
const CALLS: usize = 16;
const PROGRAMS: usize = 1_000;

/// The numbers that are dealt.
pub struct Dice(ChaCha8Rng);

impl Dice {
    pub fn of(seed: u64) -> Dice {
        Dice(ChaCha8Rng::seed_from_u64(seed))
    }

    pub fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// Some cells below `end`, which is not 0.
    pub fn range(&mut self, end: u32) -> Range {
        let start = self.below(end);
        Range::new(start, start + 1 + self.below(end - start))
    }
}

/// Programs of three tasks: each call is of one of them, and reads or writes some cells. The holds are launder's schedule, dealt as it
/// deals its own; shuttle's random scheduler takes their place.
pub fn programs() -> Vec<Case> {
    let mut dice = Dice::of(1);
    let call = |dice: &mut Dice| match (dice.below(2), dice.range(CELLS)) {
        (0, range) => Call::Pread { direct: false, range },
        (_, range) => Call::Pwrite { direct: false, range },
    };
    let ask = |dice: &mut Dice| {
        let who = Who::PROCESSES[dice.below(3) as usize];
        let mut ask = Ask::new(who, call(dice));
        if dice.below(2) == 0 {
            ask.holds.push(Hold { step: dice.below(3), asks: 1 + dice.below(2) });
        }
        ask
    };
    (0..PROGRAMS).map(|_| Case::new((0..CALLS).map(|_| ask(&mut dice)).collect())).collect()
}
