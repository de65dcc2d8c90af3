//! Where requests wait for their replies: open, the gate lets each be answered at once; closed, each is told of, and
//! answered when that is asked for.
//!
//! A request is executed when it is read from /dev/fuse, and only its reply is delayed; one that is swapped is executed
//! with its reply, so that others overtake it.

use super::super::rig::{Faults, Line};
use super::begin::read_name;
use super::contents::Contents;
use fuser::Notifier;
use launder_oracle::{Host, Who};
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

/// A reply that is ready to be sent.
pub type Reply = Box<dyn FnOnce() + Send>;
/// A request that is not executed yet: what it does, and its reply.
pub type Execute = Box<dyn FnOnce(&mut State) -> (String, Reply) + Send>;

/// What the threads of the server share.
pub struct Server {
    state: Mutex<State>,
    /// Where requests are told of.
    told: Mutex<Line>,
    /// How both mounts are notified.
    pub notifiers: OnceLock<[Notifier; 2]>,
}

/// The state of the server.
pub struct State {
    /// The file of the case.
    pub contents: Contents,
    /// What is done to requests.
    pub faults: Faults,
    /// The users of the processes, where they are different ones.
    pub users: Option<[u32; 3]>,
    /// Whether nothing is done but the calls of a case, again and again.
    pub bare: bool,
    name: Option<Name>,
    past: Vec<Name>,
    closed: bool,
    recording: bool,
    log: Vec<String>,
    parked: BTreeMap<u64, Parked>,
    next: u64,
}

/// The name of a file, and on which hosts it is known.
pub struct Name {
    /// The name.
    pub name: String,
    /// By host, whether it has been looked up.
    pub known: [bool; 2],
}

enum Parked {
    Executed(Reply),
    Waiting(Execute),
}

/// Who sent a request.
#[derive(Clone, Copy)]
pub struct From {
    /// The mount that it came from.
    pub host: Host,
    /// The thread that sent it; 0 of writeback.
    pub pid: u32,
    /// The user.
    pub uid: u32,
}

impl Server {
    /// A server with no file yet.
    pub fn new(contents: Contents, told: Line) -> Server {
        let state = State {
            contents,
            faults: Faults::default(),
            users: None,
            bare: false,
            name: None,
            past: Vec::new(),
            closed: false,
            recording: false,
            log: Vec::new(),
            parked: BTreeMap::new(),
            next: 0,
        };
        Server { state: Mutex::new(state), told: Mutex::new(told), notifiers: OnceLock::new() }
    }

    /// Does something with the state.
    pub fn with<T>(&self, what: impl FnOnce(&mut State) -> T) -> T {
        what(&mut self.state.lock().expect("no thread of the server panics"))
    }

    /// A request has been read: executes it, and answers it when the gate lets it.
    pub fn request(&self, from: From, execute: Execute) {
        let reply = self.with(|state| {
            let swapped = state.closed && state.faults.swaps();
            let (text, parked) = match swapped {
                true => ("a request waits for others to overtake it".into(), Parked::Waiting(execute)),
                false => {
                    let (text, reply) = execute(state);
                    (text, Parked::Executed(reply))
                }
            };
            if !state.closed {
                state.record(from, text);
                return Some(parked);
            }
            state.next += 1;
            state.parked.insert(state.next, parked);
            let line = self.told.lock().expect("no thread of the server panics");
            let (id, aside) = (state.next, u8::from(swapped));
            // If nobody listens any more, nothing will be answered, and the end has come.
            let _ = line.say(format_args!("{id} {} {aside} server: {text} for {}", from.pid, from.host));
            None
        });
        if let Some(Parked::Executed(reply)) = reply {
            reply();
        }
    }

    /// Answers a request that waits, which may have to be executed first: the text of that.
    pub fn answer(&self, id: u64) -> String {
        let (text, reply) = self.with(|state| match state.parked.remove(&id) {
            Some(Parked::Executed(reply)) => (String::new(), Some(reply)),
            Some(Parked::Waiting(execute)) => {
                let (text, reply) = execute(state);
                (format!("server: {text}"), Some(reply))
            }
            None => (String::new(), None),
        });
        if let Some(reply) = reply {
            reply();
        }
        text
    }

    /// Closes or opens the gate. What waits goes on waiting.
    pub fn close(&self, closed: bool) {
        self.with(|state| state.closed = closed);
    }
}

impl State {
    /// A case begins if this is the name of a file after the one that there is. The number that it names.
    pub fn begin(&mut self, name: &str) -> Option<u64> {
        let (ino, size, cells) = read_name(name)?;
        if ino > self.contents.ino {
            self.contents = Contents::new(ino, size, cells);
            self.faults = Faults::default();
            let before = self.name.replace(Name { name: name.into(), known: [false; 2] });
            // What is measured is nothing but the calls.
            self.past.extend(before.filter(|_| !self.bare));
        }
        Some(ino)
    }

    /// The name of the file has been looked up.
    pub fn is_known_on(&mut self, host: Host) {
        self.name.iter_mut().for_each(|name| name.known[host.index()] = true);
    }

    /// The names of the files before this one that the kernel has not been told to forget.
    pub fn take_past(&mut self) -> Vec<Name> {
        std::mem::take(&mut self.past)
    }

    /// Requests are told of from here on, or are not.
    pub fn record_from_here(&mut self, recording: bool) {
        self.recording = recording;
        self.log.clear();
    }

    /// Which process a user is.
    pub fn user(&self, uid: u32) -> Option<Who> {
        let users = self.users?;
        Who::PROCESSES.into_iter().find(|who| users[who.index()] == uid)
    }

    /// The requests since this was asked before.
    pub fn take_log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log)
    }

    fn record(&mut self, from: From, text: String) {
        if self.recording {
            self.log.push(format!("server: {text} for {}", from.host));
        }
    }

    /// Whether texts are worth making.
    pub fn is_told(&self) -> bool {
        self.recording || self.closed
    }
}
