//! A shell script for xfs_io(8): every ask is a comment with its reply, and the commands that make the call.

use super::commands::{Commands, Not};
use super::header::{against, count, has_host_b, header};
use super::session::File;
use super::{Asked, Export, Observed};
use launder_impls::Cells;
use launder_oracle::{Host, Who};
use std::fmt::Write;

/// Bytes of a page, for which the script is written.
pub const PAGE: u64 = 4096;

/// The script.
pub fn script(observed: &Observed, asked: &[Asked]) -> Export {
    let mut left_out = Vec::new();
    let body = body(observed, asked, &mut left_out);
    let hosts = if has_host_b(asked) { 2 } else { 1 };
    let direct = asked.iter().any(|asked| asked.call.is_direct());
    let cells = Cells::of(observed.case, PAGE);
    let borders = [0, 1, 2, 3].map(|cell| cells.border(cell).to_string()).join(", ");
    let mut text = String::from("#!/bin/sh\n# SPDX-License-Identifier: MIT OR Apache-2.0\n#\n");
    let usage = usage(hosts, &borders);
    for line in header(observed, asked, &left_out).iter().map(String::as_str).chain(usage.lines()) {
        text += format!("# {line}").trim_end();
        text += "\n";
    }
    text += &checks(hosts, direct, cells.border(observed.case.cells));
    text += &body;
    text += "}\n\n";
    text += RUN;
    Export { text, left_out }
}

fn usage(hosts: usize, borders: &str) -> String {
    let second = if hosts > 1 { " FILE-ON-SECOND-MOUNT" } else { "" };
    format!(
        "
A file is cells, four to a page, which begin at its bytes {borders}; `a1 pwrite 0..2` is process a1's,
of cells 0 and 1. Every write stores its own number, of which xfs_io writes the remainder by 256, in each byte:
`got 1 0 - ?` saw write 1, a hole or zeroes, the end of the file, and bytes that no write made. All processes are
one xfs_io, with a file open for each; the server reads through the page cache, once that has dropped the file.

    sh repro.sh FILE{second} | uniq -s 9

FILE, without blanks in its name, is made, must not exist, and is removed. What xfs_io answers is printed, in the
order of the asks below; nothing is compared. mread is given a byte more where it would dump none (6.1). uniq(1)
leaves out lines of a dump that say what the one before says."
    )
}

fn checks(hosts: usize, direct: bool, size: u64) -> String {
    let files = if hosts > 1 { "FILE FILE-ON-SECOND-MOUNT" } else { "FILE" };
    let mut text = format!(
        r#"
refuse() {{
	echo "$0: $1" >&2
	exit 2
}}
[ $# -eq {hosts} ] || refuse 'usage: {files}'
for name; do
	case $name in *[[:space:]]*) refuse 'no blanks in names' ;; esac
done
[ "$(getconf PAGESIZE)" = {PAGE} ] || refuse 'pages have {PAGE} bytes here'
command -v xfs_io >/dev/null || refuse 'xfs_io is missing (xfsprogs)'
(set -C && : >"$1") || refuse "$1 cannot be made"
trap 'rm -f "$1"' EXIT
"#
    );
    if hosts > 1 {
        text += "[ -e \"$2\" ] && [ ! -s \"$2\" ] || refuse \"$2 is not $1 on another mount\"\n";
    }
    if direct {
        text += "xfs_io -d -c quit \"$1\" || refuse 'there is no O_DIRECT here'\n";
    }
    let _ = writeln!(
        text,
        "\nio() {{\n\tprintf '%s\\n' \"$@\"\n}}\n\nsession() {{\n\tio \"open $1\" 'truncate {size}'"
    );
    text
}

/// A pipe makes standard output come in blocks, and after what is said of errors.
const RUN: &str = "\
lines=
command -v stdbuf >/dev/null && lines='stdbuf -oL'
session \"$@\" | $lines xfs_io 2>&1
";

fn body(observed: &Observed, asked: &[Asked], left_out: &mut Vec<(String, usize)>) -> String {
    let case = observed.case;
    let mut commands = Commands::new(Cells::of(case, PAGE), case.capacity());
    let mut text = String::new();
    commands.session.open(File::Of(Host::A));
    commands.session.take();
    if has_host_b(asked) {
        commands.session.open(File::Of(Host::B));
    }
    for who in Who::PROCESSES {
        if case.asks.iter().any(|ask| ask.who == who) {
            commands.session.open(File::plain(who));
            let _ = writeln!(text, "\n\t# {who} has the file open\n\tio{}", quoted(&commands.session.take()));
        }
    }
    let accused = !observed.verdict.violations().is_empty();
    for asked in asked {
        text += "\n";
        for lines in against(asked) {
            let _ = writeln!(text, "\t# {}", lines.join("\n\t# "));
        }
        let lines = if accused { format!(" ({})", asked.at()) } else { String::new() };
        let answered = asked.answered();
        match commands.add(asked) {
            Ok(()) => {
                let _ = writeln!(text, "\t# {answered}{lines}");
                let taken = commands.session.take();
                if !taken.is_empty() {
                    let _ = writeln!(text, "\tio{}", quoted(&taken));
                }
            }
            Err(Not::Asked) => {
                let _ = writeln!(text, "\t# {answered}{lines}: nothing is asked of the kernel");
            }
            Err(Not::Expressed(why)) => {
                count(left_out, asked);
                let _ = writeln!(text, "\t# not expressed: {answered}{lines}: {why}");
            }
        }
    }
    text
}

fn quoted(commands: &[String]) -> String {
    let quoted = commands.iter().map(|command| {
        let mark = if command.contains('$') { '"' } else { '\'' };
        format!(" {mark}{command}{mark}")
    });
    quoted.collect()
}
