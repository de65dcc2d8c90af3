//! Hand-written traces, one a rule: what the contract forbids, and what it allows just beside it.
//!
//! `a1 fsync = ok` stands for a call that returns before anything else happens; `end quiet` may be left out. A contract
//! is named, or stands as the axes that are not at their strongest.

mod atomic;
mod crash;
mod direct;
mod excuse;
mod failed;
mod hosts;
mod kinds;
mod maps;
mod sizes;
mod third_party;

use crate::ideal::search::{Found, search};
use crate::judge;
use launder_oracle::{Contract, Kind, Trace, Verdict};

/// The trace that a shortened text stands for.
fn trace(text: &str) -> Trace {
    let mut whole = String::new();
    for line in text.lines() {
        match line.split_once(" = ") {
            Some((ask, reply)) => {
                let (who, call) = ask.trim().split_once(' ').expect("who asks, and what");
                whole += &format!("{who} > {call}\n{who} < {reply}\n");
            }
            None => whole += &format!("{line}\n"),
        }
    }
    if !whole.contains("\nend ") {
        whole += "end quiet\n";
    }
    Trace::parse(&whole).unwrap_or_else(|error| panic!("{error}\n{whole}"))
}

/// Both the judge and the ideal cache of each of these contracts allow this.
pub fn allows(contracts: &[&str], text: &str) {
    let trace = trace(text);
    for name in contracts {
        let contract: Contract = name.parse().expect("a contract");
        assert_eq!(search(&contract, &trace).0, Found::Run, "the ideal cache of {name} cannot say\n{trace}");
        let verdict = judge(&contract, &trace);
        assert_eq!(verdict, Verdict::Allowed, "the judge, under {name}, of\n{trace}");
    }
}

/// The judge finds this kind of violation under each of these contracts, and their ideal caches cannot say this.
pub fn forbids(kind: Kind, contracts: &[&str], text: &str) {
    let trace = trace(text);
    for name in contracts {
        let contract: Contract = name.parse().expect("a contract");
        assert_eq!(search(&contract, &trace).0, Found::Nothing, "the ideal cache of {name} can say\n{trace}");
        let verdict = judge(&contract, &trace);
        let found = verdict.violations().iter().any(|violation| violation.kind == kind);
        assert!(found, "no {kind} under {name} in\n{trace}\n{verdict:#?}");
    }
}

#[test]
fn a_call_that_is_never_answered_is_no_violation() {
    let stuck = trace("a1 > pwrite 0..1\nend stuck");
    let endless = trace("a1 > pwrite 0..1\nend endless");
    assert_eq!(judge(&Contract::POSIX, &stuck).name(), "unanswered");
    assert_eq!(judge(&Contract::POSIX, &endless).name(), "unanswered");
}

#[test]
fn a_violation_counts_for_more_than_an_unanswered_call() {
    forbids(Kind::StaleRead, &["posix"], "a1 pwrite 0..1 = ok\na2 pread 0..1 = got 0\nb1 > fsync\nend stuck");
}
