//! A model and its twin, a real subject, on one case: they must answer alike.

use crate::differential::{floor, is_known, visible};
use crate::{Difference, Outcome, Trial};
use launder_impls::Case;
use launder_oracle::{Call, Errno, Event, Reply, Trace, Verdict, What, Who};

/// What a model and its twin say of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Twins {
    /// The same.
    Alike,
    /// Different things.
    Apart(Difference),
    /// Nothing that could be compared: why.
    Aside(String),
}

/// Puts the case to a model and to its twin, and compares each reply, the contents that are left, and the errors.
///
/// A case that either skips, in which either does not know a call, or in which one breaks a promise that it is known to break,
/// says nothing of the model. Nor does one with a copy that was left short, as where xfs and btrfs share blocks:
/// copy_file_range(2), it "could be less than the length originally requested"; or one in which a mapping showed different
/// things past the end, where no contract leaves one answer.
pub fn compare(model: &Trial, real: &Trial, case: &Case) -> Twins {
    put(model, real, case, |trial, verdict| !is_known(trial, verdict, case))
}

/// How often what differs of a held case must be the same. Of two that one reply wakes a kernel may let either come first: which has
/// run, and how far, when a timer ticks or another processor takes a thread, is no promise of it.
const TIMES: usize = 4;

/// Why a held case says nothing whose answers are not the same each time.
pub const UNSTEADY: &str = "it is answered now one way, now another";

/// Puts a case with reply holds to a model that is asked [as its twin is](Trial::as_twin), and to that. Each process's replies are
/// compared, in its order; across processes a trace tells only when somebody looked. Both break the same promises in the same way,
/// so nothing is set aside for that.
pub fn compare_held(model: &Trial, real: &Trial, case: &Case) -> Twins {
    let once = || put(model, real, case, |_, _| true);
    let first = once();
    match first {
        Twins::Apart(_) if !(1..TIMES).all(|_| once() == first) => Twins::Aside(UNSTEADY.into()),
        first => first,
    }
}

fn put(model: &Trial, real: &Trial, case: &Case, counts: impl Fn(&Trial, &Verdict) -> bool) -> Twins {
    let mut said = Vec::with_capacity(2);
    let mut stayed = false;
    for trial in [model, real] {
        let (trace, verdict) = match trial.of(case) {
            Outcome::Judged(trace, verdict) => (trace, verdict),
            Outcome::Skipped(why) => return Twins::Aside(why),
        };
        if !counts(trial, &verdict) {
            return Twins::Aside(format!("{} breaks a promise as it is known to", trial.planted));
        }
        // It has no way to take a page from a process that is in a call.
        let untaken =
            |event: &Event| matches!(event.what, What::Reply(Who::Nature, Reply::Err(Errno::EAGAIN)));
        stayed |= trace.events.iter().any(untaken);
        match replies(&trace) {
            Ok(replies) => said.push(replies),
            Err(call) => return Twins::Aside(format!("{} does not know `{}`", trial.planted, call.word())),
        }
    }
    let odd = said[0].iter().zip(&said[1]).find(|(one, other)| one != other);
    odd.map_or(Twins::Alike, |((_, call, one), (_, _, other))| {
        weigh([model, real], case, stayed, call, [one, other])
    })
}

/// What it says of the model that a call was answered differently.
fn weigh(trials: [&Trial; 2], case: &Case, stayed: bool, call: &Call, replies: [&Reply; 2]) -> Twins {
    if stayed {
        return Twins::Aside("a page stayed that reclaim was to take".into());
    }
    let [one, other] = replies.map(|reply| visible(call, reply, floor(case)));
    if one == other {
        return Twins::Aside("what a mapping shows past the end differs".into());
    }
    if let (Call::Copy { .. }, Reply::Wrote(_)) = (call, other) {
        return Twins::Aside(format!("{} left a copy short", trials[1].planted));
    }
    Twins::Apart(Difference {
        between: trials.map(|trial| trial.planted.to_string()),
        call: *call,
        replies: replies.map(Reply::clone),
    })
}

/// Each process's calls with their replies, in its order, one process after the other; or a call that was not known.
fn replies(trace: &Trace) -> Result<Vec<(Who, Call, Reply)>, Call> {
    let mut calls = [None; Who::ALL.len()];
    let mut replies = Vec::new();
    for event in &trace.events {
        match &event.what {
            What::Call(who, call) => calls[who.index()] = Some(*call),
            What::Reply(who, reply) => {
                let Some(call) = calls[who.index()].take() else { continue };
                if *reply == Reply::Err(Errno::ENOSYS) {
                    return Err(call);
                }
                // EAGAIN is that a page stayed, which somebody has locked or has come to use: reads tell what became of it.
                let reply = match (call, reply) {
                    (Call::Reclaim(..), Reply::Err(Errno::EAGAIN)) => Reply::Ok,
                    _ => reply.clone(),
                };
                replies.push((*who, call, reply));
            }
            What::Step(_) => {}
        }
    }
    replies.sort_by_key(|(who, ..)| who.index());
    Ok(replies)
}
