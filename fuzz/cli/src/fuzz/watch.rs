//! Shows how far a hunt is: a bar on a terminal, a line every few seconds elsewhere.

use super::keep::Keep;
use crate::answer::say;
use indicatif::{ProgressBar, ProgressStyle};
use launder_fuzz::Progress;
use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

/// How often a bar is drawn, and how often a line is printed.
const DRAW: Duration = Duration::from_millis(200);
const LINE: Duration = Duration::from_secs(5);

/// Does the work, which names the stage that it is at, and meanwhile shows its progress and what it finds.
pub fn watched<T>(progress: &Progress, keep: &Keep, work: impl FnOnce(&dyn Fn(&str)) -> T) -> T {
    let stage = Mutex::new(String::new());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| show(progress, keep, &stage, &done));
        let ends = Ends(&done);
        let out = work(&|name| {
            if let Ok(mut stage) = stage.lock() {
                *stage = name.into();
            }
        });
        drop(ends);
        out
    })
}

/// Ends the showing, also when the work panics.
struct Ends<'d>(&'d AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

fn show(progress: &Progress, keep: &Keep, stage: &Mutex<String>, done: &AtomicBool) {
    let bar = stderr().is_terminal().then(ProgressBar::new_spinner);
    if let (Some(bar), Ok(style)) = (&bar, ProgressStyle::with_template("{spinner} {elapsed} {msg}")) {
        bar.set_style(style);
    }
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
        let stage = stage.lock().map_or(String::new(), |stage| stage.clone());
        let text = format!("{stage}: {runs} cases, {speed:.0} a second, {} findings", progress.findings());
        match &bar {
            Some(bar) => {
                bar.set_message(text);
                bar.tick();
            }
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
