//! Memory that a process has together with those that it forks: what one of them notes there is read by another, should it
//! hang before it can say it.

use rustix::io::Result;
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};
use std::ffi::c_void;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

/// Text, of which there is none at first.
pub struct Slate {
    address: *mut c_void,
    size: usize,
}

/// Bytes before the text: how many it has.
const HEAD: usize = size_of::<AtomicUsize>();

impl Slate {
    /// A slate for a text of so many bytes at the most.
    pub fn new(most: usize) -> Result<Slate> {
        let (access, size) = (ProtFlags::READ | ProtFlags::WRITE, HEAD + most);
        // SAFETY: the kernel chooses where, so nothing is replaced.
        let address = unsafe { mmap_anonymous(std::ptr::null_mut(), size, access, MapFlags::SHARED) }?;
        Ok(Slate { address, size })
    }

    fn len(&self) -> &AtomicUsize {
        // SAFETY: the memory begins at a page, is zero at first and lives as long as `self`; only as atomics is it ever used.
        unsafe { &*self.address.cast() }
    }

    fn text(&self) -> &[AtomicU8] {
        // SAFETY: as in `len`, behind which it begins, and `size` is where the memory ends.
        unsafe { std::slice::from_raw_parts(self.address.wrapping_byte_add(HEAD).cast(), self.size - HEAD) }
    }

    /// There is no text any more.
    pub fn wipe(&self) {
        self.len().store(0, Ordering::Release);
    }

    /// Adds to the text. What there is no room for is left out.
    pub fn note(&self, text: &str) {
        let len = self.len().load(Ordering::Relaxed);
        let room = self.text().get(len..).unwrap_or_default();
        let noted = room.iter().zip(text.bytes()).map(|(byte, new)| byte.store(new, Ordering::Relaxed));
        let more = noted.count();
        self.len().store(len + more, Ordering::Release);
    }

    /// The text.
    pub fn read(&self) -> String {
        let len = self.len().load(Ordering::Acquire);
        let bytes = self.text().iter().take(len).map(|byte| byte.load(Ordering::Relaxed));
        String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned()
    }
}

impl Drop for Slate {
    fn drop(&mut self) {
        // SAFETY: the memory is ours, whole, and given up here. An error there cannot be reported from here.
        let _ = unsafe { munmap(self.address, self.size) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::raw::fork;
    use rustix::process::{WaitOptions, waitpid};

    #[test]
    fn what_a_forked_process_notes_is_read_by_its_parent() {
        let slate = Slate::new(10).unwrap();
        slate.note("gone");
        let noted = &slate;
        let child = fork(std::panic::AssertUnwindSafe(move || {
            noted.wipe();
            noted.note("here ");
            noted.note("and no more");
        }));
        waitpid(Some(child.unwrap()), WaitOptions::empty()).unwrap();
        assert_eq!(slate.read(), "here and n");
    }
}
