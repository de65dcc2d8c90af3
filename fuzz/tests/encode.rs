//! The laws of the encoding, and the numbers that never change.

use launder_fuzz::{Random, WORDS, Word, decode, encode};
use launder_impls::Case;

#[test]
fn what_is_encoded_decodes_to_itself() {
    let random = Random::new(7, |_| true);
    for number in 0..20_000 {
        let case = random.case(number);
        let bytes = encode(&case).expect("a random case fits the format");
        assert_eq!(decode(&bytes), case, "case {number}");
    }
}

#[test]
fn every_byte_string_is_a_case_and_reads_back_from_its_text() {
    let mut bytes = Vec::new();
    let mut state = 1u32;
    for length in 0..2_000 {
        bytes.clear();
        for _ in 0..length % 600 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bytes.push((state >> 24) as u8);
        }
        let case = decode(&bytes);
        assert!(case.asks.len() <= 64);
        assert_eq!(Case::parse(&case.to_string()).as_ref(), Ok(&case));
        assert_eq!(encode(&case).map(|bytes| decode(&bytes)), Some(case));
    }
}

#[test]
fn no_number_is_given_twice() {
    let mut tags: Vec<u8> = WORDS.iter().map(|word| word.tag).collect();
    tags.sort_unstable();
    tags.dedup();
    assert_eq!(tags.len(), WORDS.len());
    assert!(tags.iter().all(|tag| *tag < 64), "a tag has six bits");
}

/// Whoever changes a line here makes every corpus mean something else: only add.
const FROZEN: &[(u8, &str)] = &[
    (0, "a1 open"),
    (1, "a1 close"),
    (2, "a1 pread 4..8"),
    (3, "a1 pread direct 4..8"),
    (4, "a1 pwrite 4..8"),
    (5, "a1 pwrite direct 4..8"),
    (6, "a1 append 2"),
    (7, "a1 append direct 2"),
    (8, "a1 mmap"),
    (9, "a1 mmap 4..8"),
    (10, "a1 mmap private"),
    (11, "a1 mmap private 4..8"),
    (12, "a1 munmap"),
    (13, "a1 mread 4..8"),
    (14, "a1 mwrite 4..8"),
    (15, "a1 msync 4..8"),
    (16, "a1 msync async 4..8"),
    (17, "a1 msync invalidate 4..8"),
    (18, "a1 madvise dontneed 4..8"),
    (19, "a1 fsync"),
    (20, "a1 fdatasync"),
    (21, "a1 ftruncate 2"),
    (22, "a1 fallocate 4..8"),
    (23, "a1 punch 4..8"),
    (24, "a1 zero 4..8"),
    (25, "a1 fadvise dontneed 4..8"),
    (26, "a1 copy 4..8 2"),
    (27, "a1 lock"),
    (28, "a1 unlock"),
    (29, "server pread 4..8"),
    (30, "server pwrite 4..8"),
    (31, "server ftruncate 2"),
    (32, "server notify a 4..8"),
    (33, "server deny a1"),
    (34, "server allow a1"),
    (35, "nature writeback a 4..8"),
    (36, "nature reclaim a 4..8"),
    (37, "nature crash a"),
    (38, "nature fail write EIO 2"),
    (39, "nature fail read EIO 2"),
    (40, "nature short write 2"),
    (41, "nature drop 2"),
    (42, "nature swap 2"),
    (43, "nature fail release 2"),
];

#[test]
fn numbers_mean_what_they_always_meant() {
    for (tag, text) in FROZEN {
        let case = decode(&[0, *tag, 0, 4, 4, 2, 0, 0, 0]);
        assert_eq!(case.to_string(), format!("{text}\n"), "tag {tag}");
        let ask = &case.asks[0];
        assert_eq!(Word::of(ask.who, &ask.call).map(|word| word.tag), Some(*tag));
    }
    assert_eq!(FROZEN.len(), WORDS.len(), "a new word needs a line here");
}

#[test]
fn a_record_is_read_as_it_always_was() {
    let bytes = [9, 4, 2, 1, 3, 0, 34, 1, 0, 102, 8, 0, 0, 3, 0, 0, 0, 63, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(decode(&bytes).to_string(), "file 8\nb1 pwrite 1..4 ~1+1~0+0\nnature fail write ENOSPC 3\n");
}
