//! How bytes and random numbers become a case; shrinking, exploring, hunting; tables and timelines.
//!
//! Nothing here knows how any subject works.
//!
//! ```
//! use launder_fuzz::{Budget, Campaign, Progress};
//!
//! let campaign = Campaign {
//!     subjects: vec!["launder-folio+no_launder".parse()?],
//!     at: Vec::new(),
//!     contract: None,
//!     kept: Vec::new(),
//!     seed: 1,
//!     jobs: 1,
//! };
//! let hunted = &campaign.random(Budget::Runs(500), &Progress::default())[0];
//! // The case is shrunk, and what it shows has a name.
//! let finding = hunted.hunt.findings().next().expect("the bug is found soon");
//! assert!(finding.case.asks.len() < 6, "{}", finding.signature);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod campaign;
mod corpus;
mod counted;
mod deal;
mod detector;
mod dice;
mod differential;
mod driven;
mod driver;
mod encode;
mod exhaustive;
mod explain;
mod explore;
mod export;
mod finding;
mod follow;
mod found;
mod fsxops;
mod hunt;
mod instrumented;
mod intake;
mod matrix;
mod mutate;
mod own;
mod planted;
mod progress;
mod random;
mod reduce;
mod save;
mod score;
mod scratch;
mod search;
mod sequences;
mod shrink;
mod signature;
mod steer;
mod table;
pub mod target;
mod timeline;
mod trial;
mod twin;
mod word;

pub use campaign::{Budget, Campaign, Hunted};
pub use counted::{counted, plural};
pub use differential::{Difference, differ, tame};
pub use driven::detect_driven;
pub use driver::{Drive, drive, driving_time};
pub use encode::{RECORD, decode, encode};
pub use exhaustive::{Exhausted, INTERRUPTIONS, detect_exhaustively};
pub use explain::{Explanation, Part, Shown, Shows, explain, explanations};
pub use explore::{BOUND, Explored, Interleavings, explore};
pub use export::{Export, Form, Observed, export};
pub use finding::Finding;
pub use follow::{follow, replay};
pub use instrumented::Driver;

pub use fsxops::read_fsxops;
pub use hunt::{Counts, Hunt};
pub use launder_oracle::Symptom;
pub use matrix::{Matrix, matrix_table};
pub use own::hunt;
pub use planted::{NoSubject, Planted};
pub use progress::Progress;
pub use random::Random;
pub use save::{RECORD_FILE, save, sweep, trace_file, write_whole, write_whole_by};
pub use score::{Detection, Score, detect, score};
pub use shrink::shrink;
pub use signature::Signature;
pub use steer::{LANES, Steered};
pub use table::{alike, kept, short, table};
pub use timeline::{Holding, Lane, Look, Mark, Row, Said, Timeline};
pub use trial::{Outcome, Trial};
pub use twin::{Twins, UNSTEADY, compare, compare_held};
pub use word::{Fields, WORDS, Word};
