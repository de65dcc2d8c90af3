//! Puts one thing to launder, or to a peer that is a library, for a while; prints how many a second. `.ci/peers` calls it in turns.

mod dealt;
mod in_shuttle;
mod on_disk;
mod row;

use std::process::exit;
use std::time::{Duration, Instant};

const USAGE: &str = "peers row|shuttle run|judged SECONDS\npeers path DIRECTORY CALLS-OF-A-CASE CALLS";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["row", how, seconds] => println!("{:.0}", per_second(seconds, row::batch(judged(how)))),
        ["shuttle", how, seconds] => println!("{:.0}", per_second(seconds, in_shuttle::batch(judged(how)))),
        ["path", directory, of_a_case, calls] => on_disk::put(directory, number(of_a_case), number(calls)),
        _ => usage(),
    }
}

fn usage() -> ! {
    eprintln!("{USAGE}");
    exit(2)
}

fn number(word: &str) -> usize {
    word.parse().unwrap_or_else(|_| usage())
}

fn judged(how: &str) -> bool {
    match how {
        "run" => false,
        "judged" => true,
        _ => usage(),
    }
}

/// How many a second, where a batch says how many it was; the first is to warm up.
fn per_second(seconds: &str, mut batch: impl FnMut() -> usize) -> f64 {
    let time = Duration::from_secs(number(seconds) as u64);
    batch();
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < time {
        count += batch();
    }
    count as f64 / start.elapsed().as_secs_f64()
}
