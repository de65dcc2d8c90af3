//! Write-through.

use crate::{Sim, Subject, step};
use launder_oracle::{Call, Contract, Errno, Range, Reply, Value, Who};
use std::cell::RefCell;

/// A plain file without any cache, until the model proper stands.
pub struct WriteThrough {
    sim: Sim,
    cells: RefCell<Vec<Value>>,
}

impl Subject for WriteThrough {
    const NAME: &'static str = "write-through";
    const SOURCE: &'static str = "";
    const CONTRACT: Contract = Contract::FUSE;
    type Ground = ();

    fn new(sim: &Sim, (): &()) -> Self {
        let cells = RefCell::new(vec![Value::ZERO; sim.cells() as usize]);
        WriteThrough { sim: sim.clone(), cells }
    }

    async fn call(&self, _who: Who, call: Call) -> Reply {
        let mut file = self.cells.borrow().clone();
        match call {
            Call::Pread { range, .. } => {
                step!(self.sim, "read {range}");
                Reply::Got(range.cells().map(|c| *file.get(c as usize).unwrap_or(&Value::END)).collect())
            }
            Call::Pwrite { range: Range { start, end }, .. } => {
                if file.len() < end as usize {
                    file.resize(end as usize, Value::ZERO);
                }
                file[start as usize..end as usize].fill(self.sim.value());
                self.cells.replace(file);
                step!(self.sim, "written {start}..{end}");
                Reply::Ok
            }
            Call::Open | Call::Close | Call::Fsync | Call::Reclaim(..) => Reply::Ok,
            _ => Reply::Err(Errno::ENOSYS),
        }
    }
}
