//! How libFuzzer changes a case: by whole asks, dealt as in random cases. Of bytes changed one by one hardly any make a better case.

use crate::Random;
use crate::dice::Dice;
use launder_impls::{Ask, Case};

/// The most asks that are put in or taken out at once.
const SPAN: u32 = 3;
/// The most asks of a new end.
const END: u32 = 8;

/// The case with one change, or nearly half of the time another one, by this seed; of `most` asks at the most.
pub(crate) fn mutate(mut case: Case, random: &Random, seed: u32, most: usize) -> Case {
    let mut dice = Dice::of(u64::from(seed), 0);
    let kind = dice.below(16);
    let at = dice.below(1 + case.asks.len() as u32) as usize;
    let span = 1 + dice.below(SPAN) as usize;
    let end = case.asks.len().min(at + span);
    match kind {
        0..=6 => case = random.case(u64::from(seed)),
        7..=9 => {
            let count = 1 + dice.below(END) as usize;
            let dealt = dealt(random, dice, &case.asks[..at], count);
            case.asks.truncate(at);
            case.asks.extend(dealt);
        }
        10 | 11 => {
            let (dealt, end) =
                (dealt(random, dice, &case.asks[..at], span), if kind == 10 { at } else { end });
            case.asks.splice(at..end, dealt);
        }
        12 => drop(case.asks.drain(at..end)),
        13 => {
            let moved: Vec<Ask> = case.asks.drain(at..end).collect();
            let to = dice.below(1 + case.asks.len() as u32) as usize;
            case.asks.splice(to..to, moved);
        }
        14 => vary(&mut case, at, |ask| ask.holds = random.deal(dice).holds()),
        _ => vary(&mut case, at, |ask| *ask = random.deal(dice).vary(ask)),
    }
    case.asks.truncate(most);
    case
}

/// So many asks that come after these.
fn dealt(random: &Random, dice: Dice, before: &[Ask], count: usize) -> Vec<Ask> {
    let mut deal = random.deal(dice);
    before.iter().for_each(|ask| deal.hear(ask));
    (0..count).map(|_| deal.ask()).collect()
}

fn vary(case: &mut Case, at: usize, change: impl FnOnce(&mut Ask)) {
    let last = case.asks.len().saturating_sub(1);
    case.asks.get_mut(at.min(last)).map(change);
}
