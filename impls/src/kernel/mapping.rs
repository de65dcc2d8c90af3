//! A mapping of the file: addresses that only the kernel is ever given, so that no fault can kill us.

use super::pipe::Pipe;
use super::raw::errno;
use rustix::fd::{AsFd, AsRawFd};
use rustix::io::{Errno, Result};
use rustix::mm::{Advice, MapFlags, MsyncFlags, ProtFlags, madvise, mmap, mmap_anonymous, msync, munmap};
use std::ffi::c_void;
use std::ops::Range;
use std::sync::{LazyLock, Once};

/// Bytes of a file, at an address of this process. No reference into it is ever made: its memory changes under us.
pub struct Mapping {
    address: *mut c_void,
    /// The bytes of the file that are mapped, whole pages.
    bytes: Range<u64>,
    private: bool,
}

/// Where a mapping begins, if nothing is there: pages that are cached around the one that faults are mapped with it where they
/// lie in the same 64 KiB of addresses, fault_around_bytes, and what a case sees is not to hang on where that ends.
const PLACE: usize = TABLE + 0x1_0000;

/// Where a page is that stays: with it there is a page table for the addresses beside it. Without one 6.18 maps nothing around,
/// where the file ends in the first folio that it could map: filemap_map_pages(), `can_map_large`.
const TABLE: usize = 0x2000_0000_0000;

/// Makes that page, once for all mappings of the process.
fn have_page_table() {
    static MADE: Once = Once::new();
    MADE.call_once(|| {
        let place = std::ptr::without_provenance_mut(TABLE);
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: nothing is replaced where something is; the page is ours, and never unmapped. If there is none, less is mapped.
        unsafe {
            if let Ok(page) = mmap_anonymous(place, rustix::param::page_size(), access, MapFlags::PRIVATE) {
                page.cast::<u8>().write_volatile(1);
            }
        }
    });
}

/// Whether madvise(2) takes a fault as an instruction does. Kernels before 5.14 cannot be asked to, and those before 6.9 take it
/// for ever where the page cannot be read: 631426ba1d45 "mm/madvise: make MADV_POPULATE_(READ|WRITE) handle VM_FAULT_RETRY
/// properly" (6.9, and 6.6.30; seen of 6.1.192).
static POPULATES: LazyLock<bool> = LazyLock::new(|| is_running((6, 9)));

/// Whether the kernel that runs is of this version or a later one.
pub fn is_running(version: (u32, u32)) -> bool {
    is_since(&rustix::system::uname().release().to_string_lossy(), version)
}

/// Whether a kernel of such a release is of this version or a later one.
fn is_since(release: &str, version: (u32, u32)) -> bool {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map_while(|number| number.parse().ok());
    numbers.next().zip(numbers.next()).is_some_and(|of| of >= version)
}

impl Mapping {
    /// mmap(2), readable and writable, of these bytes of the file.
    pub fn new(file: impl AsFd, bytes: Range<u64>, private: bool) -> Result<Mapping> {
        let len = (bytes.end - bytes.start) as usize;
        let access = ProtFlags::READ | ProtFlags::WRITE;
        let flags = if private { MapFlags::PRIVATE } else { MapFlags::SHARED };
        have_page_table();
        let place = std::ptr::without_provenance_mut(PLACE);
        // SAFETY: mmap(2), "If another mapping already exists there, the kernel picks a new address": nothing is replaced.
        let address = unsafe { mmap(place, len, access, flags, file, bytes.start) }?;
        Ok(Mapping { address, bytes, private })
    }

    /// Whether stores are kept from the file.
    pub fn is_private(&self) -> bool {
        self.private
    }

    /// The bytes of the file that are mapped.
    pub fn bytes(&self) -> Range<u64> {
        self.bytes.clone()
    }

    /// The address of these bytes of the file, and how many they are.
    fn at(&self, bytes: &Range<u64>) -> (*mut c_void, usize) {
        let inside =
            self.bytes.start <= bytes.start && bytes.start <= bytes.end && bytes.end <= self.bytes.end;
        assert!(inside, "bytes {bytes:?} of a mapping of {:?}", self.bytes);
        let address = self.address.wrapping_byte_add((bytes.start - self.bytes.start) as usize);
        (address, (bytes.end - bytes.start) as usize)
    }

    /// Takes the fault of the page that holds the byte `at`, once, as an instruction would; a pipe may try again where it fails.
    /// The address, and how many of `most` bytes lie in that page. EFAULT, madvise(2): "a SIGBUS would have been generated on
    /// actual memory access". Where madvise(2) does not do that, the pipe takes the fault.
    fn fault(&self, at: u64, most: usize, advice: Advice) -> Result<(*mut c_void, usize)> {
        let size = rustix::param::page_size() as u64;
        let page = at / size * size;
        let (address, len) = self.at(&(page..page + size));
        if *POPULATES {
            // SAFETY: address and length are a page of the mapping, whose contents stay.
            unsafe { madvise(address, len, advice) }?;
        }
        Ok(self.at(&(at..(page + size).min(at + most as u64))))
    }

    /// Loads the bytes of the file from `start` on; EFAULT where a load would raise SIGBUS.
    pub fn load(&self, pipe: &Pipe, start: u64, into: &mut [u8]) -> Result<()> {
        let (mut at, mut rest) = (start, into);
        while !rest.is_empty() {
            let (address, len) = self.fault(at, rest.len(), Advice::LinuxPopulateRead)?;
            // SAFETY: `at` keeps address and length inside the mapping, which lives as long as `self`; the kernel reads
            // it, and answers EFAULT where it cannot.
            let loaded = unsafe { libc::write(pipe.into.as_raw_fd(), address, len) };
            let loaded = usize::try_from(loaded).map_err(|_| errno())?;
            let (now, after) = rest.split_at_mut(loaded);
            if rustix::io::read(&pipe.out, now)? != loaded {
                return Err(Errno::PIPE);
            }
            (at, rest) = (at + loaded as u64, after);
        }
        Ok(())
    }

    /// Stores to the bytes of the file from `start` on; EFAULT where a store would raise SIGBUS, what lies before is
    /// stored then.
    pub fn store(&self, pipe: &Pipe, start: u64, from: &[u8]) -> Result<()> {
        let (mut at, mut rest) = (start, from);
        while !rest.is_empty() {
            let (_, len) = self.fault(at, rest.len(), Advice::LinuxPopulateWrite)?;
            let mut left = rustix::io::write(&pipe.into, &rest[..len])?;
            rest = &rest[left..];
            while left > 0 {
                let (address, len) = self.at(&(at..at + left as u64));
                // SAFETY: as in `load`, but that the kernel writes to the mapping, to which Rust has no reference.
                let stored = unsafe { libc::read(pipe.out.as_raw_fd(), address, len) };
                let Ok(stored) = usize::try_from(stored) else {
                    let errno = errno();
                    pipe.drain()?;
                    return Err(errno);
                };
                (at, left) = (at + stored as u64, left - stored);
            }
        }
        Ok(())
    }

    /// msync(2) of these bytes, which begin at a page.
    pub fn sync(&self, bytes: &Range<u64>, flags: MsyncFlags) -> Result<()> {
        let (address, len) = self.at(bytes);
        // SAFETY: address and length are inside the mapping.
        unsafe { msync(address, len, flags) }
    }

    /// madvise(2), MADV_DONTNEED, of these bytes, which begin at a page.
    pub fn drop_pages(&self, bytes: &Range<u64>) -> Result<()> {
        let (address, len) = self.at(bytes);
        // SAFETY: address and length are inside the mapping; what it then holds is the kernel's affair, to which no
        // reference points.
        unsafe { madvise(address, len, Advice::LinuxDontNeed) }
    }

    /// madvise(2), MADV_RANDOM: "read ahead may be less useful than normally", and filemap_fault() does none.
    pub fn read_nothing_ahead(&self) -> Result<()> {
        let (address, len) = self.at(&self.bytes());
        // SAFETY: it is all of the mapping, whose contents stay what they are.
        unsafe { madvise(address, len, Advice::Random) }
    }

    /// The number of the page, in the address space of this process, that holds this byte of the file.
    pub fn page(&self, byte: u64) -> u64 {
        let (address, _) = self.at(&(byte..byte));
        (address.addr() / rustix::param::page_size()) as u64
    }

    /// mincore(2): pages of these bytes that are in the page cache.
    pub fn resident(&self, bytes: &Range<u64>) -> Result<u64> {
        let (address, len) = self.at(bytes);
        let mut pages = vec![0; len.div_ceil(rustix::param::page_size())];
        // SAFETY: address and length are inside the mapping; the kernel writes a byte a page, for which there is room.
        match unsafe { libc::mincore(address, len, pages.as_mut_ptr()) } {
            0 => Ok(pages.iter().filter(|page| **page & 1 != 0).count() as u64),
            _ => Err(errno()),
        }
    }

    /// munmap(2).
    pub fn unmap(self) -> Result<()> {
        let (address, len) = self.at(&self.bytes);
        std::mem::forget(self);
        // SAFETY: the mapping is ours, whole, and given up here.
        unsafe { munmap(address, len) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        let (address, len) = self.at(&self.bytes);
        // SAFETY: as in `unmap`. An error there cannot be reported from here.
        let _ = unsafe { munmap(address, len) };
    }
}

#[cfg(test)]
mod tests {
    use super::is_since;

    #[test]
    fn a_release_is_of_a_version_or_a_later_one_by_its_first_two_numbers() {
        for release in ["6.9.0", "6.12.117+deb12-amd64", "6.18.44", "7.0.0-rc1", "10.0"] {
            assert!(is_since(release, (6, 9)), "{release}");
        }
        for release in ["6.1.0-56-amd64", "6.8.12", "5.15", "6", "", "x.y"] {
            assert!(!is_since(release, (6, 9)), "{release}");
        }
    }
}
