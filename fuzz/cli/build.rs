//! Says what built this and from which commit: a report names both.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    let rustc = env::var("RUSTC").ok().and_then(|rustc| said(&rustc, &["--version"]));
    println!("cargo::rustc-env=LAUNDER_RUSTC={}", rustc.unwrap_or_default());
    println!("cargo::rustc-env=LAUNDER_COMMIT={}", commit().unwrap_or_default());
    println!("cargo::rerun-if-changed=build.rs");
}

/// The commit of the checkout that this file is of, if it is of one: sources may lie in somebody else's.
fn commit() -> Option<String> {
    said("git", &["ls-files", "--error-unmatch", "build.rs"])?;
    let git = said("git", &["rev-parse", "--absolute-git-dir"])?;
    // Every commit, checkout and reset adds a line to it.
    let log = Path::new(&git).join("logs/HEAD");
    if log.exists() {
        println!("cargo::rerun-if-changed={}", log.display());
    }
    said("git", &["rev-parse", "--short=12", "HEAD"])
}

/// What a program prints, if it is there and succeeds.
fn said(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_string())
}
