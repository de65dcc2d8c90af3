//! The fuzz target as libFuzzer wants it, built on stable Rust, with coverage where subjects are compiled.

use crate::random::MOST_ASKS;
use crate::{Planted, Progress, RECORD, target};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// The instrumented target.
#[derive(Clone, Debug)]
pub struct Driver {
    pub(crate) target: PathBuf,
    /// Where it works, a folder for each subject.
    pub(crate) folder: PathBuf,
    /// Corpora, a folder for each subject: a cache.
    corpora: PathBuf,
}

impl Driver {
    /// Builds the target, unless it is told to stop.
    ///
    /// # Errors
    /// Why it cannot be built here, in one line.
    pub fn build(progress: &Progress) -> Result<Driver, String> {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        if !package.join("fuzz_targets/models.rs").is_file() {
            return Err("its sources are gone, as after `cargo install`".into());
        }
        if !has_cpp_compiler() {
            return Err("there is no C++ compiler (g++ or clang++)".into());
        }
        let top = package.parent().unwrap_or(package);
        let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top.join("target"), PathBuf::from);
        let built = std::path::absolute(folder).map_err(|error| error.to_string())?;
        let folder = built.join("libfuzzer");
        let host = host_triple()?;
        let wrapper = write_wrapper(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        compile(top, &folder, &host, &wrapper, progress)?;
        let target = folder.join(&host).join("release/models");
        Ok(Driver { target, folder: folder.join("subjects"), corpora: built.join("corpus/subjects") })
    }

    /// What libFuzzer has kept of one subject.
    pub(crate) fn corpus(&self, planted: &Planted) -> PathBuf {
        self.corpora.join(planted.to_string())
    }

    /// The target for one subject, from a seed; what libFuzzer leaves behind goes into the folder.
    pub(crate) fn command(&self, folder: &Path, subject: &str, seed: u64) -> Command {
        let mut command = Command::new(&self.target);
        command
            .arg(format!("-seed={}", 1 + seed % 0xffff_fff0))
            .arg(format!("-max_len={}", 1 + RECORD * MOST_ASKS))
            .args(["-timeout=30", "-reduce_inputs=0"])
            .arg(format!("-artifact_prefix={}/", folder.display()))
            .env(target::SUBJECTS, subject)
            .env(target::LEASH, "1")
            // A terminal's interrupt is for us, who end it and take in what it found: it would call that a failure.
            .process_group(0)
            // Nothing is written to it: that it ends says that we are gone.
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        command
    }
}

/// Has cargo build the target.
fn compile(top: &Path, folder: &Path, host: &str, wrapper: &Path, progress: &Progress) -> Result<(), String> {
    let log = folder.join("build.log");
    let file = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let mut child = Command::new(cargo())
        .args([
            "build",
            "--quiet",
            "--release",
            "--package",
            "launder-fuzz",
            "--bin",
            "models",
            // libFuzzer looks at every counter after every execution: what is not a model would cost each of them.
            "--no-default-features",
            "--target",
            host,
        ])
        .current_dir(top)
        // Through the environment: a `config.toml` would lose them to the user's own flags.
        .env("CARGO_ENCODED_RUSTFLAGS", "--cfg=fuzzing")
        .env("RUSTC_WRAPPER", wrapper)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
        .env("CARGO_TARGET_DIR", folder)
        .stdin(Stdio::null())
        .stderr(file)
        .spawn()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if wait(&mut child, progress).map_err(|error| format!("cargo: {error}"))? {
        return Ok(());
    }
    if progress.stopped() {
        return Err("its target takes too long to build; with --seconds that is waited for".into());
    }
    let said = fs::read_to_string(&log).unwrap_or_default();
    let first = said.lines().find(|line| line.starts_with("error")).unwrap_or("the build failed");
    Err(format!("{first} (all of it is in {})", log.display()))
}

/// Whether the child ended well; it is killed if it is to stop.
fn wait(child: &mut Child, progress: &Progress) -> io::Result<bool> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if progress.stopped() {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Calls rustc, with coverage as libFuzzer wants it for the crates in which subjects are compiled. The judge is not among
/// them: it would take much of the time and say nothing of the subject. What is compared is not traced: no bytes are made of it.
const WRAPPER: &str = r#"#!/bin/sh
case " $* " in
*" --crate-name launder_impls "* | *" --crate-name launder_fuzz "* | *" --crate-name models "*)
    exec "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table ;;
*) exec "$@" ;;
esac
"#;

fn write_wrapper(folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join("rustc.sh");
    // Written only once, for cargo builds all anew when the wrapper is newer than what it built.
    if fs::read_to_string(&path).is_ok_and(|text| text == WRAPPER) {
        return Ok(path);
    }
    fs::write(&path, WRAPPER)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn has_cpp_compiler() -> bool {
    let named = std::env::var_os("CXX").into_iter();
    let usual = ["c++", "g++", "clang++"].into_iter().map(Into::into);
    named.chain(usual).any(|name: std::ffi::OsString| {
        let quiet = Command::new(name).arg("--version").stdin(Stdio::null()).output();
        quiet.is_ok_and(|output| output.status.success())
    })
}

/// The triple of this machine: with it, build scripts are not instrumented.
fn host_triple() -> Result<String, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output =
        Command::new(rustc).arg("-vV").output().map_err(|error| format!("rustc does not start: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_string).ok_or_else(|| "rustc does not name its host".into())
}
