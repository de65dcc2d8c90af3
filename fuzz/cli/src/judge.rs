//! `launder judge`: traces that anybody recorded, held against a contract.

use crate::answer::{Status, print, print_json, refuse};
use crate::args;
use crate::entry::{Entry, Runs, UNKNOWN, is_full};
use crate::input::read_trace;
use crate::look::look;
use crate::run::status_of;
use launder_fuzz::Timeline;
use launder_impls::Watched;
use launder_oracle::{Trace, VIOLATIONS, Verdict, judge as judge_trace};

pub fn judge(job: &args::Judge) -> Result<Status, String> {
    let mut status = Status::Kept;
    let mut runs = Vec::new();
    for path in &job.traces {
        let shown = path.display().to_string();
        let contract = Some(job.contract.to_string());
        let entry = Entry { trace: Some(shown.clone()), contract, ..Entry::default() };
        match read_trace(path) {
            Ok(trace) => {
                let verdict = judge_trace(&job.contract.contract, &trace);
                status = status.max(status_of(&verdict));
                if !job.json {
                    print(&show(&shown, &trace, &verdict))?;
                }
                runs.push(entry.judged(&verdict));
            }
            Err(why) => {
                status = Status::Bad;
                if !job.json {
                    refuse(&why);
                }
                runs.push(entry.error(why));
            }
        }
    }
    if job.json {
        print_json(&Runs { runs })?;
    }
    Ok(status)
}

/// Rows of the longest trace of which a timeline is shown, folded: of a longer one only what is held against it.
const SHOWN: usize = 20_000;

fn show(path: &str, trace: &Trace, verdict: &Verdict) -> String {
    let why = match verdict {
        Verdict::Unanswered(why) => format!(" ({why:?})").to_lowercase(),
        Verdict::Unknown => format!(" ({UNKNOWN})"),
        _ if is_full(verdict) => format!(" (judging stopped at violation {VIOLATIONS})"),
        _ => String::new(),
    };
    let mut text = format!("{path}: {}{why}\n", verdict.name());
    if status_of(verdict) == Status::Broken && trace.events.len() <= SHOWN {
        // Which calls were a case's, and which only settled, a trace does not say.
        return text + &Timeline::of(trace, verdict, usize::MAX, &Watched::default()).show(look());
    }
    for violation in verdict.violations() {
        text += &format!("  {violation}\n");
    }
    text
}
