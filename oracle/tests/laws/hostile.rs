//! Hostile texts: each gives a verdict or one error, soon, and never a panic.

use crate::ideal::generate::ideal_trace;
use crate::never_accused::{any_contract, seeded};
use launder_oracle::{Contract, FILE_BYTES, Trace, Verdict, judge};
use rand::{Rng, RngExt};
use std::fmt::Write;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// How long it may take to read and judge a text of the largest size, in time of the processor, where memory is as fast as
/// [`REACH`] says.
const SOON: Duration = Duration::from_secs(10);

/// Contracts under which different rules have the most to do.
const CONTRACTS: [&str; 3] = [
    "nfs",
    "divergence=file,loser=reported,direct=ordered",
    "hosts=cached,maps=msync,divergence=file,loser=local,atomic=folio",
];

/// Reads and judges a text, whatever it is.
fn take(contract: &Contract, text: &str) -> Option<Verdict> {
    Trace::parse(text).ok().map(|trace| judge(contract, &trace))
}

#[test]
fn random_bytes_are_refused_in_one_line() {
    let mut random = seeded(30);
    for _ in 0..20_000 {
        let length = random.random_range(0..200);
        let bytes: Vec<u8> = (0..length).map(|_| random.random()).collect();
        if let Err(error) = Trace::parse(&String::from_utf8_lossy(&bytes)) {
            assert_eq!(error.to_string().lines().count(), 1, "{error:?}");
        }
    }
}

const WORDS: &str = "a1 a2 b1 server nature > < got ok EIO SIGBUS end quiet stuck file 0 1 2 4096 - ? 0..4 0..0 3..9 \
                     4095..4096 pread pwrite direct append at wrote mmap private munmap mread mwrite msync async fsync \
                     close open ftruncate punch zero fallocate copy lock unlock notify a b deny crash fail write . #";

#[test]
fn mutated_traces_give_a_verdict_or_an_error() {
    let mut random = seeded(31);
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut judged = 0;
    for _ in 0..20_000 {
        let contract = any_contract(&mut random);
        let Some(trace) = ideal_trace(&mut random, &contract, 24) else { continue };
        let mut lines: Vec<String> = trace.to_string().lines().map(String::from).collect();
        for _ in 0..random.random_range(1..3) {
            mutate(&mut random, &mut lines, &words);
        }
        judged += usize::from(take(&contract, &lines.join("\n")).is_some());
    }
    assert!(judged > 1_000, "only {judged} of 20000 mutants were traces");
}

fn mutate(random: &mut impl Rng, lines: &mut Vec<String>, words: &[&str]) {
    let (one, other) = (random.random_range(0..lines.len()), random.random_range(0..lines.len()));
    match random.random_range(0..12) {
        0 => {
            let after_next = (one + 2) % lines.len();
            lines.swap(one, after_next);
        }
        1 => lines.insert(one, lines[other].clone()),
        2 if lines.len() > 1 => drop(lines.remove(one)),
        _ => {
            let mut line: Vec<&str> = lines[one].split(' ').collect();
            let place = random.random_range(0..line.len());
            let alike: Vec<&str> =
                words.iter().copied().filter(|word| kind(word) == kind(line[place])).collect();
            let from = if random.random_ratio(1, 8) { words } else { &alike };
            line[place] = from.get(random.random_range(0..from.len().max(1))).unwrap_or(&"0");
            lines[one] = line.join(" ");
        }
    }
}

/// What a word is, roughly: a range, a value, an error, an end, or one of a kind.
fn kind(word: &str) -> &str {
    match word {
        _ if word.contains("..") => "..",
        "-" | "?" => "0",
        "EIO" | "ok" => "EIO",
        _ if word.bytes().all(|byte| byte.is_ascii_digit()) => "0",
        _ => word,
    }
}

/// How long this thread has run so far: what else the machine does is not the judge's fault.
fn worked() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split(' ').next().and_then(|word| word.parse().ok());
    nanoseconds.map_or_else(|| BEGINNING.with(Instant::elapsed), Duration::from_nanos)
}

thread_local! {
    static BEGINNING: Instant = Instant::now();
}

/// Judges, under each contract, what `write` writes again and again, up to the limit.
fn is_judged_soon(first: &str, mut write: impl FnMut(&mut String, u32)) {
    let mut text = first.to_string();
    for round in 0.. {
        let length = text.len();
        write(&mut text, round);
        if text.len() > FILE_BYTES - 64 {
            text.truncate(length);
            break;
        }
    }
    text += "end stuck\n";
    for name in CONTRACTS {
        let contract = name.parse().expect("a contract");
        let start = worked();
        let verdict = take(&contract, &text).expect("a trace");
        let took = worked() - start;
        println!("{took:>8.1?} {:>10} {name}", verdict.name());
        assert!(took < soon(), "{took:?} under {name}, where {:?} is soon", soon());
    }
}

/// What is soon on this machine: what these traces take is mostly memory that the caches do not hold, and where that is slow,
/// as in a guest whose page tables are shadowed, so is all that is bounded.
fn soon() -> Duration {
    static SLOWER: OnceLock<f64> = OnceLock::new();
    SOON.mul_f64(*SLOWER.get_or_init(|| (reach_of_memory().as_secs_f64() / REACH.as_secs_f64()).max(1.0)))
}

/// A load from memory where [`SOON`] was set.
const REACH: Duration = Duration::from_nanos(100);

/// How long a load takes of which nobody could have known the address, from 256 MiB.
fn reach_of_memory() -> Duration {
    const LOADS: u32 = 1 << 20;
    let cells: Vec<u64> = (0..1 << 25).collect();
    let start = worked();
    let last = (0..LOADS).fold(1, |at: u64, _| {
        let next = cells[(at >> 32) as usize % cells.len()] ^ at;
        next.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407)
    });
    std::hint::black_box(last);
    (worked() - start) / LOADS
}

/// A call that is answered at once.
fn said(text: &mut String, who: &str, call: &str, reply: &str) {
    let _ = write!(text, "{who} > {call}\n{who} < {reply}\n");
}

#[test]
fn small_writes_without_end_are_judged_soon() {
    is_judged_soon("", |text, _| said(text, "a1", "pwrite 0..1", "ok"));
}

#[test]
fn large_writes_and_syncs_without_end_are_judged_soon() {
    is_judged_soon("file 4096\n", |text, round| match round % 2 {
        0 => said(text, "a1", "pwrite 0..4096", "ok"),
        _ => said(text, "a1", "fsync", "ok"),
    });
}

#[test]
fn syncs_without_end_are_judged_soon() {
    is_judged_soon("file 4096\n", |text, round| {
        said(text, ["a1", "a2", "b1"][round as usize % 3], "fsync", "ok")
    });
}

#[test]
fn hosts_that_never_sync_are_judged_soon() {
    is_judged_soon("a1 > pwrite 0..4\nb1 > pwrite 0..4\n", |text, round| {
        let who = ["a1", "b1"][round as usize % 2];
        let _ = write!(text, "{who} < ok\n{who} > pwrite 0..4\n");
        if round % 64 == 0 {
            said(text, "a2", "pread 0..1", &format!("got {}", round + 1));
            said(text, "server", "pwrite 0..4", "ok");
        }
    });
}

#[test]
fn hosts_that_write_whole_files_and_never_sync_are_judged_soon() {
    is_judged_soon("file 4096\n", |text, round| {
        said(text, ["a1", "b1", "server"][round as usize % 3], "pwrite 0..4096", "ok");
    });
}

#[test]
fn failed_writes_without_end_are_judged_soon() {
    is_judged_soon("nature > fail write EIO 1\nnature < ok\n", |text, round| {
        said(text, ["a1", "b1"][round as usize % 2], "pwrite 0..4", "EIO");
        if round % 16 == 0 {
            said(text, "a2", "pread 0..1", "got 1");
        }
    });
}

#[test]
fn reported_errors_without_end_are_judged_soon() {
    is_judged_soon("nature > fail write EIO 1\nnature < ok\n", |text, round| match round % 3 {
        0 => said(text, "a1", "pwrite 0..1", "ok"),
        1 => said(text, "a2", "fsync", "EIO"),
        _ => said(text, "a1", "pread 0..1", "got 0"),
    });
}

#[test]
fn crashes_without_end_are_judged_soon() {
    is_judged_soon("", |text, round| match round % 3 {
        0 => said(text, "a1", "pwrite 0..4", "ok"),
        1 => said(text, "nature", "crash a", "ok"),
        _ => said(text, "b1", "pread 0..1", "got 0"),
    });
}

#[test]
fn large_reads_without_end_are_judged_soon() {
    let zeroes = " 0".repeat(4096);
    is_judged_soon("file 4096\n", |text, round| match round % 4 {
        0 => said(text, "b1", "zero 0..4096", "ok"),
        1 => said(text, "server", "pwrite 0..4096", "ok"),
        _ => said(text, ["a1", "b1"][round as usize % 2], "pread 0..4096", &format!("got{zeroes}")),
    });
}

#[test]
fn reads_of_as_many_writes_as_cells_are_judged_soon() {
    let mut first = String::from("file 4096\n");
    (0..4096).for_each(|_| said(&mut first, "a1", "pwrite 0..4096", "ok"));
    let values: String = (1..=4096).fold(String::new(), |values, number| values + &format!(" {number}"));
    is_judged_soon(&first, |text, _| said(text, "b1", "pread 0..4096", &format!("got{values}")));
}

#[test]
fn zeroes_of_many_sources_are_judged_soon() {
    is_judged_soon("", |text, round| match round % 6 {
        0 => said(text, "a1", "punch 0..16", "ok"),
        1 => said(text, "b1", "zero 0..16", "ok"),
        2 => said(text, "server", "ftruncate 0", "ok"),
        3 => said(text, "a2", "fallocate 0..16", "ok"),
        4 => said(text, "server", "ftruncate 16", "ok"),
        _ => said(text, "a1", "pread 0..4", "got 0 0 0 0"),
    });
}

#[test]
fn copies_of_copies_are_judged_soon() {
    is_judged_soon("file 4096\na1 > pwrite 0..4096\na1 < ok\n", |text, round| match round % 3 {
        0 => said(text, "a1", "copy 0..2048 2048", "ok"),
        1 => said(text, "b1", "copy 2048..4096 0", "ok"),
        _ => said(text, "a2", "pread 0..1", "got 1"),
    });
}

#[test]
fn wrong_reads_without_end_are_judged_soon() {
    let first = "a1 > pwrite 0..1\na1 < ok\na1 > pwrite 0..1\na1 < ok\n";
    is_judged_soon(first, |text, round| match round % 3 {
        0 => said(text, "a1", "pread 0..1", "got 9"),
        1 => said(text, "a1", "pread 16..17", "got 0"),
        _ => said(text, "a1", "pread 0..1", "got 1"),
    });
}

#[test]
fn appends_and_truncates_are_judged_soon() {
    is_judged_soon("file 0\n", |text, round| match round % 4096 {
        4095 => said(text, "server", "ftruncate 0", "ok"),
        cell => said(text, ["a1", "a2", "b1"][round as usize % 3], "append 1", &format!("at {cell}")),
    });
}

#[test]
fn stores_past_the_end_are_judged_soon() {
    is_judged_soon("file 1\na1 > mmap\na1 < ok\nb1 > mmap\nb1 < ok\n", |text, round| match round % 4 {
        0 => said(text, "a1", "mwrite 0..4", "ok"),
        1 => said(text, "b1", "mwrite 0..4", "ok"),
        2 => said(text, "server", &format!("ftruncate {}", 1 + round / 4 % 3), "ok"),
        _ => said(text, "b1", "mread 1..3", "got 1 2"),
    });
}

#[test]
fn direct_and_cached_writes_at_once_are_judged_soon() {
    is_judged_soon("file 4096\na1 > pwrite 0..4096\na2 > pwrite direct 0..4096\n", |text, round| {
        let (who, call) = [("a1", "pwrite 0..4096"), ("a2", "pwrite direct 0..4096")][round as usize % 2];
        let _ = write!(text, "{who} < ok\n{who} > {call}\n");
    });
}

#[test]
fn writes_of_every_cell_one_by_one_are_judged_soon() {
    is_judged_soon("file 4096\n", |text, round| {
        let cell = round * 7 % 4096;
        said(text, ["a1", "b1"][round as usize % 2], &format!("pwrite {cell}..{}", cell + 1), "ok");
        if round % 4096 == 4095 {
            said(text, "server", "notify a 0..4096", "ok");
        }
    });
}
