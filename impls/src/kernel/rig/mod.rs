//! What every server of ours stands in: processes made by fork(2) alone, in a namespace of mounts of their own, of which
//! one, the supervisor, has nothing of FUSE and takes all others down.
//!
//! Two rules, each learnt from what hung: who serves and who calls is never one process, for at its end it would wait for
//! itself; and a third can cut the connection, for a request that hangs cannot be killed.

mod child;
mod faults;
mod fork;
mod kept;
mod line;
mod namespace;
mod row;
mod session;
mod supervise;
mod supervisor;
mod watch;
pub mod wire;

pub use child::{Child, end_all};
pub use faults::{Faults, Kind};
pub use kept::{Kept, Standing};
pub use line::{Line, wait};
pub use namespace::{abort, mount_base, mount_served};
pub use row::{Relay, answer_rows, chain, new_slate};
pub use session::{WAITS, attributes, serve_in_thread};
pub use supervise::{DYING, Supervised};
pub use supervisor::Supervisor;
pub use watch::{Thread, all_sleep};
