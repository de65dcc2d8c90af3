//! The random cases of a seed, as `launder fuzz path --seed` puts them: how many calls each makes, with those that settle it, and
//! its verdict, a line each, until there have been so many calls. `.ci/against_fsx` counts by it.
//!
//! ```text
//! calls SEED CONTRACT CALLS DIRECTORY…
//! ```

use launder_fuzz::{Outcome, Planted, Trial};
use launder_oracle::{Verdict, What};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    put(&words).map_or_else(
        |why| {
            eprintln!("calls: {why}");
            ExitCode::from(2)
        },
        |()| ExitCode::SUCCESS,
    )
}

fn put(words: &[String]) -> Result<(), String> {
    let [seed, contract, most, at @ ..] = words else {
        return Err("calls SEED CONTRACT CALLS DIRECTORY…".into());
    };
    let number = |word: &String| word.parse::<u64>().map_err(|error| format!("{word}: {error}"));
    let contract = contract.parse().map_err(|error| format!("{contract}: {error}"))?;
    let at: Vec<PathBuf> = at.iter().map(PathBuf::from).collect();
    let path: Planted = "path".parse().expect("it is a subject");
    let trial = Trial::open(path, &at, Some(contract))?;
    let (random, most) = (trial.random(number(seed)?), number(most)?);
    let (mut case, mut calls) = (0, 0);
    while calls < most {
        let (made, verdict) = match trial.of(&random.case(case)) {
            Outcome::Judged(trace, verdict) => {
                let is_call = |what: &What| matches!(what, What::Call(..));
                let made = trace.events.iter().filter(|event| is_call(&event.what)).count() as u64;
                (made, if verdict == Verdict::Allowed { "allowed" } else { "accused" })
            }
            Outcome::Skipped(_) => (0, "skipped"),
        };
        println!("{made} {verdict}");
        (case, calls) = (case + 1, calls + made);
    }
    Ok(())
}
