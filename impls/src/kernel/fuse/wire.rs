//! What the processes of a mount say to each other: datagrams of text, which a person can read.

use super::super::Answer;
use launder_oracle::{Reply, Value};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, Result};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socketpair};
use std::cell::RefCell;
use std::fmt::{self, Write};
use std::time::Duration;

/// One end of a line to another process.
pub struct Line {
    socket: OwnedFd,
    said: RefCell<Vec<u8>>,
    heard: RefCell<Vec<u8>>,
}

/// The longest datagram: the values of all cells that a file can have, and more.
const LONGEST: usize = 100_000;

impl Line {
    /// Both ends of a new line.
    pub fn pair() -> Result<(Line, Line)> {
        let (here, there) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        Ok((Line::of(here), Line::of(there)))
    }

    /// A line of which this is an end.
    pub fn of(socket: OwnedFd) -> Line {
        Line { socket, said: RefCell::default(), heard: RefCell::default() }
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
    pub fn wait_at_most(self, most: Duration) -> Result<Line> {
        set_socket_timeout(&self.socket, Timeout::Recv, Some(most))?;
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

    /// Waits so long for something to be said. Whether something was.
    pub fn wait(&self, most: Duration) -> Result<bool> {
        wait(&[self], most)
    }
}

impl AsFd for Line {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Waits so long for something to be said on one of these lines. Whether something was.
pub fn wait(lines: &[&Line], most: Duration) -> Result<bool> {
    let mut polled: Vec<_> = lines.iter().map(|line| PollFd::new(*line, PollFlags::IN)).collect();
    let most = Timespec { tv_sec: most.as_secs() as i64, tv_nsec: most.subsec_nanos().into() };
    match poll(&mut polled, Some(&most)) {
        Err(Errno::INTR) => Ok(false),
        ready => Ok(ready? > 0),
    }
}

/// An answer as text.
pub fn print(answer: &Answer) -> String {
    match answer {
        Ok(reply) => reply.to_string(),
        Err(errno) => format!("errno {}", errno.raw_os_error()),
    }
}

/// Reads an answer's text.
pub fn parse(text: &str) -> Answer {
    let mut words = text.split_ascii_whitespace();
    let reply = match words.next() {
        Some("ok") => Some(Reply::Ok),
        Some("got") => words.map(value).collect::<Option<Vec<_>>>().map(Reply::Got),
        Some("wrote") => number(words.next()).map(Reply::Wrote),
        Some("at") => number(words.next()).map(Reply::At),
        Some("SIGBUS") => Some(Reply::Sigbus),
        Some("errno") => {
            let errno = words.next().and_then(|word| word.parse().ok()).ok_or(Errno::PROTO)?;
            return Err(Errno::from_raw_os_error(errno));
        }
        _ => None,
    };
    reply.ok_or(Errno::PROTO)
}

fn value(word: &str) -> Option<Value> {
    match word {
        "-" => Some(Value::END),
        "?" => Some(Value::FOREIGN),
        word => word.parse().ok().map(Value::of),
    }
}

/// Reads a number.
pub fn number<N: std::str::FromStr>(word: Option<&str>) -> Option<N> {
    word?.parse().ok()
}

/// Several texts as one, a line each.
pub fn join(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_they_are_printed() {
        let values = vec![Value::ZERO, Value::of(7), Value::END, Value::FOREIGN];
        let replies =
            [Reply::Ok, Reply::Got(values), Reply::Got(vec![]), Reply::Wrote(2), Reply::At(9), Reply::Sigbus];
        for answer in replies.into_iter().map(Ok).chain([Err(Errno::IO), Err(Errno::NOTCONN)]) {
            assert_eq!(parse(&print(&answer)), answer);
        }
    }

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
