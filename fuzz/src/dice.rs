//! Random numbers by a generator with a name, so that a seed gives the same cases on every machine.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// The numbers of one case.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The numbers of case `number` of `seed`: cases do not depend on each other, so they can be made in any order.
    pub fn of(seed: u64, number: u64) -> Dice {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&number.to_le_bytes());
        Dice(ChaCha8Rng::from_seed(key))
    }

    /// Other numbers, that these decide.
    pub fn apart(&mut self) -> Dice {
        Dice::of(self.0.next_u64(), 0)
    }

    /// A number below `bound`, which is not 0. Drawn here and not by `rand`, whose way of drawing may change.
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// True once in `times`.
    pub fn one_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u32) as usize]
    }

    /// A place in `weights`, each as likely as its weight says; they are not all 0.
    pub fn weighed(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        let heavier = |weight: &u32| {
            let here = left < *weight;
            left = left.wrapping_sub(*weight);
            here
        };
        weights.iter().position(heavier).unwrap_or(0)
    }
}
