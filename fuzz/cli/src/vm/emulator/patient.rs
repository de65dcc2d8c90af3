//! The line to a guest, on which nobody is waited for beyond a time.

use std::io::{self, ErrorKind, Read};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// A line on which nobody is waited for beyond a time.
pub struct Patient {
    pub stream: UnixStream,
    pub until: Instant,
}

impl Patient {
    pub fn new(stream: UnixStream) -> Patient {
        Patient { stream, until: Instant::now() }
    }
}

impl Read for Patient {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        self.stream.read(bytes).map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
            _ => error,
        })
    }
}

/// Waits for QEMU, which connects as soon as it runs.
pub fn accept(listener: &UnixListener, folder: &Path, until: Instant) -> Result<UnixStream, String> {
    let error = |error: io::Error| format!("the line to QEMU: {error}");
    listener.set_nonblocking(true).map_err(error)?;
    loop {
        match listener.accept() {
            Ok((stream, _)) => return stream.set_nonblocking(false).map(|()| stream).map_err(error),
            Err(cause) if cause.kind() != ErrorKind::WouldBlock => return Err(error(cause)),
            Err(_) if folder.join("ended").exists() => return Err("QEMU ends at once".into()),
            Err(_) if Instant::now() > until => return Err("QEMU does not start in time".into()),
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    }
}
