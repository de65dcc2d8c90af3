//! Clients of 9p in a guest, and their server, QEMU, outside it: no cache of the guest's is the server's.

use super::machinery::mount_with;
use std::path::PathBuf;

/// Mounts what is shared: for host a and host b in a cache mode, and once where nothing is cached. Each tag is a session of its own,
/// which the server tells nothing of the others.
pub fn mount(mode: &str, tags: &[String; 3]) -> Result<Vec<PathBuf>, String> {
    let modes = [mode, mode, "none"];
    let mounted = tags.iter().zip(modes).map(|(tag, mode)| {
        let at = format!("/9p/{tag}");
        mount_with(tag, "9p", &at, &format!("trans=virtio,version=9p2000.L,cache={mode}")).map(|()| at.into())
    });
    mounted.collect()
}
