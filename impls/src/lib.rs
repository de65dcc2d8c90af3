//! The subjects, and how a case is put to one: `run: Subject × Case → Trace`.
#![deny(missing_docs)]
#![deny(unsafe_code)]

mod about;
mod case;
mod cells;
mod contents;
#[cfg(any(test, not(all(target_os = "linux", feature = "kernel"))))]
mod elsewhere;
mod hazard;
#[cfg(all(target_os = "linux", feature = "kernel"))]
pub mod kernel;
pub mod linux;
pub mod met;
pub mod models;
mod ready;
mod registry;
mod requests;
pub mod sim;
mod subject;

pub use about::About;
pub use case::{Ask, Case, Hold};
pub use cells::{Cells, Keyed};
pub use contents::{Change, Content, Contents, Holder, Watched};
pub use hazard::{HAZARDS, Hazard};
pub use met::{Event, Met, State};
pub use ready::Ready;
pub use registry::{Card, cards};
pub use sim::{Job, Run, Sim, run};
pub use subject::{Bug, Ground, Known, Subject};
