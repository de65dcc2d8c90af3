//! Who waits for which lock held by whom, in the trace of a run that is stuck.

use super::Sim;
use super::task::Stage;
use crate::Ask;
use launder_oracle::What;

/// Says, for each task that waits, what it waits for and whose it is.
pub(super) fn describe_stuck(sim: &Sim, asks: &[&Ask]) {
    let tasks = sim.0.tasks.borrow();
    let name = |task: usize| {
        let Ask { who, call, .. } = asks[tasks.all[task].ask];
        format!("{who}'s `{call}`")
    };
    for (task, it) in tasks.all.iter().enumerate() {
        if it.stage == Stage::Parked {
            let text = format!("{} waits in the kernel", name(task));
            sim.write(|| What::Step(text.into_boxed_str()));
        }
        let Stage::Waiting(want, _) = it.stage else { continue };
        let lock = sim.wanted(want);
        let holder = match lock.owner {
            Some(owner) if owner == task => "itself".into(),
            Some(owner) => name(owner),
            None => format!("{}, shared", name(lock.sharer)),
        };
        let text = format!("{} waits for {}, held by {holder}", name(task), lock.name);
        sim.write(|| What::Step(text.into_boxed_str()));
    }
}
