//! How many cases a second: `cargo test --release -p launder-impls --test fuse -- --ignored --nocapture speed`.

use super::put::ground;
use launder_impls::kernel::{Fuse, FuseWriteback};
use launder_impls::sim::Holds;
use launder_impls::{Case, Run, Sim, Subject, run};
use std::time::{Duration, Instant};

/// Sixteen calls of one process, of each kind one at the least.
const CALLS: &str = "
    a1 pwrite 0..4
    a1 pread 0..8
    a1 mmap
    a1 mwrite 4..6
    a1 mread 0..8
    a1 msync 4..6
    a1 fsync
    a1 pread direct 0..4
    a1 pwrite direct 8..12
    a1 pread 8..12
    a1 ftruncate 8
    a1 pwrite 8..12
    a1 punch 0..4
    a1 fadvise dontneed 0..16
    a1 pread 0..16
    a1 munmap";

fn measure<S: Subject>() {
    let Some(ground) = ground::<S>() else { return };
    let (sim, case) = (Sim::new(), Case::parse(CALLS).unwrap());
    assert_eq!(case.asks.len(), 16);
    for _ in 0..5 {
        let (start, mut runs) = (Instant::now(), 0);
        while start.elapsed() < Duration::from_secs(2) {
            assert!(matches!(run::<S>(&sim, &ground, &case, &mut Holds), Run::Trace(_)));
            runs += 1;
        }
        println!("{}: {:.0} cases a second", S::NAME, f64::from(runs) / start.elapsed().as_secs_f64());
    }
}

#[test]
#[ignore = "it measures"]
fn sixteen_calls_of_one_process() {
    measure::<Fuse>();
    measure::<FuseWriteback>();
}
