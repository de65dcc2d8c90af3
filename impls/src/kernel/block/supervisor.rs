//! The process that makes all others of a disk, sees them live, and takes everything down when one dies or its own parent
//! does.
//!
//! It has no file on the disk and none of the server's, so that nothing in the kernel can keep it, and can cut the
//! connection: whatever waits for the disk then gets an error. Should it be killed itself, its second does that. All mounts
//! are in a namespace that ends with its last process, and the loop device with its mount.

use super::super::fuse::fork::{fork, fork_bound};
use super::super::fuse::namespace::enter;
use super::super::fuse::wire::Line;
use super::disk::Disk;
use super::driving::drive;
use super::format::Uuid;
use super::making::{become_maker, mount_on_loop_device};
use super::names::{BASE, FILES, SAID, SERVED};
use super::serving::serve;
use super::subject::FileSystem;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::fs::{Mode, OFlags, mkdir, open};
use rustix::io::Errno;
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, PidfdFlags, Signal, WaitOptions, kill_process, pidfd_open, setsid, waitpid};
use std::ffi::CString;
use std::path::Path;
use std::time::{Duration, Instant};

/// The far ends of the lines to all processes.
pub struct Lines {
    /// To the supervisor: closed when all is to be taken down.
    pub life: Line,
    /// To the server.
    pub control: Line,
    /// To the process that makes the calls.
    pub driver: Line,
}

/// A process, and a descriptor that says when it is dead.
struct Child(Pid, OwnedFd);

type Said<T> = Result<T, String>;

/// Makes the disk and the processes, and takes them down again.
pub fn supervise<F: FileSystem>(maker: &Path, uuid: Uuid, lines: Lines) {
    // A terminal's interrupt is not for us.
    let _ = setsid();
    let Lines { life, control, driver } = lines;
    let Ok((end, second_end)) = pipe_with(PipeFlags::CLOEXEC) else { return };
    let mut children = Vec::new();
    match make::<F>(maker, uuid, &life, (control, driver, end), &mut children) {
        Err(why) => {
            let _ = life.say(format_args!("skipped {why}"));
        }
        Ok(()) => {
            let names: Vec<_> = children.iter().map(|child| child.0.as_raw_pid().to_string()).collect();
            if life.say(format_args!("{}", names.join(" "))).is_ok() {
                watch(&life, &children);
            }
        }
    }
    take_down(children);
    drop(second_end);
}

/// Makes everything; those processes that there are already are among the children whatever comes of it.
fn make<F: FileSystem>(
    maker: &Path,
    uuid: Uuid,
    life: &Line,
    (control, driver, end): (Line, Line, OwnedFd),
    children: &mut Vec<Child>,
) -> Said<()> {
    enter()?;
    let second = fork(&[end.as_raw_fd()], move || {
        // Nothing is ever said: this returns when the supervisor is dead.
        let _ = rustix::io::read(&end, &mut [0_u8; 1]);
        abort();
    });
    children.push(child(second)?);
    let device = mount_served()?;
    let keep = [device.as_raw_fd(), control.as_fd().as_raw_fd()];
    let disk = Disk::new(F::BYTES, F::FORMAT, uuid);
    children.push(child(fork_bound(&keep, None, move || {
        serve(disk, device, &control);
    }))?);
    finish(life, children, "mkfs", || become_maker::<F>(maker, &uuid))?;
    finish(life, children, "mount", || mount_on_loop_device::<F>(&uuid))?;
    let fd = driver.as_fd().as_raw_fd();
    children.push(child(fork_bound(&[fd], None, move || drive(&driver)))?);
    Ok(())
}

fn child(child: rustix::io::Result<Pid>) -> Said<Child> {
    let child = child.map_err(|errno| format!("fork: {errno}"))?;
    let watched = pidfd_open(child, PidfdFlags::empty()).map_err(|errno| format!("pidfd_open: {errno}"))?;
    Ok(Child(child, watched))
}

/// Mounts the file system that the disk is a file of: /dev/fuse.
fn mount_served() -> Said<OwnedFd> {
    let why = |what: &'static str| move |errno: Errno| format!("{what}: {errno}");
    let safe = MountFlags::NOSUID | MountFlags::NODEV;
    mount("launder", BASE, "tmpfs", safe, Some(c"mode=0700")).map_err(why("tmpfs"))?;
    mkdir(SERVED, Mode::RWXU).map_err(why("mkdir"))?;
    let device =
        open("/dev/fuse", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()).map_err(why("/dev/fuse"))?;
    let data = format!("fd={},rootmode=40000,user_id=0,group_id=0", device.as_raw_fd());
    let data = CString::new(data).map_err(|error| error.to_string())?;
    mount("launder", SERVED, "fuse", safe, Some(data.as_c_str())).map_err(why("FUSE mount"))?;
    Ok(device)
}

/// How long one of what is done once may take.
const MAKING: Duration = Duration::from_secs(40);

/// Has a process do something, and waits until it has. It is taken down with the others where it does not come to its end.
fn finish(life: &Line, children: &mut Vec<Child>, what: &str, work: impl FnOnce()) -> Said<()> {
    let working = child(fork_bound(&[], None, work))?;
    let ended = |child: &Child| waitpid(Some(child.0), WaitOptions::NOHANG).ok().flatten();
    let _ = wait(&[life.as_fd(), working.1.as_fd()], MAKING);
    match ended(&working) {
        Some((_, status)) if status.exit_status() == Some(0) => Ok(()),
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

/// Waits until one of these can be read or is closed, or is dead. Whether one is.
fn wait<F: AsFd>(ends: &[F], most: Duration) -> bool {
    let start = Instant::now();
    loop {
        let mut polled: Vec<_> = ends.iter().map(|end| PollFd::new(end, PollFlags::IN)).collect();
        let left = most.saturating_sub(start.elapsed());
        let left = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
        match poll(&mut polled, Some(&left)) {
            Ok(0) => return false,
            Err(Errno::INTR) => {}
            _ => return true,
        }
    }
}

/// Waits until our parent has gone, or one of the others.
fn watch(life: &Line, children: &[Child]) {
    let ends: Vec<_> =
        [life.as_fd()].into_iter().chain(children.iter().map(|child| child.1.as_fd())).collect();
    while !wait(&ends, Duration::from_secs(3600)) {}
}

/// Cuts the connection. umount2(2), MNT_FORCE: "Ask the filesystem to abort pending requests before attempting the unmount."
fn abort() {
    // An error is that there is no mount.
    let _ = unmount(SERVED, UnmountFlags::FORCE | UnmountFlags::DETACH);
}

/// How long a process may take to die or to unmount, before and after the connection has been cut.
const ENDING: Duration = Duration::from_secs(4);

/// The file system is unmounted while its disk is there; where that hangs, or somebody is kept by the disk, the disk goes.
fn take_down(mut children: Vec<Child>) {
    // The second goes when we have, and the server when all others have.
    let mut users = children.split_off(children.len().min(2));
    let unmount_files = || {
        // An error is that it is not mounted, or that somebody is kept on it.
        let _ = unmount(FILES, UnmountFlags::empty());
    };
    if end(&users)
        && let Ok(unmounts) = child(fork_bound(&[], None, unmount_files))
    {
        let _ = wait(&[&unmounts.1], ENDING);
        users.push(unmounts);
    }
    abort();
    let _ = end(&users);
    let _ = end(&children);
}

/// Kills these, and waits for them. Whether they have gone.
fn end(children: &[Child]) -> bool {
    for Child(child, _) in children {
        let _ = kill_process(*child, Signal::KILL);
    }
    let mut all = true;
    for Child(child, dead) in children {
        all &= wait(&[dead], ENDING);
        let _ = waitpid(Some(*child), WaitOptions::NOHANG);
    }
    all
}
