//! The real subjects: files of the kernel that runs this, reached with real system calls.
//!
//! What hands the kernel an address, or a call that no safe crate has, is in `raw` and `mapping`, and memory that processes
//! share in `slate`; nothing else may be unsafe.

mod block;
mod buffer;
mod descriptor;
mod dontneed;
mod fuse;
#[allow(unsafe_code)] // a mapping is addresses, which only the kernel is given
mod mapping;
mod name;
mod nfs;
mod nine_p;
mod path;
mod pipe;
mod place;
mod process;
#[allow(unsafe_code)] // system calls that rustix lacks
mod raw;
mod residency;
mod rig;
mod site;
#[allow(unsafe_code)] // memory that other processes change
mod slate;

pub use block::{Blocks, Btrfs, Ext4, FileSystem, KernelBlock, Xfs};
pub use fuse::{
    Fuse, FuseAutoInval, FuseAutoInvalKeepCache, FuseDirectIo, FuseDirectIoAutoInvalKeepCache,
    FuseDirectIoKeepCache, FuseExplicitInval, FuseExplicitInvalKeepCache, FuseKeepCache, FuseSet,
    FuseWriteback, FuseWritebackDirectIo, FuseWritebackDirectIoKeepCache, FuseWritebackKeepCache, Inval,
    KernelFuse, Mount, Mounted, Options,
};
pub use nfs::{Export, Nfs};
pub use nine_p::{LooseCache, MmapCache, Mode, NineP, NoCache};
pub use path::Path;
pub use place::Place;

use crate::Sim;
use launder_oracle::{Errno, Reply};

/// What a call comes to: its reply, or the error that the kernel answers.
type Answer = Result<Reply, rustix::io::Errno>;

/// The reply that an error of the kernel's is.
fn named(sim: &Sim, errno: rustix::io::Errno) -> Reply {
    match Errno::numbered(errno.raw_os_error()) {
        Some(errno) => Reply::Err(errno),
        None => {
            sim.say(format_args!("errno {} has no name here", errno.raw_os_error()));
            Reply::Err(Errno::EIO)
        }
    }
}
