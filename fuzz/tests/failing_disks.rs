//! A model and real file systems answer alike when the disk fails.
#![cfg(all(target_os = "linux", feature = "kernel"))]

use launder_fuzz::{Planted, Random, Trial, Twins, compare, shrink};
use launder_impls::{Ask, Case};
use launder_oracle::{CELLS, Call, Errno, FOLIO, Range, Reply};
use std::collections::BTreeMap;

/// Random cases that are put to the model and each file system, unless the environment names another number.
const CASES: u64 = 1_500;
const CASES_BY: &str = "LAUNDER_TWIN_CASES";
/// Which, if it names another seed.
const SEED_BY: &str = "LAUNDER_TWIN_SEED";

fn open(name: &str) -> Result<Trial, String> {
    Trial::open(name.parse::<Planted>().expect("a subject"), &[], None)
}

/// What the environment says, or this.
fn told(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |number| number.parse().expect("a number"))
}

fn put_to_both(file_system: &str) {
    let twin = match open(file_system) {
        Ok(twin) => twin,
        Err(why) => return println!("skipped: {why}"),
    };
    let model = open("direct-io").expect("a model runs everywhere");
    let (mut alike, mut aside, mut apart) = (0, BTreeMap::<String, u64>::new(), BTreeMap::new());
    for case in cases(&model, &twin, told(CASES_BY, CASES)) {
        match compare(&model, &twin, &case) {
            Twins::Alike => alike += 1,
            Twins::Aside(why) => *aside.entry(why).or_default() += 1,
            Twins::Apart(_) => {
                let small = shrink(&case, &mut |case| {
                    is_put(&twin, case) && matches!(compare(&model, &twin, case), Twins::Apart(_))
                });
                let Twins::Apart(difference) = compare(&model, &twin, &small) else { continue };
                let mut words: Vec<_> = small.asks.iter().map(|ask| ask.call.word()).collect();
                words.sort_unstable();
                words.dedup();
                apart.entry(words.join(", ")).or_insert((0, small.to_string(), difference)).0 += 1;
            }
        }
    }
    println!("{file_system}: {alike} cases alike, others say nothing: {aside:?}");
    for (words, (times, case, difference)) in &apart {
        println!("== {times} times: {words}\n{case}{:?} {:?}", difference.call, difference.replies);
    }
    assert!(apart.is_empty(), "{} differences", apart.len());
}

/// What differs legitimately is left out: who reads around the cache has the kernel write back first, and a large folio is
/// written back as a whole; of what posix_fadvise(2) begins to write back, and close(2) after a truncate, it is a matter of
/// time whether it is done; a block is a folio on a disk here and a part of one in the model; and a short request of the
/// model's is of a part of a folio, of a disk's of several.
const LEFT_OUT: [&str; 9] = [
    "pread direct",
    "msync",
    "msync invalidate",
    "fadvise dontneed",
    "close",
    "ftruncate",
    "punch",
    "zero",
    "short write",
];

/// A direct write that cannot write back what is dirty first is a buffered one, which ext4 writes back at once and xfs does
/// not. btrfs makes all direct calls buffered ones where it has checksums, and writes back what it copies or zeroes. xfs does not write
/// what it copies from block to block: the two share it, xfs_file_remap_range().
fn is_left_out(twin: &Trial, call: &Call) -> bool {
    match (twin.planted.card.name, call) {
        ("kernel-ext4", _) => false,
        ("kernel-xfs", Call::Copy { from, to }) => from.start % FOLIO == 0 && to % FOLIO == 0,
        ("kernel-xfs", _) => call.is_direct(),
        _ => call.is_direct() || matches!(call.word(), "copy" | "fallocate"),
    }
}

fn stays(twin: &Trial, ask: &Ask) -> bool {
    let word = ask.call.word();
    let third_party = ask.who.host().is_none() && word == "pread";
    !third_party && !LEFT_OUT.contains(&word) && !is_left_out(twin, &ask.call)
}

fn cases(model: &Trial, twin: &Trial, number: u64) -> impl Iterator<Item = Case> {
    let random = Random::new(told(SEED_BY, 1), |call| model.knows(call) && twin.knows(call)).on_one_host();
    (0..number).map(move |number| {
        let mut case = random.case(number).without_holds();
        case.asks.retain(|ask| stays(twin, ask));
        let cells = case.cells;
        case.asks.iter_mut().for_each(|ask| ask.call = as_put(twin, ask.call, cells));
        case
    })
}

/// Whether a case is one of those.
fn is_put(twin: &Trial, case: &Case) -> bool {
    case.asks.iter().all(|ask| stays(twin, ask) && as_put(twin, ask.call, case.cells) == ask.call)
}

/// A call as it is put, in a case whose file has so many cells at first.
fn as_put(twin: &Trial, call: Call, cells: u32) -> Call {
    match twin.planted.card.name {
        "kernel-ext4" => on_ext4(all(call), cells),
        "kernel-xfs" => on_xfs(all(call), cells),
        _ => begun_inside(all(call), cells),
    }
}

/// Of two folios and more one write makes one here, ext4_write_begin(), fgf_set_order(), and a direct write of a part of that has it
/// written back as a whole. Behind a direct write that makes the file longer, and fails, ext4 zeroes in the cache what of a
/// block is past the end, ext4_truncate_failed_write(), and a block is larger than in the model. A buffered write past the end zeroes in
/// the cache what of the last block was past it: that block is dirty then, and a direct write of it is a buffered one. A fallocate that
/// makes the file longer zeroes what of the last block is past the end, as a truncate does. Of xfs direct calls are left out.
fn on_ext4(call: Call, cells: u32) -> Call {
    let short = |range: Range| Range::new(range.start, range.end.min(range.start + SHORT));
    match call {
        Call::Pwrite { direct: false, range } => Call::Pwrite { direct: false, range: short(range) },
        Call::Pwrite { direct: true, range } => {
            Call::Pwrite { direct: true, range: inside(range, cells / FOLIO * FOLIO) }
        }
        Call::Append { cells, .. } => Call::Append { direct: false, cells: cells.min(SHORT) },
        Call::Copy { from, to } => Call::Copy { from: short(from), to },
        Call::Fallocate(range) => Call::Fallocate(inside(range, cells)),
        call => call,
    }
}

/// Where the file becomes longer by a fallocate, xfs writes back what is past the size that is on the disk, xfs_setattr_size().
fn on_xfs(call: Call, cells: u32) -> Call {
    match call {
        Call::Fallocate(range) => Call::Fallocate(inside(range, cells)),
        call => begun_inside(call, cells),
    }
}

/// A write that begins past the end reads the last block, to zero what of it was past the end: [`WRITE_PAST_A_BLOCK`].
fn begun_inside(call: Call, cells: u32) -> Call {
    match call {
        Call::Pwrite { direct, range } => {
            Call::Pwrite { direct, range: Range::new(range.start.min(cells), range.end) }
        }
        call => call,
    }
}

/// What of a range is in a file of so many cells.
fn inside(range: Range, cells: u32) -> Range {
    Range::new(range.start.min(cells), range.end.min(cells))
}

/// Cells of less than two folios.
const SHORT: u32 = 2 * FOLIO - 1;

/// A model's request is of a folio, a disk's of as many as lie together: the two count alike where all fail. And where they
/// fail for good ext4 does not write again what it has left unwritten, which it is known to lose.
const ALL: u32 = 1_000;
const EVERYTHING: Range = Range { start: 0, end: 2 * CELLS };

fn all(call: Call) -> Call {
    match call {
        Call::FailWrite(..) => Call::FailWrite(Errno::EIO, ALL),
        Call::FailRead(..) => Call::FailRead(Errno::EIO, ALL),
        Call::Drop(_) => Call::Drop(ALL),
        Call::Writeback(host, _) => Call::Writeback(host, EVERYTHING),
        Call::Reclaim(host, _) => Call::Reclaim(host, EVERYTHING),
        call => call,
    }
}

#[test]
fn models_answer_as_ext4_does_when_its_disk_fails() {
    put_to_both("kernel-ext4");
}

#[test]
fn models_answer_as_xfs_does_when_its_disk_fails() {
    put_to_both("kernel-xfs");
}

#[test]
fn models_answer_as_btrfs_does_when_its_disk_fails() {
    put_to_both("kernel-btrfs");
}

/// A block of which a copy of a hole has made zeroes is none: it is read.
const READ_OF_COPIED_ZEROES: &str = "\
a1 copy 0..1 4
nature reclaim a 0..32
nature drop 1000
a1 pread 4..5";

/// And before a part of it is written.
const WRITE_OF_COPIED_ZEROES: &str = "\
a1 copy 0..1 4
nature reclaim a 0..32
nature drop 1000
a1 pwrite 4..5";

/// Nothing is read ahead that was not asked for.
const COPY_BEFORE_A_WRITTEN_FOLIO: &str = "\
a1 pwrite direct 4..5
a1 copy 0..1 1
nature drop 1000
a1 pwrite 4..5";

/// Nor through a mapping.
const STORE_BEFORE_A_WRITTEN_FOLIO: &str = "\
a1 pwrite direct 4..5
a1 mmap
a1 mwrite 0..1
nature drop 1000
a1 pread 4..5";

/// Of a direct write of no bytes nothing is asked.
const WRITE_OF_NOTHING: &str = "\
nature fail write EIO 1000
a1 pwrite direct 0..0";

/// A direct write that begins in a block of the file and ends in a new one is a request of the file's, wherever the new one is.
const WRITE_ACROSS_TWO_BLOCKS: &str = "\
a1 pread 4..5
a1 pwrite 10..11
nature reclaim a 0..32
nature fail write EIO 1000
a1 pwrite direct 10..13
nature fail read EIO 1000
a1 fsync";

/// msync(2) of what is not mapped is no sync that has failed.
const SYNC_OF_NOTHING: &str = "\
a1 pwrite 0..1
a1 msync async 0..1
nature fail write EIO 1000";

/// btrfs_write_check() has btrfs_cont_expand(), and xfs_file_write_zero_eof() has xfs_zero_range() zero what lies between the end and the
/// write; of the last block that is a read.
const WRITE_PAST_A_BLOCK: &str = "\
file 0
a1 pwrite 0..1
nature reclaim a 0..32
nature drop 1000
a1 pwrite 4..5";

const ONCE: [&str; 7] = [
    READ_OF_COPIED_ZEROES,
    WRITE_OF_COPIED_ZEROES,
    COPY_BEFORE_A_WRITTEN_FOLIO,
    STORE_BEFORE_A_WRITTEN_FOLIO,
    WRITE_OF_NOTHING,
    WRITE_ACROSS_TWO_BLOCKS,
    SYNC_OF_NOTHING,
];

#[test]
fn what_differed_once_is_answered_alike() {
    let model = open("direct-io").expect("a model runs everywhere");
    for twin in ["kernel-ext4", "kernel-btrfs"] {
        let twin = match open(twin) {
            Ok(twin) => twin,
            Err(why) => {
                println!("skipped: {why}");
                continue;
            }
        };
        for text in ONCE {
            let case = Case::parse(text).expect("a case");
            if is_put(&twin, &case) {
                // Where a new block is allocated is not the same each time.
                (0..8).for_each(|_| assert_eq!(compare(&model, &twin, &case), Twins::Alike, "{case}"));
            }
        }
    }
}

#[test]
fn xfs_and_btrfs_read_the_last_block_before_they_write_past_it_and_the_model_does_not() {
    let model = open("direct-io").expect("a model runs everywhere");
    let case = Case::parse(WRITE_PAST_A_BLOCK).expect("a case");
    for twin in ["kernel-xfs", "kernel-btrfs"] {
        let twin = match open(twin) {
            Ok(twin) => twin,
            Err(why) => {
                println!("skipped: {why}");
                continue;
            }
        };
        let Twins::Apart(difference) = compare(&model, &twin, &case) else { panic!("they answer alike") };
        assert_eq!(difference.call.to_string(), "pwrite 4..5");
        assert_eq!(difference.replies, [Reply::Ok, Reply::Err(Errno::EIO)]);
    }
}
