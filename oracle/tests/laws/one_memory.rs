//! What a single memory says, in which every call is carried out at once, every contract allows, however long it goes on.

use crate::judge;
use crate::never_accused::{any_contract, seeded};
use launder_oracle::{Contract, Trace, Verdict};
use rand::{Rng, RngExt};
use std::fmt::Write;

/// Cells of the file that the memory keeps.
const CELLS: usize = 16;

/// A memory without a cache, and what it has said.
struct Memory {
    contents: Vec<u32>,
    writes: u32,
    text: String,
}

impl Memory {
    fn new() -> Memory {
        Memory { contents: vec![0; CELLS], writes: 0, text: String::new() }
    }

    fn say(&mut self, who: &str, call: &str, reply: &str) {
        let _ = write!(self.text, "{who} > {call}\n{who} < {reply}\n");
    }

    fn read(&self, start: usize, end: usize) -> String {
        let value = |cell: usize| match self.contents.get(cell) {
            Some(value) => format!(" {value}"),
            None => " -".into(),
        };
        (start..end).map(value).fold(String::from("got"), |got, value| got + &value)
    }

    fn write(&mut self, start: usize, end: usize) {
        self.writes += 1;
        self.contents.resize(self.contents.len().max(end), 0);
        self.contents[start..end].fill(self.writes);
    }

    /// Somebody asks for something.
    fn go_on(&mut self, random: &mut impl Rng) {
        let who = ["a1", "a2", "b1", "server"][random.random_range(0..4)];
        let start = random.random_range(0..CELLS);
        let end = random.random_range(start..CELLS) + 1;
        match (random.random_range(0..10), who) {
            (0..4, _) => {
                let got = self.read(start, end);
                self.say(who, &format!("pread {start}..{end}"), &got);
            }
            (4..7, _) => {
                self.write(start, end);
                self.say(who, &format!("pwrite {start}..{end}"), "ok");
            }
            (7, _) => {
                self.contents.resize(end, 0);
                self.say(who, &format!("ftruncate {end}"), "ok");
            }
            (_, "server") => self.say(who, &format!("notify a {start}..{end}"), "ok"),
            (8, _) => self.say(who, "fsync", "ok"),
            _ => {
                let at = self.contents.len();
                if at < CELLS {
                    self.write(at, at + 1);
                    self.say(who, "append 1", &format!("at {at}"));
                }
            }
        }
    }
}

/// A trace of so many calls to one memory.
fn trace(random: &mut impl Rng, calls: usize) -> Trace {
    let mut memory = Memory::new();
    (0..calls).for_each(|_| memory.go_on(random));
    Trace::parse(&format!("{}end quiet\n", memory.text)).expect("a trace")
}

#[test]
fn every_contract_allows_what_one_memory_says() {
    let mut random = seeded(40);
    for _ in 0..2_000 {
        let contract = any_contract(&mut random);
        let trace = trace(&mut random, 60);
        assert_eq!(judge(&contract, &trace), Verdict::Allowed, "{contract}\n{trace}");
    }
}

#[test]
fn a_thousand_calls_are_no_burden() {
    let mut random = seeded(41);
    let named = Contract::NAMED.map(|(_, contract)| contract);
    let any: Vec<Contract> = (0..20).map(|_| any_contract(&mut random)).collect();
    for contract in named.into_iter().chain(any) {
        let trace = trace(&mut random, 1_000);
        assert_eq!(judge(&contract, &trace), Verdict::Allowed, "{contract}");
    }
}

#[test]
fn a_trace_of_more_lines_than_a_small_clock_counts_is_judged_as_any_other() {
    let first =
        "a1 > fsync\na1 < ok\n".repeat(1 << 14) + "a1 > pwrite 0..1\na1 < ok\na2 > pread 0..1\na2 < got";
    for (got, name) in [(0, "forbidden"), (1, "allowed")] {
        let trace = Trace::parse(&format!("{first} {got}\nend quiet\n")).expect("a trace");
        assert_eq!(judge(&Contract::LINUX, &trace).name(), name, "{got}");
    }
}
