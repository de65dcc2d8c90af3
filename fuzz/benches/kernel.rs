//! How fast cases are put to the running kernel's FUSE and judged, against their bare system calls on the same mount.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use launder_impls::kernel::{Fuse, FuseSet, FuseWriteback, Mounted};
use launder_impls::sim::Holds;
use launder_impls::{Case, Ground, Run, Sim, Subject, run};
use launder_oracle::{Verdict, judge};
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

/// How long one turn is; the two take turns, as who else uses the processor changes.
const TURN: Duration = Duration::from_millis(200);
const TURNS: u32 = 10;
/// Cases put in one go.
const GO: u64 = 100;

fn judged<S: Subject<Ground = Mounted<O>>, O: FuseSet>(
    ground: &Mounted<O>,
    case: &Case,
    count: u64,
) -> Duration {
    let (sim, start) = (Sim::new(), Instant::now());
    for _ in 0..count {
        let Run::Trace(trace) = run::<S>(&sim, ground, case, &mut Holds) else { panic!("it is put") };
        assert_eq!(judge(&S::CONTRACT, &trace), Verdict::Allowed, "{trace}");
    }
    start.elapsed()
}

fn bare<O: FuseSet>(ground: &Mounted<O>, case: &Case, count: u64) -> Duration {
    let start = Instant::now();
    ground.call_bare(case, count).expect("the calls succeed");
    start.elapsed()
}

/// How many a second, over all turns: judged, and bare.
fn in_turns(mut judged: impl FnMut(u64) -> Duration, mut bare: impl FnMut(u64) -> Duration) -> [f64; 2] {
    let turn = |work: &mut dyn FnMut(u64) -> Duration| {
        let (mut count, mut time) = (0, Duration::ZERO);
        while time < TURN {
            time += work(GO);
            count += GO;
        }
        (count, time)
    };
    let mut sums = [(0, Duration::ZERO); 2];
    for _ in 0..TURNS {
        for (sum, (count, time)) in sums.iter_mut().zip([turn(&mut judged), turn(&mut bare)]) {
            *sum = (sum.0 + count, sum.1 + time);
        }
    }
    sums.map(|(count, time)| count as f64 / time.as_secs_f64())
}

fn measure<S: Subject<Ground = Mounted<O>>, O: FuseSet>(criterion: &mut Criterion) {
    let ground = match Mounted::<O>::prepare(&[]) {
        Ok(ground) => ground,
        Err(why) => return println!("{}: skipped: {why}", S::NAME),
    };
    let case = Case::parse(CALLS).expect("it is a case");
    let [a_second, bare_second] =
        in_turns(|count| judged::<S, O>(&ground, &case, count), |count| bare(&ground, &case, count));
    println!(
        "{}: {a_second:.0} judged cases a second, {bare_second:.0} of their bare calls: {:.2}",
        S::NAME,
        a_second / bare_second
    );
    let mut group = criterion.benchmark_group(S::NAME);
    group.throughput(Throughput::Elements(1));
    group.bench_function("a case of 16 calls, judged", |bench| {
        bench.iter_custom(|count| judged::<S, O>(&ground, &case, count));
    });
    group.bench_function("its calls, bare", |bench| bench.iter_custom(|count| bare(&ground, &case, count)));
}

fn kernel(criterion: &mut Criterion) {
    measure::<Fuse, _>(criterion);
    measure::<FuseWriteback, _>(criterion);
}

criterion_group! {
    name = speed;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(1));
    targets = kernel
}
criterion_main!(speed);
