//! A model that is asked as the running kernel is: its holds count requests and delay their replies.

use super::{Locks, Request, Requests, see_to};
use crate::sim::{Calls, Job, Processor, Running, Schedule};
use crate::{Case, Ground, Ready, Run, Sim, Subject, run};
use launder_oracle::{Call, Contract, Errno, Reply, Who};
use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;

/// The model of this subject, asked by requests.
pub fn asked<S: Subject<Ground = ()>>() -> Box<dyn Ready> {
    Box::new(Asked {
        knows: S::knows,
        has_two_hosts: S::has_two_hosts,
        on: On { make: |sim| Box::new(Shared(Rc::new(S::new(sim, &())))), sim: RefCell::default() },
    })
}

struct Asked {
    knows: fn(&Call) -> bool,
    has_two_hosts: fn() -> bool,
    on: On,
}

impl Ready for Asked {
    fn knows(&self, call: &Call) -> bool {
        (self.knows)(call)
    }

    fn has_two_hosts(&self) -> bool {
        (self.has_two_hosts)()
    }

    fn run(&self, sim: &Sim, case: &Case, schedule: &mut dyn Schedule) -> Run {
        let lacks = |ask: &&crate::Ask| ask.who.host().is_none() && !self.knows(&ask.call);
        match case.asks.iter().find(lacks) {
            Some(ask) => Run::Skipped(format!("there is no `{} {}`", ask.who, ask.call.word())),
            None => run::<ByRequests>(sim, &self.on, case, schedule),
        }
    }
}

/// A model's calls, which share it.
struct Shared<S>(Rc<S>);

impl<S: Subject> Calls for Shared<S> {
    fn call(&self, who: Who, call: Call) -> Running {
        let model = self.0.clone();
        Box::pin(async move { Some(model.call(who, call).await) })
    }

    fn work(&self, job: Job) -> Running {
        let model = self.0.clone();
        Box::pin(async move {
            model.work(job).await;
            None
        })
    }
}

/// What is asked: a model that is made for each case, and the simulator that it runs in.
struct On {
    make: fn(&Sim) -> Box<dyn Calls>,
    sim: RefCell<Sim>,
}

impl Ground for On {
    fn prepare(_: &[PathBuf]) -> Result<On, String> {
        Err("it is no subject of its own".into())
    }

    fn begin(&self, case: &Case) -> Result<(), String> {
        let sim = Sim::new();
        sim.go_by_requests();
        sim.begin(case);
        self.sim.replace(sim);
        Ok(())
    }
}

struct ByRequests {
    sim: Sim,
    within: Sim,
    processor: Processor,
    locks: Locks,
    /// Whether a request was to be overtaken: from then on each is seen.
    swaps: Cell<bool>,
}

impl Subject for ByRequests {
    const NAME: &'static str = "a model, asked by requests";
    const SOURCE: &'static str = "the model";
    const CONTRACT: Contract = Contract::STRONGEST;
    type Ground = On;

    fn new(sim: &Sim, on: &On) -> ByRequests {
        let within = on.sim.borrow().clone();
        within.record_steps(sim.records_steps());
        within.plant(sim.planted());
        let open = Who::PROCESSES.map(|who| sim.takes_part(who));
        let model = (on.make)(&within);
        ByRequests {
            sim: sim.clone(),
            within: within.clone(),
            processor: Processor::new(within, model),
            locks: Locks::new(sim, open),
            swaps: Cell::new(false),
        }
    }

    async fn call(&self, who: Who, call: Call) -> Reply {
        if call == Call::Lock && !self.locks.wait(&self.sim, who).await {
            return Reply::Err(Errno::EBADF);
        }
        self.swaps.set(self.swaps.get() || matches!(call, Call::Swap(_)));
        self.within.go_undisturbed(self.sim.is_undisturbed() && !self.swaps.get());
        self.processor.begin(who, call, self.sim.value().number().unwrap_or(0));
        let reply = see_to(&self.sim, &self.processor, who).await;
        if who.host().is_some() {
            let done = !matches!(reply, Reply::Err(_));
            self.locks.replied(&self.sim, who, call, done);
        }
        reply
    }
}

impl Requests for Processor {
    type Answer = Reply;

    fn next(&self, who: Who) -> Option<Request> {
        Processor::next(self, who)
    }

    fn put_back(&self, who: Who, request: Request) {
        Processor::put_back(self, who, request);
    }

    fn answer(&self, who: Who, request: &Request) -> String {
        Processor::answer(self, who, request)
    }

    fn take_answer(&self, who: Who) -> Option<Reply> {
        self.take_reply(who)
    }

    fn ready(&self) -> Vec<Who> {
        Who::ALL.into_iter().filter(|who| self.is_ready(*who)).collect()
    }

    fn gone(&self) -> Option<Reply> {
        None
    }
}
