//! What a guest begins with: an archive of its first process and its modules, and a disk.

use super::cpio::Archive;
use super::file_system::FileSystem;
use super::kernel::Kernel;
use super::modules;
use super::tools::MKFS;
use super::wire::MODULES;
use std::fs::{self, File};
use std::path::Path;

/// What every guest needs: the line to who booted it, and its disk.
const BASE: [&str; 3] = ["virtio_pci", "virtio_console", "virtio_blk"];
/// Bytes of the disk.
const DISK: u64 = 64 << 20;

/// The archive, with `init` as first process.
pub fn archive(kernel: &Kernel, init: &Path, asked: &[&FileSystem]) -> Result<Vec<u8>, String> {
    let mut archive = Archive::default();
    archive.folder("dev");
    archive.device("dev/console", [5, 1]);
    archive.folder("modules");
    let names: Vec<&str> =
        BASE.into_iter().chain(asked.iter().flat_map(|it| it.modules.iter().copied())).collect();
    let mut order = String::new();
    for file in modules::closure(kernel, &names)? {
        let (name, contents) = modules::read(&file)?;
        archive.file(&format!("modules/{name}"), false, &contents);
        order += &format!("{name}\n");
    }
    archive.file(MODULES, false, order.as_bytes());
    let program = fs::read(init).map_err(|error| format!("{}: {error}", init.display()))?;
    archive.file("init", true, &program);
    Ok(archive.finish())
}

/// Makes a disk, with an empty ext4 on it, without a journal if it is to be exported: that would only make syncs slow.
pub fn make_disk(file: &Path, exported: bool) -> Result<(), String> {
    let journal = if exported { "^has_journal" } else { "has_journal" };
    let sized = File::create(file).and_then(|disk| disk.set_len(DISK));
    sized.map_err(|error| format!("{}: {error}", file.display()))?;
    MKFS.run(MKFS.command()?.args(["-q", "-F", "-b", "4096", "-O", journal]).arg(file)).map(drop)
}
