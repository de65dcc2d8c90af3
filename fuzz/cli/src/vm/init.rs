//! The first process of a guest: a `launder` that needs no library, for there is none. This one if it is so, else one that is built
//! from the sources that this one is from.

use crate::answer::say;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MUSL: &str = "x86_64-unknown-linux-musl";
const GNU: &str = "x86_64-unknown-linux-gnu";

/// A `launder` without libraries.
///
/// # Errors
/// It cannot be built here: in one line, with what to install.
pub fn init() -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| format!("this program is not found: {error}"))?;
    // A test's program is none, though it may be as static.
    if !cfg!(test) && fs::read(&this).is_ok_and(|bytes| is_static(&bytes)) {
        return Ok(this);
    }
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if !top.join("fuzz/cli/src/main.rs").is_file() {
        return Err(format!(
            "a guest needs a static launder, and its sources are gone: cargo install with --target {MUSL}"
        ));
    }
    build(&top)
}

/// Has cargo build it, in a folder of its own: for musl where rustup has that, else with the static library of glibc.
fn build(top: &Path) -> Result<PathBuf, String> {
    let triple = if has_target(MUSL) { MUSL } else { GNU };
    let folder =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top.join("target"), PathBuf::from).join("guest");
    let built = folder.join(triple).join("release/launder");
    if !built.is_file() {
        say(&format_args!("vm: building a static launder for {triple}, once; it takes minutes"));
    }
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--quiet",
            "--release",
            "--package",
            "launder",
            "--bin",
            "launder",
            "--target",
            triple,
        ])
        .current_dir(top)
        .env("CARGO_ENCODED_RUSTFLAGS", "-Ctarget-feature=+crt-static")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_TARGET_DIR", &folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("a guest needs a static launder, and cargo does not start: {error}"))?;
    if output.status.success() {
        return Ok(built);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().find(|line| line.starts_with("error")).unwrap_or("the build fails");
    Err(format!(
        "no static launder can be built for {triple}: {first} (rustup target add {MUSL}, or apt-get install libc6-dev)"
    ))
}

fn has_target(triple: &str) -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc).args(["--print", "sysroot"]).stdin(Stdio::null()).output();
    let sysroot = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    sysroot.is_some_and(|root| Path::new(root.trim()).join("lib/rustlib").join(triple).join("lib").is_dir())
}

/// Whether a program names no interpreter, as one that needs libraries does: elf(5), PT_INTERP.
fn is_static(program: &[u8]) -> bool {
    const PT_INTERP: u64 = 3;
    let number = |at: usize, bytes: usize| {
        let digits = program.get(at..at + bytes)?;
        Some(digits.iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)))
    };
    // e_phoff, e_phentsize and e_phnum, of 64 bits and the smaller end first.
    let header = (|| Some((number(32, 8)? as usize, number(54, 2)? as usize, number(56, 2)? as usize)))();
    let (Some((offset, size, count)), true) = (header, program.starts_with(b"\x7fELF\x02\x01")) else {
        return false;
    };
    (0..count).all(|at| number(offset.saturating_add(at * size), 4).is_some_and(|kind| kind != PT_INTERP))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program with segments of these kinds, and nothing in them.
    fn program(kinds: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01".to_vec();
        bytes.resize(64, 0);
        (bytes[32], bytes[54], bytes[56]) = (64, 56, kinds.len() as u8);
        for kind in kinds {
            bytes.push(*kind);
            bytes.resize(bytes.len() + 55, 0);
        }
        bytes
    }

    #[test]
    fn a_program_that_names_an_interpreter_needs_libraries() {
        assert!(is_static(&program(&[6, 1, 1, 2])));
        assert!(!is_static(&program(&[6, 3, 1, 2])));
        assert!(!is_static(&program(&[1, 1])[..100]), "cut off");
        assert!(!is_static(b"#!/bin/sh\n") && !is_static(b""));
    }
}
