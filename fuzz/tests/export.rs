//! What is exported runs elsewhere, and answers as was observed.

use launder_fuzz::{Form, Observed, Outcome, Trial, export};
use launder_impls::Case;
use launder_oracle::{Contract, Trace, Verdict, What, Who};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[path = "export/real.rs"]
#[cfg(target_os = "linux")]
mod real;

const PROGRAM: &str = include_str!("../src/export/program.c");

/// A case, and what one subject made of it.
struct Told {
    case: Case,
    contract: Contract,
    trace: Trace,
    verdict: Verdict,
}

impl Told {
    fn by(subject: &str, at: &[PathBuf], case: Case) -> Result<Told, String> {
        let trial = Trial::open(subject.parse().expect("a subject"), at, None)?;
        match trial.of(&case) {
            Outcome::Judged(trace, verdict) => Ok(Told { case, contract: trial.contract, trace, verdict }),
            Outcome::Skipped(why) => Err(why),
        }
    }

    fn export(&self, form: Form) -> launder_fuzz::Export {
        let Told { case, contract, trace, verdict } = self;
        let contract = &contract.to_string();
        export(form, &Observed { case, of: "it", contract, trace, verdict })
    }
}

/// A case of `fuzz/cases`.
fn kept(name: &str) -> Case {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("cases/{name}.case"));
    Case::parse(&fs::read_to_string(path).expect("the case can be read")).expect("a case")
}

fn case(text: &str) -> Case {
    Case::parse(text).expect("a case")
}

/// A folder of its own for one test, empty at first.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("export-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}

/// Runs it; `None`, and why on standard output, where it is not installed.
fn run(command: &mut Command) -> Option<Output> {
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            println!("skipped: {}: {error}", command.get_program().display());
            None
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The program, compiled without a warning, if there is a compiler.
fn compiled(folder: &Path, program: &str) -> Option<PathBuf> {
    if cfg!(not(target_os = "linux")) {
        println!("skipped: the calls of the program are Linux's");
        return None;
    }
    let (source, binary) = (folder.join("repro.c"), folder.join("repro"));
    fs::write(&source, program).expect("the program can be written");
    let mut compiler = Command::new("cc");
    compiler.args(["-O1", "-Wall", "-Wextra", "-Werror", "-o"]).args([&binary, &source]);
    let output = run(&mut compiler)?;
    assert!(output.status.success(), "{}", text(&output.stderr));
    Some(binary)
}

/// Every ask and its reply, in the order of the replies.
fn answers(trace: &Trace) -> Vec<String> {
    let mut calls = [None; Who::ALL.len()];
    let mut answers = Vec::new();
    for event in &trace.events {
        match &event.what {
            What::Call(who, call) => calls[who.index()] = Some(*call),
            What::Reply(who, reply) => {
                answers.push(format!("{who} {}: {reply}", calls[who.index()].expect("a call is under way")));
            }
            What::Step(_) => {}
        }
    }
    answers
}

#[test]
fn a_program_and_a_script_read_well() {
    let told = Told::by("flush-and-wait", &[], kept("store-slips-into-the-window")).expect("a model");
    let program = told.export(Form::C).text.replace(PROGRAM, "[program.c]\n");
    insta::assert_snapshot!("program", program);
    insta::assert_snapshot!("script", told.export(Form::XfsIo).text);
}

#[test]
fn what_is_not_expressed_says_so_at_its_place_and_is_counted() {
    let told = Told::by(
        "launder-folio",
        &[],
        case("a1 lock\nserver pwrite 0..1\nnature crash b\nserver notify a 0..4"),
    );
    let told = told.expect("a model");
    let program = told.export(Form::C);
    for line in ["server pwrite 0..1: ok", "nature crash b: ok", "server notify a 0..4: ok"] {
        assert!(program.text.contains(&format!("\t/* not expressed: {line} */\n")), "{line}");
    }
    assert_eq!(program.left_out().as_deref(), Some("1 x server pwrite, 1 x nature crash, 1 x server notify"));
    let script = told.export(Form::XfsIo);
    assert!(
        script.text.contains("\t# not expressed: a1 lock: ok: xfs_io takes no locks\n"),
        "{}",
        script.text
    );
    assert_eq!(script.left_out.len(), 5, "a lock and its unlock too: {:?}", script.left_out);
    assert_eq!(
        Told::by("launder-folio", &[], case("a1 fsync")).expect("a model").export(Form::C).left_out(),
        None
    );
}

#[test]
fn what_would_end_xfs_io_is_left_out_of_a_script() {
    let told = Told::by("write-through", &[], case("file 4\na1 mmap\na1 mread 0..8\na1 copy 0..4 2\n"))
        .expect("a model");
    let script = told.export(Form::XfsIo);
    assert!(script.text.contains("a1 mread 0..8: SIGBUS: SIGBUS would end xfs_io\n"), "{}", script.text);
    assert!(
        script.text.contains("a1 copy 0..4 2: EINVAL: an error of copy_range ends xfs_io\n"),
        "{}",
        script.text
    );
    assert_eq!(script.left_out.len(), 2);
}

#[test]
fn a_call_that_was_never_answered_says_so() {
    let told = Told::by("fuse-writeback+otrunc_deadlock", &[], kept("otrunc-deadlock")).expect("a model");
    let program = told.export(Form::C).text;
    assert!(program.contains("calls wait for each other for ever"), "{program}");
    assert!(program.contains("\tstep(\"a1 ftruncate 0\", NULL, do_ftruncate(a1, 0));\n"), "{program}");
    assert!(told.export(Form::XfsIo).text.contains("\t# a1 ftruncate 0: no reply\n"));
}

#[test]
fn no_comment_of_a_case_gets_out_of_its_comment() {
    let hostile = "# */ int x; /* ??/ \\\n# `rm x` $(rm x) ' \" \u{7}\rrm x\\\n#\na1 pwrite 0..1\n";
    let told = Told::by("write-through", &[], case(hostile)).expect("a model");
    let folder = folder("hostile");
    compiled(&folder, &told.export(Form::C).text);
    let script = told.export(Form::XfsIo).text;
    assert!(
        script.lines().filter(|line| line.contains("rm x")).all(|line| line.starts_with("# ")),
        "{script}"
    );
}

#[test]
fn every_kept_case_is_a_script_that_the_shell_understands() {
    let path = folder("syntax").join("repro.sh");
    let cases =
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")).expect("the cases can be listed");
    let names =
        cases.filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".case").map(String::from));
    let mut scripts = 0;
    for name in names {
        let Ok(told) = Told::by("nfs", &[], kept(&name)) else { continue };
        fs::write(&path, told.export(Form::XfsIo).text).expect("the script can be written");
        let Some(output) = run(Command::new("sh").arg("-n").arg(&path)) else { return };
        assert!(output.status.success(), "{name}: {}", text(&output.stderr));
        scripts += 1;
    }
    assert!(scripts > 100, "{scripts}");
}
