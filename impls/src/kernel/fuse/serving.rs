//! The server's process: two mounts, a thread for each; one that is told what to do; and one that notifies, which the
//! kernel may keep waiting.

use super::super::rig::{Line, serve_in_thread, wire};
use super::contents::Contents;
use super::gate::{Name, Server};
use super::options::Options;
use super::server::Mount;
use super::supervised::ROOTS;
use crate::Cells;
use fuser::{INodeNo, Notifier};
use launder_oracle::{Call, Host, Words};
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::sync::Arc;
use std::thread;

/// What the server is given.
pub struct Given {
    /// What is asked of the kernel.
    pub options: Options,
    /// /dev/fuse, for host a and host b.
    pub devices: [OwnedFd; 2],
    /// Where it is told what to do.
    pub control: Line,
    /// Where it is told to notify.
    pub notify: Line,
    /// Where it tells of requests.
    pub told: Line,
}

/// Serves until nobody tells it to any more.
pub fn serve(given: Given) {
    let Given { options, devices, control, notify, told } = given;
    let nothing = Cells::of(&crate::Case::new(Vec::new()), rustix::param::page_size() as u64);
    let server = Arc::new(Server::new(Contents::new(0, 0, nothing), told));
    let [a, b] = devices;
    let mounts = [(Host::A, a), (Host::B, b)]
        .map(|(host, device)| serve_in_thread(Mount { host, options, server: server.clone() }, device));
    let notifiers = match mounts {
        [Ok(a), Ok(b)] => [a, b],
        [Err(why), _] | [_, Err(why)] => {
            let _ = control.say(format_args!("{why}"));
            return;
        }
    };
    let _ = server.notifiers.set(notifiers.clone());
    let other = notifiers.clone();
    let _ = thread::Builder::new().name(NOTIFIES.into()).spawn(move || notify_when_told(&notify, &other));
    if control.say(format_args!("ok")).is_ok() {
        // 71 is EPROTO.
        control.answer_all(|text| order(&server, &notifiers, text).unwrap_or_else(|| "errno 71".into()));
    }
}

/// The name of a thread that serves a mount: what `fuser` calls the first.
pub const SERVES: &str = "fuser-0";
/// The name of the thread that notifies.
pub const NOTIFIES: &str = "notify";

/// Notifies, never from a handler: libfuse, fuse_lowlevel_notify_inval_inode(), "To avoid a deadlock this function must not
/// be called in the execution path of a related filesystem operation or within any code that could hold a lock that could
/// be needed to execute such an operation". Where that is the planted bug, a name is looked up whose handler does.
fn notify_when_told(notify: &Line, notifiers: &[Notifier; 2]) {
    let done = |text: &str| match text.split_once(' ') {
        Some(("handler", order)) => {
            let host: usize = wire::number(order.split(' ').next())?;
            let _ = rustix::fs::statat(CWD, format!("{}/{order}", ROOTS[host]), AtFlags::empty());
            Some(0)
        }
        Some((_, order)) => notification(order, notifiers),
        None => None,
    };
    notify.answer_all(|text| match done(text).unwrap_or(libc::EPROTO) {
        0 => "ok".into(),
        errno => format!("errno {errno}"),
    });
}

/// FUSE_NOTIFY_INVAL_INODE, of `host inode start length`: the error, 0 for none.
pub fn notification(order: &str, notifiers: &[Notifier; 2]) -> Option<i32> {
    let mut words = order.split(' ');
    let host: usize = wire::number(words.next())?;
    let (ino, start, len) =
        (wire::number(words.next())?, wire::number(words.next())?, wire::number(words.next())?);
    let done = notifiers.get(host)?.inval_inode(INodeNo(ino), start, len);
    Some(done.err().map_or(0, |error| error.raw_os_error().unwrap_or(libc::EIO)))
}

/// Does what it is told; what there is to say.
fn order(server: &Server, notifiers: &[Notifier; 2], text: &str) -> Option<String> {
    let (word, rest) = text.split_once(' ')?;
    let mut words = rest.split(' ');
    match word {
        "begin" => {
            let names = server.with(|state| {
                state.begin(rest);
                state.take_past()
            });
            names.iter().for_each(|name| forget(notifiers, name));
        }
        "users" => {
            let users = [(); 3].map(|()| wire::number(words.next()));
            if let [Some(a1), Some(a2), Some(b1)] = users {
                server.with(|state| state.users = Some([a1, a2, b1]));
            }
        }
        "bare" => server.with(|state| state.bare = rest == "1"),
        "record" => server.with(|state| state.record_from_here(rest == "1")),
        "gate" => server.close(rest == "closed"),
        "answer" => return Some(format!("ok {}", server.answer(rest.parse().ok()?))),
        "log" => return Some(format!("ok {}", wire::join(&server.with(|state| state.take_log())))),
        "call" => {
            let number = wire::number(words.next())?;
            let asked = rest.split_once(' ')?.1;
            return Some(wire::print(&call(server, number, asked)));
        }
        _ => return None,
    }
    Some("ok".into())
}

/// A call of the third party or of nature that needs nothing of the kernel.
fn call(server: &Server, number: u32, asked: &str) -> super::super::Answer {
    let mut words = Words::of(1, asked);
    let asked = words.who().and_then(|who| words.call(who)).map_err(|_| Errno::PROTO)?;
    server.with(|state| match asked {
        Call::Pread { .. } | Call::Pwrite { .. } | Call::Ftruncate(_) => {
            state.contents.third_party(&asked, number).ok_or(Errno::FBIG)
        }
        asked if state.faults.arm(&asked) => Ok(launder_oracle::Reply::Ok),
        _ => Err(Errno::NOSYS),
    })
}

/// Has the kernel forget the name of a file, and the file with it once nobody has it open.
fn forget(notifiers: &[Notifier; 2], Name { name, known }: &Name) {
    for (notifier, _) in notifiers.iter().zip(known).filter(|(_, known)| **known) {
        // An error is that there is nothing to forget.
        let _ = notifier.inval_entry(INodeNo::ROOT, OsStr::new(name));
    }
}
