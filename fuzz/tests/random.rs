//! Random cases are the same on every machine, and make sense more often than not.

use launder_fuzz::{Random, WORDS, Word};
use launder_oracle::Call;
use std::collections::HashSet;

#[test]
fn a_seed_gives_the_same_cases_everywhere() {
    let random = Random::new(1, |_| true);
    insta::assert_snapshot!(random.case_of(4, 16).to_string());
    assert_eq!(random.case(3), Random::new(1, |_| true).case(3));
    assert_ne!(random.case(3), Random::new(2, |_| true).case(3));
    assert_eq!(random.case_of(3, 16).asks.len(), 16);
}

#[test]
fn every_word_is_used_and_none_that_is_unknown() {
    let knows = |call: &Call| !matches!(call, Call::Crash(_));
    let random = Random::new(1, knows);
    let asks = (0..5_000).flat_map(|number| random.case(number).asks);
    let used: HashSet<u8> = asks.filter_map(|ask| Some(Word::of(ask.who, &ask.call)?.tag)).collect();
    let unused: Vec<u8> = WORDS.iter().map(|word| word.tag).filter(|tag| !used.contains(tag)).collect();
    assert_eq!(unused, [37], "all but a crash");
}

#[test]
fn most_mapped_calls_have_a_mapping() {
    let random = Random::new(1, |_| true);
    let (mut mapped, mut all) = (0, 0);
    for number in 0..2_000 {
        let mut has = HashSet::new();
        for ask in random.case(number).asks {
            match ask.call {
                Call::Mmap { .. } => _ = has.insert(ask.who),
                Call::Munmap => _ = has.remove(&ask.who),
                call if call.is_mapped() => {
                    all += 1;
                    mapped += u32::from(has.contains(&ask.who));
                }
                _ => {}
            }
        }
    }
    assert!(mapped * 10 > all * 8, "{mapped} of {all}");
}
