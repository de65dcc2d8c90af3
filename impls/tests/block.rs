//! The file systems of the running kernel on a disk that fails when it is told to, and that nothing of it is left.
#![cfg(all(target_os = "linux", feature = "kernel"))]

#[path = "block/faults.rs"]
mod faults;
#[path = "rig/gone.rs"]
mod gone;
#[path = "block/known.rs"]
mod known;
#[path = "rig/put.rs"]
mod put;
#[path = "rig/putting.rs"]
mod putting;
#[path = "block/teardown.rs"]
mod teardown;
