//! What the supervisor of a disk makes: the server, who makes the file system and who mounts it, and the process that makes
//! the calls.
//!
//! Once the connection is cut, whatever waits for the disk gets an error; the loop device goes with its mount.

use super::super::rig::{Child, DYING, Line, Supervised, abort, end_all, mount_base, mount_served, wait};
use super::disk::Disk;
use super::driving::drive;
use super::format::Uuid;
use super::making::{become_maker, mount_on_loop_device};
use super::names::{FILES, SAID, SERVED};
use super::serving::serve;
use super::subject::FileSystem;
use rustix::fd::{AsFd, AsRawFd};
use rustix::mount::{UnmountFlags, unmount};
use std::marker::PhantomData;
use std::path::PathBuf;
use std::time::Duration;

/// How the disk is made, and the far ends of the lines to all processes.
pub struct Served<F> {
    /// The program that makes the file system.
    pub maker: PathBuf,
    /// The UUID of the file system.
    pub uuid: Uuid,
    /// To the server.
    pub control: Line,
    /// To the process that makes the calls.
    pub driver: Line,
    /// The file system.
    pub file_system: PhantomData<F>,
}

impl<F: FileSystem> Supervised for Served<F> {
    const SERVED: &'static [&'static str] = &[SERVED];

    fn lines(&self) -> Vec<&Line> {
        vec![&self.control, &self.driver]
    }

    fn make(self, life: &Line, _: bool, children: &mut Vec<Child>) -> Result<String, String> {
        let Served { maker, uuid, control, driver, .. } = self;
        mount_base()?;
        let device = mount_served(SERVED, false)?;
        let keep = [device.as_raw_fd(), control.fd()];
        let disk = Disk::new(F::BYTES, F::FORMAT, uuid);
        children.push(Child::bound(&keep, None, move || serve(disk, device, &control))?);
        finish(life, children, "mkfs", || become_maker::<F>(&maker, &uuid))?;
        finish(life, children, "mount", || mount_on_loop_device::<F>(&uuid))?;
        children.push(Child::bound(&[driver.fd()], None, move || drive(&driver))?);
        let numbers: Vec<_> = children.iter().map(|child| child.number().to_string()).collect();
        Ok(numbers.join(" "))
    }

    /// The file system is unmounted while its disk is there; where that hangs, or somebody is kept by the disk, the disk goes.
    fn take_down(mut children: Vec<Child>) {
        // The second goes when we have, and the server when all others have.
        let mut users = children.split_off(children.len().min(2));
        let unmount_files = || {
            // An error is that it is not mounted, or that somebody is kept on it.
            let _ = unmount(FILES, UnmountFlags::empty());
        };
        if end_all(&users, DYING)
            && let Ok(unmounts) = Child::bound(&[], None, unmount_files)
        {
            let _ = wait(&[&unmounts], DYING);
            users.push(unmounts);
        }
        abort(Self::SERVED);
        end_all(&users, DYING);
        end_all(&children, DYING);
    }
}

/// How long one of what is done once may take.
const MAKING: Duration = Duration::from_secs(40);

/// Has a process do something, and waits until it has. It is taken down with the others where it does not come to its end.
fn finish(life: &Line, children: &mut Vec<Child>, what: &str, work: impl FnOnce()) -> Result<(), String> {
    let working = Child::bound(&[], None, work)?;
    let _ = wait(&[life.as_fd(), working.as_fd()], MAKING);
    match working.ended() {
        Some(status) if status.exit_status() == Some(0) => Ok(()),
        Some(_) => {
            let said = std::fs::read_to_string(SAID).unwrap_or_default();
            Err(format!("{what}: {}", said.split_whitespace().collect::<Vec<_>>().join(" ")))
        }
        None => {
            children.push(working);
            Err(format!("{what} does not come to its end"))
        }
    }
}
