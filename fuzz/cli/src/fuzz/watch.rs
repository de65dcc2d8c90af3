//! Shows how far a hunt is: a bar on a terminal, a line every few seconds elsewhere.

use super::keep::Keep;
use crate::answer::say;
use console::Term;
use indicatif::{ProgressBar, ProgressStyle};
use launder_fuzz::{Progress, counted};
use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

/// How often a bar is drawn, and how often a line is printed.
const DRAW: Duration = Duration::from_millis(200);
const LINE: Duration = Duration::from_secs(5);

/// When a stage of a hunt ends.
#[derive(Clone, Copy)]
pub enum Ends {
    /// After so many runs.
    Runs(u64),
    /// When so much time has passed since it began.
    After(Duration),
    /// Nobody knows.
    Open,
}

/// A stage of a hunt.
struct Stage {
    name: String,
    ends: Ends,
    begun: Instant,
}

impl Stage {
    fn new(name: &str, ends: Ends) -> Stage {
        Stage { name: name.into(), ends, begun: Instant::now() }
    }

    /// How much of it is done, of 1, where that is known.
    fn done(&self, runs: u64) -> Option<f64> {
        match self.ends {
            Ends::Runs(all) => Some(runs as f64 / all.max(1) as f64),
            Ends::After(time) => Some(self.begun.elapsed().as_secs_f64() / time.as_secs_f64().max(1e-3)),
            Ends::Open => None,
        }
    }

    /// How long it still takes, going on as it has gone.
    fn left(&self, runs: u64) -> Option<Duration> {
        let done = self.done(runs)?;
        let passed = self.begun.elapsed().as_secs_f64();
        (done > 0.0).then(|| Duration::from_secs_f64((passed / done - passed).clamp(0.0, 1e9)))
    }
}

/// Does the work, which names the stage that it is at, and meanwhile shows its progress and what it finds.
pub fn watched<T>(progress: &Progress, keep: &Keep, work: impl FnOnce(&dyn Fn(&str, Ends)) -> T) -> T {
    let stage = Mutex::new(Stage::new("", Ends::Open));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| show(progress, keep, &stage, &done));
        let over = Over(&done);
        let out = work(&|name, ends| {
            if let Ok(mut stage) = stage.lock() {
                *stage = Stage::new(name, ends);
            }
        });
        drop(over);
        out
    })
}

/// Ends the showing, also when the work panics.
struct Over<'d>(&'d AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

fn show(progress: &Progress, keep: &Keep, stage: &Mutex<Stage>, done: &AtomicBool) {
    let bar = stderr().is_terminal().then(|| ProgressBar::new(PARTS));
    let start = Instant::now();
    let (mut told, mut before, mut since) = (start, 0, start);
    let mut speed = 0.0;
    let tell = || {
        for line in keep.lines() {
            bar.as_ref().map_or_else(|| say(&line), |bar| bar.println(&line));
        }
    };
    while !done.load(Relaxed) {
        thread::sleep(DRAW);
        tell();
        let runs = progress.runs.load(Relaxed);
        if since.elapsed() >= Duration::from_secs(1) {
            speed = (runs - before) as f64 / since.elapsed().as_secs_f64();
            (before, since) = (runs, Instant::now());
        }
        let Ok(stage) = stage.lock() else { break };
        let left = stage.left(runs).map_or(String::new(), |left| format!(", {} s left", left.as_secs()));
        let (name, findings) = (&stage.name, counted(progress.findings() as u64, "finding"));
        let text = format!("{name}: {}, {speed:.0} a second, {findings}{left}", counted(runs, "case"));
        match &bar {
            Some(bar) => draw(bar, stage.done(runs), text),
            None if told.elapsed() >= LINE => {
                told = Instant::now();
                say(&format_args!("{:>4} s  {text}", start.elapsed().as_secs()));
            }
            None => {}
        }
    }
    tell();
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

/// Parts of a bar.
const PARTS: u64 = 1_000;
/// Characters of a bar, at the most, and of what is drawn beside it but for the text.
const BAR: usize = 20;
const BESIDE: usize = 8;

/// Draws a bar, in the room that the text leaves, or, of what has no known end, something that moves.
fn draw(bar: &ProgressBar, done: Option<f64>, text: String) {
    let columns = Term::stderr().size().1;
    let room = usize::from(columns).saturating_sub(text.chars().count() + BESIDE).min(BAR);
    let template = match done {
        Some(_) if room > 0 => format!("{{elapsed}} [{{bar:{room}}}] {{wide_msg}}"),
        Some(_) => "{elapsed} {wide_msg}".into(),
        None => "{elapsed} {spinner} {wide_msg}".into(),
    };
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_position((done.unwrap_or(0.0).min(1.0) * PARTS as f64) as u64);
    bar.set_message(text);
    bar.tick();
}
