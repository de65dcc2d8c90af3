//! Directories where the example `two_mounts` serves while a command runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub const LAUNDER: &str = env!("CARGO_BIN_EXE_launder");
/// Longer than any of this takes: what hangs is killed then, which cuts the connections.
const PATIENCE: &str = "120";

/// A folder of its own for a test, with the two directories in it.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("own_two_mounts-{name}"));
    let _ = fs::remove_dir_all(&folder);
    for root in ["a", "b"] {
        fs::create_dir_all(folder.join(root)).expect("the folder can be made");
    }
    folder
}

/// The example, which is built with all tests of the workspace; nothing, and why, where it is not.
pub fn two_mounts() -> Option<Command> {
    let example = Path::new(LAUNDER).with_file_name("examples").join("two_mounts");
    if !example.is_file() {
        println!("skipped: cargo build -p launder-fuzz --example two_mounts");
        return None;
    }
    let mut command = Command::new("timeout");
    command.args(["-s", "KILL", PATIENCE]).arg(example);
    Some(command)
}

/// What a command says between the two mounts; nothing, and why, where this machine cannot mount them.
pub fn between(folder: &Path, options: &[&str], command: &[&str]) -> Option<Output> {
    let mut mounts = two_mounts()?;
    mounts.args(options).args(["a", "b"]).args(command).current_dir(folder);
    let output = mounts.output().expect("timeout(1) is there");
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("two_mounts: nothing was mounted")
        || said.contains("unshare: unshare failed")
        || said.contains("unshare: No such file")
    {
        println!("skipped: no FUSE in namespaces here: {said}");
        return None;
    }
    Some(output)
}

pub fn said(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

pub const AT: [&str; 4] = ["--at", "a", "--at", "b"];
