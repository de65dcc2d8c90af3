//! What the clients of other kernels are known to break that neither the models nor the running kernel's clients are known for,
//! each seen in a guest.

use super::version::Version;
use launder_impls::Known;
use launder_oracle::{Kind, Symptom};

/// What file systems of kernels whose versions begin so are known to break.
struct Seen {
    kernel: &'static str,
    of: &'static [&'static str],
    known: &'static [Known],
}

static SEEN: [Seen; 12] = [
    Seen { kernel: "6.1", of: NFS, known: GROWS_WITHIN_THE_PAGE },
    Seen { kernel: "6.12", of: NFS, known: GROWS_WITHIN_THE_PAGE },
    Seen { kernel: "6.12", of: NFS, known: FOUR_PAGES },
    Seen { kernel: "6.1", of: &["9p-loose"], known: GOES_ON_THROUGH_THE_CACHE },
    Seen { kernel: "6.1", of: &["9p-loose"], known: GROWS },
    Seen { kernel: "6.1", of: WRITES_BACK, known: NOTIFIED },
    Seen { kernel: "6.12", of: WRITES_BACK, known: NOTIFIED },
    Seen { kernel: "6.12", of: &["9p-none"], known: &[no_data(&["pread", "pread direct"]), RETRIES] },
    Seen { kernel: "6.12", of: &["9p-mmap", "9p-loose"], known: &[no_data(&["pread direct"]), RETRIES] },
    Seen { kernel: "6.12", of: &["9p-loose"], known: APPENDS },
    Seen { kernel: "6.12", of: &["9p-mmap", "9p-loose"], known: BESIDE_WHAT_WAS_WRITTEN },
    Seen { kernel: "6.12", of: &["9p-mmap"], known: CLOSES },
];

const NFS: &[&str] = &["nfs", "nfs-delegations"];
const WRITES_BACK: &[&str] = &["fuse-writeback", "fuse-writeback-keep-cache"];

/// Of a file system on such a kernel.
pub fn of(version: &Version, word: &str) -> impl Iterator<Item = &'static [Known]> {
    let seen = move |it: &&Seen| version.begins_with(it.kernel) && it.of.contains(&word);
    SEEN.iter().filter(seen).map(|it| it.known)
}

/// Before nfs_truncate_last_folio(), 6.18.
const GROWS_WITHIN_THE_PAGE: &[Known] = &[
    grows(&["mwrite", "pwrite"], "kernels/nfs-grows-within-the-page-of-the-end.case"),
    grows(&["mwrite", "ftruncate"], "kernels/nfs-made-longer-within-the-page-of-the-end.case"),
];

/// A page fault of 6.12 brings a folio of four pages into the cache, and a store makes all of it dirty.
const FOUR_PAGES: &[Known] = &[Known {
    symptom: Symptom::Broken(Kind::LostWrite),
    words: &["mwrite"],
    one_of: &["pwrite", "append", "copy", "pwrite direct", "append direct"],
    hazard: "H3: four pages are written back for a store to one, over what others wrote to the three",
    case: "kernels/nfs-store-and-a-write-in-the-next-page-but-one.case",
}];

const fn grows(words: &'static [&'static str], case: &'static str) -> Known {
    Known {
        symptom: Symptom::Broken(Kind::Leaked),
        words,
        one_of: &[],
        hazard: "b1817b18ff20: what a mapping stored past the end is in the file when that grows within the page",
        case,
    }
}

/// Before 52aecaee1c26, 6.13, or whatever has zeroed it in 6.12.
const GROWS: &[Known] = &[Known {
    symptom: Symptom::Broken(Kind::Leaked),
    words: &["mwrite", "pwrite"],
    one_of: &[],
    hazard: "what a mapping stored past the end is in the file when that grows over it",
    case: "kernels/grows-over-what-was-stored-past-the-end.case",
}];

/// netfs_perform_write() into a page that is not cached, and then a store to that.
const BESIDE_WHAT_WAS_WRITTEN: &[Known] = &[Known {
    symptom: Symptom::Broken(Kind::LostWrite),
    words: &["mwrite"],
    one_of: &["pwrite", "append", "copy"],
    hazard: "H4, found by launder: of a page that was not cached what write(2) put there is written back, and what was stored beside it is not",
    case: "kernels/9p-store-beside-what-was-written.case",
}];

/// generic_file_read_iter(), after v9fs_direct_IO(): what a direct read lacks of i_size it reads from the cache.
const GOES_ON_THROUGH_THE_CACHE: &[Known] = &[Known {
    symptom: Symptom::Broken(Kind::WrongSize),
    words: &["ftruncate", "pread direct"],
    one_of: &[],
    hazard: "H13, H21: a direct read that is short goes on through the cache up to i_size, which nobody asks for",
    case: "kernels/9p-direct-read-goes-on-through-the-cache.case",
}];

/// netfs_retry_reads(): what has not come by the second time is ENODATA.
const fn no_data(reads: &'static [&'static str]) -> Known {
    Known {
        symptom: Symptom::Broken(Kind::SpuriousError),
        words: &["ftruncate"],
        one_of: reads,
        hazard: "H21: i_size is believed, and a read past the cache of what the server no longer has is ENODATA",
        case: "kernels/9p-read-of-nothing.case",
    }
}

/// The same, where a part has come.
const RETRIES: Known = Known {
    symptom: Symptom::Stuck,
    words: &["ftruncate"],
    one_of: &["pread", "pread direct"],
    hazard: "H21: i_size is believed, and the rest of a read past the cache is asked for again and again: netfs_retry_reads()",
    case: "kernels/hangs/9p-read-to-beyond-the-end.case",
};

/// netfs_unbuffered_write_iter() takes the position before generic_write_checks() has given an append its own.
const APPENDS: &[Known] = &[
    append(Kind::LostWrite, "kernels/9p-direct-append-and-the-page-of-the-end.case"),
    append(Kind::StaleRead, "kernels/9p-direct-append-and-the-page-of-the-end-is-read.case"),
    Known {
        symptom: Symptom::Broken(Kind::WrongSize),
        words: &["append direct"],
        one_of: &[],
        hazard: "H13, H21: i_size is believed, whatever the server has said since",
        case: "kernels/9p-direct-append-before-the-end.case",
    },
];

const fn append(kind: Kind, case: &'static str) -> Known {
    Known {
        symptom: Symptom::Broken(kind),
        words: &["append direct"],
        one_of: &["pwrite", "append", "mwrite", "copy"],
        hazard: "found by launder: a direct append writes back and drops what is cached at the descriptor's position, and not at the \
            end of the file (74e797d79cf1)",
        case,
    }
}

/// What v9fs_dir_release() writes back is what the last to let go of the file has left.
const CLOSES: &[Known] = &[
    close(Kind::StaleRead, "kernels/9p-close-of-a-mapped-file.case"),
    close(Kind::WrongSize, "kernels/9p-close-of-a-mapped-file-and-the-size.case"),
];

const fn close(kind: Kind, case: &'static str) -> Known {
    Known {
        symptom: Symptom::Broken(kind),
        words: &["mmap"],
        one_of: &["close", "unlock"],
        hazard: "H21: there is no close-to-open: close(2) of a file that is mapped, and unlock, write nothing back",
        case,
    }
}

/// The same as of `fuse-writeback-temp`, which has no notifications: it was one that wrote the earlier page.
const NOTIFIED: &[Known] = &[
    nameless(&["deny", "notify"], "kernels/fuse-refusal-after-a-notification-loses-its-name.case"),
    nameless(&["fail write", "notify"], "kernels/fuse-error-after-a-notification-loses-its-name.case"),
];

const fn nameless(words: &'static [&'static str], case: &'static str) -> Known {
    Known {
        symptom: Symptom::Broken(Kind::SpuriousError),
        words,
        one_of: &["pwrite", "append", "mwrite"],
        hazard: "found by launder: mapping_set_error() keeps of an error only whether it was ENOSPC, and fuse_flush() asks that",
        case,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn each_is_shown_by_its_case_as_the_snapshots_of_guests_say() {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases");
        let mut unshown = Vec::new();
        for seen in &SEEN {
            let snapshot = std::fs::read_to_string(cases.join(format!("kernels/vm-{}.snap", seen.kernel)));
            let snapshot = snapshot.expect("there is one");
            for known in seen.known {
                assert!(cases.join(known.case).is_file(), "{} is no case", known.case);
                // What hangs a guest is in no snapshot.
                if known.case.starts_with("kernels/hangs/") {
                    continue;
                }
                let name = known.case.trim_start_matches("kernels/").trim_end_matches(".case");
                let of = |word: &str| format!("{name}: vm-{}-{word}: ", seen.kernel);
                let shows = |line: &str| seen.of.iter().any(|word| line.starts_with(&of(word)));
                let kind = known.symptom.to_string();
                if !snapshot.lines().any(|line| shows(line) && line.contains(&kind)) {
                    unshown.push(format!("{} on {}: {kind}", known.case, seen.kernel));
                }
            }
        }
        assert!(unshown.is_empty(), "{unshown:#?}");
    }
}
