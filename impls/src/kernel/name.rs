//! A name that the file of a case has until the case has ended, and that is gone afterwards whatever happens.
//!
//! While somebody has the file open it is not taken away: a FUSE file system that knows files by their paths cannot open
//! again on one mount what was unlinked on the other (seen with bindfs: open(2) of a link of proc_pid_fd(5) is ENOENT).
//!
//! Each file has another: what a mount still believes of a name that is gone (overlayfs of its upper directory: seen on 6.18) would
//! make it open the file of an earlier case.
//!
//! Whoever makes the name may be killed before it is taken away. A shell that waits for our end, on a pipe that closes
//! with us, takes it away then. Whoever kills that too, or the machine, leaves one file, `.launder-*`.

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Mode, OFlags, openat, unlinkat};
use rustix::io::Result;
use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

/// Names in a directory, that no other has.
pub struct Name {
    /// What they begin with.
    name: String,
    /// How many there have been.
    given: Cell<u64>,
    /// Removes them when its input ends.
    shell: Child,
}

impl Name {
    /// Names for files of a directory.
    pub fn new(directory: &Path) -> std::io::Result<Name> {
        let name = format!(".launder-{:x}-{:x}", std::process::id(), RandomState::new().hash_one(0));
        // A terminal's interrupt goes to our process group, and must not end the shell before us.
        let shell = Command::new("/bin/sh")
            .args(["-c", r#"trap "" HUP INT TERM; read -r _; rm -f -- "$0"*"#, &name])
            .current_dir(directory)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Name { name, given: Cell::new(0), shell })
    }

    /// Makes a file in the first directory, has it begun there, and opens it in all of them: who opens it before that may believe for
    /// a while that it is empty (a second mount of FUSE, attr_timeout).
    pub fn make_file(
        &self,
        directories: &[Rc<OwnedFd>],
        begin: impl FnOnce(&OwnedFd) -> Result<()>,
    ) -> Result<(Vec<OwnedFd>, Given)> {
        let name = format!("{}-{:x}", self.name, self.given.replace(self.given.get() + 1));
        let flags = OFlags::RDWR | OFlags::CLOEXEC;
        let create = flags | OFlags::CREATE | OFlags::EXCL;
        let mut files = vec![openat(&directories[0], &name, create, Mode::RUSR | Mode::WUSR)?];
        let given = Given { directory: directories[0].clone(), name };
        begin(&files[0])?;
        for directory in &directories[1..] {
            files.push(openat(directory, &given.name, flags, Mode::empty())?);
        }
        Ok((files, given))
    }
}

/// The name of one file, which loses it with this.
pub struct Given {
    directory: Rc<OwnedFd>,
    name: String,
}

impl Given {
    /// The name of a file that there is in this directory.
    pub fn new(directory: Rc<OwnedFd>, name: String) -> Given {
        Given { directory, name }
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        // An error is that it is gone; if not, the shell does it.
        let _ = unlinkat(&self.directory, &self.name, AtFlags::empty());
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // An error is that somebody else has waited for it.
        let _ = self.shell.wait();
    }
}
