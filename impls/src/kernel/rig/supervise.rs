//! The supervisor: it makes all other processes, sees them live, and takes everything down when one dies or its own parent
//! does.
//!
//! Nothing in the kernel can keep it, and it can cut the connections. Should it be killed itself, its second does that. All
//! mounts are in a namespace that ends with its last process.

use super::child::{Child, end_all};
use super::line::{Line, wait};
use super::namespace::{abort, enter};
use rustix::fd::{AsFd, AsRawFd};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::setsid;
use std::time::Duration;

/// What a supervisor makes, and takes down.
pub trait Supervised: Sized {
    /// Where our servers' file systems are mounted.
    const SERVED: &'static [&'static str];

    /// The far ends of the lines to all processes.
    fn lines(&self) -> Vec<&Line>;

    /// Makes everything, where we are root as any user, and says who the processes are; those that there are already are
    /// among the children whatever comes of it.
    fn make(self, life: &Line, root: bool, children: &mut Vec<Child>) -> Result<String, String>;

    /// Takes everything down: the second, and then the others in the order in which they were made.
    fn take_down(children: Vec<Child>) {
        abort(Self::SERVED);
        if !end_all(&children, DYING) {
            // Somebody hangs in the kernel, and only a connection could have freed it: cut them once more.
            abort(Self::SERVED);
            end_all(&children, DYING);
        }
    }
}

/// How long processes may take to die: one that is in the kernel must first get out of it.
pub const DYING: Duration = Duration::from_secs(4);

/// Makes everything, and takes it down again when the far end of `life` is closed.
pub fn supervise<S: Supervised>(supervised: S, life: &Line) {
    // A terminal's interrupt is not for us.
    let _ = setsid();
    let Ok((end, second_end)) = pipe_with(PipeFlags::CLOEXEC) else { return };
    let mut children = Vec::new();
    let made = enter().and_then(|root| {
        let second = Child::outliving(&[end.as_raw_fd()], move || {
            // Nothing is ever said: this returns when the supervisor is dead.
            let _ = rustix::io::read(&end, &mut [0_u8; 1]);
            abort(S::SERVED);
        });
        children.push(second?);
        supervised.make(life, root, &mut children)
    });
    match made {
        Err(why) => {
            let _ = life.say(format_args!("skipped {why}"));
        }
        Ok(people) => {
            if life.say(format_args!("{people}")).is_ok() {
                watch(life, &children);
            }
        }
    }
    S::take_down(children);
    drop(second_end);
}

/// How often it is looked whether a process is half dead.
const OFTEN: Duration = Duration::from_millis(100);

/// Waits until our parent has gone, or one of the others.
fn watch(life: &Line, children: &[Child]) {
    let ends: Vec<_> = [life.as_fd()].into_iter().chain(children.iter().map(AsFd::as_fd)).collect();
    while wait(&ends, OFTEN) == Ok(false) && !children.iter().any(Child::is_half_dead) {}
}
