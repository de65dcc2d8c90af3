//! The ideal, maximally nondeterministic cache of a contract: a step machine that shares no rule with the judge.

pub mod choice;
pub mod conflict;
pub mod excuse;
pub mod falsify;
pub mod generate;
mod growing;
pub mod learn;
pub mod machine;
pub mod places;
pub mod plan;
pub mod reach;
pub mod reading;
pub mod reply;
pub mod script;
pub mod search;
pub mod shrink;
pub mod stock;
