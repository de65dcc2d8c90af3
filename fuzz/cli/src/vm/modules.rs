//! The modules that a guest loads, with all that they need, in the order in which they are loaded.

use super::kernel::Kernel;
use super::tools::{MODPROBE, Tool, XZ};
use std::fs;
use std::path::{Path, PathBuf};

/// The files of these modules and of those that they need; what is built into the kernel has none.
///
/// # Errors
/// The kernel has no such module, or modprobe(8) is missing: in one line.
pub fn closure(kernel: &Kernel, names: &[&str]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for name in names {
        // No configuration: it is this machine's, and not of that kernel.
        let mut command = MODPROBE.command()?;
        command.args(["-C", "/dev/null", "-d"]).arg(&kernel.root);
        command.args(["-S", &kernel.release, "--show-depends", name]);
        add(&String::from_utf8_lossy(&MODPROBE.run(&mut command)?), &mut files);
    }
    Ok(files)
}

/// modprobe(8): "--show-depends: List the dependencies of a module (or alias), including the module itself": `insmod FILE OPTIONS`
/// or `builtin NAME`, a line each, in order.
fn add(said: &str, files: &mut Vec<PathBuf>) {
    for file in said.lines().filter_map(|line| line.strip_prefix("insmod ")).map(str::trim) {
        // Options follow a blank, and there are none without configuration.
        let file = PathBuf::from(file);
        if !files.contains(&file) {
            files.push(file);
        }
    }
}

/// A module's name and contents, unpacked: the kernel of a guest need not know how to.
pub fn read(file: &Path) -> Result<(String, Vec<u8>), String> {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let plain = |end| name.strip_suffix(end).map(str::to_string);
    let unpack = |tool: Tool| tool.run(tool.command()?.arg("-dc").arg(file));
    match (plain(".xz"), plain(".zst")) {
        (Some(plain), _) => Ok((plain, unpack(XZ)?)),
        (_, Some(plain)) => Ok((plain, unpack(Tool { name: "zstd", package: "zstd" })?)),
        _ => fs::read(file)
            .map(|bytes| (name.into(), bytes))
            .map_err(|error| format!("{}: {error}", file.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_comes_once_and_after_what_it_needs_and_what_is_built_in_not_at_all() {
        let mut files = Vec::new();
        add(
            "insmod /k/crc16.ko \ninsmod /k/mbcache.ko \ninsmod /k/jbd2.ko \ninsmod /k/ext4.ko \n",
            &mut files,
        );
        add("builtin virtio_pci\n", &mut files);
        add("insmod /k/crc16.ko \ninsmod /k/btrfs.ko \n", &mut files);
        let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        assert_eq!(names, ["/k/crc16.ko", "/k/mbcache.ko", "/k/jbd2.ko", "/k/ext4.ko", "/k/btrfs.ko"]);
    }
}
