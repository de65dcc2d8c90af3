//! The model of temporary pages beside the kernels that have them: random cases put to it and, in guests, to 6.1 and 6.12, where those
//! are in the cache and there is QEMU. Nothing is fetched.

use super::batch::subjects;
use super::file_system::FileSystem;
use super::kernel::{Kernel, cache};
use super::remote::AHEAD;
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
#[ignore = "beside other work: whether a reply comes before the mapping's flags are asked hangs on how busy the machine is"]
fn temporary_pages_answer_as_6_1_does() {
    answers_alike("6.1", |case| without_faults_that_fail(without_short_direct_writes(case)));
}

#[test]
#[ignore = "beside other work: whether a reply comes before the mapping's flags are asked hangs on how busy the machine is"]
fn temporary_pages_answer_as_6_12_does() {
    answers_alike("6.12", without_short_direct_writes);
}

fn answers_alike(version: &str, put: fn(Case) -> Case) {
    let twin = match in_a_guest(version) {
        Ok(it) => it,
        Err(why) => return println!("skipped: {why}"),
    };
    let model = Trial::open(MODEL.parse().expect("a model"), &[], None).expect("a model runs everywhere");
    let (count, differences) = differences(&model, &twin, put);
    println!("{} cases put to {MODEL} and to {}", count, twin.planted);
    let news: Vec<_> =
        differences.iter().map(|(what, (times, case))| format!("{times} × {what}\n{case}")).collect();
    assert!(news.is_empty(), "{MODEL} and {} differ:\n{}", twin.planted, news.join("\n"));
}

/// The twin, ready in a guest.
fn in_a_guest(version: &str) -> Result<Trial, String> {
    let version: Version = version.parse()?;
    if Kernel::in_cache(&version, &cache()?).is_none() {
        return Err(format!("no kernel {version} is in the cache: launder vm fetches one"));
    }
    let twin = FileSystem::all().find(|it| it.word == TWIN).ok_or("there is none")?;
    let (_, trial) = subjects(&version, &[twin], None).all.pop().ok_or("it is not built in")?;
    trial
}

/// How many cases were put, and what differs, with the smallest case of its kind.
fn differences(model: &Trial, twin: &Trial, put: fn(Case) -> Case) -> (u64, BTreeMap<String, (u64, Case)>) {
    let until = Instant::now() + Duration::from_secs(told(MOST_BY, MOST.as_secs()));
    // Which of several requests comes first hangs on when they are sent: no answer is promised to who swaps them.
    let knows = |call: &Call| model.knows(call) && twin.knows(call) && !matches!(call, Call::Swap(_));
    let random = Random::new(told("LAUNDER_TWIN_SEED", 11), knows);
    let case = |number| put(random.case(number).without_holds());
    let (mut count, mut found) = (0, BTreeMap::new());
    for number in (0..told(CASES_BY, CASES)).take_while(|_| Instant::now() < until) {
        twin.expect(&(number + 1..).take(AHEAD).map(case).collect::<Vec<_>>());
        count += 1;
        let case = case(number);
        let Some(difference) = differs(model, twin, &case) else { continue };
        let kind = kind(&difference);
        let (times, _) = found.entry(kind.clone()).or_insert_with(|| {
            let alike = |case: &Case| differs(model, twin, case).is_some_and(|it| self::kind(&it) == kind);
            (0, shrink(&case, &mut |case| alike(case)))
        });
        *times += 1;
    }
    (count, found)
}

/// The kernel may write back of its own accord, and seldom does: what differs must do so every time.
const TIMES: usize = 4;

fn differs(model: &Trial, twin: &Trial, case: &Case) -> Option<Difference> {
    let once = || match compare(model, twin, &case.without_holds()) {
        Twins::Apart(difference) => Some(difference),
        Twins::Alike | Twins::Aside(_) => None,
    };
    (0..TIMES).try_fold(None, |_, _| once().map(Some)).flatten()
}

/// Before 6.9 a load or a store takes its fault by a pipe, which tries again where a READ fails, and asks once more than the model
/// does: where READs are made to fail nothing is loaded or stored.
fn without_faults_that_fail(mut case: Case) -> Case {
    let fails = case.asks.iter().any(|ask| matches!(ask.call, Call::FailRead(..) | Call::Drop(_)));
    case.asks.retain(|ask| !fails || !ask.call.is_mapped());
    case
}

/// What a short direct WRITE leaves goes through the cache. The folio that is new there stays on 6.18, for a batch that waits to be put
/// on the LRU holds it, and is seen to go in guests of 6.1 and 6.12: where WRITEs are short none is direct.
fn without_short_direct_writes(mut case: Case) -> Case {
    let short = case.asks.iter().any(|ask| matches!(ask.call, Call::ShortWrite(_)));
    case.asks.retain(|ask| !short || !ask.call.is_direct());
    case
}

fn kind(difference: &Difference) -> String {
    let word = |reply: &launder_oracle::Reply| reply.to_string().split(' ').next().map(str::to_owned);
    let [ours, theirs] = difference.replies.each_ref().map(word);
    format!("{} {} {}", difference.call.word(), ours.unwrap_or_default(), theirs.unwrap_or_default())
}

/// So that the comparison can fail: a model of another cache differs.
#[test]
fn a_model_that_is_not_the_twin_differs_in_a_guest() {
    let twin = match in_a_guest("6.1") {
        Ok(it) => it,
        Err(why) => return println!("skipped: {why}"),
    };
    let other: Planted = "fuse-write-through".parse().expect("a model");
    let other = Trial::open(other, &[], None).expect("a model runs everywhere");
    let case = Case::parse("a1 pwrite 0..1\nserver pread 0..1\n").expect("a case");
    assert!(differs(&other, &twin, &case).is_some());
}
