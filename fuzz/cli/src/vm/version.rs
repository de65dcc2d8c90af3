//! How the version of a kernel begins, and which packages have such a kernel.

use std::fmt;
use std::str::FromStr;

/// How a version begins: `6.1`, `6.12.100`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(String);

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Version, String> {
        let is_number =
            |part: &str| !part.is_empty() && part.len() < 6 && part.bytes().all(|b| b.is_ascii_digit());
        let parts: Vec<_> = text.split('.').collect();
        match parts.len() {
            2..=3 if parts.iter().all(|part| is_number(part)) => Ok(Version(text.into())),
            _ => Err("a version is two numbers or three, such as 6.1 or 6.12.100".into()),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the names of packages with a kernel begin with, and what those end with that have all of its modules: the packages for
/// clouds lack file systems, `-dbg` has symbols, `-unsigned` is the same again.
pub const PACKAGE: &str = "linux-image-";
const KIND: &str = "-amd64";

impl Version {
    /// Of these packages those that have such a kernel, the newest first.
    pub fn packages<'p>(&self, names: impl IntoIterator<Item = &'p str>) -> Vec<&'p str> {
        let mut found: Vec<_> = names.into_iter().filter(|name| self.is_of(name)).collect();
        found.sort_by_key(|name| std::cmp::Reverse(numbers(name)));
        found.dedup();
        found
    }

    /// Whether all versions that begin so begin like this, too.
    pub fn begins_with(&self, beginning: &str) -> bool {
        self.0.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// Whether the package is of such a kernel: `linux-image-6.1.0-56-amd64`, `linux-image-6.12.117+deb12-amd64`. One with nothing
    /// but the two numbers has no kernel: it depends on the newest that has.
    fn is_of(&self, package: &str) -> bool {
        let inner = package.strip_prefix(PACKAGE).and_then(|rest| rest.strip_suffix(KIND));
        let Some(release) = inner else { return false };
        let rest = release.strip_prefix(&self.0);
        let ends = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '+']));
        let flavours = release.split('-').skip(1).any(|part| !part.starts_with(|c: char| c.is_ascii_digit()));
        ends && !flavours && numbers(release).len() > 2
    }
}

/// The numbers in a name, by which one is newer than another.
fn numbers(name: &str) -> Vec<u64> {
    let parts = name.trim_end_matches(KIND).split(|c: char| !c.is_ascii_digit());
    parts.filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_package_with_such_a_kernel_comes_first_and_no_other_kind_at_all() {
        let names = [
            "linux-image-6.1.0-9-amd64",
            "linux-image-6.1.0-56-amd64",
            "linux-image-6.1.0-56-amd64-unsigned",
            "linux-image-6.1.0-56-amd64-dbg",
            "linux-image-6.1.0-57-cloud-amd64",
            "linux-image-6.1.0-57-rt-amd64",
            "linux-image-6.12-amd64",
            "linux-image-6.12.100+deb12-amd64",
            "linux-image-6.12.117+deb12-amd64",
            "linux-image-6.12.117+deb12-rt-amd64",
            "linux-image-amd64",
        ];
        let of = |version: &str| version.parse::<Version>().expect("a version").packages(names);
        assert_eq!(of("6.1"), ["linux-image-6.1.0-56-amd64", "linux-image-6.1.0-9-amd64"]);
        assert_eq!(of("6.12"), ["linux-image-6.12.117+deb12-amd64", "linux-image-6.12.100+deb12-amd64"]);
        assert_eq!(of("6.12.100"), ["linux-image-6.12.100+deb12-amd64"]);
        assert!(of("6.11").is_empty());
    }

    #[test]
    fn a_version_begins_with_whole_numbers() {
        let begins = |version: &str| version.parse::<Version>().expect("a version").begins_with("6.1");
        assert_eq!(
            ["6.1", "6.1.192", "6.12", "6.12.1", "5.1"].map(begins),
            [true, true, false, false, false]
        );
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in ["", "6", "6.", "6.x", "6.1.0-56", "../6.1", "6.1.2.3", "-6.1", "6.1 "] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
