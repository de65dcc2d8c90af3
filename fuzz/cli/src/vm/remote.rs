//! A subject that is asked in a guest; what it says is judged here.

use super::file_system::FileSystem;
use super::machine::{Answer, Machine};
use super::wire::Message;
use launder_impls::sim::Schedule;
use launder_impls::{Case, Ready, Run, Sim};
use launder_oracle::{Call, End, Event, Trace, What};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// How many cases a guest is told before they are asked for: while one is judged, it is at the next.
pub const AHEAD: usize = 3;

/// A subject of a guest.
pub struct Remote {
    machine: Rc<Machine>,
    word: &'static str,
    two_hosts: bool,
    known: RefCell<HashMap<&'static str, bool>>,
    /// The cases that came to no end, and what was seen of that: nobody is asked them again.
    endless: RefCell<HashMap<String, Trace>>,
}

impl Remote {
    /// Makes the subject ready in the guest.
    ///
    /// # Errors
    /// Why it cannot be asked there.
    pub fn open(machine: Rc<Machine>, file_system: &FileSystem) -> Result<Remote, String> {
        let word = file_system.word;
        let answer = match machine.ask(&Message::new(format!("open {word}"), "")) {
            Answer::Said(answer) => answer,
            Answer::Hung(why, console) => return Err(format!("the guest {why} | {}", last(&console))),
            Answer::Nobody(why) => return Err(why),
        };
        let two_hosts = match answer.words() {
            ("opened", hosts) => hosts == ["2"],
            _ => return Err(answer.body),
        };
        Ok(Remote { machine, word, two_hosts, known: RefCell::default(), endless: RefCell::default() })
    }

    fn remembered(&self, case: String, trace: Trace) -> Trace {
        if trace.end != End::Quiet {
            self.endless.borrow_mut().insert(case, trace.clone());
        }
        trace
    }

    fn asks_whether_it_knows(&self, call: &Call) -> bool {
        let question = Message::new(format!("knows {}", self.word), call.to_string());
        matches!(self.machine.ask(&question), Answer::Said(answer) if answer.head == "yes")
    }
}

fn last(console: &[String]) -> String {
    console[console.len().saturating_sub(4)..].join(" | ")
}

impl Ready for Remote {
    /// By the word alone.
    fn knows(&self, call: &Call) -> bool {
        if let Some(known) = self.known.borrow().get(call.word()) {
            return *known;
        }
        let known = self.asks_whether_it_knows(call);
        self.known.borrow_mut().insert(call.word(), known);
        known
    }

    fn has_two_hosts(&self) -> bool {
        self.two_hosts
    }

    fn looks_ahead(&self) -> usize {
        AHEAD
    }

    fn expect(&self, sim: &Sim, cases: &[Case]) {
        let endless = self.endless.borrow();
        let put = |case| put(self.word, case, sim.records_steps());
        let asked = cases.iter().filter(|case| self.machine.spares(self.word, case).is_none()).map(put);
        self.machine.expect(asked.filter(|question| !endless.contains_key(&question.body)).collect());
    }

    /// As the case's holds say: no other schedule goes over the line.
    fn run(&self, sim: &Sim, case: &Case, _: &mut dyn Schedule) -> Run {
        if let Some(why) = self.machine.spares(self.word, case) {
            return Run::Skipped(why);
        }
        let question = put(self.word, case, sim.records_steps());
        if let Some(trace) = self.endless.borrow().get(&question.body) {
            return Run::Trace(trace.clone());
        }
        match self.machine.ask(&question) {
            Answer::Nobody(why) => Run::Skipped(why),
            Answer::Hung(why, console) => {
                Run::Trace(self.remembered(question.body, hung(case, &why, console)))
            }
            Answer::Said(answer) => match answer.words() {
                ("trace", _) => match Trace::parse(&answer.body) {
                    Ok(trace) => Run::Trace(self.remembered(question.body, trace)),
                    Err(error) => Run::Skipped(format!("the guest says no trace: {error}")),
                },
                _ => Run::Skipped(answer.body),
            },
        }
    }
}

/// The question what becomes of a case, its trace to name the steps or not.
fn put(word: &str, case: &Case, steps: bool) -> Message {
    Message::new(format!("put {word}{}", if steps { " steps" } else { "" }), case.to_string())
}

/// The trace of a guest that said nothing of the case: its console.
fn hung(case: &Case, why: &str, console: Vec<String>) -> Trace {
    let lines = [format!("the guest {why}; its console:")].into_iter().chain(console);
    let event = |(line, text): (u32, String)| Event { line, what: What::Step(text.into()) };
    Trace { cells: case.cells, events: (1..).zip(lines).map(event).collect(), end: End::Stuck }
}

#[cfg(test)]
mod tests {
    use super::*;
    use launder_oracle::{Contract, Unanswered, Verdict, judge};

    #[test]
    fn a_guest_that_hangs_is_a_case_without_an_answer_and_its_console_a_trace() {
        let case = Case::parse("file 4\na1 pwrite 0..1\n").expect("a case");
        let trace = hung(&case, "has ended", vec!["Kernel panic - not syncing: ~2+1 > a1".into()]);
        assert_eq!(judge(&Contract::LINUX, &trace), Verdict::Unanswered(Unanswered::Stuck));
        let read = Trace::parse(&trace.to_string()).expect("a trace");
        assert_eq!((read.cells, read.events.len(), read.end), (4, 2, End::Stuck));
    }
}
