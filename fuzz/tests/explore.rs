//! Holds reach every interleaving that exhaustive search reaches on small cases.

use launder_fuzz::{Interleavings, Outcome, Planted, Symptom, Trial, follow, replay};
use launder_impls::sim::{Move, Schedule};
use launder_impls::{Case, Run};
use launder_oracle::{Call, Trace, What, Who};
use std::collections::HashSet;
use std::thread;

/// Small cases: what follows others, what waits for locks, what spawns work.
const CASES: [&str; 7] = [
    "a1 pwrite 0..1\na2 pread 0..1\n",
    "a1 pwrite 0..8\na1 fsync\na2 pwrite 0..1\n",
    "a1 mmap\na1 mwrite 0..1\nserver notify a 0..4\n",
    "a1 pwrite 0..1\nnature writeback a 0..4\na1 pwrite 0..1\n",
    "a1 pwrite direct 0..1\na2 pread 0..1\n",
    "a1 pread 0..1\nb1 pwrite 0..1\nserver pwrite 0..1\n",
    "a1 pwrite 0..8\nserver notify a 0..16\na2 mmap\na2 mwrite 0..1\nnature writeback a 0..16\na1 ftruncate 2\n",
];

/// Small cases of tasks that have little to do with each other, and of some that meet where no lock is.
const COMMUTING: [&str; 11] = [
    "a1 pread 0..1\nb1 pread 0..1\n",
    "a1 pread 0..1\na2 pread 4..5\n",
    "a1 pwrite 0..1\nb1 mmap\n",
    "a1 mmap\na2 mmap\na1 mread 0..1\na2 mread 4..5\n",
    "a1 pwrite 0..1\na1 fsync\nb1 pread 4..5\n",
    "a1 lock\na2 pread 0..1\nb1 open\n",
    "a1 pread 0..1\na1 pwrite 0..1\na2 pread 0..1\n",
    "a1 mmap\na1 mread 0..1\na2 pwrite 0..1\na1 mread 0..1\n",
    "a1 mmap\na1 mwrite 0..1\na1 mwrite 0..1\na2 pread 0..1\n",
    "a1 pwrite 0..1\nserver pread 0..1\nnature writeback a 0..4\nserver pread 0..1\n",
    "nature fail write EIO 1\na1 pwrite 0..1\nnature writeback a 0..4\na1 fsync\n",
];

/// The most interleavings that are followed of each, of the schemes that all others are variants of, and of the others.
const BOUND: usize = 3_000;
const BOUND_OF_OTHERS: usize = 100;
const FOLLOWED: [&str; 3] = ["launder-folio", "flush-and-wait", "write-through"];

#[test]
fn holds_reach_every_interleaving() {
    for planted in Planted::models() {
        let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
        for text in CASES {
            let case = Case::parse(text).expect("a case");
            let much = FOLLOWED.contains(&planted.card.name);
            let bound = if much { BOUND } else { BOUND_OF_OTHERS };
            let followed = follow_all(&trial, &case, bound);
            println!("{planted}: {followed} interleavings of\n{text}");
            if followed == bound {
                follow_some(&trial, &case, bound / 6);
            }
        }
    }
}

fn follow_all(trial: &Trial, case: &Case, bound: usize) -> usize {
    let mut all = Interleavings::of(trial, case);
    let mut followed = 0;
    while followed < bound
        && let Some(trace) = all.next()
    {
        is_reached(trial, case, all.moves(), &trace);
        followed += 1;
    }
    assert_eq!(all.too_long, 0);
    followed
}

/// Where there are too many to follow all: some from all over the tree.
fn follow_some(trial: &Trial, case: &Case, times: usize) {
    let mut wander = Wander { state: 1, moves: Vec::new() };
    for _ in 0..times {
        wander.moves.clear();
        let Run::Trace(trace) = trial.run_by(&case.without_holds(), &mut wander) else {
            panic!("it ran before")
        };
        is_reached(trial, case, &wander.moves, &trace);
    }
}

fn is_reached(trial: &Trial, case: &Case, moves: &[Move], trace: &Trace) {
    let held = follow(trial, case, moves);
    let held = held.unwrap_or_else(|| panic!("{}: no holds say\n{trace}\n{moves:?}", trial.planted));
    assert_eq!(Case::parse(&held.to_string()).as_ref(), Ok(&held));
    let Outcome::Judged(said, _) = trial.of(&held) else { panic!("it ran before") };
    assert_eq!(said, *trace, "{}:\n{held}", trial.planted);
}

/// Moves at random.
struct Wander {
    state: u32,
    moves: Vec<Move>,
}

impl Schedule for Wander {
    fn pick(&mut self, moves: &[Move]) -> Option<usize> {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let picked = (self.state >> 16) as usize % moves.len();
        self.moves.push(moves[picked]);
        Some(picked)
    }
}

#[test]
fn interleavings_differ_and_can_be_replayed() {
    let planted = Planted::models()[0];
    let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
    let case = Case::parse(CASES[0]).expect("a case");
    let mut seen = HashSet::new();
    let mut all = Interleavings::of(&trial, &case);
    while let Some(trace) = all.next() {
        assert_eq!(replay(&trial, &case, all.moves()), Run::Trace(trace));
        assert!(seen.insert(format!("{:?}", all.moves())), "each comes once");
    }
    assert!(seen.len() > 10);
}

/// What was asked and answered, each in its order, which calls had returned before which began, and the verdict: all that may matter
/// of an interleaving.
fn outcome(trial: &Trial, trace: &Trace) -> String {
    let mut begun: Vec<(Who, Call, String)> = Vec::new();
    let mut returned = Vec::new();
    for event in &trace.events {
        match &event.what {
            What::Call(who, call) => begun.push((*who, *call, format!("after {returned:?}"))),
            What::Reply(who, reply) => {
                let at = begun.iter().rposition(|(other, ..)| other == who).expect("it was asked");
                begun[at].2 += &format!(" {reply}");
                returned.push(at);
                returned.sort_unstable();
            }
            What::Step(_) => {}
        }
    }
    let verdict = launder_oracle::judge(&trial.contract, trace);
    format!("{begun:?} {:?} {:?}", trace.end, Symptom::of(&verdict))
}

/// Interleavings of one model: how many are tried where moves that commute are spared, how many are not, and of how many cases.
fn tried_and_spared(planted: Planted) -> [usize; 3] {
    let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
    let mut sum = [0; 3];
    for text in CASES.iter().chain(&COMMUTING) {
        let case = Case::parse(text).expect("a case");
        let outcomes = |mut all: Interleavings<'_>| {
            let mut outcomes = HashSet::new();
            let mut count = 0;
            for trace in all.by_ref() {
                outcomes.insert(outcome(&trial, &trace));
                count += 1;
            }
            (!all.has_more()).then_some((outcomes, count))
        };
        let Some((all, of_all)) = outcomes(Interleavings::of(&trial, &case).bounded(10_000)) else {
            continue;
        };
        let (apart, of_apart) = outcomes(Interleavings::apart(&trial, &case)).expect("they are fewer");
        assert_eq!(apart, all, "{planted}:\n{text}");
        sum = add(sum, [of_apart, of_all - of_apart, 1]);
    }
    sum
}

fn add(all: [usize; 3], more: [usize; 3]) -> [usize; 3] {
    std::array::from_fn(|at| all[at] + more[at])
}

#[test]
fn what_moves_that_commute_spare_shows_nothing_else() {
    let models = Planted::models();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let [tried, spared, cases] = thread::scope(|scope| {
        let of_each = |first| models.iter().skip(first).step_by(threads);
        let threads = (0..threads).map(|first| {
            let mine = of_each(first).copied();
            scope.spawn(|| mine.map(tried_and_spared).fold([0; 3], add))
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| thread.join().expect("they agree")).fold([0; 3], add)
    });
    println!("{tried} interleavings of {cases} are tried instead of {}", tried + spared);
    assert!(spared > 10 * tried && cases > 300, "{tried} and {spared} of {cases}");
}
