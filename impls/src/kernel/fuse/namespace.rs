//! The mounts, in a namespace of their own, which ends with its last process and its mounts with it.

use super::super::raw;
use rustix::fd::{AsRawFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, mkdirat, open};
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount as mount_at, mount_change, unmount,
};
use rustix::process::{getegid, geteuid};
use rustix::thread::UnshareFlags;
use std::ffi::CString;
use std::fs;

/// A directory that there is everywhere; in the namespace it is an empty file system in memory.
const BASE: &str = "/tmp";
/// Where the mounts of host a and host b are.
pub const ROOTS: [&str; 2] = ["/tmp/a", "/tmp/b"];

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

/// Mounts for both hosts: /dev/fuse of each.
pub fn mount(anybody: bool) -> Result<[OwnedFd; 2], String> {
    let safe = MountFlags::NOSUID | MountFlags::NODEV;
    mount_at("launder", BASE, "tmpfs", safe, Some(c"mode=0755"))
        .map_err(|errno| format!("tmpfs: {errno}"))?;
    let [a, b] = ROOTS.map(|root| -> Result<OwnedFd, (&str, Errno)> {
        let device = open("/dev/fuse", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty());
        let device = device.map_err(|errno| ("/dev/fuse", errno))?;
        mkdirat(CWD, root, Mode::RWXU | Mode::RWXG | Mode::RWXO).map_err(|errno| ("mkdir", errno))?;
        let others = if anybody { ",allow_other" } else { "" };
        let data = format!("fd={},rootmode=40000,user_id=0,group_id=0{others}", device.as_raw_fd());
        let data = CString::new(data).map_err(|_| ("mount", Errno::INVAL))?;
        mount_at("launder", root, "fuse", safe, Some(data.as_c_str()))
            .map_err(|errno| ("FUSE mount", errno))?;
        Ok(device)
    });
    let why = |(what, errno): (&str, Errno)| format!("{what}: {errno}");
    Ok([a.map_err(why)?, b.map_err(why)?])
}

/// Cuts both connections, and takes the mounts away. umount2(2), MNT_FORCE: "Ask the filesystem to abort pending requests
/// before attempting the unmount."
pub fn abort() {
    for root in ROOTS {
        // An error is that there is no mount.
        let _ = unmount(root, UnmountFlags::FORCE | UnmountFlags::DETACH);
    }
}
