//! Schemes that are expected to be sound are sound on small cases: every interleaving, and no violation.

use launder_fuzz::{Explored, Interleavings, Planted, Symptom, Trial, explore};
use launder_impls::Case;

/// The mails' races in a few asks each: H1, a store between flush and discard; H4, a folio mapped again after it was unmapped;
/// H16, two WRITEs of one folio; and what reads, truncates
/// and fails meanwhile.
const RACES: [&str; 8] = [
    "a1 mmap\na1 mwrite 0..1\nserver notify a 0..4\na1 mwrite 1..2\n",
    "a1 mmap\na1 pwrite 0..1\nserver notify a 0..4\na1 mwrite 1..2\n",
    "a1 pwrite 0..1\nserver notify a 0..4\na2 pwrite 1..2\n",
    "a1 pwrite 0..1\nserver notify a 0..4\na2 pread 0..2\n",
    "a1 pwrite 0..1\na1 fsync\nserver notify a 0..4\n",
    "a1 pwrite 0..1\nserver pwrite 1..2\nserver notify a 0..4\na1 pread 0..2\n",
    "nature fail write EIO 1\na1 pwrite 0..1\nserver notify a 0..4\na1 fsync\n",
    "a1 pwrite 0..1\nserver notify a 0..4\na2 ftruncate 1\n",
];

/// Interleavings of one case, at the most.
const BOUND: u64 = 400_000;

fn explored(name: &str, race: &str) -> Explored {
    let planted: Planted = name.parse().expect("a subject");
    let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
    explore(Interleavings::of(&trial, &Case::parse(race).expect("a case")).bounded(BOUND))
}

#[test]
fn launder_folio_keeps_its_promises_in_every_interleaving() {
    let mut interleavings = 0;
    for race in RACES {
        let explored = explored("launder-folio", race);
        println!("{} interleavings of\n{race}", explored.interleavings);
        assert!(!explored.more, "there are more than {BOUND} of\n{race}");
        assert_eq!((explored.too_long, explored.unknown), (0, 0), "{race}");
        assert!(explored.shown.is_empty(), "{:?} in\n{race}", explored.shown);
        interleavings += explored.interleavings;
    }
    println!("launder-folio: {interleavings} interleavings, no violation");
}

#[test]
fn the_same_search_finds_what_the_flush_and_wait_scheme_loses() {
    let lost = |race: &&str| {
        let shown = explored("flush-and-wait", race).shown;
        shown.iter().any(|(symptom, ..)| *symptom == Symptom::Broken(launder_oracle::Kind::LostWrite))
    };
    assert!(RACES.iter().any(lost));
}
