//! The supervisor, as those who need its processes see it: made, heard, and gone with all that it has made.

use super::fork::fork;
use super::line::Line;
use super::supervise::{Supervised, supervise};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use std::time::{Duration, Instant};

/// A supervisor.
pub struct Supervisor {
    process: Pid,
    /// Closed last, which takes all down; nothing once that has been done.
    life: Option<Line>,
}

/// How long all may take to end; the supervisor waits for each of them.
const ENDING: Duration = Duration::from_secs(30);

impl Supervisor {
    /// Makes the supervisor, which makes the others.
    pub fn make<S: Supervised>(supervised: S) -> Result<Supervisor, String> {
        let (life, life_end) = Line::pair()?;
        let keep: Vec<_> = supervised.lines().into_iter().chain([&life_end]).map(Line::fd).collect();
        let process = fork(&keep, move || supervise(supervised, &life_end));
        Ok(Supervisor { process: process.map_err(|errno| format!("fork: {errno}"))?, life: Some(life) })
    }

    /// Waits so long until all are there, and hears who they are; if not, why that cannot be done here.
    pub fn meet(&self, most: Duration, what: &str) -> Result<String, String> {
        let life = self.life.as_ref().ok_or("the supervisor has gone")?;
        let said = life.hear_ready(most, what)?;
        said.strip_prefix("skipped ").map_or(Ok(said.clone()), |why| Err(why.into()))
    }

    /// Its number.
    pub fn number(&self) -> i32 {
        self.process.as_raw_pid()
    }
}

/// The supervisor sees that we have gone, cuts the connections, and kills and waits for all.
impl Drop for Supervisor {
    fn drop(&mut self) {
        drop(self.life.take());
        let start = Instant::now();
        while let Ok(None) = waitpid(Some(self.process), WaitOptions::NOHANG) {
            if start.elapsed() > ENDING {
                let _ = kill_process(self.process, Signal::KILL);
                let _ = waitpid(Some(self.process), WaitOptions::empty());
                return;
            }
            std::thread::sleep(Duration::from_micros(500));
        }
    }
}
