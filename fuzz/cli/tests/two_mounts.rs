//! Two mounts of one file system are two hosts: here an overlay over ext4, mounted twice, and beside the directory beneath it; and two of
//! bindfs, which is served by FUSE and knows files by their paths.
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

/// Mounts a directory in memory twice by bindfs, each server a process of its own, and hunts; who waits for the hunt cuts both off when
/// it takes too long, and ends with the namespace.
const BINDFS: &str = r#"
mount --make-rprivate / && mkdir -p back a b && mount -t tmpfs back back || exit 9
bindfs -f -o attr_timeout=0 back a >/dev/null 2>&1 & a=$!
bindfs -f -o attr_timeout=0 back b >/dev/null 2>&1 & b=$!
is_there() { grep -q " $PWD/$1 fuse" /proc/self/mounts; }
for try in $(seq 50); do is_there a && is_there b && echo mounted >&2 && break; sleep 0.1; done
"$0" fuzz path --runs 100 --jobs 1 --contract nfs --at a --at b & hunt=$!
for try in $(seq 100); do kill -0 $hunt 2>/dev/null || break; sleep 0.1; done
umount -f -l a; umount -f -l b
kill -9 $hunt $a $b 2>/dev/null
wait $hunt; ended=$?
echo "left: $(ls -A back)" >&2
exit $ended
"#;

/// What was unlinked on one mount cannot be opened again on the other: the file of a case has its name while the case goes on.
#[test]
fn a_file_system_that_knows_files_by_their_paths_is_hunted_in_on_both_hosts() {
    let bindfs = Command::new("bindfs").arg("--version").output();
    if let Err(error) = bindfs {
        return println!("skipped: bindfs: {error}");
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bindfs_twice");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", BINDFS, env!("CARGO_BIN_EXE_launder")]).current_dir(&folder);
    let output = match command.output() {
        Err(error) => return println!("skipped: unshare: {error}"),
        Ok(output) => output,
    };
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !err.contains("mounted") {
        return println!("skipped: only root can mount FUSE so: {err}");
    }
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    assert!(out.contains("\npath           100        100 "), "no case is skipped: {out}");
    assert!(err.contains("left: \n"), "nothing is left behind: {err}");
}
