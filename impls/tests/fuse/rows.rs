//! Calls that are ordered together, as where nobody looks they are, are answered as calls that are ordered one by one.

use super::put::ground;
use launder_impls::kernel::{Fuse, FuseWriteback};
use launder_impls::sim::Holds;
use launder_impls::{Case, Run, Sim, Subject, run};
use launder_oracle::{Event, What};
use std::path::Path;

/// What settles hangs on what a process still holds, and on which host it is.
const SETTLING: [&str; 9] = [
    "a1 close",
    "b1 close",
    "b1 mmap\nb1 munmap\nb1 munmap\nb1 close\nb1 close\nb1 fsync",
    "a1 mmap\na1 mmap\na1 close\na1 mwrite 0..4",
    "a1 close\na1 open\na1 open\na1 append 2",
    "a2 lock\na2 pwrite 0..1",
    "a1 pwrite 0..1\nb1 pread 0..1\na1 pread 0..1",
    "a1 pwrite 0..8\nnature fail write EIO 1\na1 mmap\na1 mwrite 0..4",
    "server pwrite 0..1\nnature reclaim b 0..4\na1 pread 0..1",
];

/// The calls and the replies, with steps recorded or not; nothing where it is not put.
fn said<S: Subject>(ground: &S::Ground, case: &Case, recorded: bool) -> Option<Vec<What>> {
    let sim = Sim::new();
    sim.record_steps(recorded);
    match run::<S>(&sim, ground, case, &mut Holds) {
        Run::Trace(trace) => {
            let all = trace.events.into_iter().map(|Event { what, .. }| what);
            Some(all.filter(|what| !matches!(what, What::Step(_))).collect())
        }
        Run::Skipped(why) => {
            assert!(why.contains(" has no "), "{case}{why}");
            None
        }
        run => panic!("{run:?}"),
    }
}

fn is_said_together_as_apart<S: Subject>() {
    let Some(ground) = ground::<S>() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/cases");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let kept = files.filter(|path| path.extension().is_some_and(|extension| extension == "case"));
    let texts = kept.map(|path| std::fs::read_to_string(path).unwrap());
    let mut put = 0;
    for text in SETTLING.into_iter().map(str::to_owned).chain(texts) {
        let case = Case::parse(&text).unwrap().without_holds();
        let apart = said::<S>(&ground, &case, true);
        put += u32::from(apart.is_some());
        assert_eq!(said::<S>(&ground, &case, false), apart, "{case}");
    }
    assert!(put > 300, "{put} cases are put");
}

#[test]
fn over_writing_through() {
    is_said_together_as_apart::<Fuse>();
}

#[test]
fn over_writing_back() {
    is_said_together_as_apart::<FuseWriteback>();
}
