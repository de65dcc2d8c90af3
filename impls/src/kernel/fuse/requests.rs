//! The requests that a call causes, and how each is answered in its turn.

use super::super::Answer;
use super::super::rig::Standing;
use super::asking::Request;
use super::subject::{KernelFuse, Set};
use crate::sim::Job;
use crate::step;
use launder_oracle::{Host, Who};
use rustix::io::Errno;

impl<S: Set> KernelFuse<S> {
    /// Has who is asked make a call, and sees to the requests that it causes.
    pub(super) async fn ask(&self, who: Who, order: &str) -> Answer {
        let alone = self.sim.is_undisturbed() && !self.swaps.get();
        self.asking.begin(who, order, alone)?;
        if alone {
            return self.answer_alone(who).await;
        }
        self.asking.settle(who)?;
        self.see_to(who).await
    }

    /// The same of a call that was ordered with another before it.
    pub(super) async fn ask_ordered(&self, who: Who) -> Answer {
        self.asking.goes_on_with(who);
        self.answer_alone(who).await
    }

    async fn answer_alone(&self, who: Who) -> Answer {
        match self.asking.answer_alone(who)? {
            Some(answer) => {
                self.tell_requests()?;
                answer
            }
            // It hangs: nobody will come.
            None => self.see_to(who).await,
        }
    }

    /// Sees to the requests of a call, until it is answered.
    async fn see_to(&self, who: Who) -> Answer {
        loop {
            self.wake();
            if let Some(request) = self.asking.next(who) {
                self.pass(who, request).await;
            } else if let Some((answer, goes_on)) = self.asking.take_answer(who) {
                if goes_on {
                    self.sim.spawn(who.host().unwrap_or(Host::A), Job(who.index() as u32));
                }
                return answer;
            } else {
                self.sim.park().await;
            }
            if self.asking.gone().is_some() {
                return Err(Errno::PIPE);
            }
        }
    }

    /// Orders for this call and those after it that nobody can come between, if there are any.
    pub(super) fn row(&self, who: Who) -> Option<String> {
        let apart = self.sim.records_steps() || !self.sim.is_undisturbed() || self.swaps.get();
        if apart { None } else { self.file.plan.row(who) }
    }

    /// A request has come, and is answered in its turn: that is a step.
    pub(super) async fn pass(&self, who: Who, request: Request) {
        if request.aside {
            self.sim.say(format_args!("{}", request.text));
            self.sim.step_aside().await;
            return self.asking.put_back(who, request);
        }
        step!(self.sim, "{}", request.text);
        if let Ok(text) = self.asking.answer(who, &request)
            && !text.is_empty()
        {
            self.sim.say(format_args!("{text}"));
        }
        // If somebody has died, the case counts for nothing.
        let _ = self.asking.settle(who);
        self.wake();
    }

    pub(super) fn wake(&self) {
        self.asking.ready().into_iter().for_each(|who| self.sim.unpark(who));
    }

    /// Tells a reader of the requests of a call that nobody else could meet.
    fn tell_requests(&self) -> Result<(), Errno> {
        if self.sim.records_steps() {
            let log = self.asking.order(format_args!("log "))?;
            let lines = log.strip_prefix("ok ").unwrap_or_default().lines();
            lines.for_each(|line| self.sim.say(format_args!("{line}")));
        }
        Ok(())
    }
}
