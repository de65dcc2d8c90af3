//! A model and its twin, a real subject, answer alike: `path` on a loop device, with each file system that can be made here.
#![cfg(all(target_os = "linux", feature = "kernel"))]

mod twins {
    pub mod loop_device;
}

use launder_fuzz::{Planted, Random, Trial, Twins, compare, shrink};
use launder_impls::Case;
use std::collections::BTreeMap;
use std::path::Path;
use twins::loop_device;

/// Random cases that are put to a model and its twin, unless the environment names another number.
const CASES: u64 = 3_000;
const CASES_BY: &str = "LAUNDER_TWIN_CASES";
/// Which, if it names another seed.
const SEED_BY: &str = "LAUNDER_TWIN_SEED";
/// The most of those that may say nothing of the model.
const ASIDE: f64 = 0.05;

#[test]
fn models_answer_as_the_kernel_does_on_ext4() {
    loop_device::with("ext4", "on_a_loop_device");
}

#[test]
fn models_answer_as_the_kernel_does_on_xfs() {
    loop_device::with("xfs", "on_a_loop_device");
}

#[test]
fn models_answer_as_the_kernel_does_on_btrfs() {
    loop_device::with("btrfs", "on_a_loop_device");
}

#[test]
#[ignore = "the others run it, on a file system of its own"]
fn on_a_loop_device() {
    let Some(mounted) = loop_device::mounted() else { return };
    for planted in Planted::models().into_iter().filter(|planted| planted.card.twin == Some("path")) {
        let (alike, aside) = put_to_both(planted, &mounted);
        println!("{planted}: {alike} cases alike, others say nothing of it: {aside:?}");
        let aside: u64 = aside.values().sum();
        assert!(aside as f64 <= ASIDE * (alike + aside) as f64, "{planted}: {aside} cases say nothing of it");
    }
    a_broken_model_is_told_apart(&mounted);
}

fn a_broken_model_is_told_apart(mounted: &Path) {
    let broken: Planted = "direct-io+trunc_zero_not_dirty".parse().expect("a subject");
    let (model, twin) = pair(broken, mounted);
    let apart = cases(&model, &twin, CASES).find(|case| is_apart(&model, &twin, case));
    assert!(apart.is_some(), "{broken} answers like the kernel in {CASES} cases");
}

/// What the environment says, or this.
fn told(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |number| number.parse().expect("a number"))
}

/// How many cases were answered alike, and how many say nothing, by their reasons.
fn put_to_both(planted: Planted, mounted: &Path) -> (u64, BTreeMap<String, u64>) {
    let (model, twin) = pair(planted, mounted);
    let (mut alike, mut aside) = (0, BTreeMap::new());
    for case in cases(&model, &twin, told(CASES_BY, CASES)) {
        match compare(&model, &twin, &case) {
            Twins::Alike => alike += 1,
            Twins::Aside(why) => *aside.entry(why).or_default() += 1,
            Twins::Apart(_) => {
                let small = shrink(&case, &mut |case| is_apart(&model, &twin, case));
                panic!("{:#?}\n{small}", compare(&model, &twin, &small));
            }
        }
    }
    (alike, aside)
}

fn pair(planted: Planted, mounted: &Path) -> (Trial, Trial) {
    let model = Trial::open(planted, &[], None).expect("a model runs everywhere");
    let twin: Planted = planted.card.twin.expect("a twin").parse().expect("a subject");
    let twin = Trial::open(twin, &[mounted.into()], None).expect("a directory of ours");
    (model, twin)
}

/// Cases without holds, in which nobody reads around the cache: of that what is dirty is written back first, on a disk.
fn cases(model: &Trial, twin: &Trial, number: u64) -> impl Iterator<Item = Case> {
    let random = Random::new(told(SEED_BY, 1), |call| model.knows(call) && twin.knows(call)).on_one_host();
    (0..number).map(move |number| {
        let mut case = random.case(number).without_holds();
        case.asks.retain(|ask| ask.who.host().is_some() || ask.call.word() != "pread");
        case
    })
}

fn is_apart(model: &Trial, twin: &Trial, case: &Case) -> bool {
    matches!(compare(model, twin, case), Twins::Apart(_))
}
