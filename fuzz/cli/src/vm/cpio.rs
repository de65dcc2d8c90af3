//! An archive as the kernel unpacks it into its first file system: cpio, "newc". Documentation/driver-api/early-userspace/
//! buffer-format.rst: a header of "6 byte magic" and thirteen numbers of eight hexadecimal digits, the name with a zero at its
//! end, and the contents, each filled up to a multiple of four bytes.

/// An archive.
#[derive(Default)]
pub struct Archive {
    bytes: Vec<u8>,
    entries: u32,
}

/// stat(2), `st_mode`.
const FOLDER: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
const DEVICE: u32 = 0o020_000;

/// The name after which nothing comes.
const END: &str = "TRAILER!!!";

impl Archive {
    /// Adds a folder.
    pub fn folder(&mut self, name: &str) {
        self.entry(name, FOLDER | 0o755, [0, 0], &[]);
    }

    /// Adds a file, that can be run or not.
    pub fn file(&mut self, name: &str, runs: bool, contents: &[u8]) {
        self.entry(name, FILE | if runs { 0o755 } else { 0o644 }, [0, 0], contents);
    }

    /// Adds a device of characters: no privilege is needed for that, as there is for mknod(2).
    pub fn device(&mut self, name: &str, number: [u32; 2]) {
        self.entry(name, DEVICE | 0o600, number, &[]);
    }

    /// The whole.
    pub fn finish(mut self) -> Vec<u8> {
        self.entry(END, 0, [0, 0], &[]);
        self.bytes
    }

    fn entry(&mut self, name: &str, mode: u32, [major, minor]: [u32; 2], contents: &[u8]) {
        self.entries += 1;
        let size = contents.len() as u32;
        let (uid, gid, links, time) = (0, 0, 1, 0);
        let name_size = name.len() as u32 + 1;
        let fields = [self.entries, mode, uid, gid, links, time, size, 0, 0, major, minor, name_size, 0];
        self.bytes.extend(b"070701");
        fields.iter().for_each(|field| self.bytes.extend(format!("{field:08X}").bytes()));
        self.bytes.extend(name.bytes().chain([0]));
        self.fill_up();
        self.bytes.extend(contents);
        self.fill_up();
    }

    fn fill_up(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command, Stdio};

    fn archive() -> Vec<u8> {
        let mut archive = Archive::default();
        archive.folder("dev");
        archive.device("dev/console", [5, 1]);
        archive.file("init", true, b"#!/bin/sh\n");
        archive.file("lib/modules.list", false, b"");
        archive.finish()
    }

    #[test]
    fn every_part_begins_at_a_multiple_of_four_bytes_and_is_as_long_as_its_header_says() {
        let bytes = archive();
        let number = |at: usize, field: usize| {
            let digits = &bytes[at + 6 + 8 * field..][..8];
            usize::from_str_radix(std::str::from_utf8(digits).expect("digits"), 16).expect("a number")
        };
        let (mut at, mut names) = (0, Vec::new());
        while at < bytes.len() {
            assert_eq!(&bytes[at..at + 6], b"070701");
            let (size, name_size) = (number(at, 6), number(at, 11));
            names.push(String::from_utf8_lossy(&bytes[at + 110..][..name_size - 1]).into_owned());
            at = (at + 110 + name_size).next_multiple_of(4);
            at = (at + size).next_multiple_of(4);
        }
        assert_eq!(names, ["dev", "dev/console", "init", "lib/modules.list", END]);
        assert_eq!(at, bytes.len());
    }

    #[test]
    fn cpio_lists_what_is_in_it() {
        let started = Command::new("cpio")
            .args(["-itv", "--quiet"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut child) = started else {
            eprintln!("skipped: there is no cpio");
            return;
        };
        child.stdin.take().expect("it is piped").write_all(&archive()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        let listed = String::from_utf8_lossy(&output.stdout);
        let kinds: Vec<_> = listed.lines().map(|line| &line[..10]).collect();
        assert_eq!(kinds, ["drwxr-xr-x", "crw-------", "-rwxr-xr-x", "-rw-r--r--"], "{listed}");
        assert!(listed.contains("5,   1"), "{listed}");
    }
}
