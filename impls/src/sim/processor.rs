//! One processor, on which a model runs as a kernel does: who runs goes on until it is blocked, by a lock or by a request that
//! waits for its reply, and then who was woken runs, in the order of waking.

use super::task::{CALLS, Spawned, Stage, Task};
use super::{Job, Sim};
use crate::requests::Request;
use launder_oracle::{Call, Reply, What, Who};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// A call of a model, or work that it has spawned, which has no reply.
pub type Running = Pin<Box<dyn Future<Output = Option<Reply>>>>;

/// A model.
pub trait Calls {
    /// Begins a call.
    fn call(&self, who: Who, call: Call) -> Running;

    /// Begins work.
    fn work(&self, job: Job) -> Running;
}

/// The processor.
pub struct Processor {
    sim: Sim,
    model: Box<dyn Calls>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// By the places of their tasks.
    running: Vec<Option<Running>>,
    /// What waits for a reply, by who is thought to have sent it.
    requests: [VecDeque<Request>; CALLS],
    replies: [Option<Reply>; CALLS],
    /// A request that was overtaken is being executed, and answered at once.
    answered: Option<usize>,
    /// What it says.
    executed: Option<String>,
    /// Nature waits for the end of writeback.
    nature_looks: bool,
}

impl Processor {
    /// A processor on which nothing runs yet, of a model that was made for `sim`, which [goes by requests](Sim::go_by_requests).
    pub fn new(sim: Sim, model: Box<dyn Calls>) -> Processor {
        Processor { sim, model, state: RefCell::default() }
    }

    /// Begins a call that stores this number if it is a write, and runs it until everybody is blocked.
    pub fn begin(&self, who: Who, call: Call, number: u32) {
        let place = who.index();
        let running = self.model.call(who, call);
        self.start(place, Task { stage: Stage::Ready, number, host: who.host(), ..Task::default() }, running);
        self.run(place, who);
    }

    /// Answers a request of `mover`, and runs until everybody is blocked: what there is to say of that.
    pub fn answer(&self, mover: Who, request: &Request) -> String {
        let task = request.id as usize;
        if self.stage(task) == Stage::Aside {
            self.state.borrow_mut().answered = Some(task);
        }
        self.run(task, mover);
        self.state.borrow_mut().executed.take().unwrap_or_default()
    }

    /// The next request of `who` that waits.
    pub fn next(&self, who: Who) -> Option<Request> {
        self.state.borrow_mut().requests[who.index()].pop_front()
    }

    /// Puts a request behind the others of its call.
    pub fn put_back(&self, who: Who, request: Request) {
        self.state.borrow_mut().requests[who.index()].push_back(request);
    }

    /// The reply to the call of `who`, once there is one.
    pub fn take_reply(&self, who: Who) -> Option<Reply> {
        self.state.borrow_mut().replies[who.index()].take()
    }

    /// Whether `who` has something to go on with.
    pub fn is_ready(&self, who: Who) -> bool {
        let state = self.state.borrow();
        state.replies[who.index()].is_some() || !state.requests[who.index()].is_empty()
    }

    fn stage(&self, task: usize) -> Stage {
        self.sim.0.tasks.borrow().all[task].stage
    }

    fn set_stage(&self, task: usize, stage: Stage) {
        self.sim.0.tasks.borrow_mut().all[task].stage = stage;
    }

    fn start(&self, place: usize, task: Task, running: Running) {
        self.sim.0.tasks.borrow_mut().start(place, task);
        let mut state = self.state.borrow_mut();
        if state.running.len() <= place {
            state.running.resize_with(place + 1, || None);
        }
        state.running[place] = Some(running);
    }

    fn run(&self, task: usize, mover: Who) {
        let (mut woken, mut looks_up) = (VecDeque::from([task]), None);
        while let Some(task) = woken.pop_front().or_else(|| looks_up.take()) {
            self.run_until_blocked(task, mover);
            if task == Who::Nature.index() {
                self.state.borrow_mut().nature_looks = self.waits_for_the_end_of_writeback(task);
            }
            for task in self.granted() {
                match self.state.borrow().nature_looks && task == Who::Nature.index() {
                    true => looks_up = Some(task),
                    false => woken.push_back(task),
                }
            }
            if self.stage(task) == Stage::Behind {
                woken.push_back(task);
            }
        }
    }

    /// Whether that is all it waits for. Nature's process looks from time to time whether it has come, for who waits in the kernel is
    /// told of an error: all others are blocked again before it does.
    fn waits_for_the_end_of_writeback(&self, task: usize) -> bool {
        matches!(self.stage(task), Stage::Waiting(want, _) if want.takes_nothing())
    }

    /// Runs a task. What it spawns queues a request at once, before it goes on itself.
    fn run_until_blocked(&self, task: usize, mover: Who) {
        loop {
            let done = self.poll(task);
            let spawned: Vec<Spawned> = std::iter::from_fn(|| self.sim.next_spawned()).collect();
            for Spawned { job, host, .. } in spawned {
                let place = self.sim.0.tasks.borrow().idle_place_for_work();
                let work = Task { stage: Stage::Ready, host: Some(host), ..Task::default() };
                self.start(place, work, self.model.work(job));
                self.run_until_blocked(place, mover);
            }
            if let Poll::Ready(reply) = done {
                self.sim.0.tasks.borrow_mut().end(task);
                if let Some(reply) = reply {
                    self.state.borrow_mut().replies[task] = Some(reply);
                }
                return;
            }
            match self.stage(task) {
                Stage::Sent { of_writeback } if !self.is_answered(task) => {
                    return self.queue(task, mover, of_writeback, false);
                }
                Stage::Aside => return self.queue(task, mover, false, true),
                Stage::Stepped | Stage::Sent { .. } => {}
                _ => return,
            }
        }
    }

    fn is_answered(&self, task: usize) -> bool {
        let answered = self.state.borrow().answered == Some(task);
        if answered {
            let executed = self.said();
            let mut state = self.state.borrow_mut();
            (state.answered, state.executed) = (None, executed);
        }
        answered
    }

    fn poll(&self, task: usize) -> Poll<Option<Reply>> {
        self.set_stage(task, Stage::Ready);
        let moving = &self.sim.0.moving;
        moving.task.set(task);
        moving.steps.set(0);
        moving.until.set(u32::MAX);
        let running = self.state.borrow_mut().running[task].take();
        let Some(mut running) = running else { return Poll::Pending };
        let done = running.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if done.is_pending() {
            self.state.borrow_mut().running[task] = Some(running);
        }
        done
    }

    /// A request waits: of its call, or, as writeback and the server's notifications have no process, of who moved.
    fn queue(&self, task: usize, mover: Who, of_writeback: bool, aside: bool) {
        let sender = Who::ALL.into_iter().find(|who| who.index() == task && *who != Who::Server);
        let sender = sender.filter(|_| !of_writeback).unwrap_or(mover);
        let text = self.said().unwrap_or_default();
        let request = Request { id: task as u64, aside, text };
        self.state.borrow_mut().requests[sender.index()].push_back(request);
    }

    /// What the model has said last.
    fn said(&self) -> Option<String> {
        let mut said = self.sim.0.said.borrow_mut();
        let last = said.events.drain(..).next_back();
        last.and_then(|event| match event.what {
            What::Step(text) => Some(text.into()),
            _ => None,
        })
    }

    /// Who has been granted a lock, in that order.
    fn granted(&self) -> Vec<usize> {
        let mut tasks = self.sim.0.tasks.borrow_mut();
        tasks.granted = 0;
        let mut granted: Vec<(u32, usize)> = Vec::new();
        for (task, it) in tasks.all.iter_mut().enumerate() {
            if let Stage::Granted(ticket) = it.stage {
                it.stage = Stage::Ready;
                granted.push((ticket, task));
            }
        }
        granted.sort_unstable();
        granted.into_iter().map(|(_, task)| task).collect()
    }
}
