//! What has to be done once for a disk: the file system is made on it, a loop device set up, and both mounted.

use super::super::raw::{self, LoopFlag, loop_config, loop_info64};
use super::format::Uuid;
use super::names::{FILES, SAID, SERVED};
use super::subject::FileSystem;
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::fs::{Mode, OFlags, mkdir, open};
use rustix::io::Errno;
use rustix::mount::{MountFlags, mount};
use std::ffi::CString;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the programs of an administrator are, of which a user's PATH often knows nothing.
const PROGRAMS: [&str; 4] = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/// The program that makes this file system, if there is one.
pub fn maker<F: FileSystem>() -> Option<PathBuf> {
    let name = format!("mkfs.{}", F::TYPE);
    PROGRAMS.iter().map(|folder| Path::new(folder).join(&name)).find(|path| path.exists())
}

/// Where the disk is: the server gives it any name, and one that no other disk has shows whose a loop device is.
fn image(uuid: &Uuid) -> String {
    format!("{SERVED}/{uuid}")
}

/// Becomes the program that makes the file system. It works on the file, not on a loop device, of which nobody needs to know
/// yet.
pub fn become_maker<F: FileSystem>(maker: &Path, uuid: &Uuid) {
    let why = say_into_file().map_or_else(
        |errno| errno,
        |()| {
            let words = F::MAKE.iter().map(|word| word.replace("UUID", &uuid.to_string()));
            let words = [maker.display().to_string()].into_iter().chain(words).chain([image(uuid)]);
            match words.map(CString::new).collect::<Result<Vec<_>, _>>() {
                Ok(words) => raw::exec(&words),
                Err(_) => Errno::INVAL,
            }
        },
    );
    fail(&format!("{}: {why}", maker.display()));
}

/// What the program says goes into a file, and nothing comes in.
fn say_into_file() -> Result<(), Errno> {
    let nothing = open("/dev/null", OFlags::RDONLY, Mode::empty())?;
    rustix::stdio::dup2_stdin(&nothing)?;
    let said = open(SAID, OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC, Mode::RUSR | Mode::WUSR)?;
    rustix::stdio::dup2_stdout(&said)?;
    rustix::stdio::dup2_stderr(&said)
}

/// Ends this process: why is in a file.
fn fail(why: &str) -> ! {
    // An error leaves less to be said.
    let _ = fs::write(SAID, why);
    panic!("{why}");
}

/// Sets a loop device up and mounts the file system that is on it.
pub fn mount_on_loop_device<F: FileSystem>(uuid: &Uuid) {
    let mounted = mkdir(FILES, Mode::RWXU).map_err(|errno| format!("{FILES}: {errno}")).and_then(|()| {
        // The mount holds the device, and the device the disk: nobody else has to.
        let (name, _device) = loop_device(&image(uuid))?;
        let options = CString::new(F::OPTIONS).map_err(|error| error.to_string())?;
        mount(&name, FILES, F::TYPE, MountFlags::NOATIME, Some(options.as_c_str()))
            .map_err(|errno| format!("{} cannot be mounted: {errno}", F::TYPE))
    });
    if let Err(why) = mounted {
        fail(&why);
    }
}

/// Attempts to get a free loop device: others look for one too.
const ATTEMPTS: u32 = 64;

/// A loop device of a file, which is free again when nobody has it open or mounted: losetup(8), autoclear. Direct, so that
/// each request of the disk is one of the server's.
fn loop_device(image: &str) -> Result<(String, OwnedFd), String> {
    let why = |what: &str, errno: Errno| format!("{what}: {errno}");
    let flags = OFlags::RDWR | OFlags::CLOEXEC;
    let control =
        open("/dev/loop-control", flags, Mode::empty()).map_err(|errno| why("/dev/loop-control", errno))?;
    let image = open(image, flags | OFlags::DIRECT, Mode::empty()).map_err(|errno| why("the disk", errno))?;
    let mut last = Errno::BUSY;
    for _ in 0..ATTEMPTS {
        let number = raw::free_loop_device(rustix::fd::AsFd::as_fd(&control))
            .map_err(|errno| why("no free loop device", errno))?;
        let name = format!("/dev/loop{number}");
        let device = open(&name, flags, Mode::empty()).map_err(|errno| why(&name, errno))?;
        match raw::configure_loop_device(rustix::fd::AsFd::as_fd(&device), &config(&image)) {
            Ok(()) => return Ok((name, device)),
            Err(errno) => last = errno,
        }
        if last != Errno::BUSY {
            break;
        }
    }
    Err(why("no loop device", last))
}

fn config(image: &OwnedFd) -> loop_config {
    let info = loop_info64 {
        lo_device: 0,
        lo_inode: 0,
        lo_rdevice: 0,
        lo_offset: 0,
        lo_sizelimit: 0,
        lo_number: 0,
        lo_encrypt_type: 0,
        lo_encrypt_key_size: 0,
        lo_flags: LoopFlag::LO_FLAGS_AUTOCLEAR as u32 | LoopFlag::LO_FLAGS_DIRECT_IO as u32,
        lo_file_name: [0; 64],
        lo_crypt_name: [0; 64],
        lo_encrypt_key: [0; 32],
        lo_init: [0; 2],
    };
    loop_config { fd: image.as_raw_fd() as u32, block_size: SECTOR, info, __reserved: [0; 8] }
}

/// Bytes that a direct call begins and ends at a multiple of, as on the disks that most have.
const SECTOR: u32 = 512;
