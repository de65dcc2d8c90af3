//! `launder judge`: traces that anybody recorded, held against a contract.

use crate::answer::{Status, print, print_json, refuse};
use crate::args;
use crate::input::read_trace;
use crate::report::{Entry, Runs};
use crate::run::status_of;
use launder_oracle::{Verdict, judge as judge_trace};

pub fn judge(job: &args::Judge) -> Result<Status, String> {
    let mut status = Status::Kept;
    let mut runs = Vec::new();
    for path in &job.traces {
        let shown = path.display().to_string();
        let contract = Some(job.contract.to_string());
        let entry = Entry { trace: Some(shown.clone()), contract, ..Entry::default() };
        match read_trace(path) {
            Ok(trace) => {
                let verdict = judge_trace(&job.contract, &trace);
                status = status.max(status_of(&verdict));
                if !job.json {
                    print(&show(&shown, &verdict))?;
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

fn show(path: &str, verdict: &Verdict) -> String {
    let why = match verdict {
        Verdict::Unanswered(why) => format!(" ({why:?})").to_lowercase(),
        _ => String::new(),
    };
    let mut text = format!("{path}: {}{why}\n", verdict.name());
    for violation in verdict.violations() {
        text += &format!("  {violation}\n");
    }
    text
}
