//! A file system on a loop device, for one test, in a mount namespace that is its own: whatever becomes of the test, all of it
//! is gone with its process.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The file system, in the environment of the process that is to mount it.
const FILE_SYSTEM: &str = "LAUNDER_TWIN_FS";
/// Bytes of the image: btrfs and xfs take no less.
const BYTES: u64 = 320 << 20;

/// Runs another test of this program where it may mount a file system of this type, or says why it cannot.
pub fn with(file_system: &str, test: &str) {
    let private = ["--mount", "--propagation", "private", "--"];
    let probe = Command::new("unshare").args(private).arg("true").output();
    if !probe.as_ref().is_ok_and(|probe| probe.status.success()) {
        let why = probe.map_or_else(|error| error.to_string(), |probe| text(&probe.stderr));
        return println!("skipped: no mount namespace (root has one): {}", why.trim());
    }
    let maker = format!("mkfs.{file_system}");
    if Command::new(&maker).arg("-V").output().is_err() {
        return println!("skipped: {maker} is not installed");
    }
    let this = std::env::current_exe().expect("the program of this test");
    let mut run = Command::new("unshare");
    run.args(private).arg(this).args(["--exact", test, "--ignored", "--nocapture"]);
    let ran = run.env(FILE_SYSTEM, file_system).output().expect("unshare was there a moment ago");
    let said = text(&ran.stdout);
    println!("{file_system}:\n{said}");
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    assert!(said.contains("1 passed"), "no test is named {test}");
}

/// Where the file system is mounted that the environment asks for; nothing if it asks for none.
pub fn mounted() -> Option<PathBuf> {
    let file_system = std::env::var(FILE_SYSTEM).ok()?;
    // A tmpfs holds the image and the mount point, so that no name is left anywhere.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    run("mount", &["-t", "tmpfs", "tmpfs"], folder);
    let (image, mounted) = (folder.join("image"), folder.join("mounted"));
    let file = std::fs::File::create(&image).expect("an image on our own tmpfs");
    file.set_len(BYTES).expect("a sparse image");
    std::fs::create_dir(&mounted).expect("a mount point on our own tmpfs");
    run(&format!("mkfs.{file_system}"), &["-q"], &image);
    let made = Command::new("mount").args(["-o", "loop"]).args([&image, &mounted]).output();
    let made = made.expect("mount(8)");
    if !made.status.success() {
        println!("skipped: {}", text(&made.stderr).trim());
        return None;
    }
    Some(mounted)
}

fn run(program: &str, arguments: &[&str], last: &Path) {
    let ran = Command::new(program).args(arguments).arg(last).output();
    let ran = ran.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(ran.status.success(), "{program}: {}", text(&ran.stderr));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
