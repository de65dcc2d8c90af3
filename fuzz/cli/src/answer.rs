//! What is answered: text or JSON on standard output, an exit status, or one line that says why not.

use crate::args::Args;
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind as Usage};
use launder_oracle::nearest;
use serde::Serialize;
use std::fmt::Display;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

/// The exit status; of several the gravest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Every promise was kept.
    Kept = 0,
    /// Something forbidden or unanswered was found.
    Broken = 1,
    /// The input or the call is bad.
    Bad = 2,
}

/// Prints text.
pub fn print(text: &str) -> Result<(), String> {
    print_by(|out| out.write_all(text.as_bytes()))
}

/// Prints one JSON object on one line.
pub fn print_json(object: &impl Serialize) -> Result<(), String> {
    print_by(|out| {
        serde_json::to_writer(&mut *out, object)?;
        writeln!(out)
    })
}

/// Whoever reads may stop reading: that is no error.
fn print_by(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
        _ => Ok(()),
    }
}

/// Says on standard error, in one line.
pub fn say(line: &dyn Display) {
    let line: String = line.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Says why the call is refused.
pub fn refuse(why: &str) -> Status {
    say(&format_args!("launder: {why}"));
    Status::Bad
}

/// Answers a command line that is none, or that asks for help.
pub fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return ExitCode::from(
            print(&error.render().to_string()).map_or_else(|why| refuse(&why), |()| Status::Kept) as u8,
        );
    }
    if error.kind() == Usage::DisplayHelpOnMissingArgumentOrSubcommand {
        return ExitCode::from(refuse("a command is missing; `launder --help` names them") as u8);
    }
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let tip = lines.clone().find_map(|line| line.strip_prefix("tip: ").map(ToString::to_string));
    let first = lines.next().unwrap_or("bad command line").trim_start_matches("error: ").to_string();
    // clap names what is missing on the lines that follow.
    let is_missing = |line: &&str| !line.starts_with("Usage") && !line.starts_with("tip: ");
    let rest: Vec<&str> = lines.take_while(is_missing).collect();
    let mut whole = if first.ends_with(':') { format!("{first} {}", rest.join(" ")) } else { first };
    if let Some(tip) = tip.or_else(|| meant(error)) {
        whole = format!("{whole}; {tip}");
    }
    ExitCode::from(refuse(&whole) as u8)
}

/// What may be said instead of a word for which clap has no tip.
fn meant(error: &clap::Error) -> Option<String> {
    match (error.kind(), error.get(ContextKind::InvalidSubcommand), error.get(ContextKind::ValidValue)) {
        (Usage::InvalidSubcommand, Some(ContextValue::String(word)), _) => {
            let command = Args::command();
            let names = command.get_subcommands().map(clap::Command::get_name);
            let near = nearest(word, names).map(|near| format!("did you mean `{near}`?"));
            Some(near.unwrap_or_else(|| "`launder --help` names all commands".into()))
        }
        (Usage::InvalidValue, _, Some(ContextValue::Strings(words))) if !words.is_empty() => {
            Some(format!("there are {}", words.join(" ")))
        }
        _ => None,
    }
}
