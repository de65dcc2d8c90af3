//! A server of NFS and two clients of it in one guest, with no program but this: what daemons tell the kernel of exports is written
//! to it beforehand.

use super::loopback;
use super::machinery::{mount_at, mount_with, wait_for};
use std::fs;
use std::path::PathBuf;
use std::sync::{RwLock, RwLockReadGuard};

/// What is exported.
const EXPORTED: &str = "/exported";
/// Where the hosts have it mounted, what each is called, and where each reaches the server.
///
/// A client of NFS is one for each address of a server, and tells the server its host's name (fs/nfs/nfs4client.c, nfs_match_client();
/// fs/nfs/nfs4proc.c, nfs4_init_uniform_client_string()): so these are two, with a lease each, and what one is granted is recalled from
/// it for the other.
const HOSTS: [(&str, &str, &str); 2] = [("/a", "a", "127.0.0.1"), ("/b", "b", "127.0.0.2")];

/// Exports the file system that is mounted there, and mounts it for both hosts: their directories, and what is exported.
pub fn export(device: &str) -> Result<Vec<PathBuf>, String> {
    loopback::bring_up()?;
    mount_at(device, "ext4", EXPORTED)?;
    serve()?;
    for (at, name, address) in HOSTS {
        rustix::system::sethostname(name.as_bytes()).map_err(|errno| format!("sethostname: {errno}"))?;
        let options = format!("vers=4.2,addr={address},clientaddr={address},proto=tcp,sec=sys,nosharecache");
        mount_with(&format!("{address}:/"), "nfs4", at, &options)?;
    }
    are_two()?;
    Ok(directories())
}

fn directories() -> Vec<PathBuf> {
    HOSTS.iter().map(|(at, ..)| *at).chain([EXPORTED]).map(PathBuf::from).collect()
}

/// Whether the server may grant delegations, which it must recall from one client for another: whoever holds this knows that it stays so.
/// Who wants it otherwise waits.
pub fn delegate(grants: bool) -> Result<RwLockReadGuard<'static, Option<bool>>, String> {
    static GRANTS: RwLock<Option<bool>> = RwLock::new(None);
    loop {
        let stays = GRANTS.read().map_err(|error| error.to_string())?;
        if *stays == Some(grants) {
            return Ok(stays);
        }
        drop(stays);
        let mut granted = GRANTS.write().map_err(|error| error.to_string())?;
        tell("/proc/sys/fs/leases-enable", if grants { "1" } else { "0" })?;
        *granted = Some(grants);
    }
}

/// Writes a line to a file of the kernel's.
fn tell(file: &str, line: &str) -> Result<(), String> {
    fs::write(file, format!("{line}\n")).map_err(|error| format!("{file}: {error}"))
}

/// include/uapi/linux/nfsd/export.h: NFSEXP_INSECURE_PORT, NFSEXP_ASYNC, NFSEXP_NOSUBTREECHECK, NFSEXP_NOAUTHNLM, NFSEXP_FSID; root is
/// root.
const FLAGS: u32 = 0x2 | 0x10 | 0x400 | 0x800 | 0x2000;
/// When what is told is no longer so: never.
const NEVER: u32 = i32::MAX as u32;

/// fs/nfsd/nfs4recover.c, `user_recovery_dirname`.
const RECOVERY: &str = "/var/lib/nfs/v4recovery";

/// Answers to what the kernel would ask rpc.mountd(8), and begins to serve.
fn serve() -> Result<(), String> {
    mount_at("nfsd", "nfsd", "/proc/fs/nfsd")?;
    // Where clients are remembered: without it the kernel looks for a daemon that does, and does not let grace be ended.
    fs::create_dir_all(RECOVERY).map_err(|error| format!("{RECOVERY}: {error}"))?;
    for (_, _, address) in HOSTS {
        tell("/proc/net/rpc/auth.unix.ip/channel", &format!("nfsd {address} {NEVER} clients"))?;
    }
    tell("/proc/net/rpc/nfsd.export/channel", &format!("clients {EXPORTED} {NEVER} {FLAGS} 0 0 0"))?;
    tell("/proc/net/rpc/nfsd.fh/channel", &format!("clients 1 \\x00000000 {NEVER} {EXPORTED}"))?;
    tell("/proc/fs/nfsd/versions", "-2 -3 +4 +4.1 +4.2")
        .or_else(|_| tell("/proc/fs/nfsd/versions", "-3 +4 +4.1 +4.2"))?;
    tell("/proc/fs/nfsd/nfsv4gracetime", "10")?;
    tell("/proc/fs/nfsd/portlist", "tcp 2049")?;
    tell("/proc/fs/nfsd/threads", "4")?;
    // Nobody has anything to reclaim, for this server has never been up before. Where it is refused, grace takes ten seconds.
    let _ = tell("/proc/fs/nfsd/v4_end_grace", "Y");
    Ok(())
}

/// The server says who its clients are.
fn are_two() -> Result<(), String> {
    wait_for("a second client", || {
        let clients = fs::read_dir("/proc/fs/nfsd/clients").ok()?.flatten();
        let names = clients.filter_map(|client| fs::read_to_string(client.path().join("info")).ok());
        let ours = names.filter(|info| HOSTS.iter().any(|(_, name, _)| info.contains(&format!(" {name}\""))));
        (ours.count() == HOSTS.len()).then_some(())
    })
}
