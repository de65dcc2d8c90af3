//! Lines between the processes of a rig: datagrams, each heard as a whole.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use rustix::io::{Errno, Result};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socketpair};
use std::cell::RefCell;
use std::fmt;
use std::time::{Duration, Instant};

/// One end of a line to another process.
pub struct Line {
    socket: OwnedFd,
    said: RefCell<Vec<u8>>,
    heard: RefCell<Vec<u8>>,
}

/// The longest datagram: the values of all cells that a file can have, and more.
pub(super) const LONGEST: usize = 100_000;

impl Line {
    /// Both ends of a new line.
    pub fn pair() -> std::result::Result<(Line, Line), String> {
        let (here, there) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
                .map_err(|errno| format!("socketpair: {errno}"))?;
        let end = |socket| Line { socket, said: RefCell::default(), heard: RefCell::default() };
        Ok((end(here), end(there)))
    }

    /// The descriptor, for [`super::fork`] to keep.
    pub fn fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// The same end again, for another who may say something there, too.
    pub fn again(&self) -> std::result::Result<Line, String> {
        let socket = self.socket.try_clone().map_err(|error| format!("fcntl: {error}"))?;
        Ok(Line { socket, said: RefCell::default(), heard: RefCell::default() })
    }

    /// Says something.
    pub fn say(&self, text: fmt::Arguments<'_>) -> Result<()> {
        let mut buffer = self.said.borrow_mut();
        buffer.clear();
        std::io::Write::write_fmt(&mut *buffer, text).map_err(|_| Errno::INVAL)?;
        buffer.truncate(LONGEST);
        // Who has gone does not kill us: EPIPE.
        send(&self.socket, &buffer, SendFlags::NOSIGNAL)?;
        Ok(())
    }

    /// Waits no longer than this, from now on, for what is said: AGAIN then.
    pub fn wait_at_most(self, most: Duration) -> std::result::Result<Line, String> {
        set_socket_timeout(&self.socket, Timeout::Recv, Some(most))
            .map_err(|errno| format!("setsockopt: {errno}"))?;
        Ok(self)
    }

    /// Waits for what is said, and does something with it; EPIPE where the other end is closed.
    pub fn hear<T>(&self, hear: impl FnOnce(&str) -> T) -> Result<T> {
        self.receive(RecvFlags::empty(), hear)
    }

    /// What has been said already, if something has.
    pub fn heard<T>(&self, hear: impl FnOnce(&str) -> T) -> Result<Option<T>> {
        match self.receive(RecvFlags::DONTWAIT, hear) {
            Err(Errno::AGAIN) => Ok(None),
            heard => heard.map(Some),
        }
    }

    fn receive<T>(&self, flags: RecvFlags, hear: impl FnOnce(&str) -> T) -> Result<T> {
        let mut buffer = self.heard.take();
        buffer.resize(LONGEST, 0);
        let received = loop {
            match recv(&self.socket, &mut buffer[..], flags) {
                Err(Errno::INTR) => {}
                received => break received,
            }
        };
        let heard = match received {
            Ok((0, _)) => Err(Errno::PIPE),
            Ok((len, _)) => Ok(hear(std::str::from_utf8(&buffer[..len]).map_err(|_| Errno::PROTO)?)),
            Err(errno) => Err(errno),
        };
        self.heard.replace(buffer);
        heard
    }

    /// Says something, and hears what is said to that.
    pub fn ask(&self, text: fmt::Arguments<'_>) -> Result<String> {
        self.say(text)?;
        self.hear(str::to_owned)
    }

    /// Answers what is said, until nobody says anything any more.
    pub fn answer_all<T: fmt::Display>(&self, mut answer: impl FnMut(&str) -> T) {
        while let Ok(answer) = self.hear(&mut answer) {
            if self.say(format_args!("{answer}")).is_err() {
                return;
            }
        }
    }

    /// The first that is said, when `what` is ready, which must be by then.
    pub fn hear_ready(&self, most: Duration, what: &str) -> std::result::Result<String, String> {
        match wait(&[self], most) {
            Ok(true) => self.hear(str::to_owned).map_err(|errno| format!("the supervisor has gone: {errno}")),
            _ => Err(format!("the {what} is not ready in time")),
        }
    }
}

impl AsFd for Line {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Waits so long for one of these: that something is said on it, or that it is closed or dead. Whether one is.
pub fn wait<F: AsFd>(ends: &[F], most: Duration) -> Result<bool> {
    let start = Instant::now();
    let mut polled: Vec<_> = ends.iter().map(|end| PollFd::new(end, PollFlags::IN)).collect();
    loop {
        let left = most.saturating_sub(start.elapsed());
        let left = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
        match poll(&mut polled, Some(&left)) {
            Err(Errno::INTR) => {}
            ready => return Ok(ready? > 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_that_is_closed_is_heard() {
        let (here, there) = Line::pair().unwrap();
        there.say(format_args!("ok")).unwrap();
        drop(there);
        assert_eq!(here.hear(str::to_owned), Ok("ok".into()));
        assert_eq!(here.hear(str::to_owned), Err(Errno::PIPE));
        assert_eq!(here.say(format_args!("ok")), Err(Errno::PIPE));
    }
}
