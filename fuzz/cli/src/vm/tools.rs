//! The programs of others that a guest takes, and what to install where one is missing.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// What it is called.
    pub name: &'static str,
    /// The package of Debian that has it.
    pub package: &'static str,
}

pub const QEMU: Tool = Tool { name: "qemu-system-x86_64", package: "qemu-system-x86" };
pub const MODPROBE: Tool = Tool { name: "modprobe", package: "kmod" };
pub const DEPMOD: Tool = Tool { name: "depmod", package: "kmod" };
pub const XZ: Tool = Tool { name: "xz", package: "xz-utils" };
pub const MKFS: Tool = Tool { name: "mkfs.ext4", package: "e2fsprogs" };
pub const DPKG_DEB: Tool = Tool { name: "dpkg-deb", package: "dpkg" };
pub const APT_GET: Tool = Tool { name: "apt-get", package: "apt" };
pub const APT_CACHE: Tool = Tool { name: "apt-cache", package: "apt" };

/// Where the programs of an administrator are, of which a user's PATH often knows nothing.
const PROGRAMS: [&str; 4] = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

impl Tool {
    /// Where it is.
    pub fn find(self) -> Option<PathBuf> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain(PROGRAMS.map(PathBuf::from));
        folders.map(|folder| folder.join(self.name)).find(|file| file.is_file())
    }

    /// A command of it, with nothing to read.
    pub fn command(self) -> Result<Command, String> {
        let mut command = Command::new(self.find().ok_or_else(|| missing(&[self]).unwrap_or_default())?);
        command.stdin(Stdio::null());
        Ok(command)
    }

    /// Runs a command of it to its end; what it printed.
    ///
    /// # Errors
    /// It cannot be run or fails: in one line, with what it said last.
    pub fn run(self, command: &mut Command) -> Result<Vec<u8>, String> {
        let output = command.output().map_err(|error| format!("{}: {error}", self.name))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it fails and says nothing");
        Err(format!("{}: {}", self.name, last.trim()))
    }
}

/// Which of these are missing, and how to install them, in one line; none if all are there.
pub fn missing(tools: &[Tool]) -> Option<String> {
    tell(&tools.iter().copied().filter(|tool| tool.find().is_none()).collect::<Vec<_>>())
}

fn tell(missing: &[Tool]) -> Option<String> {
    let names: Vec<_> = missing.iter().map(|tool| tool.name).collect();
    let mut packages: Vec<_> = missing.iter().map(|tool| tool.package).collect();
    packages.dedup();
    let verb = if names.len() == 1 { "is" } else { "are" };
    (!names.is_empty())
        .then(|| format!("{} {verb} not here: apt-get install {}", names.join(", "), packages.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_how_to_install_it_and_each_package_once() {
        let said = tell(&[QEMU, MODPROBE, DEPMOD]).expect("they are missing");
        assert_eq!(
            said,
            "qemu-system-x86_64, modprobe, depmod are not here: apt-get install qemu-system-x86 kmod"
        );
        assert_eq!(tell(&[]), None);
        let nothing = Tool { name: "launder-has-no-such-program", package: "nothing" };
        assert!(missing(&[nothing]).is_some() && nothing.command().is_err());
    }
}
