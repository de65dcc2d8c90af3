//! The command line.

use crate::held::Held;
use crate::help;
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use launder_fuzz::Planted;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Differential tests of page-cache invalidation schemes: does anybody lose a write, or read what they should no longer see?
///
/// Exit status: 0 kept; 1 something forbidden or unanswered was found (for `fuzz`: something not known); 2 the input or the
/// call is bad.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true)]
pub struct Args {
    #[command(subcommand)]
    pub job: Job,
}

/// The folder of findings, if nothing is said.
pub const FINDINGS: &str = "findings";

#[derive(Subcommand)]
pub enum Job {
    /// Lists subjects, contracts, sources, planted bugs and known broken promises.
    #[command(after_help = help::LIST)]
    List(List),
    /// Says what a word means (a kind of broken promise, a hazard, a subject, a bug, a contract, an axis), with a case to run.
    #[command(after_help = help::EXPLAIN)]
    Explain(Explain),
    /// Hunts: random cases, then libFuzzer from them; saves findings as shrunk .case files.
    #[command(after_help = help::FUZZ)]
    Fuzz(Fuzz),
    /// Puts cases to subjects: the table, and the timeline of what went wrong.
    #[command(after_help = help::RUN)]
    Run(Run),
    /// Prints the smallest case that goes wrong in the same way.
    #[command(after_help = help::SHRINK)]
    Shrink(Shrink),
    /// Tries every interleaving of small cases, whatever their holds say.
    #[command(after_help = help::EXPLORE)]
    Explore(Explore),
    /// Judges traces that anybody recorded.
    #[command(after_help = help::JUDGE)]
    Judge(Judge),
    /// Hunts every planted bug blind, and says how many cases that takes.
    #[command(after_help = help::SCORE)]
    Score(Score),
    /// Makes one HTML page of a hunt, or of cases, that needs no network and nothing beside it.
    #[command(after_help = help::REPORT)]
    Report(Report),
    /// Puts cases to the kernels of the distribution's packages, each booted under QEMU, and judges here what they say.
    #[cfg(target_os = "linux")]
    #[command(after_help = help::VM)]
    Vm(crate::vm::args::Vm),
    /// Puts cases to other kernels, where guests can be made of them: on Linux.
    #[cfg(not(target_os = "linux"))]
    #[command(after_help = help::VM)]
    Vm(Elsewhere),
    /// Prints completions for a shell.
    #[command(after_help = help::COMPLETIONS)]
    Completions(Completions),
    /// Prints a page for man(1), or writes it and one for each command.
    #[command(after_help = help::MAN)]
    Man(Man),
}

/// What is asked of a command that there is on Linux only.
#[cfg(not(target_os = "linux"))]
#[derive(clap::Args)]
pub struct Elsewhere {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    _asked: Vec<String>,
}

#[derive(clap::Args)]
pub struct Completions {
    /// Which shell.
    pub shell: Shell,
}

#[derive(clap::Args)]
pub struct Man {
    /// Where the pages are written, one for each command (launder.1, launder-run.1, …).
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Explain {
    /// `lost-write`, `H4`, `launder-folio`, `launder-folio+no_launder`, `nfs`, `open`, `open=fresh`, …; every word that is
    /// explained is named if none is given.
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
    /// One JSON object instead.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args)]
pub struct List {
    /// One JSON object instead.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args)]
pub struct Fuzz {
    /// Subjects (`launder list`), or `subject+bug` for one with a planted bug; every model if none is named.
    pub subjects: Vec<Planted>,
    /// So many seconds in all, building aside; libFuzzer takes one for each model at the least.
    #[arg(long, value_name = "N", conflicts_with = "runs", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub seconds: Option<u64>,
    /// So many random cases for each subject, and no libFuzzer: the seed alone decides what is found.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub runs: Option<u64>,
    /// Every sequence of at most N calls over two folios, in every interleaving in which tasks are interrupted twice at the most,
    /// and nothing at random.
    #[arg(long, value_name = "N", conflicts_with_all = ["seconds", "runs", "from", "at"], value_parser = clap::value_parser!(u8).range(1..=8))]
    pub exhaustive: Option<u8>,
    /// Puts the cases of this file or folder (.case, .fsxops, what a fuzzer stopped at), then changes them at random, instead of
    /// dealing new ones.
    #[arg(long, value_name = "PATH")]
    pub from: Vec<PathBuf>,
    /// Where random numbers begin.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Threads; as many as there are cores if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Where findings are saved.
    #[arg(long, value_name = "DIR", default_value = FINDINGS)]
    pub out: PathBuf,
    #[command(flatten)]
    pub how: How,
}

/// Where real subjects work, and what is told of them.
#[derive(clap::Args)]
pub struct How {
    /// A directory in which a real subject works, once for each: `path` takes one, or two, which are its two hosts; `kernel-nfs`
    /// and `kernel-9p-none` take three, two mounts and what is the third party's.
    #[arg(long, value_name = "DIR")]
    pub at: Vec<PathBuf>,
    #[command(flatten)]
    pub told: Told,
}

/// What is held against subjects, and in which form that is told.
#[derive(clap::Args)]
pub struct Told {
    /// Holds subjects to this contract instead of their own: a name (posix linux nfs fuse afs) or axes (nfs,open=cached).
    #[arg(long, value_name = "C")]
    pub contract: Option<Held>,
    /// One JSON object instead.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args)]
pub struct Run {
    /// .case or .fsxops files.
    #[arg(required = true, value_name = "CASE")]
    pub cases: Vec<PathBuf>,
    /// Prints instead a program for people who do not run this: the calls of one case, and what one subject (`path` if none
    /// is named) answered.
    #[arg(long, value_name = "FORM", value_enum, conflicts_with = "json")]
    pub export: Option<Form>,
    /// A subject, or `subject+bug`; may be given several times. Every model if none is named.
    #[arg(long = "subject", value_name = "S")]
    pub subjects: Vec<Planted>,
    #[command(flatten)]
    pub how: How,
}

/// What a case is exported as.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A C program, which says where it is answered otherwise.
    C,
    /// A shell script for xfs_io(8).
    #[value(name = "xfs_io")]
    XfsIo,
}

impl From<Form> for launder_fuzz::Form {
    fn from(form: Form) -> launder_fuzz::Form {
        match form {
            Form::C => launder_fuzz::Form::C,
            Form::XfsIo => launder_fuzz::Form::XfsIo,
        }
    }
}

#[derive(clap::Args)]
pub struct Shrink {
    /// A .case or .fsxops file.
    #[arg(value_name = "CASE")]
    pub case: PathBuf,
    /// The subject, or `subject+bug`, that it goes wrong with.
    #[arg(long, value_name = "S")]
    pub subject: Planted,
    #[command(flatten)]
    pub how: How,
}

#[derive(clap::Args)]
pub struct Explore {
    /// .case files.
    #[arg(required = true, value_name = "CASE")]
    pub cases: Vec<PathBuf>,
    /// Runs after which to stop.
    #[arg(long, value_name = "N", default_value_t = launder_fuzz::BOUND, value_parser = clap::value_parser!(u64).range(1..))]
    pub bound: u64,
    /// Also those that differ from one that was tried by no more than the order of moves that commute.
    #[arg(long)]
    pub all: bool,
    /// A model, or `model+bug`; may be given several times. Every model if none is named.
    #[arg(long = "subject", value_name = "S")]
    pub subjects: Vec<Planted>,
    #[command(flatten)]
    pub told: Told,
}

#[derive(clap::Args)]
pub struct Judge {
    /// .trace files.
    #[arg(required = true, value_name = "TRACE")]
    pub traces: Vec<PathBuf>,
    /// What they are held to: a name (posix linux nfs fuse afs) or axes (hosts=cached,open=fresh).
    #[arg(long, value_name = "C", default_value = "posix")]
    pub contract: Held,
    /// One JSON object instead.
    #[arg(long)]
    pub json: bool,
}

/// What makes the cases that hunt a planted bug.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Random cases.
    Random,
    /// libFuzzer, from 500 random cases, which count.
    #[value(name = "libfuzzer")]
    LibFuzzer,
    /// Every sequence of one call, of two and of three over two folios, in every interleaving of two interruptions: there is one
    /// such hunt, whatever the seeds.
    Exhaustive,
}

#[derive(clap::Args)]
pub struct Score {
    /// Subjects, with all their bugs, or `subject+bug`; every model if none is named.
    pub subjects: Vec<Planted>,
    /// What makes the cases.
    #[arg(long, value_enum, default_value_t = By::Random)]
    pub by: By,
    /// So many seeds, from 1.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1000))]
    pub seeds: u64,
    /// So many cases from each, at the most.
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub runs: u64,
    /// Threads; as many as there are cores if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// One JSON object instead.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args)]
pub struct Report {
    /// The folder of a hunt's findings, or .case and .fsxops files: of those a hunt has saved the subject is known, others are
    /// put to every model.
    #[arg(value_name = "PATH", default_value = FINDINGS)]
    pub paths: Vec<PathBuf>,
    /// The page.
    #[arg(short, long, value_name = "FILE", default_value = "report.html")]
    pub output: PathBuf,
    /// Tells of these subjects only, or puts the cases to them; may be given several times.
    #[arg(long = "subject", value_name = "S")]
    pub subjects: Vec<Planted>,
    /// Holds subjects to this contract instead of what the hunt held them to, or of their own.
    #[arg(long, value_name = "C")]
    pub contract: Option<Held>,
    /// What `launder score --json` printed, to be plotted; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub score: Vec<PathBuf>,
}

/// These subjects, or, if there are none, every model, and `path` too where it is told where to work.
pub fn or_default(named: &[Planted], at: &[PathBuf]) -> Vec<Planted> {
    if !named.is_empty() {
        return named.to_vec();
    }
    let mut subjects = Planted::models();
    if !at.is_empty() {
        subjects.extend(Planted::all().filter(|planted| planted.card.name == "path"));
    }
    subjects
}
