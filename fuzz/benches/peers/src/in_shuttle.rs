//! The same three tasks and row as threads of shuttle, around a mutex of shuttle's, by its random scheduler.

use crate::dealt::programs;
use crate::row::Row;
use launder_impls::{Ask, Subject};
use launder_oracle::{CELLS, Call, End, Event, Range, Reply, Trace, Value, Verdict, What, Who, judge};
use shuttle::scheduler::RandomScheduler;
use shuttle::sync::{Arc, Mutex};
use shuttle::{Config, Runner, thread};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Runs of one batch.
const RUNS: usize = 1_000;

/// What was called and answered, in order. Its lock is no one's to schedule: the tasks of shuttle are one thread.
#[derive(Default)]
struct History {
    events: Vec<Event>,
    writes: u32,
}

impl History {
    fn push(&mut self, what: What) {
        self.events.push(Event { line: self.events.len() as u32 + 1, what });
    }

    /// The number of the call, if it is a write.
    fn called(&mut self, who: Who, call: Call) -> Value {
        self.writes += u32::from(call.is_numbered());
        self.push(What::Call(who, call));
        Value::of(self.writes)
    }
}

/// What the threads of a run share.
struct Run {
    row: Mutex<Vec<Value>>,
    history: std::sync::Mutex<History>,
}

impl Run {
    fn history(&self) -> std::sync::MutexGuard<'_, History> {
        self.history.lock().expect("no task panics while it has it")
    }

    fn ask(&self, who: Who, call: Call) {
        let value = self.history().called(who, call);
        let reply = match call {
            Call::Pread { range, .. } => {
                let row = self.row.lock().expect("no task panics while it has the row");
                thread::yield_now();
                Reply::Got(row[range.start as usize..range.end as usize].to_vec())
            }
            Call::Pwrite { range, .. } => {
                let mut row = self.row.lock().expect("no task panics while it has the row");
                thread::yield_now();
                row[range.start as usize..range.end as usize].fill(value);
                Reply::Ok
            }
            _ => Reply::Ok,
        };
        self.history().push(What::Reply(who, reply));
    }
}

/// Runs as many programs as there are, each once.
pub fn batch(judged: bool) -> impl FnMut() -> usize {
    let programs = std::sync::Arc::new(programs());
    let mut seed = 0;
    move || {
        seed += 1;
        let (programs, next) = (programs.clone(), AtomicUsize::new(0));
        let scheduler = RandomScheduler::new_from_seed(seed, RUNS);
        let program = move || one(&programs[next.fetch_add(1, Relaxed) % programs.len()].asks, judged);
        Runner::new(scheduler, Config::new()).run(program)
    }
}

/// One run: a thread for each task, which makes its calls in order.
fn one(asks: &[Ask], judged: bool) {
    let row = Mutex::new(vec![Value::ZERO; CELLS as usize]);
    let run = Arc::new(Run { row, history: Default::default() });
    let threads = Who::PROCESSES.map(|who| {
        let calls: Vec<Call> = asks.iter().filter(|ask| ask.who == who).map(|ask| ask.call).collect();
        let run = run.clone();
        thread::spawn(move || calls.into_iter().for_each(|call| run.ask(who, call)))
    });
    threads.into_iter().for_each(|thread| thread.join().expect("it ends"));
    match judged {
        true => judge_it(&run),
        false => assert_its_end(&run, asks),
    }
}

/// The assertion that one writes by hand: what is left in each cell is a write of it, and zeroes only where there was none.
fn assert_its_end(run: &Run, asks: &[Ask]) {
    let (row, history) = (run.row.lock().expect("all have ended"), run.history());
    let calls = history.events.iter().filter_map(|event| match event.what {
        What::Call(_, Call::Pwrite { range, .. }) => Some(range),
        _ => None,
    });
    let writes: Vec<Range> = calls.collect();
    assert_eq!(history.events.len(), 2 * asks.len());
    for (cell, value) in (0..).zip(row.iter()) {
        let covers = |range: &Range| (range.start..range.end).contains(&cell);
        match value.number() {
            Some(number) => assert!(covers(&writes[number as usize - 1]), "cell {cell}: {value}"),
            None => assert!(!writes.iter().any(covers), "cell {cell}: {value}"),
        }
    }
}

/// Settles as launder does, with an fsync and a close of each and a read of all of it, and judges.
fn judge_it(run: &Run) {
    Who::PROCESSES.iter().for_each(|who| {
        run.ask(*who, Call::Fsync);
        run.ask(*who, Call::Close);
    });
    run.ask(Who::Server, Call::Pread { direct: false, range: Range::new(0, CELLS) });
    let events = std::mem::take(&mut run.history().events);
    let trace = Trace { cells: CELLS, events, end: End::Quiet };
    assert_eq!(judge(&Row::CONTRACT, &trace), Verdict::Allowed, "{trace}");
}
