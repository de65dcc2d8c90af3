//! A cache of one's own, which is in no list, is hunted like those that are.

use launder_fuzz::{Budget, Hunted, Planted, Symptom, hunt};
use launder_impls::{Cells, Sim, Subject};
use launder_oracle::{Call, Contract, Errno, Kind, Reply, Who};
use std::cell::RefCell;

#[allow(dead_code)] // its main
#[path = "../examples/object_cache/main.rs"]
mod object_cache;

fn symptoms(hunted: &Hunted) -> Vec<Symptom> {
    hunted.hunt.findings().map(|finding| finding.signature.symptom).collect()
}

#[test]
fn what_the_example_loses_by_an_option_is_found_and_without_it_nothing() {
    let subjects = Planted::of::<object_cache::ObjectCache>().and_bugs();
    let hunted = hunt(subjects, Budget::Runs(object_cache::RUNS));
    let [whole, broken] = hunted.as_slice() else { panic!("the cache, and with its option") };
    assert_eq!(symptoms(whole), [], "{whole}");
    assert!(whole.hunt.counts.allowed > object_cache::RUNS / 2, "{whole}");
    assert!(symptoms(broken).contains(&Symptom::Broken(Kind::StaleRead)), "{broken}");
    let told = broken.to_string();
    assert!(told.contains("PUT of object 0") && told.contains("reclaim a 0..1 ~1+1"), "{told}");
}

#[test]
fn the_example_is_made_a_subject_and_hunted_in_under_sixty_lines_of_code_beside_its_imports() {
    let is_none =
        |line: &str| line.is_empty() || ["//", "use ", "mod "].iter().any(|it| line.starts_with(it));
    let lines =
        include_str!("../examples/object_cache/main.rs").lines().filter(|line| !is_none(line.trim())).count();
    assert!(lines < 60, "{lines}");
}

const CELLS: Cells = Cells::even(16);

/// A cache that awaits nothing: plain functions, one after the other. What it holds it forgets when memory is short.
struct Forgetful(Sim, RefCell<(Vec<u8>, Vec<u8>)>);

impl Forgetful {
    fn answer(&self, who: Who, call: Call) -> Reply {
        let Forgetful(sim, state) = self;
        let (cached, stored) = &mut *state.borrow_mut();
        match call {
            Call::Pread { range, .. } => {
                let bytes = CELLS.bytes_inside(range, sim.cells());
                let from = if who == Who::Server { stored } else { cached };
                return Reply::Got(CELLS.values(range, &from[bytes.start as usize..bytes.end as usize]));
            }
            Call::Pwrite { range, .. } if range.end <= sim.cells() => {
                let data = CELLS.stored(range, sim.value().number().expect("a write has a number"));
                cached[CELLS.border(range.start) as usize..][..data.len()].copy_from_slice(&data);
            }
            Call::Fsync | Call::Close | Call::Writeback(..) => stored.clone_from(cached),
            Call::Reclaim(..) => cached.clone_from(stored),
            Call::Open => {}
            _ => return Reply::Err(Errno::ENOSYS),
        }
        Reply::Ok
    }
}

impl Subject for Forgetful {
    const NAME: &'static str = "forgetful";
    const SOURCE: &'static str = "this test";
    const CONTRACT: Contract = Contract::FUSE;
    type Ground = ();

    fn new(sim: &Sim, (): &()) -> Forgetful {
        let blank = vec![0; CELLS.border(sim.capacity()) as usize];
        Forgetful(sim.clone(), RefCell::new((blank.clone(), blank)))
    }

    fn has_two_hosts() -> bool {
        false
    }

    fn knows(call: &Call) -> bool {
        matches!(call, Call::Pread { .. } | Call::Writeback(..) | Call::Reclaim(..))
    }

    async fn call(&self, who: Who, call: Call) -> Reply {
        self.answer(who, call)
    }
}

#[test]
fn a_cache_that_awaits_nothing_is_a_subject_as_it_is() {
    let hunted = hunt([Planted::of::<Forgetful>()], Budget::Runs(2_000));
    assert!(symptoms(&hunted[0]).contains(&Symptom::Broken(Kind::StaleRead)), "{}", hunted[0]);
}
