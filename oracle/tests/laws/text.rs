//! The text forms: what is printed reads back the same, and what is no trace is refused by line and word.

use crate::ideal::generate::ideal_trace;
use crate::never_accused::{any_contract, seeded};
use launder_oracle::{
    Atomic, Call, Contract, Direct, Divergence, FILE_BYTES, Hosts, Loser, Maps, Notify, Open, Trace, Value,
    Who, Words, judge, nearest,
};

#[test]
fn a_trace_that_is_printed_reads_back_the_same() {
    let mut random = seeded(20);
    for _ in 0..5_000 {
        let contract = any_contract(&mut random);
        let Some(trace) = ideal_trace(&mut random, &contract, 24) else { continue };
        assert_eq!(Trace::parse(&trace.to_string()).as_ref(), Ok(&trace), "{trace}");
    }
}

#[test]
fn a_number_that_is_of_no_write_is_read_as_itself_or_as_bytes_that_none_made() {
    for (number, shown) in
        [("7", "7"), ("4294967293", "4294967293"), ("4294967294", "?"), ("4294967295", "?")]
    {
        let text = |got: &str| format!("a1 > pread 0..1\na1 < got {got}\nend quiet\n");
        let trace = Trace::parse(&text(number)).expect(number);
        assert_eq!(trace.to_string(), text(shown));
        let verdict = judge(&Contract::POSIX, &trace);
        assert!(verdict.violations()[0].why.contains(if shown == "?" {
            "bytes that no write made"
        } else {
            shown
        }));
    }
}

#[test]
fn steps_are_kept_and_comments_are_not() {
    let text = "a1 > fsync\n          . a: folio 0 is written back\na1 < ok\nend quiet\n";
    assert_eq!(Trace::parse(text).expect("a trace").to_string(), text);
    let commented = format!("# why\n\n{text}# and that is all\n");
    assert_eq!(Trace::parse(&commented).expect("a trace").to_string(), text);
}

#[test]
fn a_crash_leaves_the_calls_that_it_cuts_without_a_reply() {
    let text =
        "a1 > fsync\nb1 > fsync\nnature > crash a\nnature < ok\na1 > open\na1 < ok\nb1 < ok\nend quiet\n";
    assert_eq!(Trace::parse(text).expect("a trace").to_string(), text);
}

#[test]
fn every_contract_that_is_printed_reads_back_the_same() {
    for &hosts in Hosts::ALL {
        for &open in Open::ALL {
            for &notify in Notify::ALL {
                for &maps in Maps::ALL {
                    for &direct in Direct::ALL {
                        let contract = Contract { hosts, open, notify, maps, direct, ..Contract::STRONGEST };
                        reads_back_on_the_other_axes(contract);
                    }
                }
            }
        }
    }
}

fn reads_back_on_the_other_axes(contract: Contract) {
    for &divergence in Divergence::ALL {
        for &loser in Loser::ALL {
            for &atomic in Atomic::ALL {
                let contract = Contract { divergence, loser, atomic, ..contract };
                assert_eq!(contract.to_string().parse(), Ok(contract), "{contract}");
            }
        }
    }
}

#[test]
fn axes_that_are_left_out_are_at_their_strongest_or_as_the_name_says() {
    let of = |text: &str| text.parse::<Contract>().expect("a contract");
    assert_eq!(of("hosts=coherent"), Contract::STRONGEST);
    assert_eq!(of("maps=msync"), Contract::POSIX);
    assert_eq!(of("nfs,maps=unified,notify=honoured"), Contract::AFS);
}

#[test]
fn what_is_no_contract_is_refused_by_its_word() {
    for (text, word) in [
        ("", "``"),
        ("ntfs", "`ntfs`"),
        ("hosts=fresh", "`fresh`"),
        ("host=cached", "`host`"),
        ("hosts=cached,nfs", "`nfs`"),
        ("hosts=cached,", "``"),
    ] {
        let error = text.parse::<Contract>().expect_err(text).to_string();
        assert!(error.contains(word) && error.lines().count() == 1, "{text}: {error}");
    }
}

#[test]
fn a_point_that_is_none_is_answered_with_those_that_there_are() {
    let error = "hosts=bogus".parse::<Contract>().expect_err("no point").to_string();
    assert_eq!(error, "contract: `bogus`: no point of the axis hosts (coherent cached)");
}

/// Texts that are no traces: the line and the word that are wrong.
const REFUSED: &[(&str, u32, &str)] = &[
    ("", 1, ""),
    ("a1 > fsync\na1 < ok\n", 2, ""),
    ("a1 < ok\nend quiet", 1, "a1"),
    ("a1 > fsync\na1 > close\nend stuck", 2, "a1"),
    ("a1 > fsync\na1 < ok\na1 < ok\nend quiet", 3, "a1"),
    ("a1 > fsync\nend quiet", 2, "quiet"),
    ("end quiet\na1 > fsync", 2, "a1"),
    ("end quiet\nend quiet", 2, "end"),
    ("end", 1, ""),
    ("end well", 1, "well"),
    ("end quiet now", 1, "now"),
    ("a1 > pread 0..2\na1 < got 0\nend quiet", 2, ""),
    ("a1 > pread 0..2\na1 < got 0 0 0\nend quiet", 2, "0"),
    ("a1 > pread 0..1\na1 < got x\nend quiet", 2, "x"),
    ("a1 > pread 0..1\na1 < got -1\nend quiet", 2, "-1"),
    ("a1 > pread 0..1\na1 < got 4294967296\nend quiet", 2, "4294967296"),
    ("a1 > pread 0..1\na1 < ok\nend quiet", 2, "ok"),
    ("a1 > fsync\na1 < got 0\nend quiet", 2, "got"),
    ("a1 > fsync\na1 < wrote 1\nend quiet", 2, "wrote"),
    ("a1 > pwrite 0..2\na1 < wrote 3\nend quiet", 2, "3"),
    ("a1 > pwrite 0..2\na1 < at 3\nend quiet", 2, "at"),
    ("a1 > append 2\na1 < ok\nend quiet", 2, "ok"),
    ("a1 > append 2\na1 < at 4095\nend quiet", 2, "4095"),
    ("a1 > fsync\na1 < EWHAT\nend quiet", 2, "EWHAT"),
    ("a1 > fsync\na1 < SIGBUS\nend quiet", 2, "SIGBUS"),
    ("a1 > fsync\na1 <\nend quiet", 2, ""),
    ("a1 > fsync\na1 < ok ok\nend quiet", 2, "ok"),
    ("a3 > fsync\nend quiet", 1, "a3"),
    ("a1\nend quiet", 1, ""),
    ("a1 = fsync\nend quiet", 1, "="),
    ("a1 >\nend quiet", 1, ""),
    ("a1 > fsink\nend quiet", 1, "fsink"),
    ("a1 > fsync 3\nend quiet", 1, "3"),
    ("a1 > pread\nend quiet", 1, ""),
    ("a1 > pread 4\nend quiet", 1, "4"),
    ("a1 > pread 4..3\nend quiet", 1, "4..3"),
    ("a1 > pread 0..4097\nend quiet", 1, "0..4097"),
    ("a1 > pread 0..4294967296\nend quiet", 1, "0..4294967296"),
    ("a1 > pread ..4\nend quiet", 1, "..4"),
    ("a1 > ftruncate 4097\nend quiet", 1, "4097"),
    ("a1 > ftruncate 99999999999999999999\nend quiet", 1, "99999999999999999999"),
    ("a1 > append -2\nend quiet", 1, "-2"),
    ("a1 > append +2\nend quiet", 1, "+2"),
    ("a1 > copy 0..4 4093\nend quiet", 1, "4093"),
    ("a1 > copy 0..1 4096\nend quiet", 1, "4096"),
    ("a1 > copy 0..2 4\na1 < wrote 3\nend quiet", 2, "3"),
    ("a1 > madvise willneed 0..4\nend quiet", 1, "willneed"),
    ("a1 > notify a 0..4\nend quiet", 1, "notify"),
    ("server > fsync\nend quiet", 1, "fsync"),
    ("server > notify c 0..4\nend quiet", 1, "c"),
    ("server > deny nature\nend quiet", 1, "nature"),
    ("nature > pwrite 0..1\nend quiet", 1, "pwrite"),
    ("nature > fail close EIO 1\nend quiet", 1, "close"),
    ("nature > fail write EWHAT 1\nend quiet", 1, "EWHAT"),
    ("nature > short read 1\nend quiet", 1, "short"),
    ("file 4097\nend quiet", 1, "4097"),
    ("file 4 4\nend quiet", 1, "4"),
    ("file 4\nfile 4\nend quiet", 2, "file"),
    ("a1 > fsync\na1 < ok\nfile 4\nend quiet", 3, "file"),
];

#[test]
fn what_is_no_trace_is_refused_by_its_line_and_word() {
    for &(text, line, word) in REFUSED {
        let error = Trace::parse(text).expect_err(text);
        assert_eq!((error.line, error.word.as_str()), (line, word), "{text:?}: {error}");
        assert!(!error.why.is_empty() && error.to_string().lines().count() == 1, "{error}");
    }
}

#[test]
fn a_text_past_the_limit_is_refused() {
    let text = format!("{}end quiet\n", "#\n".repeat(FILE_BYTES / 2));
    assert!(Trace::parse(&text).is_err());
    assert!(Trace::parse(&text[text.len() - FILE_BYTES..]).is_ok());
}

#[test]
fn what_reaches_the_limit_is_within_it() {
    for text in [
        "file 4096\n",
        "a1 > pread 0..4096\na1 < EIO\n",
        "a1 > copy 0..4 4092\na1 < ok\n",
        "a1 > copy 0..2 2049\na1 < wrote 1\n",
        "a1 > pwrite 0..2\na1 < wrote 2\n",
        "a1 > append 2\na1 < at 4094\n",
        "a1 > append 2\na1 < at 2049\n",
    ] {
        let whole = format!("{text}end quiet\n");
        assert_eq!(Trace::parse(&whole).expect(text).to_string(), whole);
    }
}

#[test]
fn a_call_reaches_as_far_as_it_names_cells() {
    let reach = |call: &str| Words::of(1, call).call(Who::A1).expect(call).reach();
    assert_eq!(reach("ftruncate 9"), 9);
    assert_eq!(reach("copy 0..4 8"), 12);
    assert_eq!(reach("fsync"), 0);
    assert!(matches!(Words::of(1, "mmap ~1+2").call(Who::A1), Ok(Call::Mmap { range: None, .. })));
}

#[test]
fn a_value_is_told_as_it_is_read() {
    assert_eq!(format!("{:?}", [Value::of(3), Value::END]), "[3, -]");
}

#[test]
fn an_error_says_what_must_follow_or_was_meant() {
    let why = |who: Who, call: &str| Words::of(1, call).call(who).expect_err(call).why;
    assert_eq!(why(Who::Nature, "short read 1"), "must be `short write N`");
    assert_eq!(why(Who::Server, "fsync"), "no call that server makes, but a process does");
    assert_eq!(why(Who::A1, "fsnyc"), "no call that a1 makes; did you mean `fsync`?");
    let error = |text: &str| text.parse::<Contract>().expect_err(text).to_string();
    assert!(error("ntfs").ends_with("; did you mean `nfs`?"));
    assert!(error("hosts=cached,ntfs").ends_with(" and no axis=point"));
}

#[test]
fn a_word_is_near_if_a_third_of_its_letters_is_wrong_missing_too_many_or_swapped() {
    for (word, meant) in [
        ("fsync", Some("fsync")),
        ("fsyn", Some("fsync")),
        ("sync", Some("fsync")),
        ("fssync", Some("fsync")),
        ("fsymc", Some("fsync")),
        ("sfync", Some("fsync")),
        ("fsycn", Some("fsync")),
        ("fsny", None),
        ("fdatsaync", Some("fdatasync")),
        ("fdtasnyc", Some("fdatasync")),
        ("fdatafoo", None),
        ("bc", Some("b")),
        ("x", None),
        ("", None),
    ] {
        assert_eq!(nearest(word, ["fsync", "fdatasync", "b"]), meant.filter(|_| word != "bc"), "{word}");
    }
}

#[test]
fn a_contract_implies_what_is_nowhere_stronger() {
    let strongest = Contract::STRONGEST;
    let weaker = [
        Contract { hosts: Hosts::Cached, ..strongest },
        Contract { open: Open::Cached, ..strongest },
        Contract { notify: Notify::Ignored, ..strongest },
        Contract { maps: Maps::Msync, ..strongest },
        Contract { direct: Direct::Ordered, ..strongest },
        Contract { divergence: Divergence::Folio, ..strongest },
        Contract { loser: Loser::Reported, ..strongest },
        Contract { atomic: Atomic::Folio, ..strongest },
    ];
    for one in &weaker {
        for other in weaker.iter().chain([&strongest]) {
            assert_eq!(one.implies(other), one == other, "{one} {other}");
            assert!(strongest.implies(other), "{other}");
        }
    }
}
