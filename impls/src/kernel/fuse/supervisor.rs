//! The process that makes all others of a mount, sees them live, and takes everything down when one dies or its own
//! parent does.
//!
//! It holds nothing of FUSE, so that nothing in the kernel can keep it, and can cut the connections: a request that hangs
//! cannot be killed. Should it be killed itself, its second does that. All mounts are in a namespace that ends with them.

use super::driving::drive;
use super::fork::{fork, fork_bound};
use super::namespace::{ROOTS, abort, enter, mount};
use super::options::Options;
use super::serving::{Given, serve};
use super::wire::Line;
use super::{nature, people::People};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd, AsRawFd, OwnedFd};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, PidfdFlags, Signal, WaitOptions, kill_process, pidfd_open, setsid, waitpid};
use std::thread;
use std::time::Duration;

/// The far ends of the lines to all processes.
pub struct Lines {
    /// To the supervisor: closed when all is to be taken down.
    pub life: Line,
    /// To the server: where it is told what to do, where it is told to notify, and where it tells of requests.
    pub server: [Line; 3],
    /// To the processes of the cases.
    pub drivers: [Line; 3],
    /// To the process that works for nature.
    pub nature: Line,
}

/// Users of the processes, where we may choose: nobody's, on any machine.
const USERS: [u32; 3] = [64_001, 64_002, 64_003];

/// A process, and a descriptor that says when it is dead.
struct Child(Pid, OwnedFd);

impl Child {
    fn of(child: rustix::io::Result<Pid>) -> Result<Child, String> {
        let child = child.map_err(|errno| format!("fork: {errno}"))?;
        let watched =
            pidfd_open(child, PidfdFlags::empty()).map_err(|errno| format!("pidfd_open: {errno}"))?;
        Ok(Child(child, watched))
    }
}

/// Makes the mounts and the processes, and takes them down again.
pub fn supervise(options: Options, lines: Lines) {
    // A terminal's interrupt is not for us.
    let _ = setsid();
    let Lines { life, server, drivers, nature } = lines;
    let Ok((end, second_end)) = pipe_with(PipeFlags::CLOEXEC) else { return };
    let mut children = Vec::new();
    match make(options, (server, drivers, nature), end, &mut children) {
        Err(why) => {
            let _ = life.say(format_args!("skipped {why}"));
        }
        Ok(people) => {
            if life.say(format_args!("{people}")).is_ok() {
                watch(&life, &children);
            }
        }
    }
    abort();
    end_all(children);
    drop(second_end);
}

/// Makes the mounts, and every process; those that there are already are among the children whatever comes of it.
fn make(
    options: Options,
    (server, drivers, nature): ([Line; 3], [Line; 3], Line),
    end: OwnedFd,
    children: &mut Vec<Child>,
) -> Result<People, String> {
    let users = enter()?.then_some(USERS);
    let second = fork(&[end.as_raw_fd()], move || {
        // Nothing is ever said: this returns when the supervisor is dead.
        let _ = rustix::io::read(&end, &mut [0_u8; 1]);
        abort();
    });
    let second = add(children, second)?;
    let devices = mount(users.is_some())?;
    let keep = devices.iter().map(AsRawFd::as_raw_fd).chain(server.iter().map(fd_of));
    let keep: Vec<_> = keep.collect();
    let [control, notify, told] = server;
    let given = Given { options, devices, control, notify, told };
    let mut people = People { second, server: 0, drivers: [0; 3], nature: 0, users };
    people.server = add(children, fork_bound(&keep, None, move || serve(given)))?;
    for (place, line) in drivers.into_iter().enumerate() {
        let (user, root, fd) = (users.map(|users| users[place]), ROOTS[place / 2], fd_of(&line));
        people.drivers[place] = add(children, fork_bound(&[fd], user, move || drive(&line, root)))?;
    }
    let fd = fd_of(&nature);
    people.nature = add(children, fork_bound(&[fd], None, move || nature::work(&nature, ROOTS)))?;
    Ok(people)
}

fn add(children: &mut Vec<Child>, child: rustix::io::Result<Pid>) -> Result<i32, String> {
    let child = Child::of(child)?;
    let pid = child.0.as_raw_pid();
    children.push(child);
    Ok(pid)
}

fn fd_of(line: &Line) -> i32 {
    line.as_fd().as_raw_fd()
}

/// How often it is looked whether a process is half dead.
const OFTEN: Duration = Duration::from_millis(100);

/// Waits until our parent has gone, or one of the others.
fn watch(life: &Line, children: &[Child]) {
    let mut watched = vec![PollFd::new(life, PollFlags::IN)];
    watched.extend(children.iter().map(|child| PollFd::new(&child.1, PollFlags::IN)));
    loop {
        match poll(&mut watched, Some(&timespec(OFTEN))) {
            Ok(0) if children.iter().any(is_half_dead) => return,
            Ok(0) | Err(Errno::INTR) => {}
            _ => return,
        }
    }
}

/// Whether a process has been killed one of whose threads cannot die: pidfd_open(2) tells of a process with all its
/// threads, and one that notifies waits in the kernel for what the others would have answered.
fn is_half_dead(Child(child, _): &Child) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.as_raw_pid())).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'))
}

/// How long a process may take to die: one that is in the kernel must first get out of it.
const DYING: Duration = Duration::from_secs(3);

fn end_all(children: Vec<Child>) {
    for Child(child, _) in &children {
        let _ = kill_process(*child, Signal::KILL);
    }
    for Child(child, dead) in &children {
        let _ = poll(&mut [PollFd::new(dead, PollFlags::IN)], Some(&timespec(DYING)));
        if let Ok(None) = waitpid(Some(*child), WaitOptions::NOHANG) {
            // It hangs in the kernel, and only the connection could have freed it: cut it once more.
            abort();
            thread::sleep(Duration::from_millis(100));
            let _ = waitpid(Some(*child), WaitOptions::NOHANG);
        }
    }
}

fn timespec(time: Duration) -> rustix::event::Timespec {
    rustix::event::Timespec { tv_sec: time.as_secs() as i64, tv_nsec: time.subsec_nanos().into() }
}
