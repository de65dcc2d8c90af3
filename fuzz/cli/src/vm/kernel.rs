//! A kernel of the distribution's packages, unpacked in a cache folder: fetched once, as an ordinary user, by the machine's own
//! package manager from wherever that is told to fetch from.

use super::tools::{APT_CACHE, APT_GET, DEPMOD, DPKG_DEB, missing};
use super::version::{PACKAGE, Version};
use crate::answer::say;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process;

/// A kernel, and its modules.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// Its version in full.
    pub release: String,
    /// The folder that is to it what `/` is where it is installed.
    pub root: PathBuf,
}

impl Kernel {
    /// The newest that is here, or the newest that the package manager knows.
    ///
    /// # Errors
    /// There is none, or it cannot be fetched: in one line.
    pub fn find(version: &Version) -> Result<Kernel, String> {
        let cache = cache()?;
        match Kernel::in_cache(version, &cache) {
            Some(kernel) => Ok(kernel),
            None => fetch(version, &cache),
        }
    }

    /// The newest that is in a cache folder.
    pub fn in_cache(version: &Version, cache: &Path) -> Option<Kernel> {
        let entries = fs::read_dir(cache).into_iter().flatten().flatten();
        let names: Vec<_> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        let packages = version.packages(names.iter().map(String::as_str));
        packages.into_iter().find_map(|package| Kernel::of(package, cache))
    }

    fn of(package: &str, cache: &Path) -> Option<Kernel> {
        let release = package.strip_prefix(PACKAGE)?.to_string();
        let kernel = Kernel { release, root: cache.join(package) };
        kernel.image().is_file().then_some(kernel)
    }

    /// What is booted.
    pub fn image(&self) -> PathBuf {
        self.root.join("boot").join(format!("vmlinuz-{}", self.release))
    }
}

/// The folder of kernels: in XDG_CACHE_HOME, by default `~/.cache` (XDG Base Directory Specification).
pub fn cache() -> Result<PathBuf, String> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = named.or_else(home).ok_or("no folder for kernels: neither XDG_CACHE_HOME nor HOME is set")?;
    Ok(cache.join("launder/kernels"))
}

/// Has the package manager download a package, and unpacks it; it is in the cache whole or not at all.
fn fetch(version: &Version, cache: &Path) -> Result<Kernel, String> {
    if let Some(why) = missing(&[APT_CACHE, APT_GET, DPKG_DEB, DEPMOD]) {
        return Err(format!("no kernel {version} is in {}, and {why}", cache.display()));
    }
    let names = APT_CACHE.run(APT_CACHE.command()?.args(["pkgnames", PACKAGE]))?;
    let names = String::from_utf8_lossy(&names);
    let packages = version.packages(names.lines().map(str::trim));
    let none =
        format!("no package has a kernel {version}: apt-cache pkgnames {PACKAGE}{version} (apt-get update?)");
    let mut why = none;
    for package in packages.into_iter().take(3) {
        let partial = cache.join(format!(".{package}.{}", process::id()));
        let fetched = fetch_into(package, &partial).and_then(|()| {
            let error = |error| format!("{}: {error}", cache.display());
            // Somebody else may have fetched it meanwhile.
            fs::rename(partial.join("root"), cache.join(package)).or_else(|cause| {
                match cache.join(package).exists() {
                    true => Ok(()),
                    false => Err(error(cause)),
                }
            })
        });
        let _ = fs::remove_dir_all(&partial);
        match fetched.and_then(|()| Kernel::of(package, cache).ok_or(format!("{package} has no kernel"))) {
            Ok(kernel) => return Ok(kernel),
            Err(error) => why = error,
        }
    }
    Err(why)
}

fn fetch_into(package: &str, folder: &Path) -> Result<(), String> {
    let why = |error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(why)?;
    say(&format_args!("vm: fetching {package}, once"));
    APT_GET.run(APT_GET.command()?.args(["download", "--quiet", package]).current_dir(folder))?;
    let files = fs::read_dir(folder).map_err(why)?.flatten().map(|entry| entry.path());
    let deb = files.into_iter().find(|path| path.extension().is_some_and(|end| end == "deb"));
    let deb = deb.ok_or_else(|| format!("apt-get has downloaded no {package}"))?;
    let root = folder.join("root");
    DPKG_DEB.run(DPKG_DEB.command()?.arg("-x").arg(&deb).arg(&root))?;
    if !root.join("lib").exists() {
        symlink("usr/lib", root.join("lib")).map_err(why)?;
    }
    let release = package.trim_start_matches(PACKAGE);
    DEPMOD.run(DEPMOD.command()?.arg("-b").arg(&root).arg(release)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_kernel_that_is_whole_is_taken_from_the_cache() {
        let cache = std::env::temp_dir().join(format!("launder-kernels-{}", process::id()));
        for (release, whole) in [("6.1.0-9-amd64", true), ("6.1.0-10-amd64", true), ("6.1.0-11-amd64", false)]
        {
            let boot = cache.join(format!("{PACKAGE}{release}/boot"));
            fs::create_dir_all(&boot).expect("it can be made");
            if whole {
                fs::write(boot.join(format!("vmlinuz-{release}")), "").expect("it can be written");
            }
        }
        let version: Version = "6.1".parse().expect("a version");
        let found = Kernel::in_cache(&version, &cache).map(|kernel| kernel.release);
        let other = Kernel::in_cache(&"6.12".parse().expect("a version"), &cache);
        fs::remove_dir_all(&cache).expect("it can be removed");
        assert_eq!(found.as_deref(), Some("6.1.0-10-amd64"));
        assert!(other.is_none());
    }
}
