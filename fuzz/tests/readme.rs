//! The README's tables are what this test makes: the subjects, and the arguments of the five mailing-list threads as results.
//!
//! `LAUNDER_README=write cargo test -p launder-fuzz --test readme` writes them anew.

use launder_fuzz::{Outcome, Planted, Symptom, Trial, kept};
use launder_impls::Case;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// What somebody argued, the case that puts it to the test, and the subjects that it is about.
struct Argument {
    who: &'static str,
    says: &'static str,
    case: &'static str,
    subjects: &'static [&'static str],
}

const ARGUMENTS: &[Argument] = &[
    Argument {
        who: "David Howells",
        says: "\"if you write your dirty data back, you may corrupt the file on the server\": byte tracking mixes two versions",
        case: "third-party-in-a-dirty-folio",
        subjects: &["divergence-dirty-bytes"],
    },
    Argument {
        who: "David Howells",
        says: "\"if you write back your entire copy\", you \"completely obliterate the third party changes\"",
        case: "third-party-in-another-dirty-folio",
        subjects: &["divergence-dirty-bytes", "divergence-whole-copy"],
    },
    Argument {
        who: "David Howells",
        says: "\"if you discard your changes, you lose those instead\"; or ask, and both are kept until somebody has said",
        case: "third-party-in-the-same-cell",
        subjects: &[
            "divergence-dirty-bytes",
            "divergence-whole-copy",
            "divergence-discard",
            "divergence-ask",
        ],
    },
    Argument {
        who: "Miklos Szeredi",
        says: "without launder there is a window in which data *will* be lost",
        case: "store-slips-into-the-window",
        subjects: &["launder-folio", "flush-and-wait", "flush-and-wait-recheck"],
    },
    Argument {
        who: "Miklos Szeredi",
        says: "writes to different folios need not be lost",
        case: "writes-to-different-folios",
        subjects: &["launder-folio", "flush-and-wait"],
    },
    Argument {
        who: "Trond Myklebust",
        says: "\"only requires taking the page locks\": a context without other locks can call it",
        case: "invalidation-takes-only-folio-locks",
        subjects: &["launder-folio", "netfs-invalidate-inode"],
    },
    Argument {
        who: "Trond Myklebust",
        says: "truncate instead, called without the inode lock, loses a racing write",
        case: "written-between-flush-and-truncate",
        subjects: &[
            "launder-folio",
            "netfs-invalidate-inode",
            "filemap-invalidate-inode-6.10",
            "filemap-invalidate-inode",
        ],
    },
    Argument {
        who: "Trond Myklebust",
        says: "called with it, it does not",
        case: "written-under-i-rwsem",
        subjects: &["netfs-invalidate-inode", "filemap-invalidate-inode-6.10"],
    },
    Argument {
        who: "Trond Myklebust",
        says: "called by who holds a lock that writeback needs, it hangs",
        case: "validate-lock",
        subjects: &["filemap-invalidate-inode+validate_lock"],
    },
    Argument {
        who: "David Howells",
        says: "the hacked netfs_invalidate_inode(), with flush and without",
        case: "discarded-though-nobody-else-wrote",
        subjects: &["netfs-invalidate-inode", "netfs-invalidate-inode-discard"],
    },
    Argument {
        who: "David Howells",
        says: "i_mmap_lock stops no fault, and writeback of what was mapped again waits for it",
        case: "mapped-again-under-i-mmap-rwsem",
        subjects: &["netfs-invalidate-inode", "netfs-invalidate-inode-discard"],
    },
    Argument {
        who: "Andrea Arcangeli",
        says: "\"if you munmap and mmap again the new data is shown\": no more is promised of NFS",
        case: "mapped-again-after-the-server-changed",
        subjects: &["nfs", "nfs-2.6.9"],
    },
    Argument {
        who: "Vivek Goyal",
        says: "a WRITE fails in a page that is uptodate",
        case: "failed-write-on-an-uptodate-folio",
        subjects: &["fuse-write-through", "fuse-write-through-5.12", "write-through"],
    },
    Argument {
        who: "Vivek Goyal",
        says: "what a mapping stored in that page",
        case: "write-through-to-a-mapped-folio-fails",
        subjects: &["fuse-write-through", "fuse-write-through-5.12"],
    },
    Argument {
        who: "Miklos Szeredi",
        says: "redirtied through a mapping, with two WRITEs in flight",
        case: "write-through-overtaken-by-writeback",
        subjects: &["fuse-write-through", "fuse-write-through-5.12"],
    },
    Argument {
        who: "Vivek Goyal",
        says: "a direct read during a WRITE",
        case: "direct-read-during-a-write",
        subjects: &["fuse-write-through", "fuse-writeback"],
    },
];

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn table() -> String {
    let mut table = String::from("| who | says | case | what comes of it |\n|---|---|---|---|\n");
    for Argument { who, says, case: file, subjects } in ARGUMENTS {
        let text =
            fs::read_to_string(top().join(format!("fuzz/cases/{file}.case"))).expect("the case can be read");
        let case = Case::parse(&text).expect("a case");
        let results: Vec<String> = subjects.iter().map(|name| result(name, &case)).collect();
        let _ = writeln!(
            table,
            "| {who} | {says} | [{}](fuzz/cases/{file}.snap) | {} |",
            file.replace('-', " "),
            results.join("<br>")
        );
    }
    table
}

/// What the file holds in the end, and the verdict.
fn result(name: &str, case: &Case) -> String {
    let planted: Planted = name.parse().expect("a subject");
    let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
    let Outcome::Judged(trace, verdict) = trial.of(case) else { panic!("{name} skips the case") };
    let symptoms: Vec<&str> = Symptom::of(&verdict).into_iter().map(Symptom::name).collect();
    let verdict =
        if symptoms.is_empty() { verdict.name().into() } else { format!("**{}**", symptoms.join(", ")) };
    format!("`{name}`: {verdict}, keeps `{}`", kept(&trace))
}

/// Every model: where it comes from, what it promises, how many of its broken promises are known, and how many bugs can be
/// planted.
fn subjects() -> String {
    let mut table = String::from("| subject | from | promises | known | bugs |\n|---|---|---|---|---|\n");
    for Planted { card, .. } in Planted::models() {
        let from = card.source.replace('|', "\\|");
        let (known, bugs) = (card.known.len(), card.bugs.len());
        let _ = writeln!(table, "| `{}` | {from} | `{}` | {known} | {bugs} |", card.name, card.contract);
    }
    table
}

/// Holds a table of the README against what it is to be, or writes it.
fn keep(name: &str, is: &str) {
    let readme = top().join("README.md");
    let text = fs::read_to_string(&readme).expect("the README can be read");
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = text.split_once(&start).expect("the table has its place");
    let (was, after) = rest.split_once(&end).expect("the table has an end");
    if std::env::var("LAUNDER_README").as_deref() == Ok("write") {
        fs::write(&readme, format!("{before}{start}{is}{end}{after}")).expect("the README can be written");
    } else {
        assert_eq!(was, is, "the README's table of {name} is another");
    }
}

#[test]
fn the_readme_shows_what_the_mails_argue_and_every_subject() {
    keep("arguments", &table());
    keep("subjects", &subjects());
}
