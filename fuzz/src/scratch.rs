//! A folder that is there as long as who made it: what is left of who was killed, the next one removes.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A folder, and the lock that says that its maker lives.
pub(crate) struct Scratch {
    pub path: PathBuf,
    lock: File,
}

/// The end of a lock's name, which is that of its folder before it.
const LOCK: &str = "lock";

impl Scratch {
    /// Makes a folder in this one, and removes there the folders of those that live no more.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn new(folder: &Path) -> io::Result<Scratch> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        fs::create_dir_all(folder)?;
        // Nobody sweeps between the making of a lock and its locking.
        let all = File::create(folder.join("sweeping"))?;
        all.lock()?;
        sweep(folder)?;
        let path = folder.join(format!("{}-{}", process::id(), NUMBER.fetch_add(1, Relaxed)));
        let lock = File::create(path.with_extension(LOCK))?;
        lock.lock()?;
        fs::create_dir(&path)?;
        Ok(Scratch { path, lock })
    }

    /// Removes it.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(self) -> io::Result<()> {
        fs::remove_dir_all(&self.path)?;
        fs::remove_file(self.path.with_extension(LOCK))
    }

    /// Leaves it to be read, until another process sweeps.
    pub fn leave(self) -> PathBuf {
        std::mem::forget(self.lock);
        self.path
    }
}

/// Removes the folders whose lock nobody holds.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == LOCK) && File::open(&path)?.try_lock().is_ok() {
            let _ = fs::remove_dir_all(path.with_extension(""));
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dead_have_left_is_removed_and_what_the_living_have_is_not() {
        let folder = std::env::temp_dir().join(format!("launder-scratch-{}", process::id()));
        let living = Scratch::new(&folder).expect("a folder can be made");
        let left = Scratch::new(&folder).expect("a folder can be made").leave();
        // As of a process that was killed: the kernel lets go of its locks.
        let dead = Scratch::new(&folder).expect("a folder can be made");
        fs::write(dead.path.join("log"), "text").expect("the file can be written");
        let path = dead.path.clone();
        drop(dead);
        let next = Scratch::new(&folder).expect("a folder can be made");
        assert!(!path.exists() && living.path.exists() && left.exists() && next.path.exists());
        next.remove().expect("it can be removed");
        living.remove().expect("it can be removed");
        fs::remove_dir_all(&folder).expect("it can be removed");
    }
}
