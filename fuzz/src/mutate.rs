//! How cases are changed: by whole asks, dealt as in random cases. Of bytes changed one by one hardly any make a better case.

use crate::Random;
use crate::dice::Dice;
use launder_impls::{Ask, Case};

/// The most asks that are put in or taken out at once.
const SPAN: u32 = 3;
/// The most asks of a new end.
const END: u32 = 8;

/// The most changes of a case that was kept.
const CHANGES: u32 = 4;
/// Once in how many times a change puts in another kept case, whole.
const JOINED: u32 = 8;

/// How libFuzzer changes it: the case with one change, or nearly half of the time another one, by this seed; of `most` asks at
/// the most.
pub(crate) fn mutate(mut case: Case, random: &Random, seed: u32, most: usize) -> Case {
    let mut dice = Dice::of(u64::from(seed), 0);
    match dice.below(16) {
        0..=6 => case = random.case(u64::from(seed)),
        kind => change(&mut case, random, kind - 7, dice),
    }
    case.asks.truncate(most);
    case
}

/// Case number `number` of those made of kept ones: first each as it is, then one with a few changes.
pub(crate) fn changed(kept: &[Case], random: &Random, number: u64, most: usize) -> Case {
    if let Some(case) = usize::try_from(number).ok().and_then(|number| kept.get(number)) {
        return Case { comments: Vec::new(), ..case.clone() };
    }
    let mut dice = Dice::of(random.seed, number);
    let mut case = one_of(kept, &mut dice);
    for _ in 0..1 + dice.below(CHANGES) {
        if dice.one_in(JOINED) {
            let other = one_of(kept, &mut dice);
            let at = dice.below(1 + case.asks.len() as u32) as usize;
            case.asks.splice(at..at, other.asks);
        } else {
            let (kind, own) = (dice.below(KINDS), dice.apart());
            change(&mut case, random, kind, own);
        }
    }
    case.asks.truncate(most);
    case
}

fn one_of(kept: &[Case], dice: &mut Dice) -> Case {
    let case = &kept[dice.below(kept.len() as u32) as usize];
    Case { comments: Vec::new(), ..case.clone() }
}

/// Changes of one case, one as likely as the other.
const KINDS: u32 = 9;

/// One change, of a kind below [`KINDS`].
fn change(case: &mut Case, random: &Random, kind: u32, mut dice: Dice) {
    let at = dice.below(1 + case.asks.len() as u32) as usize;
    let span = 1 + dice.below(SPAN) as usize;
    let end = case.asks.len().min(at + span);
    match kind {
        0..=2 => {
            let count = 1 + dice.below(END) as usize;
            let dealt = dealt(random, dice, &case.asks[..at], count);
            case.asks.truncate(at);
            case.asks.extend(dealt);
        }
        3 | 4 => {
            let (dealt, end) =
                (dealt(random, dice, &case.asks[..at], span), if kind == 3 { at } else { end });
            case.asks.splice(at..end, dealt);
        }
        5 => drop(case.asks.drain(at..end)),
        6 => {
            let moved: Vec<Ask> = case.asks.drain(at..end).collect();
            let to = dice.below(1 + case.asks.len() as u32) as usize;
            case.asks.splice(to..to, moved);
        }
        7 => vary(case, at, |ask| ask.holds = random.deal(dice).holds()),
        _ => vary(case, at, |ask| *ask = random.deal(dice).vary(ask)),
    }
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
