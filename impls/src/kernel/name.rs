//! A name that the file of a case has for a moment, and that is gone afterwards whatever happens.
//!
//! Whoever makes the name may be killed before it is taken away. A shell that waits for our end, on a pipe that closes
//! with us, takes it away then.

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Mode, OFlags, openat, unlinkat};
use rustix::io::Result;
use std::hash::{BuildHasher, RandomState};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A name in a directory, that no other has.
pub struct Name {
    name: String,
    /// Removes the name when its input ends.
    shell: Child,
}

impl Name {
    /// A name for files of a directory.
    pub fn new(directory: &Path) -> std::io::Result<Name> {
        let name = format!(".launder-{:x}-{:x}", std::process::id(), RandomState::new().hash_one(0));
        // A terminal's interrupt goes to our process group, and must not end the shell before us.
        let shell = Command::new("/bin/sh")
            .args(["-c", r#"trap "" HUP INT TERM; read -r _; rm -f -- "$0""#, &name])
            .current_dir(directory)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Name { name, shell })
    }

    /// Makes a file of this name in the first directory and opens it in all of them. Then it has no name any more.
    pub fn make_file(&self, directories: &[OwnedFd]) -> Result<Vec<OwnedFd>> {
        let flags = OFlags::RDWR | OFlags::CLOEXEC;
        let create = flags | OFlags::CREATE | OFlags::EXCL;
        let mut files = vec![openat(&directories[0], &self.name, create, Mode::RUSR | Mode::WUSR)?];
        let others = directories[1..].iter();
        let opened: Result<Vec<_>> =
            others.map(|directory| openat(directory, &self.name, flags, Mode::empty())).collect();
        unlinkat(&directories[0], &self.name, AtFlags::empty())?;
        files.extend(opened?);
        Ok(files)
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // An error is that somebody else has waited for it.
        let _ = self.shell.wait();
    }
}
