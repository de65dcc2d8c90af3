//! The exhaustive hunt goes through all that it says, the same each time, and finds what a few calls can show.

use launder_fuzz::{Campaign, Exhausted, Interleavings, Planted, Progress, Trial, detect_exhaustively};
use launder_impls::sim::{Move, Schedule};
use launder_impls::{Case, Run};
use std::collections::HashSet;

fn exhaust(subjects: &[&str], calls: usize, jobs: usize) -> Vec<Exhausted> {
    let subjects = subjects.iter().map(|name| name.parse().expect("a subject")).collect();
    let campaign = Campaign { subjects, at: Vec::new(), contract: None, kept: Vec::new(), seed: 0, jobs };
    campaign.exhaustive(calls, &Progress::default())
}

fn signatures(exhausted: &Exhausted) -> Vec<String> {
    let finding = |finding: launder_fuzz::Finding| format!("{} {}", finding.runs, finding.case);
    exhausted.hunted.hunt.findings().map(finding).collect()
}

/// Makes these moves, and counts how often one is of another task than the last, though that could have gone on.
struct Counted<'m> {
    wanted: std::slice::Iter<'m, Move>,
    last: Option<Move>,
    begun: usize,
    interruptions: usize,
}

impl Schedule for Counted<'_> {
    fn pick(&mut self, moves: &[Move]) -> Option<usize> {
        let wanted = *self.wanted.next()?;
        let of_the_last = |it: &Move| match (self.last, *it) {
            (Some(Move::Step { task: last, .. }), Move::Step { task, .. }) => last == task,
            (Some(Move::Begin), Move::Step { ask, .. }) => ask + 1 == self.begun,
            _ => false,
        };
        self.interruptions += usize::from(moves.iter().any(of_the_last) && !of_the_last(&wanted));
        self.begun += usize::from(wanted == Move::Begin);
        self.last = Some(wanted);
        moves.iter().position(|it| *it == wanted)
    }
}

fn interruptions(trial: &Trial, case: &Case, moves: &[Move]) -> usize {
    let mut counted = Counted { wanted: moves.iter(), last: None, begun: 0, interruptions: 0 };
    assert!(matches!(trial.run_by(case, &mut counted), Run::Trace(_)));
    counted.interruptions
}

#[test]
fn few_interruptions_are_just_the_interleavings_that_have_no_more() {
    let planted: Planted = "launder-folio".parse().expect("a subject");
    let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
    for text in ["a1 pwrite 0..1\na2 pread 0..1\n", "a1 pwrite 0..1\na2 pread direct 0..1\n"] {
        let case = Case::parse(text).expect("a case");
        let moves = |mut all: Interleavings<'_>| {
            let mut moves = HashSet::new();
            while all.next().is_some() {
                assert!(moves.insert(format!("{:?}", all.moves())), "each but once");
            }
            moves
        };
        let mut all = Interleavings::of(&trial, &case);
        let mut fewer = vec![HashSet::new(); 4];
        while all.next().is_some() {
            let count = interruptions(&trial, &case, all.moves());
            for fewer in fewer.iter_mut().skip(count) {
                fewer.insert(format!("{:?}", all.moves()));
            }
        }
        for (most, fewer) in fewer.iter().enumerate() {
            assert_eq!(moves(Interleavings::of_few(&trial, &case, most as u32)), *fewer, "{text}{most}");
        }
        assert!(!fewer[0].is_empty() && fewer[1].len() < fewer[2].len());
    }
}

#[test]
fn one_thread_and_three_find_the_same() {
    let once = exhaust(&["flush-and-wait", "fuse-writeback"], 2, 1);
    let again = exhaust(&["flush-and-wait", "fuse-writeback"], 2, 3);
    for (one, three) in once.iter().zip(&again) {
        assert_eq!(signatures(one), signatures(three));
        assert_eq!((one.sequences, one.too_long), (three.sequences, three.too_long));
        assert_eq!(one.hunted.hunt.counts, three.hunted.hunt.counts);
    }
    assert!(once.iter().all(|one| one.sequences > 2_000 && one.hunted.hunt.counts.runs > 5 * one.sequences));
}

#[test]
fn two_calls_show_what_a_launder_folio_without_launder_loses() {
    let [whole, broken] = &exhaust(&["launder-folio", "launder-folio+no_launder"], 2, 2)[..] else {
        panic!("two subjects")
    };
    assert_eq!(signatures(whole), [""; 0]);
    assert!(!signatures(broken).is_empty());
}

#[test]
fn a_real_subject_is_skipped() {
    if let Ok(path) = "path".parse::<Planted>() {
        let campaign = Campaign {
            subjects: vec![path],
            at: Vec::new(),
            contract: None,
            kept: Vec::new(),
            seed: 0,
            jobs: 1,
        };
        let exhausted = campaign.exhaustive(1, &Progress::default());
        assert!(exhausted[0].hunted.skipped.as_ref().is_some_and(|why| why.contains("real")));
    }
}

#[test]
fn a_planted_bug_is_found_after_so_many_runs_as_an_exhaustive_hunt_puts_until_then() {
    let planted: Planted = "launder-folio+no_launder".parse().expect("a bug");
    let Some((tries, symptom)) = detect_exhaustively(planted, 2, 100_000) else { panic!("it is not found") };
    println!("{planted}: {tries} interleavings, {}", symptom.name());
    assert_eq!(detect_exhaustively(planted, 2, 100_000), Some((tries, symptom)));
    assert_eq!(detect_exhaustively(planted, 2, tries), Some((tries, symptom)));
    assert_eq!(detect_exhaustively(planted, 2, tries - 1), None);
    assert_eq!(
        detect_exhaustively(planted, 1, 100_000),
        None,
        "it takes a call that invalidates what another has dirtied"
    );
}
