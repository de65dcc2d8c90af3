//! Programs and scripts of what the running kernel said, put to it once more.

use super::{Told, answers, case, compiled, folder, kept, run, text};
use launder_fuzz::Form;
use launder_impls::{Case, Cells};
use launder_oracle::{Call, Range, Reply, Value, What, Who};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const KEPT: &[&str] = &[
    "append-shared-lock",
    "append-that-holds-no-lock",
    "cfr-no-inval",
    "direct-read-after-a-mapped-store",
    "dirty-page-not-buffers",
    "mapping-holds-on-while-a-truncate-runs",
    "no-invalidate-lock",
    "no-unmap-before-zero",
    "own-write-is-read",
    "read-overtakes-write",
    "release-dirty",
    "stored-past-the-end-and-copied",
    "stored-past-the-end-on-tmpfs",
    "trunc-zero-not-dirty",
    "write-through-and-a-folio-that-is-read-again",
    "written-to-between-flush-and-invalidation-and-copied",
    "zero-point-stale",
];

/// Every word that `path` knows, and every refusal.
const ALL_WORDS: &str = "file 9\na1 open\na1 munmap\na1 mread 0..1\na1 msync 0..1\na1 madvise dontneed 0..1\na1 pwrite 0..7\n\
    a1 pwrite direct 4..8\na2 append 2\na2 append direct 3\na1 mmap 4..12\na1 mmap\na1 mread 3..5\na1 mwrite 5..7\n\
    a1 msync 4..5\na1 msync async 4..5\na1 msync invalidate 4..8\na1 madvise dontneed 4..8\na2 mmap private\na2 mwrite 0..1\n\
    nature reclaim a 0..16\na2 mread 0..2\na2 pread 0..2\na2 munmap\na1 lock\na2 lock\na1 unlock\na2 unlock\na1 fdatasync\n\
    a1 fallocate 20..23\na1 fallocate 3..3\na1 punch 1..2\na1 zero 30..33\na2 zero 2..3\na1 fadvise dontneed 0..4\na1 copy 0..3 9\n\
    a1 copy 0..2 0\na1 ftruncate 6\na1 mread 4..8\na1 mread 7..9\na1 mwrite 8..9\na1 mwrite 7..9\na1 pread 4..10\n\
    a1 pread direct 0..8\na1 pread 8..8\na1 pwrite 8..8\nnature writeback a 0..8\nserver pread 3..9\na1 close\na1 pread 0..1\n\
    a1 append 1\na1 lock\na1 mmap\na1 mread 4..6\na2 close\na2 open\na2 pread 0..16\n";

/// A mount in memory, if there is one, and where the tests are.
fn places() -> Vec<PathBuf> {
    let memory = Path::new("/dev/shm");
    let found = Told::by("path", &[memory.into()], case("a1 pwrite 0..1")).is_ok();
    let memory = found.then(|| memory.to_path_buf());
    memory.into_iter().chain([folder("real")]).collect()
}

/// What `path` says of the case in a directory; `None`, and why, where it cannot be asked.
fn told(at: &Path, case: Case) -> Option<Told> {
    Told::by("path", &[at.into()], case).map_err(|why| println!("skipped: {}: {why}", at.display())).ok()
}

/// Runs the exported program in a directory: its exit status, and what it prints.
fn answered(at: &Path, name: &str, told: &Told) -> Option<(i32, String)> {
    let binary = compiled(&folder(name), &told.export(Form::C).text)?;
    let output = run(Command::new(binary).arg(at.join(format!("launder-{name}-{}", std::process::id()))))?;
    let status = output.status.code().expect("no signal");
    assert_ne!(status, 2, "{}", text(&output.stderr));
    Some((status, text(&output.stdout)))
}

#[test]
fn a_program_answers_as_was_observed() {
    for at in places() {
        let cases = KEPT.iter().map(|name| (*name, kept(name)));
        for (name, case) in cases.chain([("all-words", case(ALL_WORDS))]) {
            let Some(told) = told(&at, case) else { continue };
            let Some((status, said)) = answered(&at, &format!("as-{name}"), &told) else { return };
            let wanted: String = answers(&told.trace).iter().map(|answer| format!("{answer}\n")).collect();
            assert_eq!(said, wanted, "{name} in {}", at.display());
            assert_eq!(status, 0, "{name}");
        }
    }
}

#[test]
fn a_program_tells_each_reply_that_is_not_as_observed() {
    let at = folder("other");
    let Some(mut told) = told(&at, case("a1 pwrite 0..2\na2 pread 0..3\n")) else { return };
    for event in &mut told.trace.events {
        match &mut event.what {
            What::Reply(Who::A2, Reply::Got(values)) => values[1] = Value::ZERO,
            What::Reply(Who::A1, reply) if event.line == 2 => *reply = Reply::Wrote(1),
            _ => {}
        }
    }
    let Some((status, said)) = answered(&at, "other", &told) else { return };
    assert_eq!(status, 1);
    assert!(said.contains("a1 pwrite 0..2: ok (observed: wrote 1)\n"), "{said}");
    assert!(said.contains("a2 pread 0..3: got 1 1 0 (observed: got 1 0 0)\n"), "{said}");
    assert!(said.ends_with("2 replies are not as observed\n"), "{said}");
}

#[test]
fn a_program_stores_the_bytes_that_we_store() {
    let Some(page) = run(Command::new("getconf").arg("PAGESIZE")) else { return };
    let page = text(&page.stdout).trim().parse().expect("a number");
    let at = folder("bytes");
    let many = "a1 pwrite 0..1\na1 pwrite 5..7\n".repeat(150);
    for case in [
        case("a1 pwrite 0..9"),
        case("a1 pwrite 1..3\na1 copy 1..3 9"),
        case("a1 pwrite 0..2\na1 copy 0..2 5"),
        case(&many),
    ] {
        let Some(told) = told(&at, case) else { return };
        let removes = "\tunlink(names[0]);\n\tif (differences)";
        let program = told.export(Form::C).text;
        assert!(program.contains(removes), "the file is removed at the end");
        let Some(binary) = compiled(&at, &program.replace(removes, "\tif (differences)")) else { return };
        let file = at.join("file");
        let output = run(Command::new(binary).arg(&file)).expect("it was compiled");
        assert!(output.status.success(), "{}", text(&output.stdout));
        let bytes = fs::read(&file).expect("it is there");
        let Some(What::Reply(_, Reply::Got(wanted))) = told.trace.events.last().map(|event| &event.what)
        else {
            panic!("the server reads last");
        };
        let everything = Range::new(0, told.case.capacity());
        assert_eq!(&Cells::of(&told.case, page).values(everything, &bytes), wanted);
        fs::remove_file(&file).expect("it is there");
    }
}

#[test]
fn neither_touches_a_file_that_exists() {
    let at = folder("exists");
    let Some(told) = told(&at, case("a1 pwrite 0..2\n")) else { return };
    let file = at.join("mine");
    fs::write(&file, "precious").expect("the file can be written");
    let script = at.join("repro.sh");
    fs::write(&script, told.export(Form::XfsIo).text).expect("the script can be written");
    let mut tries = vec![Command::new("sh")];
    tries[0].arg(script);
    tries.extend(compiled(&at, &told.export(Form::C).text).map(Command::new));
    for command in &mut tries {
        let Some(output) = run(command.arg(&file)) else { continue };
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "precious");
    }
}

/// The bytes of every dump of xfs_io.
fn dumped(said: &str) -> Vec<u8> {
    let line = |line: &str| {
        let (place, rest) = line.split_once(":  ")?;
        let is_dump = place.len() == 8 && place.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = rest.split("  ").next().filter(|_| is_dump)?;
        bytes.split(' ').map(|byte| u8::from_str_radix(byte, 16).ok()).collect::<Option<Vec<u8>>>()
    };
    said.lines().filter_map(line).flatten().collect()
}

/// The bytes that the reads of the trace saw, as xfs_io writes them; of a byte that was not asked for nothing is known.
fn seen(told: &Told) -> Vec<Option<u8>> {
    let cells = Cells::of(&told.case, 4096);
    let mut reads = [None; Who::ALL.len()];
    let mut bytes = Vec::new();
    for event in &told.trace.events {
        match &event.what {
            What::Call(who, call) => reads[who.index()] = Some(*call),
            What::Reply(who, Reply::Got(values)) => {
                let (range, mapped) = match reads[who.index()] {
                    Some(Call::Pread { range, .. }) => (range, false),
                    Some(Call::Mread(range)) => (range, true),
                    call => panic!("{call:?} got values"),
                };
                for (cell, value) in range.cells().zip(values).filter(|(_, value)| **value != Value::END) {
                    let len = (cells.border(cell + 1) - cells.border(cell)) as usize;
                    bytes.extend(std::iter::repeat_n(Some(value.number().unwrap_or(0) as u8), len));
                }
                let asked = cells.bytes(range);
                bytes.extend((mapped && (asked.end - asked.start) % 4096 == 1).then_some(None));
            }
            _ => {}
        }
    }
    bytes
}

#[test]
fn a_script_reads_what_was_observed() {
    if run(Command::new("xfs_io").arg("-V")).is_none() {
        return;
    }
    let at = folder("script");
    for name in KEPT {
        let Some(told) = told(&at, kept(name)) else { continue };
        let script = at.join("repro.sh");
        fs::write(&script, told.export(Form::XfsIo).text).expect("the script can be written");
        let output = run(Command::new("sh").arg(&script).arg(at.join("file"))).expect("there is a shell");
        if output.status.code() == Some(2) {
            println!("skipped: {name}: {}", text(&output.stderr));
            continue;
        }
        let said = text(&output.stdout);
        let (dumped, seen) = (dumped(&said), seen(&told));
        let same = dumped.iter().zip(&seen).all(|(dumped, seen)| seen.is_none_or(|seen| seen == *dumped));
        assert!(same && dumped.len() == seen.len(), "{name}: {seen:?} {said}");
        assert!(!said.contains("not found") && !at.join("file").exists(), "{name}: {said}");
    }
}
