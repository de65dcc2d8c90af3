//! The processes of a mount, as those who put cases see them: made, told, listened to, and taken down.

use super::fork::fork;
use super::options::Options;
use super::people::People;
use super::serving::{NOTIFIES, SERVES, WAITS};
use super::supervisor::{Lines, supervise};
use super::watch::Thread;
use super::wire::Line;
use launder_oracle::Who;
use rustix::fd::{AsFd, AsRawFd};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use std::time::{Duration, Instant};

/// Our ends of the lines to all processes.
pub struct Rig {
    supervisor: Pid,
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
    /// Closed last but one, which takes all down; nothing once that has been done.
    life: Option<Line>,
}

/// How long nobody may move before it is a hang.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// How long all may take to be ready.
const READY: Duration = Duration::from_secs(10);
/// How long they may take to end; the supervisor waits for each of them.
const ENDING: Duration = Duration::from_secs(20);

impl Rig {
    /// Makes the mount and its processes.
    ///
    /// # Errors
    /// Why that cannot be done here.
    pub fn make(options: Options) -> Result<Rig, String> {
        let line = || Line::pair().map_err(|errno| format!("socketpair: {errno}"));
        let ((life, life_end), (control, control_end), (told, told_end)) = (line()?, line()?, line()?);
        let [(a1, a1_end), (a2, a2_end), (b1, b1_end)] = [line()?, line()?, line()?];
        let ((notify, notify_end), (nature, nature_end)) = (line()?, line()?);
        let lines = Lines {
            life: life_end,
            server: [control_end, notify_end, told_end],
            drivers: [a1_end, a2_end, b1_end],
            nature: nature_end,
        };
        let ends = lines.server.iter().chain(&lines.drivers).chain([&lines.life, &lines.nature]);
        let keep: Vec<_> = ends.map(|line| line.as_fd().as_raw_fd()).collect();
        let supervisor =
            fork(&keep, move || supervise(options, lines)).map_err(|errno| format!("fork: {errno}"))?;
        let nobody = People { second: 0, server: 0, drivers: [0; 3], nature: 0, users: None };
        let patient =
            |line: Line| line.wait_at_most(PATIENCE).map_err(|errno| format!("setsockopt: {errno}"));
        let agents = [patient(a1)?, patient(a2)?, patient(b1)?, patient(notify)?, patient(nature)?];
        let control = control.wait_at_most(READY).map_err(|errno| format!("setsockopt: {errno}"))?;
        let mut rig = Rig {
            supervisor,
            people: nobody,
            server: Vec::new(),
            callers: Default::default(),
            control,
            told,
            agents,
            life: Some(life),
        };
        rig.meet()?;
        Ok(rig)
    }

    /// Waits until all are ready, and learns who they are.
    fn meet(&mut self) -> Result<(), String> {
        let hear = |line: &Line| match line.wait(READY) {
            Ok(true) => line.hear(str::to_owned).map_err(|errno| format!("the supervisor has gone: {errno}")),
            _ => Err("the mount is not ready in time".into()),
        };
        let said = hear(self.life.as_ref().ok_or("the supervisor has gone")?)?;
        if let Some(why) = said.strip_prefix("skipped ") {
            return Err(why.into());
        }
        self.people = People::parse(&said).ok_or("the supervisor says nothing of the others")?;
        let said = hear(&self.control)?;
        if said != "ok" {
            return Err(said);
        }
        self.find_server_threads()?;
        let [a1, a2, b1] = self.people.drivers.map(Thread::only);
        self.callers = [a1, a2, b1, None, Thread::only(self.people.nature)];
        let users = self.people.users.map_or(String::new(), |[a1, a2, b1]| format!(" {a1} {a2} {b1}"));
        let people = format!("people {}{users}", self.people.nature);
        self.order(format_args!("{people}"))
            .map(drop)
            .map_err(|errno| format!("the server has gone: {errno}"))
    }

    /// Finds the threads of the server: a thread has its name only when it has begun to run.
    fn find_server_threads(&mut self) -> Result<(), String> {
        let start = Instant::now();
        loop {
            self.server = Thread::all(self.people.server);
            let count = |name| self.server.iter().filter(|thread| thread.name() == name).count();
            if count(SERVES) == 2 && count(NOTIFIES) == 1 {
                self.server.retain(|thread| thread.name() != WAITS);
                return Ok(());
            }
            if start.elapsed() > READY {
                return Err("the server's threads do not begin in time".into());
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Tells the server something, and hears what it says to that: at once, for it waits for nobody.
    pub fn order(&self, order: std::fmt::Arguments<'_>) -> rustix::io::Result<String> {
        self.control.say(order)?;
        self.control.hear(str::to_owned)
    }

    /// The thread that makes the calls of `who`: one of several of the server where that notifies.
    pub fn thread(&self, who: Who) -> Option<&Thread> {
        self.callers[who.index()].as_ref()
    }

    /// All processes, the supervisor first.
    pub fn processes(&self) -> Vec<i32> {
        let People { second, server, drivers: [a1, a2, b1], nature, .. } = self.people;
        vec![self.supervisor.as_raw_pid(), second, server, a1, a2, b1, nature]
    }
}

/// The supervisor sees that we have gone, cuts the connections, and kills and waits for all.
impl Drop for Rig {
    fn drop(&mut self) {
        drop(self.life.take());
        let start = Instant::now();
        while let Ok(None) = waitpid(Some(self.supervisor), WaitOptions::NOHANG) {
            if start.elapsed() > ENDING {
                let _ = kill_process(self.supervisor, Signal::KILL);
                let _ = waitpid(Some(self.supervisor), WaitOptions::empty());
                return;
            }
            std::thread::sleep(Duration::from_micros(500));
        }
    }
}
