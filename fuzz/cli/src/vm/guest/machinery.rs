//! What the first process of a machine has to do itself: mounts, modules, devices.

use super::super::wire::{LINE, MODULES};
use rustix::mount::{MountFlags, mount};
use rustix::system::{RebootCommand, finit_module, reboot};
use std::ffi::CString;
use std::fs::{self, File};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How long a device may take to appear.
const APPEARING: Duration = Duration::from_secs(20);

/// Mounts what the kernel says of itself, and an empty folder for temporary files; loads the modules. The kernel's version.
pub fn mount_and_load() -> Result<String, String> {
    for (kind, at) in [("proc", "/proc"), ("sysfs", "/sys"), ("devtmpfs", "/dev"), ("tmpfs", "/tmp")] {
        mount_at(kind, kind, at)?;
    }
    let order =
        fs::read_to_string(Path::new("/").join(MODULES)).map_err(|error| format!("/{MODULES}: {error}"))?;
    for name in order.lines() {
        let file = File::open(format!("/modules/{name}")).map_err(|error| format!("{name}: {error}"))?;
        match finit_module(&file, c"", 0) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => {}
            // One that asks for a processor's feature that is not there, and stands beside one that does not.
            Err(errno) => eprintln!("launder: {name} is not loaded: {errno}"),
        }
    }
    Ok(rustix::system::uname().release().to_string_lossy().into_owned())
}

/// Mounts, in a folder that is made if need be.
pub fn mount_at(source: &str, kind: &str, at: &str) -> Result<(), String> {
    mount_with(source, kind, at, "")
}

/// The same, with options.
pub fn mount_with(source: &str, kind: &str, at: &str, options: &str) -> Result<(), String> {
    fs::create_dir_all(at).map_err(|error| format!("{at}: {error}"))?;
    let options = CString::new(options).map_err(|error| error.to_string())?;
    mount(source, at, kind, MountFlags::empty(), Some(options.as_c_str()))
        .map_err(|errno| format!("{kind} at {at}: {errno}"))
}

/// The line to who booted this machine.
pub fn line() -> Result<File, String> {
    let name = wait_for("the line", || {
        let ports = fs::read_dir("/sys/class/virtio-ports").ok()?.flatten();
        let named = |name: &String| {
            let file = format!("/sys/class/virtio-ports/{name}/name");
            fs::read_to_string(file).is_ok_and(|name| name.trim() == LINE)
        };
        ports.filter_map(|port| port.file_name().into_string().ok()).find(named)
    })?;
    let open = || File::options().read(true).write(true).open(format!("/dev/{name}")).ok();
    wait_for("the line's device", open)
}

/// Waits until something is there.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T, String> {
    let begun = Instant::now();
    while begun.elapsed() < APPEARING {
        match look() {
            Some(found) => return Ok(found),
            None => thread::sleep(Duration::from_millis(5)),
        }
    }
    Err(format!("{what} does not appear"))
}

/// Ends the machine.
pub fn power_off() -> ! {
    rustix::fs::sync();
    let _ = reboot(RebootCommand::PowerOff);
    panic!("the machine cannot be powered off")
}
