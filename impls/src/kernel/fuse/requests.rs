//! A call is made, alone or in a row with others, or with the requests that it causes waiting for their replies.

use super::super::Answer;
use super::super::rig::{chain, wire};
use super::client::Client;
use super::plan::Row;
use crate::Ask;
use crate::requests::see_to;
use launder_oracle::{Call, Host, Range, Who};
use rustix::io::Errno;

impl Client {
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
    pub(super) async fn ask_ordered(&self, who: Who, call: Call) -> Answer {
        if who == Who::Server {
            return wire::parse(&self.asking.ordered()?);
        }
        self.asking.goes_on_with(who);
        let Some(answer) = self.asking.answer_alone(who)? else {
            return see_to(&self.sim, &*self.asking, who).await;
        };
        if !self.settling.get() || self.file.plan.foretold() != Some(who) {
            return wire::parse(&answer);
        }
        // A process that was told to settle says by which call it has.
        match answer.strip_prefix(&format!("{call} ")) {
            Some(answer) => wire::parse(answer),
            None => self.asking.note(Err(Errno::PROTO)),
        }
    }

    async fn answer_alone(&self, who: Who) -> Answer {
        match self.asking.answer_alone(who)? {
            Some(answer) => {
                self.tell_requests()?;
                wire::parse(&answer)
            }
            // It hangs: nobody will come.
            None => see_to(&self.sim, &*self.asking, who).await,
        }
    }

    /// Orders for this call and those after it that nobody can come between.
    pub(super) fn row(&self, who: Who) -> Option<String> {
        if self.sim.records_steps() || !self.is_alone() {
            return None;
        }
        let Row { calls, is_all } = self.file.plan.row(who)?;
        let mut rows: Vec<(Who, String)> = Vec::new();
        let order = |(who, call, number)| (who, self.said(who, call, number));
        for (who, order) in calls.into_iter().map(order) {
            match rows.last_mut().filter(|(last, _)| *last == who) {
                Some((_, orders)) => *orders = format!("{orders}\n{order}"),
                None => rows.push((who, order)),
            }
        }
        if is_all && let Some((_, orders)) = rows.last_mut() {
            let [nature, server] = self.lasts(who).map(|ask| (ask.who, self.said(ask.who, ask.call, 0)));
            *orders = format!("{orders}\nsettle\n{}", nature.1);
            rows.push(server);
        }
        if rows.len() > 1 {
            // If somebody has died, the case counts for nothing.
            let _ = self.asking.all_move();
        }
        Some(chain(rows.iter().map(|(who, orders)| (*who, orders.as_str()))))
    }

    /// What is asked when the only process of a case has settled.
    pub(super) fn lasts(&self, who: Who) -> [Ask; 2] {
        let range = Range::new(0, self.sim.capacity());
        let host = who.host().unwrap_or(Host::A);
        let nature = Ask::new(Who::Nature, Call::Reclaim(host, range));
        [nature, Ask::new(Who::Server, Call::Pread { direct: false, range })]
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
