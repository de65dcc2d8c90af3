//! The mounts, in a namespace of their own, which ends with its last process and its mounts with it.

use super::super::raw;
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::fs::{Mode, OFlags, mkdir, open};
use rustix::io::Errno;
use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_change, unmount};
use rustix::process::{getegid, geteuid};
use rustix::thread::UnshareFlags;
use std::ffi::CString;
use std::fs;

/// A directory that there is everywhere; in the namespace it is an empty file system in memory.
const BASE: &str = "/tmp";
const SAFE: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

/// Enters a namespace of mounts, and where we are not root one of users first. Whether we are root, and may be anybody.
pub fn enter() -> Result<bool, String> {
    let (user, group) = (geteuid(), getegid());
    let mut flags = UnshareFlags::NEWNS;
    if !user.is_root() {
        flags |= UnshareFlags::NEWUSER;
    }
    raw::unshare(flags).map_err(|errno| format!("no namespace for a mount: unshare: {errno}"))?;
    if !user.is_root() {
        let write = |file: &str, text: String| {
            fs::write(format!("/proc/self/{file}"), text).map_err(|error| format!("{file}: {error}"))
        };
        write("setgroups", "deny".into())?;
        write("uid_map", format!("0 {} 1", user.as_raw()))?;
        write("gid_map", format!("0 {} 1", group.as_raw()))?;
    }
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).map_err(|errno| format!("mount: {errno}"))?;
    Ok(user.is_root())
}

/// Mounts [`BASE`].
pub fn mount_base() -> Result<(), String> {
    mount("launder", BASE, "tmpfs", SAFE, Some(c"mode=0755")).map_err(|errno| format!("tmpfs: {errno}"))
}

/// Mounts a file system that we serve, for any user or for us: /dev/fuse.
pub fn mount_served(root: &str, anybody: bool) -> Result<OwnedFd, String> {
    let why = |what: &'static str| move |errno: Errno| format!("{what}: {errno}");
    let flags = OFlags::RDWR | OFlags::CLOEXEC;
    let device = open("/dev/fuse", flags, Mode::empty()).map_err(why("/dev/fuse"))?;
    mkdir(root, Mode::RWXU).map_err(why("mkdir"))?;
    let others = if anybody { ",allow_other" } else { "" };
    let data = format!("fd={},rootmode=40000,user_id=0,group_id=0{others}", device.as_raw_fd());
    let data = CString::new(data).map_err(|error| error.to_string())?;
    mount("launder", root, "fuse", SAFE, Some(data.as_c_str())).map_err(why("FUSE mount"))?;
    Ok(device)
}

/// Cuts the connections of these, and takes the mounts away. umount2(2), MNT_FORCE: "Ask the filesystem to abort pending
/// requests before attempting the unmount."
pub fn abort(served: &[&str]) {
    for root in served {
        // An error is that there is no mount.
        let _ = unmount(*root, UnmountFlags::FORCE | UnmountFlags::DETACH);
    }
}
