//! The smallest case that still shows a symptom: deletes asks, makes what is left simpler, and looks one step around the
//! corner where neither helps.

use crate::reduce::{Size, kin, renamed, simpler, simpler_together, size};
use launder_impls::{Ask, Case};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The most times that a case is put to the subject to shrink one case.
const TRIES: u32 = 5_000;
/// Cases of more asks than this are not looked around the corner of.
const FEW: usize = 12;

/// Shrinks a case, as long as `shows` says that it shows what it is to show; the same case for the same answers. `shows` is asked of
/// no case twice.
///
/// Nothing that is left out, made simpler or moved, alone or one of those together with one ask left out, makes the case
/// that is returned smaller, unless it took more than 5,000 tries to get there.
///
/// ```
/// use launder_fuzz::{Symptom, Trial, shrink};
/// use launder_impls::Case;
/// use launder_oracle::Kind;
///
/// let trial = Trial::open("launder-folio+no_launder".parse()?, &[], None)?;
/// let lost = Symptom::Broken(Kind::LostWrite);
/// let mut shows = |case: &Case| trial.verdict(case).is_some_and(|verdict| lost.is_in(&verdict));
/// let case = Case::parse("a2 pread 0..4\na1 pwrite 0..9\nb1 fsync\nserver notify a 0..16\na1 fsync\n")?;
/// assert_eq!(shrink(&case, &mut shows).asks.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn shrink(case: &Case, shows: &mut dyn FnMut(&Case) -> bool) -> Case {
    shrink_within(case, shows, TRIES)
}

/// Shrinks a case, and says to `expect` which cases, some `ahead` of them, `shows` will be asked of next, if it goes on to say no.
pub(crate) fn shrink_ahead(
    case: &Case,
    ahead: usize,
    expect: &mut dyn FnMut(&[Case]),
    shows: &mut dyn FnMut(&Case) -> bool,
) -> Case {
    let (mut answers, mut next) = (Vec::new(), Vec::new());
    shrink(case, &mut |asked| {
        let foretold = next.first() == Some(asked);
        next.drain(..usize::from(foretold));
        if !foretold || next.len() < ahead {
            next = after(case, &answers, 1 + 2 * ahead);
            next.remove(0);
        }
        expect(&next[..ahead.min(next.len())]);
        answers.push(shows(asked));
        answers[answers.len() - 1]
    })
}

/// The cases, so many, of which `shows` is asked when it has given these answers and says no from then on: shrinking is the same for the
/// same answers.
fn after(case: &Case, answers: &[bool], count: usize) -> Vec<Case> {
    let (mut answers_left, mut asked) = (answers.iter(), Vec::new());
    let mut shows = |case: &Case| {
        let answer = answers_left.next().copied();
        asked.extend(answer.is_none().then(|| case.clone()));
        answer.unwrap_or(false)
    };
    let tries = (answers.len() + count) as u32;
    shrink_within(case, &mut shows, tries.min(TRIES));
    asked
}

fn shrink_within(case: &Case, shows: &mut dyn FnMut(&Case) -> bool, tries: u32) -> Case {
    let case = Case { comments: Vec::new(), ..case.clone() };
    let size = size(&case);
    let mut shrinking = Shrinking { case, size, shows, refused: HashSet::new(), left: tries, taken: 0 };
    loop {
        let before = shrinking.taken;
        shrinking.delete_runs_of_asks();
        shrinking.simplify_asks();
        shrinking.simplify_together();
        let is_over = shrinking.left == 0 || shrinking.taken == before;
        if is_over && !shrinking.look_around_the_corner() {
            return shrinking.case;
        }
    }
}

struct Shrinking<'s> {
    case: Case,
    size: Size,
    shows: &'s mut dyn FnMut(&Case) -> bool,
    /// What does not show it, for ways around a corner meet: by their hashes, since thousands of cases would be as large as all that
    /// a hunt holds else. One that is taken for another is not tried; what is returned shows the same all the same.
    refused: HashSet<u64>,
    left: u32,
    /// How often a smaller case was taken instead.
    taken: u32,
}

impl Shrinking<'_> {
    /// Takes the case instead, if it is smaller and shows the same.
    fn take(&mut self, case: Case) -> bool {
        if self.left == 0 || !self.size.is_more_than(&case) || self.refused.contains(&hash(&case)) {
            return false;
        }
        self.left -= 1;
        let shown = (self.shows)(&case);
        if shown {
            self.size = size(&case);
            self.case = case;
            self.taken += 1;
        } else {
            self.refused.insert(hash(&case));
        }
        shown
    }

    fn delete_runs_of_asks(&mut self) {
        let mut run = self.case.asks.len();
        while run > 0 {
            let mut at = 0;
            while at < self.case.asks.len() {
                let end = (at + run).min(self.case.asks.len());
                let case = self.case.clone();
                if !without(&case, at, end).any(|case| self.take(case)) {
                    at = end;
                }
            }
            run /= 2;
        }
    }

    fn simplify_asks(&mut self) {
        for at in (0..self.case.asks.len()).rev() {
            while simpler(&self.case, at).into_iter().any(|ask| self.take(with(&self.case, at, ask))) {}
        }
    }

    fn simplify_together(&mut self) {
        loop {
            let case = self.case.clone();
            if !simpler_together(&case).any(|case| self.take(case)) {
                return;
            }
        }
    }

    /// Tries what is smaller only in two steps.
    fn look_around_the_corner(&mut self) -> bool {
        let case = self.case.clone();
        let asks = self.case.asks.len();
        if asks > FEW || self.left == 0 {
            return false;
        }
        (0..asks).any(|at| self.delete_two(at))
            || (1..asks).any(|at| (0..at).any(|other| self.swap(other, at)))
            || (0..asks).any(|at| self.replace(at))
            || renamed(&case).any(|case| self.delete_one(&case))
    }

    fn delete_one(&mut self, case: &Case) -> bool {
        self.left > 0 && (0..case.asks.len()).any(|at| without(case, at, at + 1).any(|case| self.take(case)))
    }

    fn delete_two(&mut self, at: usize) -> bool {
        let case = self.case.clone();
        without(&case, at, at + 1).any(|case| self.delete_one(&case))
    }

    fn swap(&mut self, one: usize, other: usize) -> bool {
        let mut case = self.case.clone();
        case.asks.swap(one, other);
        self.take(case.clone()) || self.delete_one(&case)
    }

    /// Replaces an ask by one of its kind, if another can go then.
    fn replace(&mut self, at: usize) -> bool {
        kin(&self.case, at).into_iter().any(|ask| {
            let case = with(&self.case, at, ask);
            self.delete_one(&case)
        })
    }
}

/// The same for the same case, in every run of the program.
fn hash(case: &Case) -> u64 {
    let mut hasher = DefaultHasher::new();
    case.hash(&mut hasher);
    hasher.finish()
}

fn with(case: &Case, at: usize, ask: Ask) -> Case {
    let mut case = case.clone();
    case.asks[at] = ask;
    case
}

/// The case without these asks: as it is then, and with holds that had waited for them shortened, if there are such.
fn without(case: &Case, from: usize, to: usize) -> impl Iterator<Item = Case> {
    let fewer = move || {
        let asks = case.asks[..from].iter().chain(&case.asks[to..]).cloned().collect();
        Case { comments: case.comments.clone(), asks, ..*case }
    };
    let shortened = move || {
        let (mut case, mut shorter) = (fewer(), false);
        for (at, ask) in case.asks[..from].iter_mut().enumerate() {
            for hold in &mut ask.holds {
                let beyond = hold.asks.saturating_sub((from - at - 1) as u32);
                let by = beyond.min((to - from) as u32).min(hold.asks.saturating_sub(1));
                hold.asks -= by;
                shorter |= by > 0;
            }
        }
        shorter.then_some(case)
    };
    std::iter::once_with(fewer).chain(std::iter::once_with(shortened).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Random;
    use std::cell::RefCell;

    #[test]
    fn what_is_asked_next_is_foretold_but_where_an_answer_was_yes() {
        let random = Random::new(4, |_| true);
        for number in 0..20 {
            let case = random.case_of(number, 16);
            let shows = |case: &Case| case.asks.iter().filter(|ask| ask.call.is_mapped()).count() > 1;
            let plain = shrink(&case, &mut |case| shows(case));
            let (mut expected, mut wrong, mut yes) = (Vec::<Case>::new(), 0, 0);
            let foretold = RefCell::new(Vec::new());
            let ahead =
                shrink_ahead(&case, 3, &mut |cases| *foretold.borrow_mut() = cases.to_vec(), &mut |case| {
                    wrong += u32::from(expected.first() != Some(case));
                    expected = foretold.borrow().clone();
                    yes += u32::from(shows(case));
                    shows(case)
                });
            assert_eq!(ahead, plain);
            assert!(wrong <= yes + 1, "{wrong} were not foretold, {yes} were yes");
        }
    }

    #[test]
    fn what_a_long_shrink_has_tried_takes_few_bytes() {
        let random = Random::new(3, |_| true);
        let (mut most, mut largest) = (0, 0);
        for number in 0..20 {
            let case = random.case_of(number, FEW);
            let mut tries = 0;
            let cost = allocation_counter::measure(|| {
                shrink(&case, &mut |_| {
                    tries += 1;
                    false
                });
            });
            (most, largest) = (most.max(tries), largest.max(cost.bytes_max));
        }
        assert!(most > 2_000, "one of them is long: {most}");
        assert!(largest < 100_000, "{largest} bytes");
    }
}
