//! The calls of a run and the work that they spawn: a subject's futures, each pinned in its place.
//!
//! Behind a table of functions, so that the runner is compiled once and not for each subject.

use crate::Subject;
use crate::sim::task::CALLS;
use crate::sim::{Job, Sim};
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
}

/// Makes a subject and hands out its futures, of which there are none yet.
pub(super) fn with<S: Subject, Out>(
    sim: &Sim,
    ground: &S::Ground,
    then: impl FnOnce(&mut dyn Futures) -> Out,
) -> Out {
    let subject = S::new(sim, ground);
    let [c0, c1, c2, c3, c4] = [(); CALLS].map(|()| None);
    let (mut c0, mut c1, mut c2, mut c3, mut c4) = (pin!(c0), pin!(c1), pin!(c2), pin!(c3), pin!(c4));
    let calls = [c0.as_mut(), c1.as_mut(), c2.as_mut(), c3.as_mut(), c4.as_mut()];
    then(&mut Of {
        calls,
        works: Vec::new(),
        call: |who, call| subject.call(who, call),
        work: |job| subject.work(job),
        wait: || subject.wait(),
    })
}

struct Of<'r, F, W, MakeCall, MakeWork, Wait> {
    calls: [Pin<&'r mut Option<F>>; CALLS],
    works: Vec<Pin<Box<Option<W>>>>,
    call: MakeCall,
    work: MakeWork,
    wait: Wait,
}

impl<F, W, MakeCall, MakeWork, Wait> Futures for Of<'_, F, W, MakeCall, MakeWork, Wait>
where
    F: Future<Output = Reply>,
    W: Future<Output = ()>,
    MakeCall: Fn(Who, Call) -> F,
    MakeWork: Fn(Job) -> W,
    Wait: Fn() -> bool,
{
    fn call(&mut self, who: Who, call: Call) {
        self.calls[who.index()].set(Some((self.call)(who, call)));
    }

    fn work(&mut self, place: usize, job: Job) {
        let place = place - CALLS;
        if place == self.works.len() {
            self.works.push(Box::pin(None));
        }
        self.works[place].set(Some((self.work)(job)));
    }

    fn poll(&mut self, place: usize) -> Poll<Option<Reply>> {
        let mut context = Context::from_waker(Waker::noop());
        let done = match place.checked_sub(CALLS) {
            None => {
                let future = self.calls[place].as_mut().as_pin_mut();
                future.map_or(Poll::Pending, |future| future.poll(&mut context)).map(Some)
            }
            Some(work) => {
                let future = self.works[work].as_mut().as_pin_mut();
                future.map_or(Poll::Pending, |future| future.poll(&mut context)).map(|()| None)
            }
        };
        if done.is_ready() {
            self.cut(place);
        }
        done
    }

    fn cut(&mut self, place: usize) {
        match place.checked_sub(CALLS) {
            None => self.calls[place].set(None),
            Some(work) => self.works[work].set(None),
        }
    }

    fn wait(&mut self) -> bool {
        (self.wait)()
    }
}
