//! Two mounts of one file system are two hosts: here an overlay over ext4, mounted twice, and beside the directory beneath it.
#![cfg(target_os = "linux")]

use std::path::PathBuf;
use std::process::{Command, Output};

/// Mounts all this in a namespace of its own, which is gone with the last process in it, and hunts in the directories that are named.
const MOUNT: &str = r#"
set -e
mount --make-rprivate /
mkfs.ext4 -q image
mkdir -p disk overlay again
mount -o loop image disk
mkdir disk/lower disk/upper disk/work
mount -t overlay overlay -o lowerdir=disk/lower,upperdir=disk/upper,workdir=disk/work overlay
mount --bind overlay again
echo mounted >&2
exec "$0" fuzz path --runs 100 --jobs 1 --contract nfs --at "$1" --at "$2"
"#;

/// What is said of a hunt in these two directories; nothing, and why, where this machine cannot mount them.
fn hunt(name: &str, at: [&str; 2]) -> Option<Output> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let image = std::fs::File::create(folder.join("image")).expect("the disk can be made");
    image.set_len(64 << 20).expect("the disk can be made");
    let mut command = Command::new("unshare");
    let output = command
        .args(["--mount", "sh", "-c", MOUNT, env!("CARGO_BIN_EXE_launder")])
        .args(at)
        .current_dir(&folder)
        .output();
    let output = output.map_err(|error| println!("skipped: unshare: {error}")).ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !said.contains("mounted") {
        println!("skipped: only root can mount a loop device, with e2fsprogs: {said}");
        return None;
    }
    Some(output)
}

#[test]
fn an_overlay_that_is_mounted_twice_keeps_what_nfs_promises() {
    let Some(output) = hunt("overlay_twice", ["overlay", "again"]) else { return };
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    assert!(out.contains("\npath           100        100 "), "no case is skipped: {out}");
}

/// What overlayfs believes of a name outlives the file beneath it: each case's file is to be found all the same.
#[test]
fn the_file_of_a_case_is_the_same_beneath_an_overlay_and_through_it() {
    let Some(output) = hunt("overlay_beside", ["disk/upper", "overlay"]) else { return };
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    assert!(out.contains("\npath           100        100 "), "no case is skipped: {out}");
}
