//! The real subjects: files of the kernel that runs this, reached with real system calls.
//!
//! What hands the kernel an address, or a call that no safe crate has, is in `raw` and `mapping`; nothing else may be
//! unsafe.

mod buffer;
mod descriptor;
#[allow(unsafe_code)] // a mapping is addresses, which only the kernel is given
mod mapping;
mod name;
mod path;
mod pipe;
mod place;
mod process;
#[allow(unsafe_code)] // system calls that rustix lacks
mod raw;
mod residency;

pub use path::Path;
pub use place::Place;

use launder_oracle::Reply;

/// What a call comes to: its reply, or the error that the kernel answers.
type Answer = Result<Reply, rustix::io::Errno>;
