//! Random cases, by swarm: each leaves some words out and has others more often, so that words do not drown each other.

use crate::deal::Deal;
use crate::dice::Dice;
use crate::word::Speaker;
use crate::{Fields, WORDS, Word};
use launder_impls::Case;
use launder_oracle::{CELLS, Call, FOLIO, Who};

/// The random cases of a seed, with the words that a subject knows.
///
/// ```
/// use launder_fuzz::Random;
///
/// let random = Random::new(7, |_| true);
/// assert_eq!(random.case(3), Random::new(7, |_| true).case(3), "the seed and the number say all of it");
/// ```
#[derive(Clone, Debug)]
pub struct Random {
    pub(crate) seed: u64,
    words: Vec<&'static Word>,
    /// Who may take part together.
    company: &'static [&'static [Who]],
}

/// The most asks of a random case.
pub(crate) const MOST_ASKS: usize = 24;

impl Random {
    /// The random cases of `seed`, of all words of processes, and of those of the third party and nature that are known.
    pub fn new(seed: u64, knows: impl Fn(&Call) -> bool) -> Random {
        let known = |word: &&Word| word.speaker == Speaker::Process || knows(&(word.call)(&Fields::NONE));
        Random { seed, words: WORDS.iter().filter(known).collect(), company: &COMPANY }
    }

    /// The same for a subject that has no host `b`.
    pub fn on_one_host(self) -> Random {
        Random { company: &COMPANY[..ONE_HOST], ..self }
    }

    /// Case number `number`.
    pub fn case(&self, number: u64) -> Case {
        let (asks, deal) = self.swarm(number);
        dealt(asks, deal)
    }

    /// Another case of the swarm of case `of`, as long as any with this number: long ones meet more, and take longer.
    pub(crate) fn like(&self, of: u64, number: u64, mut dice: Dice) -> Case {
        let asks = 1 + dice.below(most_asks(number));
        let (_, mut deal) = self.swarm(of);
        deal.dice = dice;
        dealt(asks, deal)
    }

    /// Case number `number`, of this many asks.
    pub fn case_of(&self, number: u64, asks: usize) -> Case {
        dealt(asks as u32, self.deal(Dice::of(self.seed, number)))
    }

    /// How many asks case number `number` has, and the deal of it: the words, who says them, and where.
    fn swarm(&self, number: u64) -> (u32, Deal<'_>) {
        let mut dice = Dice::of(self.seed, number);
        (1 + dice.below(most_asks(number)), self.deal(dice))
    }

    /// A case to be dealt by these dice.
    pub(crate) fn deal(&self, dice: Dice) -> Deal<'_> {
        Deal::new(&self.words, self.company, dice)
    }
}

fn dealt(asks: u32, mut deal: Deal<'_>) -> Case {
    let mut case = Case::new(Vec::with_capacity(asks as usize));
    if deal.dice.one_in(8) {
        case.cells = deal.dice.below(CELLS + FOLIO);
    }
    for _ in 0..asks {
        case.asks.push(deal.ask());
    }
    case
}

/// Who takes part in a case; as often as it stands here.
const COMPANY: [&[Who]; 6] = [
    &[Who::A1],
    &[Who::A1, Who::A2],
    &[Who::A1, Who::A2],
    &[Who::A1, Who::B1],
    &[Who::A1, Who::A1, Who::A2, Who::B1],
    &Who::PROCESSES,
];
/// How many of those are of host `a` alone.
const ONE_HOST: usize = 3;

/// Every other case is short: short ones are quick and say much, long ones reach far.
fn most_asks(number: u64) -> u32 {
    let most = MOST_ASKS as u32;
    if number.is_multiple_of(2) { most } else { most / 3 }
}
