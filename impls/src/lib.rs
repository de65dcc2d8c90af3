//! The subjects, and how a case is put to one: `run: Subject × Case → Trace`.
//!
//! ```
//! use launder_impls::{Case, Run, Sim, cards, models, run, sim::Holds};
//!
//! // While the invalidation waits at its second step the store comes, and goes on when that has ended.
//! let case = Case::parse("a1 mmap\na1 mwrite 0..1\nserver notify a 0..4 ~2+1\na1 mwrite 1..2\n")?;
//! let sim = Sim::new();
//! sim.record_steps(true);
//! let Run::Trace(trace) = run::<models::Of<models::LaunderFolio>>(&sim, &(), &case, &mut Holds) else { panic!() };
//! assert!(trace.to_string().contains(". a: folio 0 is laundered"), "{trace}");
//! // By its name, as the command line has it:
//! assert!(cards().any(|card| card.name == "launder-folio" && card.is_model()));
//! # Ok::<(), launder_oracle::TextError>(())
//! ```
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
