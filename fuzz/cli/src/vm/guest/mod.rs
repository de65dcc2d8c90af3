//! The first process of a guest: it makes the machine ready, and puts the cases that it is told to the subjects that it is told.

mod answering;
mod loopback;
mod machinery;
mod nfs;
mod nine_p;
mod watchdog;
mod workers;

use super::wire::{INIT, Message};
use std::io::BufReader;
use workers::Workers;

/// Whether that is what this program is.
pub fn is_this() -> bool {
    std::process::id() == 1 && std::env::args().nth(1).is_some_and(|word| word == INIT)
}

/// Answers until nobody asks any more, and powers the machine off.
pub fn run() -> ! {
    if let Err(why) = answer() {
        eprintln!("launder: {why}");
    }
    machinery::power_off()
}

fn answer() -> Result<(), String> {
    let release = machinery::mount_and_load()?;
    let line = machinery::line()?;
    let error = |error: std::io::Error| format!("the line: {error}");
    let mut out = line.try_clone().map_err(error)?;
    Message::new("hello", release).write(&mut out).map_err(error)?;
    let mut from = BufReader::new(line);
    let workers = Workers::start(out);
    while let Some(question) = Message::read(&mut from).map_err(error)? {
        workers.ask(question);
    }
    Ok(())
}
