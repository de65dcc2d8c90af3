//! Cases, put to a mount, and what was said.

use launder_impls::sim::Holds;
use launder_impls::{Case, Ground, Run, Sim, Subject, run};
use launder_oracle::{Trace, What};

/// What the subject stands on; nothing, and one line that says why, where this machine lacks it.
pub fn ground<S: Subject>() -> Option<S::Ground> {
    match S::Ground::prepare(&[]) {
        Ok(ground) => Some(ground),
        Err(why) => {
            println!("skipped: {why}");
            None
        }
    }
}

/// Puts a case.
pub fn put<S: Subject>(ground: &S::Ground, case: &str) -> Run {
    let sim = Sim::new();
    sim.record_steps(true);
    run::<S>(&sim, ground, &Case::parse(case).unwrap(), &mut Holds)
}

/// Puts a case that is carried out.
pub fn trace<S: Subject>(ground: &S::Ground, case: &str) -> Trace {
    match put::<S>(ground, case) {
        Run::Trace(trace) => trace,
        run => panic!("{case} is not put: {run:?}"),
    }
}

/// Puts the asks of a script, and compares what is said, and the requests in between, with the script. Lines that begin
/// with `<` are replies, and with `.` requests of the server's log; others are asks.
pub fn says<S: Subject>(ground: &S::Ground, script: &str) {
    let lines: Vec<&str> = script.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let asks: Vec<&str> =
        lines.iter().copied().filter(|line| !line.contains(" < ") && !line.starts_with('.')).collect();
    let trace = trace::<S>(ground, &asks.join("\n"));
    let mut heard = Vec::new();
    for event in &trace.events {
        heard.push(match &event.what {
            What::Call(who, call) => format!("{who} {call}"),
            What::Reply(who, reply) => format!("{who} < {reply}"),
            What::Step(text) => format!(". {}", text.trim_start_matches("server: ")),
        });
    }
    let wanted: Vec<String> = lines.iter().map(|line| line.split(" ~").next().unwrap().to_owned()).collect();
    heard.truncate(wanted.len());
    assert_eq!(wanted.join("\n"), heard.join("\n"), "\n{trace}");
}
