//! The rows of a drawing: those of the timeline, where a call and a reply that comes at once are one.

use launder_fuzz::{Lane, Mark, Said, Timeline};
use launder_impls::Change;
use launder_oracle::End;

/// A row of a drawing.
pub struct Row {
    pub lane: Lane,
    /// The lines of the trace that it is of.
    pub lines: String,
    pub text: String,
    /// What it means to what is held against the run.
    pub why: Vec<&'static str>,
    marks: Vec<Mark>,
    /// The line of the call that begins with it, and of that which it is the reply to.
    pub call: Option<u32>,
    pub reply_to: Option<u32>,
    pub changes: Vec<Change>,
}

impl Row {
    pub fn is_step(&self) -> bool {
        self.call.is_none() && self.reply_to.is_none()
    }

    /// How it is set off.
    pub fn class(&self) -> Option<&'static str> {
        let has = |mark| self.marks.contains(&mark);
        if has(Mark::Accused) {
            Some("bad")
        } else if has(Mark::Superseding) || has(Mark::Seen) {
            Some("write")
        } else if has(Mark::Through) || has(Mark::Shows) || has(Mark::Gone) {
            Some("chain")
        } else {
            None
        }
    }

    /// Letters of its text, with what is said of it.
    pub fn letters(&self) -> usize {
        self.text.chars().count() + self.why.iter().map(|why| why.len() + 3).sum::<usize>()
    }
}

pub fn rows(timeline: &Timeline) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(timeline.rows.len());
    for row in &timeline.rows {
        let reply_to = match row.said {
            Said::Reply { call, .. } => Some(call),
            _ => None,
        };
        match rows.last_mut().filter(|last| reply_to.is_some() && last.call == reply_to) {
            Some(last) => answer(last, row),
            None => {
                let settling = row.settles && rows.last().is_some_and(|_| !settled(timeline, row.line));
                rows.push(one(row, reply_to, settling));
            }
        }
    }
    if let (Some(last), false) = (rows.last(), timeline.end == End::Quiet) {
        let (lane, text) =
            (last.lane, if timeline.end == End::Stuck { "end: stuck" } else { "and so on: endless" });
        let (lines, text) = (String::new(), text.to_string());
        rows.push(Row {
            lane,
            lines,
            text,
            why: Vec::new(),
            marks: vec![Mark::Accused],
            call: None,
            reply_to: None,
            changes: Vec::new(),
        });
    }
    rows.iter_mut().for_each(explain);
    rows
}

/// Whether a row before this line settled.
fn settled(timeline: &Timeline, line: u32) -> bool {
    timeline.rows.iter().any(|row| row.settles && row.line < line)
}

fn one(row: &launder_fuzz::Row, reply_to: Option<u32>, settling: bool) -> Row {
    let who = row.lane.name().trim_end_matches("'s cache");
    let (text, call) = match &row.said {
        Said::Call { call, write: Some(number) } => (format!("{who} {call} stores {number}"), Some(row.line)),
        Said::Call { call, write: None } => (format!("{who} {call}"), Some(row.line)),
        Said::Reply { reply, .. } => (format!("{who} = {}", launder_fuzz::short(reply)), None),
        Said::Step(step) if row.lane == Lane::Nature => (step.clone(), None),
        Said::Step(step) => (format!("{who}: {step}"), None),
    };
    Row {
        lane: row.lane,
        lines: row.line.to_string(),
        text,
        why: if settling { vec!["from here the run settles"] } else { Vec::new() },
        marks: row.marks.clone(),
        call,
        reply_to,
        changes: row.changes.clone(),
    }
}

/// A call is answered at once.
fn answer(call: &mut Row, reply: &launder_fuzz::Row) {
    if let Said::Reply { reply, .. } = &reply.said {
        call.text += &format!(" = {}", launder_fuzz::short(reply));
    }
    call.lines += &format!("–{}", reply.line);
    call.marks.extend(&reply.marks);
    call.changes.extend(&reply.changes);
    call.reply_to = call.call;
}

fn explain(row: &mut Row) {
    let says = |mark: &Mark| match mark {
        Mark::Accused => "what is held against it",
        Mark::Superseding => "what should have been seen or kept",
        Mark::Seen => "what was seen or kept instead",
        Mark::Through => "through this it was known",
        Mark::Shows => "this shows it",
        Mark::Gone => "here the write is gone",
    };
    // The line that shows it is beside the call that shows it.
    let one = row.marks.contains(&Mark::Accused);
    row.marks.sort_unstable();
    row.why.extend(row.marks.iter().filter(|mark| !(one && **mark == Mark::Shows)).map(says));
}
