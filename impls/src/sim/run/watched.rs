//! The futures of a subject of which it is seen, after each move, what its caches and its server hold.

use super::futures::Futures;
use crate::Ask;
use crate::contents::{Contents, Watch};
use crate::sim::{Job, Sim};
use launder_oracle::{Call, Reply, Who};
use std::task::Poll;

/// Those of a run that is made for a reader; a run that is not costs nothing for this.
pub(super) struct Watched<'r> {
    sim: &'r Sim,
    futures: &'r mut dyn Futures,
    watch: Watch,
}

impl<'r> Watched<'r> {
    pub fn new(sim: &'r Sim, futures: &'r mut dyn Futures) -> Watched<'r> {
        Watched { sim, futures, watch: Watch::new(sim.cells()) }
    }

    /// The run has ended.
    pub fn end(self) {
        self.sim.0.watched.replace(self.watch.end());
    }
}

impl Futures for Watched<'_> {
    fn call(&mut self, who: Who, call: Call) {
        self.futures.call(who, call);
    }

    fn work(&mut self, place: usize, job: Job) {
        self.futures.work(place, job);
    }

    /// A move ends with the step that says what it did. What it did without a word goes with the reply, if it has led to one, and
    /// with the line before it otherwise.
    fn poll(&mut self, place: usize) -> Poll<Option<Reply>> {
        let before = self.sim.line();
        let done = self.futures.poll(place);
        let replies = matches!(done, Poll::Ready(Some(_)));
        let silent = self.sim.line() == before;
        self.watch.see(self.futures.contents(), self.sim.line() + u32::from(replies && silent));
        done
    }

    fn cut(&mut self, place: usize) {
        self.futures.cut(place);
    }

    fn wait(&mut self) -> bool {
        self.futures.wait()
    }

    fn settles(&self, asks: &[Ask]) {
        self.futures.settles(asks);
    }

    fn contents(&self) -> Option<Contents> {
        self.futures.contents()
    }
}
