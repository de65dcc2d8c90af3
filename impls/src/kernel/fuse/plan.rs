//! Calls that are put together: what one process asks in a row, where nobody can come between, goes to it as one message, and
//! all that settles does, whoever asks it.

use crate::{Ask, Case};
use launder_oracle::{Call, Who};
use std::cell::{Cell, RefCell};

/// The calls of a case that has no holds, and those by which any settles.
#[derive(Default)]
pub struct Plan {
    asks: RefCell<Vec<(Who, Call, u32)>>,
    next: Cell<usize>,
    ordered: Cell<usize>,
    settling: Cell<bool>,
    /// Who makes all calls, if they are one row.
    only: Option<Who>,
    /// The same, where that one has been told to settle, too.
    foretold: Cell<Option<Who>>,
}

/// Calls that are ordered together.
pub struct Row {
    /// The calls, and their numbers.
    pub calls: Vec<(Who, Call, u32)>,
    /// Whether nothing but what settles comes after them.
    pub is_all: bool,
}

impl Plan {
    /// That of a case; nothing is planned where requests are held.
    pub fn of(case: &Case) -> Plan {
        if case.asks.iter().any(|ask| !ask.holds.is_empty()) {
            return Plan::default();
        }
        let mut number = 0;
        let numbered = |(who, call): (Who, Call)| {
            number += u32::from(call.is_numbered());
            (who, call, number)
        };
        let asks = case.asks.iter().map(|ask| (ask.who, ask.call)).map(numbered).collect::<Vec<_>>();
        let first = asks.first().map(|(who, ..)| *who).filter(|who| who.host().is_some());
        let in_row = |(who, call, _): &(Who, Call, u32)| Some(*who) == first && may_be_in_row(call);
        let is_row = asks.len() <= MOST && asks.iter().all(in_row);
        Plan { only: first.filter(|_| is_row), asks: RefCell::new(asks), ..Plan::default() }
    }

    /// Who makes the first call, if it can be one of a row.
    pub fn first(&self) -> Option<Who> {
        self.asks.borrow().first().filter(|(_, call, _)| may_be_in_row(call)).map(|(who, ..)| *who)
    }

    /// From here on these calls are made, and nobody can come between.
    pub fn settles(&self, asks: &[Ask]) {
        self.asks.replace(asks.iter().map(|ask| (ask.who, ask.call, 0)).collect());
        self.next.set(0);
        self.ordered.set(self.foretold.get().map_or(0, |_| asks.len()));
        self.settling.set(true);
    }

    /// The next call is made: whether it has been ordered already.
    pub fn step(&self) -> bool {
        self.next.set(self.next.get() + 1);
        self.next.get() <= self.ordered.get()
    }

    /// Who has been told to settle before it was known what it holds; all that settles after it has been ordered, too.
    pub fn foretold(&self) -> Option<Who> {
        self.foretold.get()
    }

    /// The calls in a row that begin with the one that is made now, which are ordered herewith.
    pub fn row(&self, who: Who) -> Option<Row> {
        let first = self.next.get().checked_sub(1)?;
        let (asks, settling) = (self.asks.borrow(), self.settling.get());
        let alike = |(asker, call, _): &&(Who, Call, u32)| (*asker == who || settling) && may_be_in_row(call);
        let calls = asks.get(first..)?.iter().take(MOST).take_while(alike).copied().collect::<Vec<_>>();
        self.ordered.set(first + calls.len());
        let is_all = self.only.is_some() && !settling && calls.len() == asks.len();
        self.foretold.set(self.foretold.get().or(self.only.filter(|_| is_all)));
        (!calls.is_empty()).then_some(Row { calls, is_all })
    }
}

/// For a lock somebody may have to wait.
fn may_be_in_row(call: &Call) -> bool {
    !matches!(call, Call::Lock | Call::Unlock)
}

/// The most calls in a row: their answers wait in a socket.
const MOST: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(case: &str) -> Plan {
        Plan::of(&Case::parse(case).unwrap())
    }

    fn row(plan: &Plan, who: Who) -> Vec<String> {
        let said = |(who, call, number)| format!("{who} {number} {call}");
        plan.row(who).map_or(vec![], |row| row.calls.into_iter().map(said).collect())
    }

    #[test]
    fn what_one_process_asks_in_a_row_is_put_together() {
        let plan = plan("a1 pwrite 0..1\na1 fsync\na1 mwrite 1..2\na2 fsync\na2 lock\na1 fsync");
        assert!(!plan.step());
        assert_eq!(row(&plan, Who::A1), ["a1 1 pwrite 0..1", "a1 1 fsync", "a1 2 mwrite 1..2"]);
        assert!(plan.step() && plan.step());
        for (who, orders) in [
            (Who::A2, vec!["a2 2 fsync"]),
            (Who::A2, vec![]),
            (Who::A1, vec!["a1 2 fsync"]),
            (Who::A1, vec![]),
        ] {
            assert!(!plan.step());
            assert_eq!(row(&plan, who), orders);
        }
    }

    #[test]
    fn nothing_is_put_together_where_requests_are_held() {
        let plan = plan("a1 pwrite 0..1\na1 fsync ~1+1");
        assert!(!plan.step());
        assert!(row(&plan, Who::A1).is_empty());
    }

    fn settle(plan: &Plan) {
        let processes = [Call::Unlock, Call::Munmap, Call::Fsync].map(|call| Ask::new(Who::A1, call));
        let all = processes.into_iter().chain([Ask::new(Who::B1, Call::Fsync)]).collect::<Vec<_>>();
        plan.settles(&all);
    }

    #[test]
    fn what_settles_is_put_together_whoever_asks_it_and_where_requests_were_held_too() {
        let plan = plan("a1 pwrite 0..1 ~1+1\na2 fsync");
        assert!(!plan.step() && !plan.step());
        settle(&plan);
        assert!(!plan.step());
        assert!(row(&plan, Who::A1).is_empty());
        assert!(!plan.step());
        assert_eq!(row(&plan, Who::A1), ["a1 0 munmap", "a1 0 fsync", "b1 0 fsync"]);
        assert!(plan.step() && plan.step() && !plan.step());
    }

    #[test]
    fn what_settles_is_foretold_where_all_calls_are_a_row() {
        for (case, foretold) in [
            ("a1 fsync\na1 mmap", true),
            ("a1 fsync\na2 mmap", false),
            ("a1 lock\na1 fsync", false),
            ("server ftruncate 0", false),
        ] {
            let plan = plan(case);
            plan.step();
            plan.row(Who::A1);
            plan.step();
            settle(&plan);
            assert_eq!(plan.foretold(), foretold.then_some(Who::A1), "{case}");
            assert_eq!(plan.step(), foretold, "{case}");
        }
    }
}
