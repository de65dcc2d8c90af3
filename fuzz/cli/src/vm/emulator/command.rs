//! The command that runs a guest: QEMU's arguments, and the shell that ends it when we do.

use super::Accelerator;
use crate::vm::kernel::Kernel;
use crate::vm::remote::AHEAD;
use crate::vm::tools::{QEMU, Tool};
use crate::vm::wire::{INIT, LINE};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::available_parallelism;

/// Memory of a guest, in MiB.
const MEMORY: &str = "768";

/// The disks of a guest, each with a file system: one for `ext4`, one that is exported.
pub const DISKS: [&str; 2] = ["disk", EXPORTED];
pub const EXPORTED: &str = "exported";

/// What a guest shares with us, by 9p.
pub const SHARED: &str = "shared";

/// Processors of a guest: as many cases are under way in it.
fn processors() -> usize {
    available_parallelism().map_or(1, usize::from).min(AHEAD)
}

/// A shell starts QEMU, and kills it when its own input ends, as it does when we do. Then it removes the folder.
const LEASH: &str = r#"trap "" HUP INT TERM
exec 3<&0
"$@" 3<&- > "$0/emulator" 2>&1 & q=$!
{ read -r _ <&3; [ -e "$0/ended" ] || kill -KILL $q; } & r=$!
exec 3<&-
wait $q
echo $? > "$0/ended"
wait $r
rm -rf -- "$0""#;

/// Starts it, with these files in its folder and these tags for what it shares.
pub fn start(
    kernel: &Kernel,
    accelerator: Accelerator,
    shares: &[String],
    folder: &Path,
) -> Result<Child, String> {
    let qemu = Tool::find(QEMU).ok_or("QEMU is gone")?;
    let file = |name: &str| folder.join(name).display().to_string().replace(',', ",,");
    let mut command = Command::new("/bin/sh");
    command.args(["-c", LEASH]).arg(folder).arg(qemu).args(accelerator.arguments());
    command.args([
        "-smp",
        &processors().to_string(),
        "-m",
        MEMORY,
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-no-reboot",
    ]);
    command.arg("-kernel").arg(kernel.image()).arg("-initrd").arg(folder.join("archive"));
    // What stands after `--` are arguments of the first process: Documentation/admin-guide/kernel-parameters.rst.
    // Where the machine is busy a guest does not see its timer tick in time, and panics unless it is told not to look.
    command
        .args(["-append", &format!("console=ttyS0 quiet panic=-1 mitigations=off no_timer_check -- {INIT}")]);
    command.args([
        "-chardev",
        &format!("file,id=console,path={}", file("console")),
        "-serial",
        "chardev:console",
    ]);
    command.args([
        "-chardev",
        &format!("socket,id=line,path={}", file("line")),
        "-device",
        "virtio-serial-pci",
    ]);
    command.args(["-device", &format!("virtserialport,chardev=line,name={LINE}")]);
    for disk in DISKS {
        let of = file(disk);
        command.args(["-drive", &format!("file={of},format=raw,if=none,id={disk},cache.no-flush=on")]);
        command.args(["-device", &format!("virtio-blk-pci,drive={disk}")]);
    }
    for tag in shares {
        // One folder for all; a tag is for one mount.
        let of = file(SHARED);
        command.args(["-fsdev", &format!("local,id={tag},path={of},security_model=none")]);
        command.args(["-device", &format!("virtio-9p-pci,fsdev={tag},mount_tag={tag}")]);
    }
    // A terminal's interrupt goes to our process group, and must not end them before us.
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map_err(|error| format!("/bin/sh: {error}"))
}
