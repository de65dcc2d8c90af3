//! How many cases a second: `cargo test --release -p launder-impls --test fuse -- --ignored --nocapture speed`.

use super::put::ground;
use launder_impls::kernel::{Fuse, FuseSet, FuseWriteback, Mounted};
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

/// Processor time of these processes, whoever else uses the processor.
fn time(processes: &[i32]) -> Duration {
    let of_thread = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path().join("schedstat")).unwrap_or_default();
        Duration::from_nanos(text.split(' ').next().and_then(|time| time.parse().ok()).unwrap_or(0))
    };
    let threads =
        |process: &i32| std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    processes.iter().flat_map(threads).map(of_thread).sum()
}

fn measure<S: Subject<Ground = Mounted<O>>, O: FuseSet>() {
    let Some(ground) = ground::<S>() else { return };
    let (sim, case) = (Sim::new(), Case::parse(CALLS).unwrap());
    assert_eq!(case.asks.len(), 16);
    let mut processes = ground.processes();
    processes.push(std::process::id() as i32);
    for _ in 0..4 {
        let (start, before, mut runs) = (Instant::now(), time(&processes), 0);
        while start.elapsed() < Duration::from_secs(2) {
            assert!(matches!(run::<S>(&sim, &ground, &case, &mut Holds), Run::Trace(_)));
            runs += 1;
        }
        let a_second = |time: Duration| f64::from(runs) / time.as_secs_f64();
        let (wall, used) = (a_second(start.elapsed()), a_second(time(&processes) - before));
        println!("{}: {wall:.0} cases a second, {used:.0} a second of processor time", S::NAME);
    }
}

#[test]
#[ignore = "it measures"]
fn sixteen_calls_of_one_process() {
    measure::<Fuse, _>();
    measure::<FuseWriteback, _>();
}
