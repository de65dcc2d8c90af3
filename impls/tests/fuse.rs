//! The kernel's client of FUSE: what it says of a file that our server holds, and that nothing of it is left.
#![cfg(all(target_os = "linux", feature = "kernel"))]

#[path = "rig/gone.rs"]
mod gone;
#[path = "fuse/holds.rs"]
mod holds;
#[path = "fuse/mails.rs"]
mod mails;
#[path = "fuse/options.rs"]
mod options;
#[path = "fuse/ordinary.rs"]
mod ordinary;
#[path = "rig/put.rs"]
mod put;
#[path = "rig/putting.rs"]
mod putting;
#[path = "fuse/rows.rs"]
mod rows;
#[path = "fuse/teardown.rs"]
mod teardown;
#[path = "fuse/words.rs"]
mod words;
