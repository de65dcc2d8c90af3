//! fsx operation files.

use launder_impls::Case;
use launder_oracle::{TextError, Words};

/// Reads an fsx operation file as a case for one process.
///
/// # Errors
/// The first line that is none, or that has no word here.
pub fn read_fsxops(_text: &str) -> Result<Case, TextError> {
    Err(Words::of(1, "").wrong("", "not read yet"))
}
