//! `launder`: differential tests of page-cache invalidation schemes.

mod answer;
mod args;
mod at;
mod completions;
mod entry;
mod explain;
mod explore;
mod export;
mod fuzz;
mod held;
mod help;
mod input;
mod judge;
mod list;
mod look;
mod machine;
mod record;
mod report;
mod run;
mod score;
mod shrink;
#[cfg(target_os = "linux")]
mod vm;

use args::{Args, Job};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    if vm::guest::is_this() {
        vm::guest::run()
    }
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return answer::usage(&error),
    };
    let status = match &args.job {
        Job::List(job) => list::list(job),
        Job::Explain(job) => explain::explain(job),
        Job::Fuzz(job) => fuzz::fuzz(job),
        Job::Run(job) => run::run(job),
        Job::Shrink(job) => shrink::shrink(job),
        Job::Explore(job) => explore::explore(job),
        Job::Judge(job) => judge::judge(job),
        Job::Score(job) => score::run(job),
        Job::Completions(job) => completions::print_for(job),
        Job::Man(job) => completions::manual(job),
        Job::Report(job) => report::report(job),
        #[cfg(target_os = "linux")]
        Job::Vm(job) => vm::vm(job),
        #[cfg(not(target_os = "linux"))]
        Job::Vm(_) => answer::print("vm: skipped: guests are made on Linux\n").map(|()| answer::Status::Kept),
    };
    ExitCode::from(status.unwrap_or_else(|why| answer::refuse(&why)) as u8)
}
