//! The count of historical bugs: each is planted in a model, is what a model does as it is, or is listed with the reason why none has
//! it.

use launder_fuzz::Planted;
use std::collections::BTreeSet;

/// One bug of the kernel's history: a number to call it by, of which some were never given; the commits that made it, mended it or
/// are its other forms, as sources name them; where it is.
type Historical = (u32, &'static [&'static str], Place);

/// Where a bug is to be found.
enum Place {
    /// Planted: `subject+bug`.
    In(&'static [&'static str]),
    /// A subject does it as it is, and is known to: the subject, and the case that shows it.
    As(&'static str, &'static str),
    /// Nowhere, and why.
    Nowhere(&'static str),
}
use Place::{As, In, Nowhere};

/// Fewer than this and some have been lost.
const PLANTED: usize = 47;
const BUGS: usize = 56;

const DIRTIED_UNDER_A_WRITE: &str = "a folio is dirtied while its WRITE is under way by who has pinned it, as direct I/O into a mapping does, \
    and no call does that: all others wait for the WRITE";

/// Planted bugs of that history that have no number.
const OTHERS: &[&str] = &["afs+launder_start"];

const HISTORY: [Historical; BUGS] = [
    // mm, and what all file systems share
    (1, &["016eb4a0ed06"], In(&["invalidate-mapping-pages+ipages_no_ref_recheck"])),
    (2, &["d00806b18315"], In(&["launder-folio+fault_unlocked_install"])),
    (3, &["bd4c8ce41a2e"], In(&["direct-io-2.6.11+iip2_respect_refs"])),
    (4, &["e3db7691e9f3"], In(&["launder-folio+no_launder"])),
    (5, &["7b965e0884ce"], In(&["launder-folio+iip2_stop_on_error"])),
    (6, &["0dd1334faf7e"], In(&["launder-folio+iip2_ret_overwritten"])),
    (
        8,
        &["84209e02de48 \"mm: dont clear PG_uptodate on truncate/invalidate\" (2.6.27)"],
        Nowhere("it shows in a pipe that holds the page, and no call splices"),
    ),
    (10, &["79352894b285"], In(&["launder-folio+dirty_outside_lock"])),
    (11, &["479db0bf408e"], In(&["direct-io+mkclean_skip_np"])),
    (12, &["1cf35d47712d"], In(&["launder-folio+late_tlb_flush_zap"])),
    (
        14,
        &["7658cc289288"],
        In(&["direct-io-2.6.9+dirty_page_not_buffers", "direct-io-2.6.11+dirty_page_not_buffers"]),
    ),
    (15, &["05fe478dd04e"], In(&["direct-io+sync_skips_W"])),
    (17, &["f9f07b6c1372"], In(&["direct-io+fail_clears_uptodate"])),
    (18, &["68eb3db08344"], In(&["direct-io+shortcopy_leak"])),
    (
        19,
        &["a32ea1e1f925 \"Fix read/truncate race\" (2.6.23)"],
        Nowhere(
            "a read that overlaps a truncate returns zeroes from past the new end: what a cell holds and whether it is inside the \
            file are held apart, and while the truncate is under way each may be old or new",
        ),
    ),
    (21, &["52aecaee1c26", "b1817b18ff20"], In(&["write-through+no_eof_zero", "nfs+no_eof_zero"])),
    (22, &["17207d0bb209"], In(&["direct-io+no_unmap_before_zero"])),
    (23, &["ea3d7209ca01"], In(&["direct-io+no_invalidate_lock"])),
    (
        24,
        &["c6dcf52c23d2 \"mm: Invalidate DAX radix tree entries only if appropriate\" (4.10)"],
        Nowhere("DAX has no page cache, and every model is one"),
    ),
    (26, &["c26096ee0278"], In(&["filemap-invalidate-inode+fii_truncate"])),
    (27, &["b4678df184b3"], In(&["flush-and-wait+errseq_sample_at_open"])),
    // direct I/O
    (28, &["bdb76ef5a4bc"], In(&["direct-io+dio_no_post_inval", "launder-folio+dio_no_post_inval"])),
    (29, &["fb5527e68d49"], In(&["launder-folio+dio_fallback_no_sync"])),
    (31, &["332391a9935d"], In(&["direct-io+aio_inval_at_submit"])),
    (32, &["c771c14baa33"], In(&["direct-io+inval_before_convert"])),
    (33, &["5a9d929d6e13"], In(&["direct-io+post_inval_silent"])),
    (34, &["60263d5889e6"], In(&["direct-io+ignore_pre_inval_busy", "launder-folio+ignore_pre_inval_busy"])),
    (35, &["40bc9a27e00d"], In(&["direct-io+trunc_zero_not_dirty"])),
    (36, &["8e4473bb50a1"], In(&["write-through+append_shared_lock"])),
    (37, &["b359af8275a9"], In(&["fuse-writeback+fuse_dio_no_post", "fuse-writeback+inval_in_completion"])),
    // NFS
    (40, &["717d44e84921"], In(&["nfs+reval_no_ilock"])),
    (41, &["cd9ae2b6a75b"], As("nfs", "invalidation-fails-once-and-is-forgotten.case")),
    (42, &["17dfeb911339"], In(&["nfs+no_invalidating_bit"])),
    (43, &["fa8d8c5b77a2"], In(&["nfs+clear_dirty_before_release"])),
    (45, &["b8946d7bfb94"], In(&["nfs+fatal_keep_uptodate"])),
    (
        47,
        &["1f28476dcb98 \"NFS: Fix O_DIRECT commit verifier handling\""],
        Nowhere("the server restarts between a WRITE and its COMMIT, and no word restarts it"),
    ),
    (48, &["6df25e58532b"], In(&["nfs+congested_no_redirty"])),
    (
        50,
        &["beab450d8ea9 \"NFS: Fix fscache invalidation in nfs_set_cache_invalid()\""],
        Nowhere(
            "fs/nfs/fscache.c: \"only regular files that are open read-only will be able to use the cache\", and every descriptor \
            of a case is open for writing",
        ),
    ),
    (52, &["cce0be6eb497"], In(&["nfs+release_io_deadlock"])),
    // FUSE
    (53, &["b10099792b62"], In(&["fuse-notify+use_imp"])),
    (
        54,
        &["3121bfe76311 \"fuse: fix \"direct_io\" private mmap\" (2.6.30)"],
        Nowhere("it shows through a private mapping, whose loads are not judged"),
    ),
    (55, &["4f06dd92b5d0"], In(&["fuse-write-through+no_clear_U_on_err"])),
    (
        56,
        &["8b284dc47291 \"fuse: writepages: handle same page rewrites\" (3.13)"],
        Nowhere(DIRTIED_UNDER_A_WRITE),
    ),
    (
        57,
        &["3993382bb319 \"fuse: launder page should wait for page writeback\" (5.11)"],
        Nowhere(DIRTIED_UNDER_A_WRITE),
    ),
    (
        59,
        &["e4648309b85a", "2fdbb8dd0155"],
        In(&["fuse-writeback+otrunc_no_nowrite", "fuse-writeback+otrunc_deadlock"]),
    ),
    (60, &["9b46418c40fe"], In(&["fuse-writeback+cfr_no_inval"])),
    // cifs, netfs, AFS, GFS2, ocfs2
    (61, &["cea218054ad2"], In(&["flush-and-wait+uncon_flush_err"])),
    (62, &["b066a48c9532"], In(&["launder-folio+wb_skip"])),
    (63, &["257fb1f15d72"], In(&["oplock+use_imp"])),
    (65, &["61ea6b3a3104"], In(&["filemap-invalidate-inode+zero_point_stale"])),
    (
        67,
        &["102a7e2c598c", "7dfc8f0c6144"],
        In(&["launder-folio+mkwrite_no_mapping_check", "filemap-invalidate-inode+release_dirty"]),
    ),
    (68, &["91d1dfae4649"], In(&["filemap-invalidate-inode+srvop_no_flush"])),
    (69, &["6e0e99d58a65"], In(&["afs+cb_no_unmap"])),
    (71, &["31143d5d515e", "9d577b6a31a"], In(&["afs+nuke_silent", "afs-2.6.22+nuke_loop"])),
    (72, &["58e9fee13e57"], In(&["oplock+ack_before_zap"])),
    (73, &["7f4a2a97e324"], In(&["oplock+downconvert_no_unmap"])),
];

/// What the subject says of the bug that is planted in it.
fn source(name: &str) -> &'static str {
    let planted: Planted = name.parse().unwrap_or_else(|error| panic!("{error}"));
    let bug = planted.card.bugs.iter().find(|bug| Some(bug.name) == planted.bug);
    bug.unwrap_or_else(|| panic!("{name} is no bug")).source
}

#[test]
fn each_bug_is_planted_or_done_or_there_is_a_reason() {
    for (number, commits, place) in &HISTORY {
        match place {
            In(names) => {
                for name in *names {
                    let source = source(name);
                    let named = commits.iter().any(|commit| source.contains(commit));
                    assert!(named, "{number}: the source of {name} names none of {commits:?}: {source}");
                }
                let all = commits.iter().all(|commit| names.iter().any(|name| source(name).contains(commit)));
                assert!(all, "{number}: not all of {commits:?} are planted");
            }
            As(name, case) => {
                let planted: Planted = name.parse().unwrap_or_else(|error| panic!("{error}"));
                let known = planted.card.known().any(|known| known.case == *case);
                assert!(known, "{number}: {name} is not known to break what {case} shows");
            }
            Nowhere(why) => assert!(!why.is_empty(), "{number}"),
        }
    }
}

#[test]
fn a_bug_that_names_a_commit_is_in_the_list() {
    let listed: BTreeSet<&str> = HISTORY
        .iter()
        .flat_map(|(_, _, place)| match place {
            In(names) => *names,
            As(..) | Nowhere(_) => &[],
        })
        .chain(OTHERS)
        .copied()
        .collect();
    let is_commit = |word: &str| word.len() >= 10 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    for planted in Planted::models().into_iter().flat_map(Planted::bugs) {
        let name = planted.to_string();
        let historical = source(&name).split(' ').next().is_some_and(is_commit);
        assert!(!historical || listed.contains(name.as_str()), "{name} is not in the list");
    }
}

#[test]
fn few_bugs_are_planted_nowhere() {
    let numbers: BTreeSet<u32> = HISTORY.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers.len(), BUGS, "a number is given twice");
    let count = |is: fn(&Place) -> bool| HISTORY.iter().filter(|(_, _, place)| is(place)).count();
    let planted = count(|place| matches!(place, In(_)));
    let done = count(|place| matches!(place, As(..)));
    println!("of {BUGS} historical bugs {planted} are planted; what a subject does as it is: {done} more");
    for (number, commits, place) in &HISTORY {
        if let Nowhere(why) = place {
            println!("{number}, {}: {why}", commits.join(", "));
        }
    }
    assert!(planted >= PLANTED, "{planted} are planted");
}
