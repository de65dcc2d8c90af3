//! One tree of files, served by FUSE at two mounts, each with a cache of its own, while a command runs: two hosts of `path`.
//!
//! ```text
//! two_mounts [--lifetime SECONDS] [--keep-cache] [--broken BUG] A B COMMAND…
//! ```
//!
//! With `--broken` the server has a bug, one of those in `broken.rs`, for a test of what finds it.
//!
//! The mounts are at the directories A and B, in namespaces of their own, and are gone with them. Three processes are in these: who
//! serves; the command, which calls; and one that does neither, and cuts the connections when the command has ended. Who serves and
//! calls in one may hang at its end in a request to itself that no signal ends. This one is the first of its namespace of
//! processes: when it ends, or somebody kills it or who began it, all others are killed, and a request that nobody answers any more
//! fails. Needs unshare(1), and root or namespaces of users.

#[cfg(target_os = "linux")]
mod attributes;
#[cfg(target_os = "linux")]
mod broken;
#[cfg(target_os = "linux")]
mod bytes;
#[cfg(target_os = "linux")]
mod mount;
#[cfg(target_os = "linux")]
mod run;
#[cfg(target_os = "linux")]
mod spoiled;
#[cfg(target_os = "linux")]
mod tree;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    run::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("two_mounts: this is of Linux");
}
