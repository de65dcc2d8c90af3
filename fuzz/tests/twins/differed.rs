//! Cases with reply holds that a model or our side of the kernel once took otherwise than the other, each with what it told.

use super::held::held_pair;
use super::pair;
use launder_fuzz::{Twins, UNSTEADY, compare, compare_held};
use launder_impls::Case;

/// What an open that waits for OPEN is told later of an error that came meanwhile.
const ERROR_UNDER_AN_OPEN: &str = "\
a1 close
a2 pwrite 0..1
nature fail write ENOSPC 1
a1 open ~2+1
a2 fsync";

/// Writeback whose WRITE a truncate keeps back: who began it goes on.
const WRITEBACK_UNDER_A_TRUNCATE: &str = "\
a1 pwrite 0..1
a1 mmap
a1 ftruncate 1 ~1+2
nature writeback a 0..1
nature fail write EIO 1
a1 mread 0..1";

/// Which of two descriptors is closed first.
const CLOSE_OF_TWO: &str = "\
a1 mmap
a1 pread direct 0..4
a1 pwrite 0..1
a1 close ~1+3
a2 pwrite 4..8
nature fail write EIO 1";

/// A folio that comes into the cache behind one that an invalidation waits for.
const READ_UNDER_AN_INVALIDATION: &str = "\
a1 close
a2 pread 8..12
a2 pwrite 0..1
a1 open ~3+2
a2 pread 4..8
server pwrite 4..8
a2 pread 4..8";

/// Who goes on before nature has seen that writeback is over.
const WRITE_UNDER_A_RECLAIM: &str = "\
nature fail write EDQUOT 1
nature reclaim a 0..1 ~0+2
a1 pwrite 0..1
a1 punch 0..1 ~1+1
a2 pwrite 0..1
nature fail write EIO 1";

/// A punch leaves the version of the attributes alone: that a READ was short is believed.
const PUNCH_UNDER_A_READ: &str = "\
a2 mmap
server ftruncate 0
a2 mwrite 4..5 ~1+1
a1 punch 0..1
a2 append 1
a1 pread 12..13";

/// Attributes that are believed have a version of their own, whatever they say: that a READ was short is believed no more.
const GETATTR_UNDER_A_READ: &str = "\
file 4
server ftruncate 2
a1 pread 0..4 ~1+2
server ftruncate 4
a2 pread 4..8";

/// What is stored to a folio after the server has read its WRITE, which others overtake.
const WRITE_UNDER_A_SWAP: &str = "\
a1 pwrite 0..1
nature swap 3
a2 pread direct 0..1 ~1+1
a1 pwrite 0..1";

/// A WRITE that fadvise(2) causes is of its call, as long as its reply is held.
const HELD_FADVISE: &str = "\
a1 pwrite 0..1
a2 fadvise dontneed 0..1 ~0+1
a1 pwrite 0..1 ~0+1
a2 pread direct 0..1";

/// A folio that is dirty and under writeback fadvise(2) leaves out.
const FADVISE_UNDER_WRITEBACK: &str = "\
a1 pwrite 0..1
nature writeback a 0..1 ~1+3
a2 pwrite 1..2
a2 fadvise dontneed 0..4
server pread 0..4
server pread 0..4
server pread 0..4";

/// Through whose file is written what a release writes back: its own still.
const WRITE_UNDER_A_CLOSE: &str = "\
a1 pwrite 0..1
server deny a2
a2 pwrite direct 0..1
a2 close ~0+1~2+0
a1 pwrite 0..1 ~0+0";

/// Who waits for i_rwsem syncs while the times of a fallocate are on their way: only then is the error set again, without its name.
const SYNC_UNDER_A_FALLOCATE: &str = "\
a1 pwrite 0..1
a1 mmap
nature fail write EDQUOT 1
nature reclaim a 0..1
a2 fallocate 0..1 ~1+1
a1 msync 0..1";

/// A punch that ends in the first page unmaps all of the file: what a failed WRITE has left not uptodate is read again.
const PUNCH_OF_A_PART_OF_THE_FIRST_PAGE: &str = "\
a1 mmap
a1 mread 0..1
nature fail write EIO 1
a1 pwrite 1..2
a1 punch 0..1
a1 mread 1..2";

/// The same, of one that does not begin with the page: that one stays mapped, and those behind it do not.
const PUNCH_WITHIN_THE_FIRST_PAGE: &str = "\
a1 mmap
a1 mread 0..8
nature fail write EIO 1
a1 pwrite 1..2
nature fail write EIO 1
a1 pwrite 5..6
a1 punch 2..3
a1 mread 1..2
a1 mread 5..6";

/// A folio that is mapped fadvise(2) cannot take, and so it walks the folios again: writeback of another, which it has begun, has ended.
const FADVISE_BESIDE_A_MAPPED_FOLIO: &str = "\
a1 mmap
a1 mwrite 0..1
a1 pwrite 4..5
nature fail write EIO 1
a1 pwrite direct 0..1
a1 fadvise dontneed 0..8
server ftruncate 0
a1 pwrite 6..7";

/// The same, of folios that another process maps, and of one that is dirty at the end of the file.
const FADVISE_BESIDE_A_FOLIO_OF_ANOTHER: &str = "\
file 10
a2 mmap
a2 mread 8..9
a1 pwrite 4..5
a1 fadvise dontneed 0..10
server pwrite 4..5
a1 pread 4..5";

/// One that is mapped, and of which a part only is advised of, it does not come to.
const FADVISE_OF_A_PART_OF_A_MAPPED_FOLIO: &str = "\
a1 mmap
a1 mread 8..9
a1 pwrite 4..5
a1 fadvise dontneed 4..10
server pwrite 4..5
a1 pread 4..5";

/// A direct read whose READ is short reads the rest through the cache, and nothing beyond it: our descriptor once let the kernel read
/// ahead.
const DIRECT_READ_PAST_THE_END: &str = "\
b1 ftruncate 0
a1 pread direct 3..5
server pwrite 12..13
a1 pread 12..13";

/// A READ that is read ahead behind a folio that is there tells of a size before that folio is read: of one that is still too large.
const SHORT_READ_BEHIND_A_FOLIO: &str = "\
server ftruncate 0
a1 pwrite 4..5
a1 pread 3..9";

/// What reads or writes no bytes asks nobody.
const CALLS_OF_NOTHING: &str = "\
nature fail read ESTALE 1
a1 pread direct 0..0
server deny a1
a1 append direct 0
a1 pwrite direct 0..0
a1 append 0
a1 pwrite 0..0";

/// All of them, and the models.
const ONCE: [(&str, &str); 21] = [
    ("fuse-writeback", ERROR_UNDER_AN_OPEN),
    ("fuse-writeback", WRITEBACK_UNDER_A_TRUNCATE),
    ("fuse-writeback", CLOSE_OF_TWO),
    ("fuse-writeback", READ_UNDER_AN_INVALIDATION),
    ("fuse-writeback", WRITE_UNDER_A_RECLAIM),
    ("fuse-write-through", PUNCH_UNDER_A_READ),
    ("fuse-write-through", GETATTR_UNDER_A_READ),
    ("fuse-writeback", WRITE_UNDER_A_SWAP),
    ("fuse-writeback", HELD_FADVISE),
    ("fuse-writeback", FADVISE_UNDER_WRITEBACK),
    ("fuse-writeback", WRITE_UNDER_A_CLOSE),
    ("fuse-writeback", SYNC_UNDER_A_FALLOCATE),
    ("fuse-notify-write-through", PUNCH_OF_A_PART_OF_THE_FIRST_PAGE),
    ("fuse-notify-write-through", PUNCH_WITHIN_THE_FIRST_PAGE),
    ("fuse-notify", FADVISE_BESIDE_A_MAPPED_FOLIO),
    ("fuse-writeback", FADVISE_BESIDE_A_FOLIO_OF_ANOTHER),
    ("fuse-writeback", FADVISE_OF_A_PART_OF_A_MAPPED_FOLIO),
    ("fuse-write-through", CALLS_OF_NOTHING),
    ("fuse-writeback", CALLS_OF_NOTHING),
    ("fuse-writeback", DIRECT_READ_PAST_THE_END),
    ("fuse-notify-write-through", SHORT_READ_BEHIND_A_FOLIO),
];

/// How often a case may be disturbed by who else uses the machine: who of two that one reply wakes comes first is no promise of a kernel.
const TRIES: usize = 8;

fn unsteady() -> Twins {
    Twins::Aside(UNSTEADY.into())
}

#[test]
fn what_differed_once_is_answered_alike() {
    let mut apart = Vec::new();
    for (name, text) in ONCE {
        let Some((model, twin)) = held_pair(name) else { return };
        let case = Case::parse(text).expect("a case");
        let steady = (0..TRIES).map(|_| compare_held(&model, &twin, &case)).find(|said| *said != unsteady());
        if steady != Some(Twins::Alike) {
            apart.push(format!("{name}, {steady:?}:\n{text}"));
        }
        // Of what has no holds the models speak as they are asked everywhere else, too.
        let (model, twin) = pair(name).expect("this machine runs it");
        let apart_too =
            case == case.without_holds() && matches!(compare(&model, &twin, &case), Twins::Apart(_));
        if apart_too {
            apart.push(format!("{name}, asked call by call:\n{text}"));
        }
    }
    assert!(apart.is_empty(), "{}", apart.join("\n\n"));
}
