//! The rows of a timeline: what was said, and which cells changed with it.

use super::{Lane, Mark};
use launder_impls::{Change, Watched};
use launder_oracle::{Call, Reply, Trace, What, Who};

/// A line of the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line of the trace's text, from 1.
    pub line: u32,
    /// Where it happens.
    pub lane: Lane,
    /// What is said.
    pub said: Said,
    /// The cells that changed with it.
    pub changes: Vec<Change>,
    /// What it means to the violations.
    pub marks: Vec<Mark>,
    /// Whether it comes after the case's own asks have begun, and the run settles.
    pub settles: bool,
}

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Somebody begins a call.
    Call {
        /// The call.
        call: Call,
        /// The number that it stores, if it is a write.
        write: Option<u32>,
    },
    /// A call returns.
    Reply {
        /// The reply.
        reply: Reply,
        /// The line of the call.
        call: u32,
    },
    /// Something happens; where, the lane says.
    Step(String),
}

impl Row {
    /// Whether something is said in the lane, or what is held there changes. Steps that are nobody's are not nature's.
    pub fn takes_part(&self, lane: Lane) -> bool {
        self.lane == lane && !self.is_nobodys()
            || self.changes.iter().any(|change| Some(change.holder) == lane.holder())
    }

    /// Whether it is a step that does not say where it happens.
    pub fn is_nobodys(&self) -> bool {
        self.lane == Lane::Nature && matches!(self.said, Said::Step(_))
    }
}

/// All rows of a trace, without marks.
pub(super) fn rows(trace: &Trace, asks: usize, watched: &Watched) -> Vec<Row> {
    let (mut begun, mut writes) = (0, 0);
    let mut under_way = [0; Who::ALL.len()];
    let mut changes = watched.changes.iter().peekable();
    let mut rows: Vec<Row> = Vec::with_capacity(trace.events.len());
    for event in &trace.events {
        let (lane, said) = match &event.what {
            What::Call(who, call) => {
                begun += 1;
                writes += u32::from(call.is_numbered());
                under_way[who.index()] = event.line;
                (Lane::of(*who), Said::Call { call: *call, write: call.is_numbered().then_some(writes) })
            }
            What::Reply(who, reply) => {
                (Lane::of(*who), Said::Reply { reply: reply.clone(), call: under_way[who.index()] })
            }
            What::Step(step) => {
                let (lane, rest) = Lane::of_step(step);
                (lane, Said::Step(rest.into()))
            }
        };
        let mut row = Row {
            line: event.line,
            lane,
            said,
            changes: Vec::new(),
            marks: Vec::new(),
            settles: begun > asks,
        };
        row.changes
            .extend(std::iter::from_fn(|| changes.next_if(|change| change.line <= event.line)).copied());
        rows.push(row);
    }
    if let Some(last) = rows.last_mut() {
        last.changes.extend(changes.copied());
    }
    rows
}
