//! The processes of a mount, as those who put cases see them: made, told, listened to, and taken down.

use super::super::rig::{Line, Relay, Supervisor, Thread, WAITS, new_slate};
use super::super::slate::Slate;
use super::options::Options;
use super::people::People;
use super::serving::{NOTIFIES, SERVES};
use super::supervised::Mounts;
use launder_oracle::Who;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Our ends of the lines to all processes.
pub struct Rig {
    supervisor: Supervisor,
    /// Who they are.
    pub people: People,
    /// The server's threads, but those that only wait for another to end.
    pub server: Vec<Thread>,
    callers: [Option<Thread>; 5],
    /// Where the server is told what to do.
    pub control: Line,
    /// Where it tells of requests.
    pub told: Line,
    /// Where each who is told what to call: for `server` the thread that notifies.
    pub agents: [Line; 5],
    slates: [Rc<Slate>; 4],
}

/// How long nobody may move before it is a hang.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// How long all may take to be ready.
const READY: Duration = Duration::from_secs(10);

impl Rig {
    /// Makes the mount and its processes.
    ///
    /// # Errors
    /// Why that cannot be done here.
    pub fn make(options: Options) -> Result<Rig, String> {
        let ((control, control_end), (told, told_end)) = (Line::pair()?, Line::pair()?);
        let [(a1, a1_end), (a2, a2_end), (b1, b1_end)] = [Line::pair()?, Line::pair()?, Line::pair()?];
        let ((notify, notify_end), (nature, nature_end)) = (Line::pair()?, Line::pair()?);
        let slate = || new_slate().map(Rc::new);
        let slates = [slate()?, slate()?, slate()?, slate()?];
        let relayed = [(Who::A2, &a2), (Who::B1, &b1), (Who::Nature, &nature), (Who::Server, &control)];
        let supervisor = Supervisor::make(Mounts {
            options,
            server: [control_end, notify_end, told_end],
            drivers: [a1_end, a2_end, b1_end],
            nature: nature_end,
            slates: slates.clone(),
            relay: Rc::new(Relay::to(relayed)?),
        })?;
        let patient = |line: Line| line.wait_at_most(PATIENCE);
        let agents = [patient(a1)?, patient(a2)?, patient(b1)?, patient(notify)?, patient(nature)?];
        let control = control.wait_at_most(READY)?;
        let said = supervisor.meet(READY, "mount")?;
        let people = People::parse(&said).ok_or("the supervisor says nothing of the others")?;
        let [a1, a2, b1] = people.drivers.map(Thread::only);
        let callers = [a1, a2, b1, None, Thread::only(people.nature)];
        let mut rig = Rig { supervisor, people, server: Vec::new(), callers, control, told, agents, slates };
        rig.meet_server()?;
        Ok(rig)
    }

    /// Waits until the server is ready, and tells it who the others are.
    fn meet_server(&mut self) -> Result<(), String> {
        match self.control.hear_ready(READY, "mount")? {
            said if said == "ok" => self.server = server_threads(self.people.server, READY)?,
            why => return Err(why),
        }
        let users = self.people.users.map_or(String::new(), |[a1, a2, b1]| format!("{a1} {a2} {b1}"));
        let said = self.control.ask(format_args!("users {users}"));
        said.map(drop).map_err(|errno| format!("the server has gone: {errno}"))
    }

    /// The thread that makes the calls of `who`: one of several of the server where that notifies.
    pub fn thread(&self, who: Who) -> Option<&Thread> {
        self.callers[who.index()].as_ref()
    }

    /// What one that hangs has answered before, and not said.
    pub fn answered(&self, who: Who) -> String {
        let slate = match who {
            Who::Nature => self.slates.get(3),
            who => self.slates[..3].get(who.index()),
        };
        slate.map_or(String::new(), |slate| slate.read())
    }

    /// All processes, the supervisor first.
    pub fn processes(&self) -> Vec<i32> {
        let People { second, server, drivers: [a1, a2, b1], nature, .. } = self.people;
        vec![self.supervisor.number(), second, server, a1, a2, b1, nature]
    }
}

/// The threads of the server, but those that only wait for another to end: a thread has its name only when it has begun to run.
fn server_threads(server: i32, patience: Duration) -> Result<Vec<Thread>, String> {
    let start = Instant::now();
    loop {
        let mut threads = Thread::all(server);
        let count = |name| threads.iter().filter(|thread| thread.name() == name).count();
        if count(SERVES) == 2 && count(NOTIFIES) == 1 {
            threads.retain(|thread| thread.name() != WAITS);
            return Ok(threads);
        }
        if threads.is_empty() {
            return Err("the server has gone".into());
        }
        if start.elapsed() > patience {
            return Err("the server's threads do not begin in time".into());
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_of_a_server_that_has_gone_are_not_waited_for() {
        let mut gone = std::process::Command::new("true").spawn().expect("true(1)");
        let server = gone.id().cast_signed();
        gone.wait().expect("it ends");
        let why = |server| server_threads(server, Duration::from_millis(1)).err();
        assert_eq!(why(server).as_deref(), Some("the server has gone"));
        let ours = std::process::id().cast_signed();
        assert_eq!(why(ours).as_deref(), Some("the server's threads do not begin in time"));
    }
}
