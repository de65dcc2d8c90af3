//! The laws of the oracle, held against ideal caches, a slow judge, hand-written traces and hostile texts.

mod agreement;
mod falsified;
mod hostile;
mod ideal;
mod lattice;
mod never_accused;
mod one_memory;
mod rules;
mod short_way;
mod text;

use launder_oracle::{Contract, Trace, Verdict};

/// The verdict, to which the judge comes by its short way as by its clocks.
fn judge(contract: &Contract, trace: &Trace) -> Verdict {
    let verdict = launder_oracle::judge(contract, trace);
    assert_eq!(verdict, launder_oracle::judge_by_clocks(contract, trace), "{contract}\n{trace}");
    verdict
}
