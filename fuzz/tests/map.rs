//! The README's map is the tree, and what it says is absent is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = top().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folders that the map names.
fn mapped() -> BTreeSet<String> {
    let readme = read("README.md");
    let (_, map) = readme.split_once("\n## The map\n").expect("there is a map");
    let rows =
        map.lines().skip_while(|line| !line.starts_with("| place")).take_while(|line| line.starts_with('|'));
    let places = rows.skip(2).filter_map(|row| row.split('|').nth(1));
    let named = places.flat_map(|place| place.split('`').skip(1).step_by(2).map(String::from));
    named.collect()
}

/// The folders in a folder of the repository, but for what .gitignore leaves out.
fn folders(of: &str) -> Vec<String> {
    let ignored = read(".gitignore");
    let entries = fs::read_dir(top().join(of)).expect("the folder can be read");
    let entries = entries.map(|entry| entry.expect("the folder can be read"));
    let folders = entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name());
    let names = folders.map(|name| format!("{of}{}", name.to_string_lossy()));
    names.filter(|name| name != ".git" && !ignored.lines().any(|line| line == format!("/{name}"))).collect()
}

#[test]
fn every_folder_of_the_map_is_there_and_every_folder_that_is_there_is_in_the_map() {
    let mapped = mapped();
    assert!(mapped.len() > 10, "{mapped:?}");
    for place in &mapped {
        assert!(top().join(place).is_dir() && place.ends_with('/'), "{place} is no folder");
    }
    for folder in ["", "oracle/", "impls/", "impls/src/", "fuzz/", "fuzz/cli/"].into_iter().flat_map(folders)
    {
        // The sources of a package are where the package is.
        let own = folder.strip_suffix("/src").unwrap_or(&folder);
        let is_in = |place: &String| [&folder, own].iter().any(|it| place.starts_with(&format!("{it}/")));
        assert!(mapped.iter().any(is_in), "{folder} is not in the map");
    }
}

/// Every Rust file beneath a folder.
fn sources(of: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![top().join(of)];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// No file of these has one of the words.
fn absent(words: &[&str], from: &[&str], but_for: &str) {
    let files: Vec<PathBuf> = from.iter().flat_map(|of| sources(of)).collect();
    assert!(files.len() > 5, "{from:?}");
    for file in files.iter().filter(|file| but_for.is_empty() || !file.starts_with(top().join(but_for))) {
        let text = fs::read_to_string(file).expect("it can be read");
        for (at, line) in text.lines().enumerate() {
            // A word with a hyphen is none of Rust: `unsafe-inline` is of a page's policy.
            let mut named = line.split(|c: char| !c.is_alphanumeric() && !['_', '-'].contains(&c));
            let found = named.find(|word| words.contains(word));
            assert!(found.is_none(), "{}:{}: {line}", file.display(), at + 1);
        }
    }
}

#[test]
fn no_verdict_is_in_impls() {
    absent(&["Verdict", "Violation", "judge"], &["impls/src"], "");
}

#[test]
fn no_randomness_and_no_clock_are_in_a_run() {
    let chance = ["rand", "rand_chacha", "arbitrary", "HashMap", "RandomState", "Instant", "SystemTime"];
    absent(&chance, &["oracle/src"], "");
    absent(&chance, &["impls/src"], "impls/src/kernel");
    absent(&["rand", "rand_chacha", "arbitrary"], &["impls/src/kernel"], "");
}

#[test]
fn no_model_is_known_to_what_hunts() {
    for file in sources("fuzz/src") {
        let text = fs::read_to_string(&file).expect("it can be read");
        assert!(!text.contains("launder_impls::models"), "{}", file.display());
        assert!(!text.contains("launder_impls::linux"), "{}", file.display());
    }
}

#[test]
fn no_unsafe_code_is_outside_the_kernel_part() {
    let everywhere = ["oracle/src", "oracle/tests", "impls/src", "fuzz/src", "fuzz/cli", "fuzz/fuzz_targets"];
    absent(&["unsafe"], &everywhere, "impls/src/kernel");
    for (lib, forbidden) in [
        ("oracle/src/lib.rs", "#![forbid(unsafe_code)]"),
        ("impls/src/lib.rs", "#![deny(unsafe_code)]"),
        ("fuzz/src/lib.rs", "#![forbid(unsafe_code)]"),
    ] {
        assert!(read(lib).contains(forbidden), "{lib}");
    }
}

#[test]
fn each_package_depends_on_those_that_the_arrows_point_to() {
    for (package, on) in [
        ("oracle", &[][..]),
        ("impls", &["launder-oracle"]),
        ("fuzz", &["launder-impls", "launder-oracle"]),
        ("fuzz/cli", &["launder-fuzz", "launder-impls", "launder-oracle"]),
    ] {
        let manifest = read(format!("{package}/Cargo.toml"));
        let names = manifest.lines().filter_map(|line| line.split(['.', ' ', '=']).next());
        let own: BTreeSet<&str> = names.filter(|name| name.starts_with("launder-")).collect();
        assert_eq!(own.into_iter().collect::<Vec<_>>(), on, "{package}");
        assert!(
            package != "oracle" || !manifest.contains("\n[dependencies]"),
            "the oracle depends on nothing"
        );
        for field in ["description = ", "license.workspace = true", "rust-version.workspace = true"] {
            assert!(manifest.contains(field), "{package}: {field}");
        }
    }
}
