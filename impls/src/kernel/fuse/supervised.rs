//! What the supervisor of a mount makes: the server, a process for each of a case, and one for nature.

use super::super::rig::{Child, Line, Relay, Supervised, mount_base, mount_served};
use super::super::slate::Slate;
use super::driving::drive;
use super::options::Options;
use super::serving::{Given, serve};
use super::{nature, people::People};
use rustix::fd::AsRawFd;
use std::rc::Rc;

/// The options, and the far ends of the lines to all processes.
pub struct Mounts {
    /// What is asked of the kernel.
    pub options: Options,
    /// To the server: where it is told what to do, where it is told to notify, and where it tells of requests.
    pub server: [Line; 3],
    /// To the processes of the cases.
    pub drivers: [Line; 3],
    /// To the process that works for nature.
    pub nature: Line,
    /// What those of the cases have answered, and nature's.
    pub slates: [Rc<Slate>; 4],
    /// Where one process says what another is to do after it.
    pub relay: Rc<Relay>,
}

/// Where the mounts of host a and host b are.
pub const ROOTS: [&str; 2] = ["/tmp/a", "/tmp/b"];

/// Users of the processes, where we may choose: nobody's, on any machine.
const USERS: [u32; 3] = [64_001, 64_002, 64_003];

impl Supervised for Mounts {
    const SERVED: &'static [&'static str] = &ROOTS;

    fn lines(&self) -> Vec<&Line> {
        self.server.iter().chain(&self.drivers).chain([&self.nature]).chain(self.relay.lines()).collect()
    }

    fn make(self, _: &Line, root: bool, children: &mut Vec<Child>) -> Result<String, String> {
        let Mounts { options, server, drivers, nature, slates, relay } = self;
        let users = root.then_some(USERS);
        mount_base()?;
        let devices = [mount_served(ROOTS[0], root)?, mount_served(ROOTS[1], root)?];
        let keep: Vec<_> =
            devices.iter().map(AsRawFd::as_raw_fd).chain(server.iter().map(Line::fd)).collect();
        let [control, notify, told] = server;
        let given = Given { options, devices, control, notify, told };
        children.push(Child::bound(&keep, None, move || serve(given))?);
        let with = |line: &Line| relay.lines().chain([line]).map(Line::fd).collect::<Vec<_>>();
        for (place, line) in drivers.into_iter().enumerate() {
            let (user, root, keep) = (users.map(|users| users[place]), ROOTS[place / 2], with(&line));
            let (slate, relay) = (slates[place].clone(), relay.clone());
            children.push(Child::bound(&keep, user, move || drive(&line, (&slate, &relay), root))?);
        }
        let (keep, slate, relay) = (with(&nature), slates[3].clone(), relay.clone());
        children.push(Child::bound(&keep, None, move || nature::work(&nature, (&slate, &relay), ROOTS))?);
        Ok(People::of(children, users).to_string())
    }
}
