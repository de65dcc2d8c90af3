//! A mount, made once, and the file of the case on it.

use super::super::rig::{Kept, wire};
use super::asking::Asking;
use super::begin::{name, strange_hosts};
use super::options::Options;
use super::plan::Plan;
use super::rig::Rig;
use crate::{Case, Cells};
use launder_oracle::{Call, Who};
use rustix::io::Errno;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A mount.
pub struct Mount {
    options: Options,
    asking: Kept<Asking>,
    file: RefCell<Option<File>>,
    last: Cell<u64>,
    /// Who had the file of the case before open.
    took_part: Cell<[bool; 3]>,
    /// Cases since the server was told that one begins.
    unsaid: Cell<u32>,
}

/// The file of a case.
pub struct File {
    /// Its number.
    pub ino: u64,
    /// Its name.
    pub name: String,
    /// How it is cut.
    pub cells: Cells,
    /// Who has it open.
    pub open: [bool; 3],
    /// What is asked, where nobody can come between.
    pub plan: Plan,
    /// An order to open it.
    pub begins: String,
    /// Who is to open it yet, and is the only one to.
    pub later: Cell<Option<Who>>,
}

/// Cases after which a mount is made anew: files that the kernel has not forgotten are not many then.
const MANY: u64 = 200_000;

impl Mount {
    /// One with these options.
    ///
    /// # Errors
    /// Why this machine cannot have one.
    pub fn new(options: Options) -> Result<Mount, String> {
        pin();
        let mount = Mount {
            options,
            asking: Kept::default(),
            file: RefCell::default(),
            // The root has number 1.
            last: Cell::new(1),
            took_part: Cell::default(),
            unsaid: Cell::default(),
        };
        mount.ready()?;
        Ok(mount)
    }

    /// Lays out the file of a case.
    ///
    /// # Errors
    /// Why the case cannot be put here.
    pub fn begin(&self, case: &Case) -> Result<(), String> {
        if self.last.get() >= MANY {
            self.asking.take_down();
        }
        let asking = self.ready()?;
        let denies = |call: &Call| matches!(call, Call::Deny(_) | Call::Allow(_));
        if asking.rig.people.users.is_none() && case.asks.iter().any(|ask| denies(&ask.call)) {
            return Err("only root can have processes of several users".into());
        }
        let file = self.lay_out(&asking, case).map_err(|errno| {
            self.asking.take_down();
            format!("the file cannot be made: {errno}")
        })?;
        self.file.replace(Some(file));
        Ok(())
    }

    /// Whatever hangs is cut off, and a new mount made for the next case.
    ///
    /// # Errors
    /// Why what was said in the case counts for nothing.
    pub fn end(&self) -> Result<(), String> {
        self.asking.end()
    }

    /// The mount, made if there is none.
    fn ready(&self) -> Result<Rc<Asking>, String> {
        self.asking.ready(|| {
            self.last.set(1);
            self.took_part.set([false; 3]);
            Ok(Asking::new(Rig::make(self.options)?))
        })
    }

    /// The mount, and the file of the case that has begun.
    pub fn take(&self) -> (Rc<Asking>, File) {
        self.asking.get().zip(self.file.take()).expect("a case has begun")
    }

    /// Has one process make the calls of a case, whoever asks them, on each of so many new files, as fast as it can: no trace, no holds.
    ///
    /// # Errors
    /// Why that cannot be done.
    pub fn call_bare(&self, case: &Case, count: u64) -> Result<(), String> {
        let gone = |errno| format!("the mount is gone: {errno}");
        self.begin(case)?;
        let (asking, File { ino, cells, begins, later, .. }) = self.take();
        self.last.set(ino + count);
        later.take().map_or(Ok(()), |who| asking.begin_one(who, &begins)).map_err(gone)?;
        asking.order(format_args!("bare 1")).map_err(gone)?;
        let calls: String = case.asks.iter().map(|ask| format!(";{}", ask.call)).collect();
        let line = &asking.rig.agents[Who::A1.index()];
        line.say(format_args!("bare {} {count} {}{calls}", ino + 1, cells.border(case.cells)))
            .map_err(gone)?;
        let answer = loop {
            match line.hear(wire::parse) {
                Err(Errno::AGAIN) => {}
                answer => break answer.map_err(gone)?,
            }
        };
        asking.order(format_args!("bare 0")).map_err(gone)?;
        answer.map(drop).map_err(|errno| format!("a call fails: {errno}"))
    }

    /// The processes of the mount, the supervisor first; none where there is no mount now.
    pub fn processes(&self) -> Vec<i32> {
        self.asking.processes()
    }

    /// Makes the file of a case, and opens it for who takes part, or says who is to, when it makes the first call.
    fn lay_out(&self, asking: &Asking, case: &Case) -> rustix::io::Result<File> {
        let cells = Cells::of(case, rustix::param::page_size() as u64);
        let ino = self.last.get() + 1;
        self.last.set(ino);
        let name = name(ino, cells.border(case.cells), &cells);
        let takes_part = |who: Who| case.asks.iter().any(|ask| ask.who == who);
        let open = Who::PROCESSES.map(takes_part);
        let before = self.took_part.replace(open);
        let begins = format!("begin {name} {}", case.capacity());
        let plan = Plan::of(case);
        let file = File { ino, name, cells, open, plan, begins, later: Cell::default() };
        let only = file.plan.first().filter(|who| {
            let others = Who::PROCESSES.into_iter().filter(|other| other != who);
            others.clone().all(|other| !open[other.index()] && !before[other.index()])
        });
        let is_simple = asking.natures.get() == [false; 2] && strange_hosts(case, open).is_empty();
        let is_met = |who: &Who| asking.paths.borrow().get(who.index()).is_some_and(Option::is_some);
        match only.filter(|who| is_met(who) && is_simple && self.unsaid.get() < UNSAID) {
            Some(who) => {
                self.unsaid.set(self.unsaid.get() + 1);
                file.later.set(Some(who));
            }
            None => {
                self.unsaid.set(0);
                asking.begin_all(case, &file, before)?;
            }
        }
        Ok(file)
    }
}

/// Cases of which the server is not told that they begin: after so many it is, and has the kernel forget their files.
const UNSAID: u32 = 64;

/// Keeps this thread, and so all processes that it makes, on one processor: waking somebody on another takes far longer
/// than a request does. Each thread has the next one.
fn pin() {
    thread_local!(static PINNED: Cell<bool> = const { Cell::new(false) });
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let Ok(allowed) = sched_getaffinity(None) else { return };
    if PINNED.replace(true) || allowed.count() == 0 {
        return;
    }
    let which = NEXT.fetch_add(1, Relaxed) % allowed.count() as usize;
    let mut one = CpuSet::new();
    if let Some(cpu) = (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)).nth(which) {
        one.set(cpu);
        // Where it may not, it is slower.
        let _ = sched_setaffinity(None, &one);
    }
}
