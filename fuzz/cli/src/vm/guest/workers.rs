//! As many cases under way in a guest as it has processors, each put by a thread that stays on one: what one processor keeps for itself,
//! as a batch of folios (mm/swap.c), no case leaves on another's. The answers go out in the order of the questions.

use super::super::wire::Message;
use super::answering::Answering;
use super::watchdog::Watchdog;
use rustix::thread::{CpuSet, sched_setaffinity};
use std::fs::File;
use std::process::exit;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{available_parallelism, spawn};

/// Threads that answer.
pub struct Workers {
    questions: Sender<Asked>,
    answers: Sender<Receiver<Message>>,
}

/// A question, and where its answer goes.
type Asked = (Message, Sender<Message>);

impl Workers {
    /// As many as there are processors; what they answer is written there.
    pub fn start(out: File) -> Workers {
        let (questions, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        for processor in 0..available_parallelism().map_or(1, usize::from) {
            let queue = Arc::clone(&queue);
            spawn(move || work(processor, &queue));
        }
        let (answers, order) = channel();
        spawn(move || write_in_order(out, order));
        Workers { questions, answers }
    }

    /// Whoever is free answers.
    pub fn ask(&self, question: Message) {
        let (to, answer) = channel();
        // Who would hear either has ended the machine.
        let _ = self.answers.send(answer);
        let _ = self.questions.send((question, to));
    }
}

fn work(processor: usize, queue: &Mutex<Receiver<Asked>>) {
    let mut processors = CpuSet::new();
    processors.set(processor);
    if let Err(errno) = sched_setaffinity(None, &processors) {
        eprintln!("launder: processor {processor}: {errno}");
    }
    let (watchdog, mut answering) = (Watchdog::start(), Answering::default());
    let next = || queue.lock().ok()?.recv().ok();
    while let Some((question, to)) = next() {
        watchdog.begins();
        let answer = answering.answer(&question);
        watchdog.ends();
        let _ = to.send(answer);
    }
}

/// Where a worker has panicked, which the console tells, there is no answer: the machine ends, as it does when its first process does.
fn write_in_order(mut out: File, answers: Receiver<Receiver<Message>>) {
    for answer in answers {
        let written = answer.recv().is_ok_and(|answer| answer.write(&mut out).is_ok());
        if !written {
            exit(1);
        }
    }
}
