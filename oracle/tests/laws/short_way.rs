//! The judge's short way decides what the clocks decide; every trace of these laws is judged by both.

use crate::ideal::falsify::falsify;
use crate::ideal::generate::ideal_trace;
use crate::judge;
use crate::never_accused::{any_contract, seeded};
use crate::rules::forbids;
use launder_oracle::Kind::{Leaked, StaleRead, WrongSize};
use launder_oracle::{Contract, Verdict};

#[test]
fn it_agrees_with_the_clocks_on_true_and_falsified_traces_of_any_contract() {
    let mut random = seeded(9);
    let (mut allowed, mut forbidden) = (0, 0);
    for run in 0..40_000 {
        let contract = match run % 2 {
            0 => any_contract(&mut random),
            _ => Contract::NAMED[run / 2 % Contract::NAMED.len()].1,
        };
        let Some(mut trace) = ideal_trace(&mut random, &contract, 20) else { continue };
        for _ in 0..3 {
            match judge(&contract, &trace) {
                Verdict::Forbidden(_) => forbidden += 1,
                _ => allowed += 1,
            }
            let Some(falsified) = falsify(&mut random, &trace) else { break };
            trace = falsified;
        }
    }
    assert!(allowed > 40_000 && forbidden > 40_000, "{allowed} are allowed, {forbidden} forbidden");
}

#[test]
fn a_load_shows_no_end_of_the_file() {
    let text = "file 5\nb1 mmap = ok\nb1 mread 4..6 = got 0 -";
    forbids(Leaked, &["linux", "fuse"], text);
}

#[test]
fn with_what_an_msync_covers_the_size_is_durable_that_this_made() {
    let text = "file 6\na1 mmap = ok\na1 pwrite 8..12 = ok\na1 pwrite 12..13 = ok\na1 msync 12..16 = ok\n\
                a1 pwrite 0..13 = ok\nnature crash a = ok\nserver pread 9..10 = got -";
    forbids(WrongSize, &["linux"], text);
}

#[test]
fn of_two_writes_a_flush_that_may_undo_the_second_keeps_the_first_that_it_knew() {
    let text = "a1 pwrite 0..1 = ok\na1 close = ok\nb1 open = ok\nb1 pwrite 2..3 = ok\na1 open = ok\n\
                a1 pwrite 0..1 = ok\na2 pread 0..1 = got 0";
    forbids(StaleRead, &["nfs", "fuse"], text);
}
