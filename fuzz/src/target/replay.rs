//! A target without a fuzzer: what it does with the bytes of files, or of its standard input, as AFL++ gives them.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

/// Puts the files that the command line names, and those in its folders; standard input if it names none.
///
/// # Errors
/// A file cannot be read.
pub fn replay(put: impl Fn(&[u8])) -> io::Result<()> {
    let named: Vec<_> = std::env::args_os().skip(1).collect();
    if !named.is_empty() {
        return named.iter().try_for_each(|path| put_path(Path::new(path), &put));
    }
    let mut stdin = io::stdin().lock();
    if stdin.is_terminal() {
        println!(
            "Built without libFuzzer; `cargo fuzz run -s none` builds it with. Name files, and they are put."
        );
        return Ok(());
    }
    let mut bytes = Vec::new();
    stdin.read_to_end(&mut bytes)?;
    put(&bytes);
    Ok(())
}

fn put_path(path: &Path, put: &impl Fn(&[u8])) -> io::Result<()> {
    if path.is_dir() {
        return fs::read_dir(path)?.try_for_each(|entry| put_path(&entry?.path(), put));
    }
    put(&fs::read(path)?);
    Ok(())
}
