//! All models on one case: where a contract leaves only one answer, all who promise that much must give it.

use crate::{Outcome, Planted, Signature, Symptom, Trial};
use launder_impls::{Ask, Case};
use launder_oracle::{Call, Contract, Direct, Errno, Maps, Reply, Trace, Value, Verdict, What, Who};

/// Two subjects that showed different contents though their contracts leave only one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The subjects.
    pub between: [String; 2],
    /// The call that was answered differently.
    pub call: Call,
    /// What each answered.
    pub replies: [Reply; 2],
}

/// The part of a case to which every contract leaves one answer: what processes of host `a` ask one after the other, with
/// nobody behind their backs and nothing failing; the kernel may write back and reclaim.
pub fn tame(case: &Case) -> Case {
    let asks = case.asks.iter().filter(|ask| match ask.call {
        Call::Writeback(..) | Call::Reclaim(..) => true,
        // mmap(2), MAP_PRIVATE: whether later changes of the file show through it "is unspecified".
        Call::Mmap { private: true, .. } => false,
        _ => matches!(ask.who, Who::A1 | Who::A2),
    });
    Case { asks: asks.map(|ask| Ask::new(ask.who, ask.call)).collect(), ..case.clone() }
}

/// Puts a tame case to all, and compares what those showed of whose answers there is no doubt.
///
/// ```
/// use launder_fuzz::{Trial, differ};
/// use launder_impls::Case;
///
/// let trials = [
///     Trial::open("launder-folio".parse()?, &[], None)?,
///     Trial::open("launder-folio+no_launder".parse()?, &[], None)?,
/// ];
/// let case = Case::parse("a1 pwrite 0..1\nserver notify a 0..4\na1 pread 0..1\n")?;
/// assert!(differ(&trials, &case).is_some(), "their contract leaves one answer");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn differ(trials: &[Trial], case: &Case) -> Option<Difference> {
    let floor = floor(case);
    let mut first: Option<(Planted, Vec<(Call, Reply)>)> = None;
    for trial in trials.iter().filter(|trial| leaves_one_answer(&trial.contract, case)) {
        let Outcome::Judged(trace, verdict) = trial.of(case) else { continue };
        if is_known(trial, &verdict, case) {
            continue;
        }
        let Some(shown) = shown(&trace, floor) else { continue };
        let Some((planted, before)) = &first else {
            first = Some((trial.planted, shown));
            continue;
        };
        let odd = before.iter().zip(&shown).find(|(one, other)| one != other);
        if let Some(((call, one), (_, other))) = odd {
            let between = [planted.to_string(), trial.planted.to_string()];
            return Some(Difference { between, call: *call, replies: [one.clone(), other.clone()] });
        }
    }
    None
}

/// The first cell that may at some time be past the end.
pub(crate) fn floor(case: &Case) -> u32 {
    let sizes = case.asks.iter().filter_map(|ask| match ask.call {
        Call::Ftruncate(size) => Some(size),
        _ => None,
    });
    sizes.min().unwrap_or(case.cells).min(case.cells)
}

/// Whether it breaks a promise here that it is known to break: of what follows from that there is doubt.
pub(crate) fn is_known(trial: &Trial, verdict: &Verdict, case: &Case) -> bool {
    let known = |symptom| Signature::of(symptom, case).known(trial.known()).is_some();
    Symptom::of(verdict).into_iter().any(known)
}

/// Whether the contract leaves one answer to each call of a tame case.
fn leaves_one_answer(contract: &Contract, case: &Case) -> bool {
    let maps = contract.maps == Maps::Unified || !case.asks.iter().any(|ask| ask.call.is_mapped());
    let direct = contract.direct != Direct::None || !case.asks.iter().any(|ask| ask.call.is_direct());
    maps && direct
}

/// What each call showed of contents and sizes; nothing of a subject that does not know all of the calls. Through a mapping
/// what lies past the end may be zero or what was stored there: only cells before `floor` never do.
fn shown(trace: &Trace, floor: u32) -> Option<Vec<(Call, Reply)>> {
    let mut calls = [None; Who::ALL.len()];
    let mut shown = Vec::new();
    for event in &trace.events {
        match &event.what {
            What::Call(who, call) => calls[who.index()] = Some(*call),
            What::Reply(_, Reply::Err(Errno::ENOSYS)) => return None,
            What::Reply(who, reply) => {
                let call = calls[who.index()].take()?;
                // Of a store that ends in SIGBUS any part may have happened.
                if matches!((call, reply), (Call::Mwrite(_), Reply::Sigbus)) {
                    return None;
                }
                shown.push((call, visible(&call, reply, floor)));
            }
            What::Step(_) => {}
        }
    }
    Some(shown)
}

/// What a reply shows of which there is no doubt.
pub(crate) fn visible(call: &Call, reply: &Reply, floor: u32) -> Reply {
    match (call, reply) {
        (Call::Mread(range), Reply::Got(values)) => {
            let value = |(cell, value): (u32, &Value)| if cell < floor { *value } else { Value::ZERO };
            Reply::Got(range.cells().zip(values).map(value).collect())
        }
        (_, reply) => reply.clone(),
    }
}
