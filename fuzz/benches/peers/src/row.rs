//! Three tasks and a row of cells behind a lock, as a subject of launder.

use crate::dealt::programs;
use launder_impls::sim::{Holds, Lock, Named};
use launder_impls::{Run, Sim, Subject, run, step};
use launder_oracle::{Call, Contract, Errno, Host, Reply, Value, Verdict, Who, judge};
use std::cell::RefCell;
use std::hint::black_box;

/// The row, and its lock.
pub struct Row {
    sim: Sim,
    lock: Lock,
    cells: RefCell<Vec<Value>>,
}

impl Subject for Row {
    const NAME: &'static str = "row";
    const SOURCE: &'static str = "this file";
    const CONTRACT: Contract = Contract::LINUX;
    type Ground = ();

    fn new(sim: &Sim, (): &()) -> Row {
        let lock = sim.new_lock(Named { what: "lock of the row", host: Host::A, number: None });
        Row { sim: sim.clone(), lock, cells: vec![Value::ZERO; sim.cells() as usize].into() }
    }

    fn knows(call: &Call) -> bool {
        matches!(call, Call::Pread { .. } | Call::Reclaim(..))
    }

    async fn call(&self, _: Who, call: Call) -> Reply {
        match call {
            Call::Pread { range, .. } => {
                let _guard = self.sim.lock(self.lock).await;
                step!(self.sim, "the row is locked");
                Reply::Got(self.cells.borrow()[range.start as usize..range.end as usize].to_vec())
            }
            Call::Pwrite { range, .. } => {
                let _guard = self.sim.lock(self.lock).await;
                step!(self.sim, "the row is locked");
                self.cells.borrow_mut()[range.start as usize..range.end as usize].fill(self.sim.value());
                Reply::Ok
            }
            Call::Open | Call::Close | Call::Fsync | Call::Reclaim(..) => Reply::Ok,
            _ => Reply::Err(Errno::ENOSYS),
        }
    }
}

/// Runs every program once.
pub fn batch(judged: bool) -> impl FnMut() -> usize {
    let (programs, sim) = (programs(), Sim::new());
    move || {
        for program in &programs {
            let Run::Trace(trace) = run::<Row>(&sim, &(), program, &mut Holds) else { panic!("it is run") };
            if judged {
                assert_eq!(judge(&Row::CONTRACT, &trace), Verdict::Allowed, "{trace}");
            }
            black_box(trace);
        }
        programs.len()
    }
}
