//! The calls that fsx makes unless it is told otherwise, of one process, put to `path` and judged.

use crate::dealt::Dice;
use launder_fuzz::{Outcome, Planted, Trial};
use launder_impls::{Ask, Case};
use launder_oracle::{CELLS, Call, Verdict, Who};
use std::path::PathBuf;

/// Puts `calls` calls to the directory, in cases of so many each, and panics if one is not allowed.
pub fn put(directory: &str, of_a_case: usize, calls: usize) {
    let path: Planted = "path".parse().expect("it is a subject");
    let trial = Trial::open(path, &[PathBuf::from(directory)], None).unwrap_or_else(|why| panic!("{why}"));
    let mut dice = Dice::of(1);
    for _ in 0..calls.div_ceil(of_a_case) {
        let case = case(&mut dice, of_a_case);
        match trial.of(&case) {
            Outcome::Judged(_, Verdict::Allowed) => {}
            Outcome::Judged(trace, verdict) => panic!("{verdict:?}\n{case}\n{trace}"),
            Outcome::Skipped(why) => panic!("{why}\n{case}"),
        }
    }
}

/// A mapping, which stays, and then read, write, mapread, mapwrite and truncate, each as likely, within four pages. What reads and
/// what is mapped stays within the file, as fsx has it.
fn case(dice: &mut Dice, calls: usize) -> Case {
    let mut size = CELLS;
    let mut asks = vec![Ask::new(Who::A1, Call::Mmap { private: false, range: None })];
    while asks.len() <= calls {
        let call = match dice.below(5) {
            0 => Call::Pread { direct: false, range: dice.range(size) },
            1 => Call::Pwrite { direct: false, range: dice.range(CELLS) },
            2 => Call::Mread(dice.range(size)),
            3 => Call::Mwrite(dice.range(size)),
            _ => Call::Ftruncate(1 + dice.below(CELLS)),
        };
        match call {
            Call::Pwrite { range, .. } => size = size.max(range.end),
            Call::Ftruncate(cells) => size = cells,
            _ => {}
        }
        asks.push(Ask::new(Who::A1, call));
    }
    Case::new(asks)
}
