//! The oracle: what may be asked of a cache of file contents, what may be said in answer, and what that means.
//!
//! `judge: Contract × Trace → Verdict`. Nothing here knows who answered or how the asks were scheduled.
//!
//! ```
//! use launder_oracle::{Contract, Trace, judge};
//!
//! // Close-to-open: `b1` opens after `a1` has closed, and reads what was there before.
//! let said = "b1 > close\nb1 < ok\na1 > pwrite 0..1\na1 < ok\na1 > close\na1 < ok\n\
//!             b1 > open\nb1 < ok\nb1 > pread 0..1\nb1 < got 0\nend quiet\n";
//! let trace = Trace::parse(said)?;
//! assert_eq!(judge(&Contract::NFS, &trace).name(), "forbidden");
//! // Who promises less may answer so.
//! let less = "nfs,open=cached".parse::<Contract>()?;
//! assert_eq!(judge(&less, &trace).name(), "allowed");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod call;
mod clock;
mod contract;
mod errno;
mod judge;
mod limits;
mod nearest;
mod reply;
mod symptom;
mod text;
mod trace;
mod verdict;
mod who;

pub use call::{Call, Msync, Range};
pub use contract::{
    AXES, Atomic, Axis, Contract, ContractError, Direct, Divergence, Hosts, Loser, Maps, Notify, Open, Point,
};
pub use errno::Errno;
pub use judge::{judge, judge_by_clocks};
pub use limits::{CELLS, FILE_BYTES, FOLIO, MAX_CELLS, VIOLATIONS};
pub use nearest::nearest;
pub use reply::{Reply, Value};
pub use symptom::Symptom;
pub use text::{TextError, Words};
pub use trace::{End, Event, Trace, What};
pub use verdict::{Kind, Lines, Unanswered, Verdict, Violation};
pub use who::{Host, Who};
