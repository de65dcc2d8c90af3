//! The processes of a disk, as those who put cases see them: made, told, listened to, and taken down.

use super::super::rig::{Line, Standing, Supervisor, Thread, wire};
use super::format::Uuid;
use super::subject::FileSystem;
use super::supervised::Served;
use rustix::io::Errno;
use std::cell::Cell;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::time::Duration;

/// Our ends of the lines to all processes.
pub struct Rig {
    supervisor: Supervisor,
    /// The second, the server, the driver.
    others: Vec<i32>,
    control: Line,
    driver: Line,
    /// The UUID of the file system, which is the name of the disk too.
    pub uuid: Uuid,
    gone: Cell<Option<Errno>>,
    hung: Cell<bool>,
}

/// How long all may take to be ready.
const READY: Duration = Duration::from_secs(60);
/// How long a call may take: the disk is in memory.
const PATIENCE: Duration = Duration::from_secs(20);

impl Rig {
    /// Makes the disk, its file system, and the processes.
    ///
    /// # Errors
    /// Why that cannot be done here.
    pub fn make<F: FileSystem>(maker: PathBuf) -> Result<Rig, String> {
        let ((control, control_end), (driver, driver_end)) = (Line::pair()?, Line::pair()?);
        let uuid = Uuid::random();
        let supervisor = Supervisor::make(Served::<F> {
            maker,
            uuid,
            control: control_end,
            driver: driver_end,
            file_system: PhantomData,
        })?;
        let said = supervisor.meet(READY, "disk")?;
        let others = said.split(' ').filter_map(|word| wire::number(Some(word))).collect();
        let (control, driver) = (control.wait_at_most(PATIENCE)?, driver.wait_at_most(PATIENCE)?);
        let (gone, hung) = (Cell::new(None), Cell::new(false));
        let rig = Rig { supervisor, others, control, driver, uuid, gone, hung };
        let gone = |errno| format!("a process of the disk has gone: {errno}");
        // From here on what is written may be a file's.
        rig.order(format_args!("made")).map_err(gone)?;
        match rig.drive(format_args!("ready")).map_err(gone)? {
            said if said == "ok" => Ok(rig),
            said => Err(said),
        }
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
        match line.ask(order) {
            Err(Errno::AGAIN) => {
                self.hung.set(true);
                Err(Errno::TIMEDOUT)
            }
            said => said.inspect_err(|errno| self.gone.set(Some(*errno))),
        }
    }

    /// Where in the kernel the driver hangs.
    pub fn stack(&self) -> String {
        let threads = self.others.last().map_or(Vec::new(), |driver| Thread::all(*driver));
        threads.first().map_or(String::new(), Thread::stack)
    }
}

impl Standing for Rig {
    const WHAT: &'static str = "disk";

    fn is_hung(&self) -> bool {
        self.hung.get()
    }

    fn gone(&self) -> Option<Errno> {
        self.gone.get()
    }

    fn processes(&self) -> Vec<i32> {
        [self.supervisor.number()].into_iter().chain(self.others.iter().copied()).collect()
    }
}
