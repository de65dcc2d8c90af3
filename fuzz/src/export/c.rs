//! A C program: one line an ask, above it `program.c`, the part that all have in common.

use super::header::{against, count, has_host_b, header};
use super::{Asked, Export, Observed};
use launder_impls::{Cells, Keyed};
use launder_oracle::{Call, Errno, Msync, Range, Who};
use std::fmt::Write;

const PROGRAM: &str = include_str!("program.c");

/// The sizes of a page that Linux has: who runs the program has one of them.
const PAGES: [u64; 4] = [4096, 8192, 16_384, 65_536];

const USAGE: &str = "
A file is cells, four to a page; `a1 pwrite 0..2` is process a1's, of cells 0 and 1. Every write stores its own number
in each of its cells: `got 1 0 - ?` saw write 1, a hole or zeroes, the end of the file, and bytes that no write made.

    cc -O2 -Wall -o repro repro.c && ./repro FILE [FILE-ON-SECOND-MOUNT]

FILE is made, must not exist, and is removed. Each ask is printed with its reply and, where it is another, with the
one that was observed. Exit status: 0 every reply is as observed; 1 one is not; 2 it could not be done.";

/// The program.
pub fn program(observed: &Observed, asked: &[Asked]) -> Export {
    let mut left_out = Vec::new();
    let body = body(observed, asked, &mut left_out);
    let mut text = String::from("/* SPDX-License-Identifier: MIT OR Apache-2.0 */\n/*\n");
    for line in header(observed, asked, &left_out).iter().map(String::as_str).chain(USAGE.lines()) {
        text += format!(" * {line}").trim_end();
        text += "\n";
    }
    text += " */\n\n";
    text += &differs(observed, asked);
    text += "\n";
    text += PROGRAM;
    text += &body;
    Export { text, left_out }
}

/// What makes the program that of one case.
fn differs(observed: &Observed, asked: &[Asked]) -> String {
    let case = observed.case;
    let rows: Vec<String> = PAGES
        .into_iter()
        .map(|page| {
            let cells = Cells::of(case, page);
            let cut = [0, 1, 2, 3].map(|cell| cells.border(cell).to_string());
            format!("{{ {page}, {{ {} }} }}", cut.join(", "))
        })
        .collect();
    let place = match Cells::of(case, PAGES[0]).keyed() {
        Keyed::File => "border(cell)",
        Keyed::Folio => "cut[cell % 4]",
        Keyed::Cell => "0",
    };
    let errnos: Vec<String> = Errno::ALL.iter().map(|errno| format!("E({errno})")).collect();
    let writes = asked.iter().map(|asked| asked.number).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value, what) in [
        ("SIZE", case.cells.to_string(), "cells, of hole, that the file begins with"),
        ("CAPACITY", case.capacity().to_string(), "cells that it may come to have"),
        ("WRITES", format!("{writes}u"), "numbers that writes have"),
        ("HOSTS", (1 + u8::from(has_host_b(asked))).to_string(), "mounts of the file system that are needed"),
        ("PLACE", place.into(), "what the bytes of a cell are keyed with"),
    ] {
        let _ = writeln!(text, "#define {name} {value} /* {what} */");
    }
    let _ = writeln!(text, "#define CUTS \\\n\t{}", rows.join(", \\\n\t"));
    let _ = writeln!(
        text,
        "#define ERRNOS \\\n\t{}",
        errnos.chunks(8).map(|row| row.join(" ")).collect::<Vec<_>>().join(" \\\n\t")
    );
    text
}

fn body(observed: &Observed, asked: &[Asked], left_out: &mut Vec<(String, usize)>) -> String {
    let mut text = String::from("\nint main(int argc, char **argv)\n{\n\tbegin(argc, argv);\n");
    for who in Who::PROCESSES {
        if observed.case.asks.iter().any(|ask| ask.who == who) {
            let _ = writeln!(text, "\ttakes_part({who});");
        }
    }
    text += "\n";
    let accused = !observed.verdict.violations().is_empty();
    let mut settles = false;
    for asked in asked {
        if asked.settles && !settles {
            text += "\n\t/* Everything is given back, and the file is read behind the cache. */\n";
            settles = true;
        }
        for lines in against(asked) {
            let _ = writeln!(text, "\t/*\n\t * {}\n\t */", lines.join("\n\t * "));
        }
        let Some(call) = expressed(asked, observed.case.capacity()) else {
            count(left_out, asked);
            let _ = writeln!(text, "\t/* not expressed: {} */", asked.answered());
            continue;
        };
        let said = asked.reply.map_or("NULL".into(), |reply| format!("\"{reply}\""));
        let lines = if accused { format!(" /* {} */", asked.at()) } else { String::new() };
        let _ = writeln!(text, "\tstep(\"{} {}\", {said}, {call});{lines}", asked.who, asked.call);
    }
    text + "\n\treturn end();\n}\n"
}

/// The call in C, if it can be made there.
fn expressed(asked: &Asked, capacity: u32) -> Option<String> {
    let Asked { who, number, .. } = *asked;
    let way = |direct| if direct { "DIRECT" } else { "BUFFERED" };
    let cells = |Range { start, end }| format!("{start}, {end}");
    Some(match (who, asked.call) {
        (Who::Server, Call::Pread { range, .. }) => format!("server_pread({})", cells(range)),
        (Who::Nature, Call::Writeback(host, range)) => {
            format!("nature_writeback({}, {})", host.index(), cells(range))
        }
        (Who::Nature, Call::Reclaim(host, range)) => {
            format!("nature_reclaim({}, {})", host.index(), cells(range))
        }
        (Who::Server | Who::Nature, _) => return None,
        (_, Call::Pread { direct, range }) => format!("do_pread({who}, {}, {})", way(direct), cells(range)),
        (_, Call::Pwrite { direct, range }) => {
            format!("do_pwrite({who}, {}, {}, {number})", way(direct), cells(range))
        }
        (_, Call::Append { direct, cells }) => {
            format!("do_append({who}, {}, {cells}, {number})", way(direct))
        }
        (_, Call::Mmap { private, range }) => {
            let way = if private { "PRIVATE" } else { "SHARED" };
            format!("do_mmap({who}, {way}, {})", cells(range.unwrap_or(Range::new(0, capacity))))
        }
        (_, Call::Mread(range)) => format!("do_mread({who}, {})", cells(range)),
        (_, Call::Mwrite(range)) => format!("do_mwrite({who}, {}, {number})", cells(range)),
        (_, Call::Msync(how, range)) => format!("do_msync({who}, {}, {})", flags(how), cells(range)),
        (_, Call::MadviseDontneed(range)) => format!("do_madvise_dontneed({who}, {})", cells(range)),
        (_, Call::Ftruncate(size)) => format!("do_ftruncate({who}, {size})"),
        (_, Call::Fallocate(range)) => format!("do_fallocate({who}, 0, {})", cells(range)),
        (_, Call::Punch(range)) => {
            format!("do_fallocate({who}, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, {})", cells(range))
        }
        (_, Call::Zero(range)) => format!("do_fallocate({who}, FALLOC_FL_ZERO_RANGE, {})", cells(range)),
        (_, Call::FadviseDontneed(range)) => format!("do_fadvise_dontneed({who}, {})", cells(range)),
        (_, Call::Copy { from, to }) => format!("do_copy({who}, {}, {to})", cells(from)),
        (
            _,
            call @ (Call::Open
            | Call::Close
            | Call::Munmap
            | Call::Fsync
            | Call::Fdatasync
            | Call::Lock
            | Call::Unlock),
        ) => {
            format!("do_{}({who})", call.word())
        }
        _ => return None,
    })
}

fn flags(how: Msync) -> &'static str {
    match how {
        Msync::Sync => "MS_SYNC",
        Msync::Async => "MS_ASYNC",
        Msync::Invalidate => "MS_SYNC | MS_INVALIDATE",
    }
}
