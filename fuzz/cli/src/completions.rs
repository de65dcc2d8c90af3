//! `launder completions` and `launder man`: what a shell and man(1) are told of the command line.

use crate::answer::{Status, print};
use crate::args::{self, Args};
use clap::{Command, CommandFactory};
use std::fs;
use std::path::Path;

/// Completions for a shell, on standard output.
pub fn print_for(job: &args::Completions) -> Result<Status, String> {
    let mut text = Vec::new();
    clap_complete::generate(job.shell, &mut Args::command(), "launder", &mut text);
    print(&String::from_utf8_lossy(&text))?;
    Ok(Status::Kept)
}

/// The page of `launder` on standard output, or it and those of its commands as files of a folder.
pub fn manual(job: &args::Man) -> Result<Status, String> {
    let mut command = Args::command();
    command.build();
    let Some(folder) = &job.folder else {
        print(&page(&command)?)?;
        return Ok(Status::Kept);
    };
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    write(folder, &command)?;
    command.get_subcommands().try_for_each(|inner| write(folder, inner))?;
    Ok(Status::Kept)
}

fn write(folder: &Path, command: &Command) -> Result<(), String> {
    // Of a command that has been built it is `launder-run`.
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let file = folder.join(format!("{name}.1"));
    fs::write(&file, page(command)?).map_err(|error| format!("{}: {error}", file.display()))
}

fn page(command: &Command) -> Result<String, String> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
