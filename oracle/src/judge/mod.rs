//! Happens-before, by release and acquire, cell by cell.
//!
//! A read of a cell may name a write unless the write had not begun, or some certain write to the cell is known to the reader
//! and knew the one that was read. What a call knows it acquires when it begins and releases when it returns; [`flow`] says
//! from and into which clocks.

mod atomic;
mod budget;
mod crash;
mod divergence;
mod excuse;
mod fault;
mod flow;
mod known;
mod ops;
mod plain;
mod read;
mod register;
mod size;
mod witness;
mod write;

use crate::clock::Time;
use crate::{
    Atomic, Call, Contract, Direct, Divergence, End, MAX_CELLS, Range, Trace, Unanswered, VIOLATIONS, Value,
    Verdict, Violation, What, Who,
};
use budget::{Budget, Spent};
use excuse::Syncs;
use fault::Faults;
use flow::Flow;
use known::Known;
use ops::{NEVER, Op, Ops};
use plain::Plain;
use register::Registers;
use size::Recent;

/// Holds a trace against a contract.
///
/// The trace should be well formed, as [`Trace::parse`] and a runner make it; lines that are not are passed over.
///
/// ```
/// use launder_oracle::{Contract, Kind, Trace, Verdict, judge};
///
/// let trace = "a1 > pwrite 0..1\na1 < ok\na2 > pread 0..1\na2 < got 0\nend quiet\n";
/// let verdict = judge(&Contract::LINUX, &Trace::parse(trace)?);
/// assert_eq!(verdict.violations()[0].kind, Kind::StaleRead);
/// // What the read names is a write's number: of the first, here.
/// let trace = Trace::parse(&trace.replace("got 0", "got 1"))?;
/// assert_eq!(judge(&Contract::LINUX, &trace), Verdict::Allowed);
/// # Ok::<(), launder_oracle::TextError>(())
/// ```
pub fn judge(contract: &Contract, trace: &Trace) -> Verdict {
    match plain::could_say(contract, trace) {
        Plain::All => at_end(trace.end),
        Plain::But(odd) if is_local(contract) => judge_cells(contract, trace, odd),
        _ => judge_by_clocks(contract, trace),
    }
}

/// Whether what holds of a folio does not depend on others.
fn is_local(contract: &Contract) -> bool {
    contract.atomic != Atomic::Call && contract.divergence != Divergence::File
}

/// [`judge`] without its short way, which spares most traces the clocks: for those who test it.
#[doc(hidden)]
pub fn judge_by_clocks(contract: &Contract, trace: &Trace) -> Verdict {
    judge_cells(contract, trace, Range::new(0, MAX_CELLS))
}

/// Judges what the trace says of these cells.
fn judge_cells(contract: &Contract, trace: &Trace, cells: Range) -> Verdict {
    match trace.events.len() as u64 {
        ..=SHORT => judge_in_time::<i16>(contract, trace, cells),
        _ => judge_in_time::<u32>(contract, trace, cells),
    }
}

/// Events of the longest trace whose clocks are small.
const SHORT: u64 = <i16 as Time>::LAST as u64;

fn judge_in_time<T: Time>(contract: &Contract, trace: &Trace, cells: Range) -> Verdict {
    let mut judge = match Judge::<T>::new(contract, trace, cells) {
        Ok(judge) => judge,
        Err(Spent) => return Verdict::Unknown,
    };
    match judge.run() {
        Ok(()) | Err(Spent) if !judge.violations.is_empty() => Verdict::Forbidden(judge.violations),
        Err(Spent) => Verdict::Unknown,
        Ok(()) => at_end(trace.end),
    }
}

/// The verdict where nothing was forbidden.
fn at_end(end: End) -> Verdict {
    match end {
        End::Quiet => Verdict::Allowed,
        End::Stuck => Verdict::Unanswered(Unanswered::Stuck),
        End::Endless => Verdict::Unanswered(Unanswered::Endless),
    }
}

struct Judge<'t, T> {
    contract: &'t Contract,
    trace: &'t Trace,
    ops: Vec<Op>,
    of_event: Vec<u32>,
    known: Known<T>,
    registers: Registers<T>,
    syncs: Syncs,
    faults: Faults,
    recent: Recent,
    under_way: [Option<u32>; Who::ALL.len()],
    /// What the calls under way acquired, and will release.
    flows: [Flow; Who::ALL.len()],
    violations: Vec<Violation>,
    budget: Budget,
}

impl<'t, T: Time> Judge<'t, T> {
    fn new(contract: &'t Contract, trace: &'t Trace, cells: Range) -> Result<Judge<'t, T>, Spent> {
        let Ops { all: mut ops, of_event } = Ops::of(trace);
        let mut budget = Budget::new();
        let known = Known::new(trace, &ops, cells);
        let syncs = excuse::excuse(&mut ops, &of_event, known.reach, &mut budget)?;
        let mut registers = Registers::new(known.count());
        registers.excuses = ops.iter().any(|op| op.excused > 0);
        Ok(Judge {
            contract,
            trace,
            ops,
            of_event,
            known,
            registers,
            syncs,
            faults: Faults::default(),
            recent: Recent::default(),
            under_way: [None; Who::ALL.len()],
            flows: [Flow::NOTHING; Who::ALL.len()],
            violations: Vec::new(),
            budget,
        })
    }

    fn run(&mut self) -> Result<(), Spent> {
        let trace = self.trace;
        for (time, event) in trace.events.iter().enumerate() {
            let place = self.of_event[time];
            if place == NEVER {
                continue;
            }
            match &event.what {
                What::Call(who, _) => self.begin(place, *who)?,
                What::Reply(who, reply) => {
                    let values: &[Value] = match reply {
                        crate::Reply::Got(values) => values,
                        _ => &[],
                    };
                    self.end(place, *who, values)?;
                }
                What::Step(_) => {}
            }
            if self.violations.len() >= VIOLATIONS {
                break;
            }
        }
        Ok(())
    }

    fn begin(&mut self, place: u32, who: Who) -> Result<(), Spent> {
        let op = self.ops[place as usize];
        self.under_way[who.index()] = Some(place);
        self.faults.begin(&op, self.contract);
        self.excuse_from(&op)?;
        let oldest = self.under_way.iter().flatten().map(|place| self.ops[*place as usize].start).min();
        self.recent.begin(&op, oldest.unwrap_or(op.start));
        let flow = op.flow(self.contract).in_brief(self.contract);
        self.flows[who.index()] = flow;
        self.acquire(place, &flow)?;
        if op.content(self.known.reach).is_empty() && op.sizes(self.known.reach).is_none() || op.private {
            return Ok(());
        }
        self.begin_write(place, &flow)?;
        self.diverge(place, &flow)?;
        if self.contract.direct != Direct::Coherent {
            self.mix(place)?;
        }
        Ok(())
    }

    fn end(&mut self, place: u32, who: Who, values: &[Value]) -> Result<(), Spent> {
        let op = self.ops[place as usize];
        self.under_way[who.index()] = None;
        if self.known.sizes {
            self.check_error(place);
        }
        let flow = self.flows[who.index()];
        match op.call {
            Call::Pread { .. } | Call::Mread(_) if op.is_whole() => self.end_read(place, &flow, values)?,
            Call::Mwrite(_) => {
                self.end_store(place)?;
                self.end_write(place, &flow)?;
            }
            Call::Append { .. } => {
                if self.known.sizes {
                    self.check_append(place)?;
                }
                self.end_write(place, &flow)?;
            }
            Call::Crash(host) if op.is_whole() => self.crash(host, op.end)?,
            _ if op.records.1 > 0 => self.end_write(place, &flow)?,
            _ if op.is_whole() => self.release(place, &flow)?,
            _ => {}
        }
        if self.under_way.iter().all(Option::is_none) {
            self.known.forget();
        }
        Ok(())
    }

    fn accuse(&mut self, violation: Violation) {
        if self.violations.len() < VIOLATIONS {
            self.violations.push(violation);
        }
    }

    /// The line of the trace's text at which something was said.
    fn line(&self, time: u32) -> u32 {
        (time as usize).checked_sub(1).and_then(|at| self.trace.events.get(at)).map_or(0, |event| event.line)
    }
}
