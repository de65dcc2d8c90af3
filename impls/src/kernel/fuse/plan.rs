//! Calls that are put together: what one process asks in a row, where nobody can come between, goes to it as one message.

use crate::Case;
use launder_oracle::{Call, Who};
use std::cell::Cell;
use std::fmt::Write;

/// The calls of a case that has no holds.
#[derive(Default)]
pub struct Plan {
    asks: Vec<(Who, Call, u32)>,
    next: Cell<usize>,
    ordered: Cell<usize>,
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
        let asks = case.asks.iter().map(|ask| (ask.who, ask.call)).map(numbered).collect();
        Plan { asks, ..Plan::default() }
    }

    /// The next call is made: whether it has been ordered already.
    pub fn step(&self) -> bool {
        self.next.set(self.next.get() + 1);
        self.next.get() <= self.ordered.get()
    }

    /// Orders the calls in a row that begin with the one that is made now, if they are more than one. For a lock somebody
    /// may have to wait.
    pub fn row(&self, who: Who) -> Option<String> {
        let first = self.next.get().checked_sub(1)?;
        let alike = |(asker, call, _): &&(Who, Call, u32)| {
            *asker == who && !matches!(call, Call::Lock | Call::Unlock)
        };
        let mut orders = String::new();
        for (_, call, number) in self.asks.get(first..)?.iter().take(MOST).take_while(alike) {
            let end = if orders.is_empty() { "" } else { "\n" };
            // Writing to a String cannot fail.
            let _ = write!(orders, "{end}call {number} {call}");
            self.ordered.set(self.ordered.get().max(first) + 1);
        }
        orders.contains('\n').then_some(orders)
    }
}

/// The most calls in a row: their answers wait in a socket.
const MOST: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(case: &str) -> Plan {
        Plan::of(&Case::parse(case).unwrap())
    }

    #[test]
    fn what_one_process_asks_in_a_row_is_put_together() {
        let plan = plan("a1 pwrite 0..1\na1 fsync\na1 mwrite 1..2\na2 fsync\na2 lock\na1 fsync");
        assert!(!plan.step());
        assert_eq!(plan.row(Who::A1).unwrap(), "call 1 pwrite 0..1\ncall 1 fsync\ncall 2 mwrite 1..2");
        assert!(plan.step() && plan.step());
        for who in [Who::A2, Who::A2, Who::A1, Who::A1] {
            assert!(!plan.step());
            assert_eq!(plan.row(who), None);
        }
    }

    #[test]
    fn nothing_is_put_together_where_requests_are_held() {
        let plan = plan("a1 pwrite 0..1\na1 fsync ~1+1");
        assert!(!plan.step());
        assert_eq!(plan.row(Who::A1), None);
    }
}
