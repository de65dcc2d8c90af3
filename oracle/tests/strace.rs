//! The example that judges logs of strace: of one that was recorded, of the same with a value that was lost, and of what it refuses.

#[path = "../examples/strace/convert.rs"]
mod convert;
#[path = "../examples/strace/log.rs"]
mod log;

use launder_oracle::{Contract, Kind, Trace, Verdict, judge};

const KEPT: &str = include_str!("../examples/strace/kept.log");
const LOST: &str = include_str!("../examples/strace/lost.log");

fn trace(log: &str) -> Result<String, log::Refused> {
    log::read(log).and_then(|(calls, _)| convert::trace(&calls))
}

fn verdict(log: &str) -> Verdict {
    judge(&Contract::LINUX, &Trace::parse(&trace(log).expect("a log")).expect("a trace"))
}

fn refused(log: &str) -> log::Refused {
    trace(log).expect_err("the log cannot be used")
}

#[test]
fn what_was_recorded_of_two_processes_is_allowed_and_an_old_value_in_it_is_not() {
    assert!(KEPT.contains("<unfinished ...>"), "calls of two processes are under way at once");
    assert_eq!(verdict(KEPT), Verdict::Allowed);
    let Verdict::Forbidden(violations) = verdict(LOST) else { panic!("the last read got what was replaced") };
    assert!(violations.iter().all(|it| it.kind == Kind::StaleRead || it.kind == Kind::LostWrite));
}

#[test]
fn a_call_that_is_resumed_begins_where_it_was_unfinished() {
    let log = "7 1.0 pwrite64(3, \"\\x41\\x42\", 2, 0 <unfinished ...>\n\
               8 1.1 pread64(4,  <unfinished ...>\n\
               7 1.2 <... pwrite64 resumed>) = 2\n\
               8 1.3 <... pread64 resumed>\"AB\", 4, 0) = 2\n\
               8 1.4 pread64(4, 0x7ffe1, 2, 0) = -1 EIO (Input/output error)\n\
               8 1.5 openat(AT_FDCWD, \"x\", O_RDONLY) = 5\n\
               7 1.6 fsync(3) = 0 <0.000100>\n";
    let text = "# From a log of strace; bytes a cell: 2.\nfile 0\n\
                a1 > pwrite 0..1\na2 > pread 0..2\na1 < ok\na2 < got 1 -\na2 > pread 0..1\na2 < EIO\na1 > fsync\na1 < ok\n\
                end quiet\n";
    assert_eq!(trace(log).as_deref(), Ok(text));
    assert_eq!(log::read(log).expect("a log").1.into_iter().collect::<Vec<_>>(), [("openat".to_string(), 1)]);
}

#[test]
fn bytes_that_nobody_wrote_are_told_and_those_that_two_wrote_are_refused() {
    let foreign = "1.0 pwrite64(3, \"ab\", 2, 0) = 2\n1.1 pread64(3, \"xy\", 2, 0) = 2\n";
    assert!(trace(foreign).is_ok_and(|text| text.contains("got ?")));
    let twice = "1.0 pwrite64(3, \"ab\", 2, 0) = 2\n1.1 pwrite64(3, \"ab\", 2, 0) = 2\n1.2 pread64(3, \"ab\", 2, 0) = 2\n";
    assert_eq!(refused(twice), (3, "cell 0: writes 1 and 2 stored the same bytes".into()));
    let zeroes = "1.0 pwrite64(3, \"\\0\\0\", 2, 0) = 2\n1.2 pread64(3, \"\\0\\0\", 2, 0) = 2\n";
    assert_eq!(refused(zeroes), (2, "cell 0: write 1 stored zeroes, as a hole has them".into()));
}

#[test]
fn what_cannot_be_judged_is_refused_with_its_line() {
    let one = "5 1.0 fsync(3) = 0\n";
    for (log, line, why) in [
        ("hello\n", 1, "no line of strace -f -ttt"),
        ("5 1.0 pwrite64(3, \"ab\"..., 4, 0) = 4\n", 1, "not all 4 bytes are in the log: strace -s 4"),
        ("5 2.0 fsync(3) = 0\n5 1.0 fsync(3) = 0\n", 2, "its time is before"),
        ("5 1.0 <... fsync resumed>) = 0\n", 1, "what is resumed has not begun"),
        ("5 1.0 fsync(3 <unfinished ...>\n", 1, "the call has no answer"),
        ("5 1.0 fsync(3</a>) = 0\n5 1.1 fsync(4</b>) = 0\n", 2, "`/b` is another file than `/a`"),
    ] {
        let (at, said) = refused(log);
        assert!(at == line && said.contains(why), "{log}: line {at}: {said}");
    }
    let three = ["5", "6", "7"].map(|process| one.replacen('5', process, 1)).concat();
    assert_eq!(refused(&three), (3, "process 7 is the third; a trace has two on a host".into()));
}
