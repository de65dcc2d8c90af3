//! A call is made, alone or in a row with others, or with the requests that it causes waiting for their replies.

use super::super::Answer;
use super::subject::{KernelFuse, Set};
use crate::requests::see_to;
use launder_oracle::Who;
use rustix::io::Errno;

impl<S: Set> KernelFuse<S> {
    /// Has who is asked make a call, and sees to the requests that it causes.
    pub(super) async fn ask(&self, who: Who, order: &str) -> Answer {
        let alone = self.is_alone();
        self.asking.begin(who, order, alone)?;
        if alone {
            return self.answer_alone(who).await;
        }
        self.asking.settle(who)?;
        see_to(&self.sim, &*self.asking, who).await
    }

    /// Whether nobody else can meet the call that is made now.
    pub(super) fn is_alone(&self) -> bool {
        self.sim.is_undisturbed() && !self.swaps.get()
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
            None => see_to(&self.sim, &*self.asking, who).await,
        }
    }

    /// Orders for this call and those after it that nobody can come between, if there are any.
    pub(super) fn row(&self, who: Who) -> Option<String> {
        let apart = self.sim.records_steps() || !self.is_alone();
        if apart { None } else { self.file.plan.row(who) }
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
