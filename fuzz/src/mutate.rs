//! How libFuzzer changes a case: by whole asks, dealt as in random cases, with what goes before them in mind.

use crate::Random;
use crate::deal::Deal;
use crate::dice::Dice;
use launder_impls::{Ask, Case};
use launder_oracle::{CELLS, FOLIO};

/// The most asks that are put in or taken out at once.
const SPAN: u32 = 3;

/// The case with one change, by these dice, or another altogether; of `most` asks at the most.
pub(crate) fn mutate(mut case: Case, random: &Random, seed: u32, most: usize) -> Case {
    let mut dice = Dice::of(u64::from(seed), 0);
    let kind = dice.below(16);
    let at = dice.below(1 + case.asks.len() as u32) as usize;
    let span = 1 + dice.below(SPAN) as usize;
    let end = case.asks.len().min(at + span);
    match kind {
        0..=3 => case = random.case(u64::from(seed)),
        4..=6 => {
            let count = 1 + dice.below(8) as usize;
            drop(case.asks.splice(at.., dealt(random, dice, &case.asks[..at], count)));
        }
        7..=9 => drop(case.asks.splice(at..at, dealt(random, dice, &case.asks[..at], span))),
        10 => drop(case.asks.splice(at..end, dealt(random, dice, &case.asks[..at], span))),
        11 => drop(case.asks.drain(at..end)),
        12 => {
            let moved: Vec<Ask> = case.asks.drain(at..end).collect();
            let to = dice.below(1 + case.asks.len() as u32) as usize;
            case.asks.splice(to..to, moved);
        }
        13 => vary(&mut case, at, |ask| ask.holds = random.deal(dice).holds()),
        14 => vary(&mut case, at, |ask| *ask = random.deal(dice).vary(ask)),
        _ => case.cells = if dice.one_in(2) { CELLS } else { dice.below(CELLS + FOLIO) },
    }
    case.asks.truncate(most);
    case
}

/// The first asks of the one case, then asks of the other, and perhaps the rest of the one; of `most` asks at the most.
pub(crate) fn cross(mut case: Case, other: &Case, mut dice: Dice, most: usize) -> Case {
    let mut place = |asks: &[Ask]| dice.below(1 + asks.len() as u32) as usize;
    let (at, from, to) = (place(&case.asks), place(&other.asks), place(&other.asks));
    let taken = other.asks[from.min(to)..from.max(to)].to_vec();
    if dice.one_in(2) {
        case.asks.truncate(at);
    }
    case.asks.splice(at..at, taken);
    case.asks.truncate(most);
    case
}

/// So many asks that come after these.
fn dealt(random: &Random, dice: Dice, before: &[Ask], count: usize) -> Vec<Ask> {
    let mut deal: Deal<'_> = random.deal(dice);
    before.iter().for_each(|ask| deal.hear(ask));
    (0..count).map(|_| deal.ask()).collect()
}

fn vary(case: &mut Case, at: usize, change: impl FnOnce(&mut Ask)) {
    let last = case.asks.len().saturating_sub(1);
    case.asks.get_mut(at.min(last)).map(change);
}
