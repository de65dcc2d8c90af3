//! Of the 24 sets of options that a mount of FUSE can have, each is a subject, or answers as one does.
#![cfg(all(target_os = "linux", feature = "kernel"))]

use launder_fuzz::{Outcome, Planted, Random, Trial, Twins, compare};
use launder_impls::kernel::{FuseSet, Inval, KernelFuse, Options};
use launder_impls::{Case, Known, cards};
use launder_oracle::{Call, What};
use std::collections::BTreeMap;

/// Random cases that are put to each set that is no subject, and to what stands for it, unless the environment names another number.
const CASES: u64 = 200;

macro_rules! sets {
    ($($set:ident: $subject:literal, $($option:ident = $value:expr),*;)*) => {
        $(
            struct $set;

            /// Nothing is known of it, so that nothing is set aside.
            impl FuseSet for $set {
                const NAME: &'static str = stringify!($set);
                const SOURCE: &'static str = "include/uapi/linux/fuse.h";
                const KNOWN: &'static [&'static [Known]] = &[];
                #[allow(clippy::needless_update)] // of a set that names all
                const OPTIONS: Options = Options { $($option: $value,)* ..Options::PLAIN };
            }
        )*

        /// Each set, and the subject that it is, or whose answers it gives.
        fn sets() -> Vec<(Planted, &'static str)> {
            vec![$((Planted::of::<KernelFuse<$set>>(), $subject)),*]
        }
    };
}

// The first of each subject is its own.
sets! {
    Plain: "kernel-fuse", inval = Inval::Size;
    Keep: "kernel-fuse-keep-cache", keep_cache = true;
    Auto: "kernel-fuse-auto-inval", inval = Inval::Auto;
    AutoKeep: "kernel-fuse-auto-inval-keep-cache", inval = Inval::Auto, keep_cache = true;
    Explicit: "kernel-fuse-explicit-inval", inval = Inval::Explicit;
    ExplicitKeep: "kernel-fuse-explicit-inval-keep-cache", inval = Inval::Explicit, keep_cache = true;
    Back: "kernel-fuse-writeback", writeback_cache = true;
    BackAuto: "kernel-fuse-writeback", writeback_cache = true, inval = Inval::Auto;
    BackExplicit: "kernel-fuse-writeback", writeback_cache = true, inval = Inval::Explicit;
    BackKeep: "kernel-fuse-writeback-keep-cache", writeback_cache = true, keep_cache = true;
    BackAutoKeep: "kernel-fuse-writeback-keep-cache", writeback_cache = true, inval = Inval::Auto, keep_cache = true;
    BackExplicitKeep: "kernel-fuse-writeback-keep-cache",
        writeback_cache = true, inval = Inval::Explicit, keep_cache = true;
    Direct: "kernel-fuse-direct-io", direct_io = true;
    DirectAuto: "kernel-fuse-direct-io", direct_io = true, inval = Inval::Auto;
    DirectExplicit: "kernel-fuse-direct-io", direct_io = true, inval = Inval::Explicit;
    DirectKeep: "kernel-fuse-direct-io-keep-cache", direct_io = true, keep_cache = true;
    DirectExplicitKeep: "kernel-fuse-direct-io-keep-cache", direct_io = true, inval = Inval::Explicit, keep_cache = true;
    DirectAutoKeep: "kernel-fuse-direct-io-auto-inval-keep-cache", direct_io = true, inval = Inval::Auto, keep_cache = true;
    BackDirect: "kernel-fuse-writeback-direct-io", writeback_cache = true, direct_io = true;
    BackDirectAuto: "kernel-fuse-writeback-direct-io", writeback_cache = true, direct_io = true, inval = Inval::Auto;
    BackDirectExplicit: "kernel-fuse-writeback-direct-io",
        writeback_cache = true, direct_io = true, inval = Inval::Explicit;
    BackDirectKeep: "kernel-fuse-writeback-direct-io-keep-cache",
        writeback_cache = true, direct_io = true, keep_cache = true;
    BackDirectAutoKeep: "kernel-fuse-writeback-direct-io-keep-cache",
        writeback_cache = true, direct_io = true, inval = Inval::Auto, keep_cache = true;
    BackDirectExplicitKeep: "kernel-fuse-writeback-direct-io-keep-cache",
        writeback_cache = true, direct_io = true, inval = Inval::Explicit, keep_cache = true;
}

/// A set that is ready; nothing, and a line that says why, where this machine cannot mount it.
fn open(planted: Planted) -> Option<Trial> {
    Trial::open(planted, &[], None).map_err(|why| println!("skipped: {why}")).ok()
}

/// Cases without holds that take no request before another.
fn cases(trial: &Trial) -> impl Iterator<Item = Case> {
    let random = Random::new(5, |call| trial.knows(call) && !matches!(call, Call::Swap(_)));
    (0..told()).map(move |number| random.case(number).without_holds())
}

fn told() -> u64 {
    std::env::var("LAUNDER_TWIN_CASES").map_or(CASES, |number| number.parse().expect("a number"))
}

#[test]
fn every_set_is_a_subject_or_answers_as_one_does() {
    for (planted, subject) in sets() {
        let stands_for = sets().into_iter().find(|(_, it)| *it == subject).expect("it is there").0;
        if planted.card.name == stands_for.card.name {
            continue;
        }
        let (Some(set), Some(other)) = (open(planted), open(stands_for)) else { return };
        for case in cases(&set) {
            let apart = || match compare(&other, &set, &case) {
                Twins::Apart(difference) => Some(difference),
                Twins::Alike | Twins::Aside(_) => None,
            };
            // A kernel writes back of its own accord, too.
            assert!(apart().is_none() || apart().is_none(), "{subject}: {:?}\n{case}", apart());
        }
    }
}

/// What each option changes: pages outlive an open; attributes are asked for before a read; pages outlive another size; and the size is
/// the kernel's.
const DIFFERENT: [&str; 7] = [
    "a1 pread 0..1\na1 close\na1 open\nb1 pwrite 0..1\na1 pread 0..1",
    "server ftruncate 0\nserver deny a1\na1 pread 0..1",
    "a1 mmap\na1 close\na1 mwrite 0..1\na1 open\nserver deny a1",
    "server ftruncate 0\na1 pwrite 8..12\na1 pread 16..17\nb1 pwrite 8..9\na1 pread 8..9",
    "a1 mmap\na1 mwrite 0..1\na2 mmap\nnature fail write EIO 1",
    "a1 mmap\na1 mread 0..1\na1 close\na2 punch 0..1\na1 open\nnature drop 1\na1 mwrite 0..1",
    "a1 mmap\nserver ftruncate 0\na1 mwrite 0..1",
];

/// What a set answers to these.
fn answers(set: &Trial) -> Vec<String> {
    let replies = |text: &str| match set.of(&Case::parse(text).expect("a case")) {
        Outcome::Judged(trace, _) => {
            let replies = trace.events.iter().filter_map(|event| match &event.what {
                What::Reply(who, reply) => Some(format!("{who} {reply}\n")),
                _ => None,
            });
            replies.collect()
        }
        Outcome::Skipped(why) => panic!("{why}"),
    };
    DIFFERENT.map(replies).to_vec()
}

#[test]
fn no_two_subjects_answer_alike() {
    let mut said: BTreeMap<Vec<String>, &str> = BTreeMap::new();
    for (planted, subject) in sets() {
        let Some(set) = open(planted) else { return };
        if let Some(other) = said.insert(answers(&set), subject) {
            assert_eq!(other, subject, "they answer alike");
        }
    }
}

#[test]
fn each_subject_has_its_set() {
    let real = cards().map(|card| card.name).filter(|name| name.starts_with("kernel-fuse"));
    let mut real: Vec<_> = real.collect();
    let mut named: Vec<_> = sets().into_iter().map(|(_, subject)| subject).collect();
    real.sort_unstable();
    named.sort_unstable();
    named.dedup();
    assert_eq!(named, real);
}
