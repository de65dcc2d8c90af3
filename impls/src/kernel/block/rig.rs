//! The processes of a disk, as those who put cases see them: made, told, listened to, and taken down.

use super::super::fuse::fork::fork;
use super::super::fuse::watch::Thread;
use super::super::fuse::wire::{self, Line};
use super::format::Uuid;
use super::subject::FileSystem;
use super::supervisor::{Lines, supervise};
use rustix::fd::{AsFd, AsRawFd};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use std::cell::Cell;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Our ends of the lines to all processes.
pub struct Rig {
    supervisor: Pid,
    /// The second, the server, the driver.
    others: Vec<i32>,
    control: Line,
    driver: Line,
    /// Closed last, which takes all down; nothing once that has been done.
    life: Option<Line>,
    /// The UUID of the file system, which is the name of the disk too.
    pub uuid: Uuid,
    gone: Cell<Option<Errno>>,
    hung: Cell<bool>,
}

/// How long all may take to be ready.
const READY: Duration = Duration::from_secs(60);
/// How long they may take to end; the supervisor waits for each of them.
const ENDING: Duration = Duration::from_secs(30);
/// How long a call may take: the disk is in memory.
const PATIENCE: Duration = Duration::from_secs(20);

impl Rig {
    /// Makes the disk, its file system, and the processes.
    ///
    /// # Errors
    /// Why that cannot be done here.
    pub fn make<F: FileSystem>(maker: PathBuf) -> Result<Rig, String> {
        let line = || Line::pair().map_err(|errno| format!("socketpair: {errno}"));
        let ((life, life_end), (control, control_end), (driver, driver_end)) = (line()?, line()?, line()?);
        let lines = Lines { life: life_end, control: control_end, driver: driver_end };
        let keep = [&lines.life, &lines.control, &lines.driver].map(|line| line.as_fd().as_raw_fd());
        let uuid = Uuid::random();
        let supervisor = fork(&keep, move || supervise::<F>(&maker, uuid, lines));
        let supervisor = supervisor.map_err(|errno| format!("fork: {errno}"))?;
        let (gone, hung) = (Cell::new(None), Cell::new(false));
        let mut rig =
            Rig { supervisor, others: Vec::new(), control, driver, life: Some(life), uuid, gone, hung };
        rig.meet()?;
        Ok(rig)
    }

    /// Waits until all are ready, and learns who they are.
    fn meet(&mut self) -> Result<(), String> {
        let life = self.life.as_ref().ok_or("the supervisor has gone")?;
        let said = match life.wait(READY) {
            Ok(true) => life.hear(str::to_owned).map_err(|errno| format!("the supervisor has gone: {errno}")),
            _ => Err("the disk is not ready in time".into()),
        }?;
        if let Some(why) = said.strip_prefix("skipped ") {
            return Err(why.into());
        }
        self.others = said.split(' ').filter_map(|word| wire::number(Some(word))).collect();
        let gone = |errno| format!("a process of the disk has gone: {errno}");
        // From here on what is written may be a file's.
        self.order(format_args!("made")).map_err(gone)?;
        match self.drive(format_args!("ready")).map_err(gone)? {
            said if said == "ok" => Ok(()),
            said => Err(said),
        }
    }

    /// All processes, the supervisor first.
    pub fn processes(&self) -> Vec<i32> {
        [self.supervisor.as_raw_pid()].into_iter().chain(self.others.iter().copied()).collect()
    }

    /// Why what is said counts for nothing: a process has died.
    pub fn gone(&self) -> Option<Errno> {
        self.gone.get()
    }

    /// Whether a call hangs in the kernel.
    pub fn is_hung(&self) -> bool {
        self.hung.get()
    }

    /// What the server says to an order.
    pub fn order(&self, order: std::fmt::Arguments<'_>) -> Result<String, Errno> {
        self.tell(&self.control, order)
    }

    /// What the driver says to an order; TIMEDOUT where it hangs.
    pub fn drive(&self, order: std::fmt::Arguments<'_>) -> Result<String, Errno> {
        self.tell(&self.driver, order)
    }

    fn tell(&self, line: &Line, order: std::fmt::Arguments<'_>) -> Result<String, Errno> {
        let said = line.say(order).and_then(|()| self.hear(line));
        match said {
            Err(Errno::TIMEDOUT) => self.hung.set(true),
            Err(errno) => self.gone.set(Some(errno)),
            Ok(_) => {}
        }
        said
    }

    fn hear(&self, line: &Line) -> Result<String, Errno> {
        let start = Instant::now();
        while !line.wait(PATIENCE.saturating_sub(start.elapsed()))? {
            if start.elapsed() >= PATIENCE {
                return Err(Errno::TIMEDOUT);
            }
        }
        line.hear(str::to_owned)
    }

    /// Where in the kernel the driver hangs.
    pub fn stack(&self) -> String {
        let threads = self.others.last().map_or(Vec::new(), |driver| Thread::all(*driver));
        threads.first().map_or(String::new(), Thread::stack)
    }
}

/// The supervisor sees that we have gone, and takes everything down.
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
