//! The calls of a run and the work that they spawn: a subject's futures, each pinned in its place.
//!
//! Behind a table of functions, so that the runner is compiled once and not for each subject.

use crate::contents::Contents;
use crate::sim::task::CALLS;
use crate::sim::{Job, Sim};
use crate::{Ask, Subject};
use launder_oracle::{Call, Reply, Who};
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// The futures of a subject, whichever it is, by the places of their tasks.
pub(super) trait Futures {
    /// Begins a call in the place of who makes it.
    fn call(&mut self, who: Who, call: Call);

    /// Begins work in an idle place, the first after all others at the furthest.
    fn work(&mut self, place: usize, job: Job);

    /// Lets what is in a place go on; what has ended is gone, and was work if there is no reply.
    fn poll(&mut self, place: usize) -> Poll<Option<Reply>>;

    /// Ends what is in a place, wherever it is.
    fn cut(&mut self, place: usize);

    /// Waits for what is not the simulator's; whether something has come.
    fn wait(&mut self) -> bool;

    /// The run settles, by these asks.
    fn settles(&self, asks: &[Ask]);

    /// What the subject's caches and its server hold, if it says so.
    fn contents(&self) -> Option<Contents>;
}

/// Makes a subject and hands out its futures, of which there are none yet.
pub(super) fn with<S: Subject, Out>(
    sim: &Sim,
    ground: &S::Ground,
    then: impl FnOnce(&mut dyn Futures) -> Out,
) -> Out {
    let subject = S::new(sim, ground);
    let calls: [_; CALLS] = [pin!(None), pin!(None), pin!(None), pin!(None), pin!(None)];
    let works: [_; WORKS] = [pin!(None), pin!(None), pin!(None), pin!(None)];
    then(&mut Of {
        calls,
        works,
        more: Vec::new(),
        call: |who, call| subject.call(who, call),
        work: |job| subject.work(job),
        wait: || subject.wait(),
        settles: |asks: &[Ask]| subject.settles(asks),
        contents: || subject.contents(),
    })
}

/// Work that has a place beside the calls; where more is under way at once, each has a box.
const WORKS: usize = 4;

struct Of<'r, F, W, MakeCall, MakeWork, Wait, Settle, Look> {
    calls: [Pin<&'r mut Option<F>>; CALLS],
    works: [Pin<&'r mut Option<W>>; WORKS],
    more: Vec<Pin<Box<Option<W>>>>,
    call: MakeCall,
    work: MakeWork,
    wait: Wait,
    settles: Settle,
    contents: Look,
}

impl<F, W, MakeCall, MakeWork, Wait, Settle, Look> Of<'_, F, W, MakeCall, MakeWork, Wait, Settle, Look> {
    fn work_in(&mut self, place: usize) -> Pin<&mut Option<W>> {
        match place.checked_sub(WORKS) {
            None => self.works[place].as_mut(),
            Some(more) => self.more[more].as_mut(),
        }
    }
}

impl<F, W, MakeCall, MakeWork, Wait, Settle, Look> Futures
    for Of<'_, F, W, MakeCall, MakeWork, Wait, Settle, Look>
where
    F: Future<Output = Reply>,
    W: Future<Output = ()>,
    MakeCall: Fn(Who, Call) -> F,
    MakeWork: Fn(Job) -> W,
    Wait: Fn() -> bool,
    Settle: Fn(&[Ask]),
    Look: Fn() -> Option<Contents>,
{
    fn call(&mut self, who: Who, call: Call) {
        self.calls[who.index()].set(Some((self.call)(who, call)));
    }

    fn work(&mut self, place: usize, job: Job) {
        let place = place - CALLS;
        if place == WORKS + self.more.len() {
            self.more.push(Box::pin(None));
        }
        let work = (self.work)(job);
        self.work_in(place).set(Some(work));
    }

    fn poll(&mut self, place: usize) -> Poll<Option<Reply>> {
        let mut context = Context::from_waker(Waker::noop());
        match place.checked_sub(CALLS) {
            None => go_on(self.calls[place].as_mut(), &mut context).map(Some),
            Some(work) => go_on(self.work_in(work), &mut context).map(|()| None),
        }
    }

    fn cut(&mut self, place: usize) {
        match place.checked_sub(CALLS) {
            None => self.calls[place].set(None),
            Some(work) => self.work_in(work).set(None),
        }
    }

    fn wait(&mut self) -> bool {
        (self.wait)()
    }

    fn settles(&self, asks: &[Ask]) {
        (self.settles)(asks);
    }

    fn contents(&self) -> Option<Contents> {
        (self.contents)()
    }
}

/// Lets what is in a place go on, if anything is; what has ended is gone.
fn go_on<F: Future>(mut place: Pin<&mut Option<F>>, context: &mut Context<'_>) -> Poll<F::Output> {
    let Some(future) = place.as_mut().as_pin_mut() else { return Poll::Pending };
    let done = future.poll(context);
    if done.is_ready() {
        place.set(None);
    }
    done
}
