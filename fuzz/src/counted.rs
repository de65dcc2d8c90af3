//! How many of something, in words: `1 run`, `2 runs`.

/// The number, and what it counts: `noun` names one of them.
///
/// ```
/// assert_eq!(launder_fuzz::counted(1, "finding"), "1 finding");
/// assert_eq!(launder_fuzz::counted(0, "finding"), "0 findings");
/// ```
pub fn counted(number: u64, noun: &str) -> String {
    format!("{number} {}", plural(number, noun))
}

/// What a number counts, without the number.
pub fn plural(number: u64, noun: &str) -> String {
    if number == 1 { noun.into() } else { format!("{noun}s") }
}
