//! A trace as a timeline: a lane for everyone, steps between, and beneath it what was held against it.

use crate::table::{WIDTH, short};
use launder_oracle::{End, Trace, Verdict, What, Who};
use std::fmt::Write;

/// Characters of a lane.
const LANE: usize = 20;

/// The timeline of a trace, of which the first `asks` calls are the case's and the rest settles.
pub fn timeline(trace: &Trace, verdict: &Verdict, asks: usize) -> String {
    let takes_part = |who: &Who| trace.events.iter().any(|event| said_by(&event.what) == Some(*who));
    let lanes: Vec<Who> = Who::ALL.into_iter().filter(takes_part).collect();
    let mut text = String::new();
    let mut names = String::from("      ");
    for who in &lanes {
        write!(names, "{:LANE$}", who.name()).unwrap_or_default();
    }
    line(&mut text, &names);
    let mut begun = 0;
    for event in &trace.events[..end_of_the_telling(trace)] {
        if let What::Call(..) = event.what {
            begun += 1;
            if begun == asks + 1 {
                line(&mut text, "      -- settles --");
            }
        }
        let accused = verdict.violations().iter().any(|violation| violation.at == event.line);
        let mark = if accused { '!' } else { ' ' };
        let lane = lanes.iter().position(|who| said_by(&event.what) == Some(*who)).unwrap_or(0) * LANE;
        let said = match &event.what {
            What::Call(_, call) => call.to_string(),
            What::Reply(_, reply) => format!("= {}", short(reply)),
            What::Step(step) => format!("    . {step}"),
        };
        line(&mut text, &format!("{:>4}{mark} {:lane$}{said}", event.line, ""));
    }
    line(
        &mut text,
        match trace.end {
            End::Quiet => "      end quiet",
            End::Stuck => "      end stuck",
            End::Endless => "      and so on: end endless",
        },
    );
    for violation in verdict.violations() {
        wrap(&mut text, &violation.to_string());
    }
    text
}

/// Steps of a run without end that are told: the rest repeats them.
const ENDLESS: usize = 40;

/// How many of a trace's lines are told: of one without end, some after the last word of anyone.
fn end_of_the_telling(trace: &Trace) -> usize {
    let said = trace.events.iter().rposition(|event| said_by(&event.what).is_some());
    match trace.end {
        End::Endless => trace.events.len().min(said.map_or(0, |last| last + 1) + ENDLESS),
        End::Quiet | End::Stuck => trace.events.len(),
    }
}

fn line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

/// Adds a long line, broken between words.
fn wrap(text: &mut String, long: &str) {
    let mut short = String::new();
    for word in long.split(' ') {
        if !short.is_empty() && short.chars().count() + 1 + word.chars().count() > WIDTH {
            line(text, &short);
            short = "   ".into();
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    line(text, &short);
}

fn said_by(what: &What) -> Option<Who> {
    match what {
        What::Call(who, _) | What::Reply(who, _) => Some(*who),
        What::Step(_) => None,
    }
}
