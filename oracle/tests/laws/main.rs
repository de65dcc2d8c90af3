//! The laws of the oracle, held against ideal caches, a slow judge, hand-written traces and hostile texts.

mod agreement;
mod falsified;
mod hostile;
mod ideal;
mod lattice;
mod never_accused;
mod one_memory;
mod rules;
mod text;
