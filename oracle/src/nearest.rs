//! The word that was meant, perhaps, by one that is none.

/// The nearest of these words, if one is near: a third of the letters may be wrong, missing or too many, and two that changed
/// places count as one.
///
/// ```
/// use launder_oracle::nearest;
///
/// assert_eq!(nearest("fsnyc", ["fsync", "fdatasync"]), Some("fsync"));
/// assert_eq!(nearest("reboot", ["fsync", "fdatasync"]), None);
/// ```
pub fn nearest<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let far = (word.chars().count() / 3).max(1);
    let near = words.into_iter().map(|known| (distance(word, known), known));
    near.filter(|(distance, known)| *distance <= far && *distance < known.len()).min().map(|(_, known)| known)
}

/// How many letters must be changed, added, left out or swapped with the next to make one word the other (optimal string
/// alignment).
fn distance(one: &str, other: &str) -> usize {
    // Longer words than any that is known need no table.
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().take(64).collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for at in 1..=one.len() {
        let mut row = vec![at];
        for to in 1..=other.len() {
            let same = usize::from(one[at - 1] != other[to - 1]);
            let mut least = (rows[at - 1][to] + 1).min(row[to - 1] + 1).min(rows[at - 1][to - 1] + same);
            if at > 1 && to > 1 && one[at - 1] == other[to - 2] && one[at - 2] == other[to - 1] {
                least = least.min(rows[at - 2][to - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}
