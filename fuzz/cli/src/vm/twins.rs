//! The model of temporary pages beside the kernels that have them: random cases put to it and, in guests, to 6.1 and 6.12, where those
//! are in the cache and there is QEMU. Nothing is fetched.

use super::batch::{AHEAD, Subjects, subjects};
use super::file_system::FileSystem;
use super::kernel::{Kernel, cache};
use super::remote::put as question;
use super::version::Version;
use launder_fuzz::{Difference, Planted, Random, Trial, Twins, compare, shrink};
use launder_impls::Case;
use launder_oracle::Call;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const MODEL: &str = "fuse-writeback-temp";
const TWIN: &str = "fuse-writeback";

/// Random cases that are put to each kernel, if the environment names no other number, and how long that may take: emulated, a guest
/// answers tens a second, or a hundred.
const CASES: u64 = 1_500;
const CASES_BY: &str = "LAUNDER_TWIN_CASES";
const MOST: Duration = Duration::from_secs(25);
const MOST_BY: &str = "LAUNDER_TWIN_SECONDS";

/// What the environment says, or this.
fn told(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
#[ignore = "they differ: the kernel sends neighbours in one WRITE, and without cachestat(2) reclaim takes the file's error"]
fn temporary_pages_answer_as_6_1_does() {
    answers_alike("6.1");
}

#[test]
#[ignore = "they differ: the kernel sends neighbours in one WRITE"]
fn temporary_pages_answer_as_6_12_does() {
    answers_alike("6.12");
}

fn answers_alike(version: &str) {
    let (subjects, twin) = match in_a_guest(version) {
        Ok(it) => it,
        Err(why) => return println!("skipped: {why}"),
    };
    let model = Trial::open(MODEL.parse().expect("a model"), &[], None).expect("a model runs everywhere");
    let (put, differences) = differences(&model, &twin, &subjects);
    println!("{} cases put to {MODEL} and to {}", put, twin.planted);
    let news: Vec<_> =
        differences.iter().map(|(what, (times, case))| format!("{times} × {what}\n{case}")).collect();
    assert!(news.is_empty(), "{MODEL} and {} differ:\n{}", twin.planted, news.join("\n"));
}

/// The twin, ready in a guest.
fn in_a_guest(version: &str) -> Result<(Subjects, Trial), String> {
    let version: Version = version.parse()?;
    if Kernel::in_cache(&version, &cache()?).is_none() {
        return Err(format!("no kernel {version} is in the cache: launder vm fetches one"));
    }
    let twin = FileSystem::all().find(|it| it.word == TWIN).ok_or("there is none")?;
    let mut subjects = subjects(&version, &[twin], None);
    let (.., trial) = subjects.all.pop().ok_or("it is not built in")?;
    Ok((subjects, trial?))
}

/// How many cases were put, and what differs, with the smallest case of its kind.
fn differences(model: &Trial, twin: &Trial, subjects: &Subjects) -> (u64, BTreeMap<String, (u64, Case)>) {
    let until = Instant::now() + Duration::from_secs(told(MOST_BY, MOST.as_secs()));
    // Which of several requests comes first hangs on when they are sent: no answer is promised to who swaps them.
    let knows = |call: &Call| model.knows(call) && twin.knows(call) && !matches!(call, Call::Swap(_));
    let random = Random::new(told("LAUNDER_TWIN_SEED", 11), knows);
    let case = |number| random.case(number).without_holds();
    let (mut put, mut found) = (0, BTreeMap::new());
    for number in (0..told(CASES_BY, CASES)).take_while(|_| Instant::now() < until) {
        subjects.expect((number + 1..).take(AHEAD).map(|number| question(TWIN, &case(number), false)));
        put += 1;
        let case = case(number);
        let Some(difference) = differs(model, twin, &case) else { continue };
        let kind = kind(&difference);
        let (times, _) = found.entry(kind.clone()).or_insert_with(|| {
            let alike = |case: &Case| differs(model, twin, case).is_some_and(|it| self::kind(&it) == kind);
            (0, shrink(&case, &mut |case| alike(case)))
        });
        *times += 1;
    }
    (put, found)
}

fn differs(model: &Trial, twin: &Trial, case: &Case) -> Option<Difference> {
    match compare(model, twin, &case.without_holds()) {
        Twins::Apart(difference) => Some(difference),
        Twins::Alike | Twins::Aside(_) => None,
    }
}

fn kind(difference: &Difference) -> String {
    let word = |reply: &launder_oracle::Reply| reply.to_string().split(' ').next().map(str::to_owned);
    let [ours, theirs] = difference.replies.each_ref().map(word);
    format!("{} {} {}", difference.call.word(), ours.unwrap_or_default(), theirs.unwrap_or_default())
}

/// So that the comparison can fail: a model of another cache differs.
#[test]
fn a_model_that_is_not_the_twin_differs_in_a_guest() {
    let (subjects, twin) = match in_a_guest("6.1") {
        Ok(it) => it,
        Err(why) => return println!("skipped: {why}"),
    };
    let other: Planted = "fuse-write-through".parse().expect("a model");
    let other = Trial::open(other, &[], None).expect("a model runs everywhere");
    let case = Case::parse("a1 pwrite 0..1\nserver pread 0..1\n").expect("a case");
    assert!(differs(&other, &twin, &case).is_some());
    drop(subjects);
}
